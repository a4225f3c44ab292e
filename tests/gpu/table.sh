#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# Makes of run.sh's logs what tests/bench/results/gpu.md takes, in Markdown: the jobs, ours beside the
# peers' of the same kind (one model, or many at once), and each kernel's time.
#   tests/gpu/table.sh LOG...
# A log that is not there is left out. Exits 66 if no log has a time in it.
set -euo pipefail
logs=()
for log in "$@"; do
  if [ -e "$log" ]; then logs+=("$log"); else echo "table.sh: there is no $log" >&2; fi
done
[ ${#logs[@]} -gt 0 ] || { echo "table.sh: expected logs, found none" >&2; exit 66; }

awk '
# What matches `pattern`, without `before` in it; "" if nothing does. A number may have words behind it.
function number(pattern, before, found) {
  if (!match($0, pattern)) return ""
  found = substr($0, RSTART, RLENGTH)
  sub(before, "", found)
  return found
}
function kind_of(name) { return name ~ /models/ ? "many" : "one" }

/^GPU: / { sub(/^GPU: /, ""); gpu = $0 }
/release [0-9.]+,/ { cuda = number("release [0-9.]+", "release ") }
/^kernel .*: [0-9.]+ us$/ {
  kernel[++kernels] = $0
  sub(/^kernel /, "", kernel[kernels])
  sub(/ us$/, "", kernel[kernels])
}
/^mixed sweep of / { sweep = $0 }
/: [0-9.]+ us a step, / {
  run = ++runs
  name[run] = $0
  sub(/: [0-9.]+ us a step, .*/, "", name[run])
  step[run] = number("[0-9.]+ us a step", "")
  whole[run] = number(" epochs [0-9.]+ s", " epochs ")
  begun[run] = number("(first step|compile) [0-9.]+ s", "(first step|compile) ")
  accuracy[run] = number("val_accuracy [0-9.]+", "val_accuracy ")
  kind = kind_of(name[run])
  if (name[run] !~ /^sweepnet/ && (!(kind in best) || step[run] < best[kind])) best[kind] = step[run]
}
END {
  if (runs + kernels == 0) exit 66
  printf "## %s, CUDA %s\n", gpu == "" ? "an unnamed GPU" : gpu, cuda == "" ? "of no known version" : cuda
  print "\n784-512-30-50-70-10 with dropout, batch 128, RMSprop, 20 epochs of 10,000 rows. Of many models"
  print "at once a step is one model, and the seconds are for all of them.\n"
  print "| job | us a step | epochs, s | before them, s | val_accuracy | times as fast as the best peer |"
  print "| --- | ---: | ---: | ---: | ---: | ---: |"
  for (run = 1; run <= runs; ++run) {
    kind = kind_of(name[run])
    faster = name[run] ~ /^sweepnet/ && kind in best ? sprintf("%.1f", best[kind] / step[run]) : ""
    before = begun[run] == "" ? "" : sprintf("%.1f", begun[run])
    printf "| %s | %.1f | %.3f | %s | %.4f | %s |\n", name[run], step[run], whole[run], before, \
      accuracy[run], faster
  }
  if (sweep != "") print "\n" toupper(substr(sweep, 1, 1)) substr(sweep, 2) "."
  if (kernels == 0) exit
  print "\nEach kernel alone, launched 200 times in one graph:\n"
  print "| kernel | us |\n| --- | ---: |"
  for (i = 1; i <= kernels; ++i) {
    us = kernel[i]
    sub(/.*: /, "", us)
    sub(/: [0-9.]+$/, "", kernel[i])
    printf "| %s | %.2f |\n", kernel[i], us
  }
}' "${logs[@]}" || { echo "table.sh: expected times in ${logs[*]}, found none" >&2; exit 66; }
