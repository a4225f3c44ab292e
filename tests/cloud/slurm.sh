#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# A real Slurm of one node (Debian's slurm-wlm and munge; run as root, in a directory of its own)
# runs eight paramsets of the example sweep as an array; one task is requeued while it trains and
# goes on. Every model must equal the local run's.
#   tests/cloud/slurm.sh [PROGRAM]
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
program=$(realpath "${1:-$root/build/release/sweepnet}")
for tool in slurmctld slurmd munged; do
  command -v $tool >/dev/null || PATH=$PATH:/usr/sbin
  command -v $tool >/dev/null || { echo "skipped: $tool is not here (slurm-wlm, munge)"; exit 0; }
done
[ "$(id -u)" -eq 0 ] || { echo "skipped: slurmd needs root"; exit 0; }

place=$(mktemp -d)
cd "$place"
pids=()
stop() {
  for ((i = ${#pids[@]} - 1; i >= 0; --i)); do
    kill "${pids[i]}" 2>/dev/null || true
    wait "${pids[i]}" 2>/dev/null || true
  done
  rm -rf "$place"
}
trap stop EXIT

# munge wants to own its files
install -d -o munge -g munge -m 755 munge
chmod 755 "$place"
dd if=/dev/urandom of=munge/key bs=1024 count=1 status=none
chown munge:munge munge/key
chmod 400 munge/key
setpriv --reuid munge --regid munge --clear-groups -- munged --foreground --key-file munge/key \
  --socket "$place/munge/socket" --pid-file munge/pid --log-file munge/log --seed-file munge/seed &
pids+=($!)
mkdir state spool
cat >slurm.conf <<CONF
ClusterName=test
SlurmctldHost=$(hostname)(127.0.0.1)
SlurmUser=root
SlurmctldPort=16817
SlurmdPort=16818
AuthType=auth/munge
AuthInfo=socket=$place/munge/socket
CredType=cred/munge
StateSaveLocation=$place/state
SlurmdSpoolDir=$place/spool
SlurmctldPidFile=$place/slurmctld.pid
SlurmdPidFile=$place/slurmd.pid
SlurmctldLogFile=$place/slurmctld.log
SlurmdLogFile=$place/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MpiDefault=none
KillWait=30
ReturnToService=2
NodeName=$(hostname) NodeAddr=127.0.0.1 CPUs=4 RealMemory=2000 State=UNKNOWN
PartitionName=main Nodes=$(hostname) Default=YES MaxTime=60 State=UP
SlurmdParameters=config_overrides
CONF
export SLURM_CONF=$place/slurm.conf
slurmctld -D &
pids+=($!)
slurmd -D &
pids+=($!)
for _ in $(seq 60); do
  sinfo -h -o %T 2>/dev/null | grep -q idle && break
  sleep 1
done
sinfo

# The example's two paramsets with four seeds each.
for seed in 0 1 2 3; do
  sed "s/^- batch_size:.*/&\n  seed: $seed/" "$root/examples/hyperparam_list.yml"
done >sweep.yml
for index in 0 1 2 3 4 5 6 7; do
  "$program" train sweep.yml --index $index --output local --threads 1 --verbose 0
done

"$program" plan sweep.yml --emit slurm --output models --cpus 2 --memory 200 >sweep.sbatch
export SWEEPNET=$program
job=$(sbatch --parsable sweep.sbatch)
until grep -qs 'Epoch 3/' "sweepnet-${job}_2.log"; do sleep 0.1; done
scontrol requeue "${job}_2"
echo "requeued ${job}_2"
for _ in $(seq 600); do
  waiting=$(squeue -h -j "$job" 2>/dev/null || true)
  [ -n "$waiting" ] || break
  # A requeued job waits for two minutes unless it is told to begin.
  scontrol update "jobid=${job}_2" StartTime=now 2>/dev/null || true
  sleep 1
done
grep -h 'Resuming' "sweepnet-${job}_2.log"
for index in 0 1 2 3 4 5 6 7; do
  cmp "local/model_$index.h5" "models/model_$index.h5"
done
"$program" status models --verify | tail -1
[ -z "$("$program" status models --verify --missing)" ]
echo "8 tasks: all models are those of the local runs"
