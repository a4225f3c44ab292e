#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# Runs the README's two commands on bare Debian systems, each from a clone of what is committed here:
# as a user with sudo from nothing, then as root, and both again without a network, not even
# loopback. root gets the user's tree and build on a bare system of its own.
#   tests/portability.sh [--keep] [RELEASE...]     (default: bookworm trixie)
#   tests/portability.sh --report FILE     what the last runs gave (tests/bench/results/portability.md)
# --keep goes on in the systems of the last run, with their builds and what is committed now.
# Needs root, debootstrap (apt-get install debootstrap) and a Debian mirror; takes some 30 minutes a
# release on two processors. Logs and systems are kept in build/portability.
set -euo pipefail
cd "$(dirname "$0")/.."

place=$PWD/build/portability
mkdir -p "$place"

# Runs a command in a system, in a mount namespace of its own, so that nothing stays mounted.
#   inside SYSTEM online|offline USER COMMAND
inside() {
  local system=$1 user=$3 command=$4 network=()
  [ "$2" = online ] || network=(--net)
  unshare --mount --pid --fork "${network[@]}" bash -c '
    mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && mount -t tmpfs tmpfs "$0/tmp" &&
      exec chroot "$0" su - "$1" -c "$2"' "$system" "$user" "$command"
}

# Runs one of the commands and keeps its log and a line for the table.
#   try RELEASE SYSTEM USER online|offline COMMAND
try() {
  local release=$1 system=$2 user=$3 network=$4 command=$5 start seconds code=0
  local log=$place/$release-$user-$network-$(tr / - <<<"$command").log
  echo "== $release, $user, $network: $command"
  start=$(date +%s)
  inside "$system" "$network" "$user" "cd /home/someone/sweepnet && $command" >"$log" 2>&1 || code=$?
  seconds=$(($(date +%s) - start))
  printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$release" "$user" "$network" "$command" "$seconds" "$code" \
    >>"$place/$release.tsv"
  tail -n 3 "$log"
  [ "$code" -eq 0 ] || { echo "tests/portability.sh: exit code $code, see $log" >&2; return 1; }
}

bare_system() {
  local release=$1
  [ -e "$place/$release-bare/etc/debian_version" ] ||
    debootstrap --variant=minbase "$release" "$place/$release-bare" >"$place/$release-debootstrap.log"
}

# A system with the user, and one for root.
make_systems() {
  local release=$1 who system
  bare_system "$release"
  for who in someone root; do
    system=$place/$release-$who
    rm -rf "$system"
    cp -a "$place/$release-bare" "$system"
    mkdir -p "$system/home/someone"
  done
  system=$place/$release-someone
  inside "$system" online root 'apt-get update -q && apt-get install -q -y --no-install-recommends sudo
    useradd --shell /bin/bash --no-create-home someone
    echo "someone ALL=(ALL) NOPASSWD: ALL" >/etc/sudoers.d/someone' >"$place/$release-user.log" 2>&1
  git clone -q . "$system/home/someone/sweepnet"
}

check_release() {
  local release=$1 system=$place/$1-someone network
  $keep || make_systems "$release"
  rm -f "$place/$release.tsv"
  git -c safe.directory='*' -C "$system/home/someone/sweepnet" pull -q --ff-only "$PWD" HEAD
  git log -1 --format=%h >"$place/$release-commit.txt"
  inside "$system" online root 'chown -R someone:someone /home/someone'
  for network in online offline; do
    try "$release" "$system" someone "$network" examples/run.sh
    try "$release" "$system" someone "$network" tests/run.sh
  done
  inside "$system" online root 'g++ --version | head -1; cmake --version | head -1
    dpkg-query -W -f "\${Package} \${Version}\n" catch2 libyaml-cpp-dev libeigen3-dev libhdf5-dev' \
    >"$place/$release-versions.txt"

  rm -rf "$place/$release-root/home/someone/sweepnet"
  cp -a "$system/home/someone/sweepnet" "$place/$release-root/home/someone/"
  system=$place/$release-root
  inside "$system" online root 'chown -R root:root /home/someone'
  for network in online offline; do
    try "$release" "$system" root "$network" examples/run.sh
    try "$release" "$system" root "$network" tests/run.sh
  done
}

# What a log says of set-up, what takes long, and the end.
shortened() {
  echo '```'
  grep -E '^(Installing|Building the|[0-9]+% tests|Total Test)|Best epoch|is finished' "$1" | cut -c1-120
  grep -c '(Skipped)$' "$1" | sed '/^0$/d; s/$/ tests skipped by name/'
  echo '```'
}

write_report() {
  local release user network command seconds code
  echo "# Both commands on bare systems"
  echo
  echo "Made by \`tests/portability.sh\` on $(date -I)."
  echo "\`someone\` is a user with sudo on a system that debootstrap had just made; \`root\` had such a"
  echo "system of its own, with the user's tree and build. Offline: a network namespace whose loopback is"
  echo "down. Seconds are of $(nproc) shared processors ($(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1))."
  for release in bookworm trixie; do
    [ -e "$place/$release.tsv" ] || continue
    echo
    echo "## $release"
    echo
    paste -sd '|' "$place/$release-versions.txt" | sed 's/|/, /g; s/$/./'
    echo
    echo "Commit $(cat "$place/$release-commit.txt")."
    echo
    echo "| who | network | command | seconds | exit code |"
    echo "| --- | --- | --- | --- | --- |"
    while IFS=$'\t' read -r _ user network command seconds code; do
      echo "| $user | $network | \`$command\` | $seconds | $code |"
    done <"$place/$release.tsv"
    while IFS=$'\t' read -r _ user network command seconds code; do
      echo
      echo "$user, $network, \`$command\`:"
      echo
      shortened "$place/$release-$user-$network-$(tr / - <<<"$command").log"
    done <"$place/$release.tsv"
  done
}

if [ "${1:-}" = --report ]; then
  write_report >"${2:?--report takes a file}"
else
  keep=false
  [ "${1:-}" != --keep ] || { keep=true; shift; }
  [ $# -gt 0 ] || set -- bookworm trixie
  for release in "$@"; do check_release "$release"; done
fi
