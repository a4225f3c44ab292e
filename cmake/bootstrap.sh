#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# Installs what building and testing need on Debian 12, Debian 13 or Ubuntu 24.04. Does nothing, and
# needs no network, where all of it is there. Safe to run again. --with-browser: Debian's Chromium, too,
# in which the page of a report is tested (300 MB; Ubuntu has it as a snap alone).
set -euo pipefail

packages=(
  cmake g++ ninja-build pkg-config
  catch2 libcli11-dev libeigen3-dev libfmt-dev librandom123-dev libxxhash-dev
  libyaml-cpp-dev
  nlohmann-json3-dev zlib1g-dev
  libcurl4-openssl-dev libhdf5-dev libssl-dev libzip-dev
)
[ "${1:-}" != --with-browser ] || packages+=(chromium chromium-driver python3)

missing=()
for package in "${packages[@]}"; do
  state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$state" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

if ! command -v apt-get >/dev/null; then
  echo "bootstrap.sh: no apt-get here; install by hand: ${missing[*]}" >&2
  exit 78
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || {
    echo "bootstrap.sh: run as root, or install by hand: ${missing[*]}" >&2
    exit 78
  }
  as_root=(sudo)
fi
echo "Installing ${missing[*]}"
"${as_root[@]}" apt-get update -q
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install -q -y --no-install-recommends "${missing[@]}"
