#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# Copies the Debian packages that building needs into build/gpu-needs, for a GPU machine that has
# nvcc, CMake and ninja but no package registry. Run it on a machine that cmake/bootstrap.sh has set
# up, and take build/gpu-needs along with the working tree; tests/gpu/run.sh finds it there.
set -euo pipefail
cd "$(dirname "$0")/../.."

packages=(
  catch2 libcli11-dev libeigen3-dev libfmt-dev librandom123-dev libxxhash-dev libyaml-cpp-dev
  nlohmann-json3-dev zlib1g-dev zlib1g
)
for library in libfmt libyaml-cpp; do
  packages+=("$(dpkg-query -W -f '${Package}\n' "$library*" | grep -E "^${library}[0-9.]+$")")
done

needs=build/gpu-needs
rm -rf "$needs"
mkdir -p "$needs"
for package in "${packages[@]}"; do
  dpkg -L "$package" | grep -Ev '/share/(doc|man|lintian)|/bin/' | while read -r path; do
    [ -d "$path" ] && continue
    cp --parents -d "$path" "$needs"
  done
done
# Where /lib is a link to /usr/lib, the libraries belong beside the links that lead to them.
if [ -d "$needs/lib" ]; then
  cp -rd "$needs/lib/." "$needs/usr/lib/"
  rm -r "${needs:?}/lib"
fi
du -sh "$needs"
