#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# A sweep as an AWS Batch array job on a stack made of template.yml:
#
#   submit.sh run STACK NAME SWEEP.yml [OPTIONS OF sweepnet plan]   all of the following up to fetch
#   submit.sh submit STACK NAME SWEEP.yml [OPTIONS OF sweepnet plan]  check, upload, start
#   submit.sh wait STACK NAME          until all children have ended, with a line of progress
#   submit.sh failures STACK NAME      the children that failed, with the end of their logs
#   submit.sh status STACK NAME        what the outputs say
#   submit.sh fetch STACK NAME [DIR]   the outputs to DIR/NAME (default: outputs)
#   submit.sh rerun STACK NAME         the sweep again; children that are finished end at once
#   submit.sh cancel STACK NAME
#
# Needs the AWS CLI and sweepnet; SWEEPNET names the program (default build/release/sweepnet).
# The sweep lies at s3://BUCKET/sweeps/NAME.yml, its job at NAME.json and NAME.id beside it, its
# outputs at s3://BUCKET/outputs/NAME.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
sweepnet=${SWEEPNET:-$here/../../build/release/sweepnet}
export AWS_PAGER=

usage() {
  sed -n '/^#   submit/s/^#   //p' "$0" >&2
  exit 64
}
[ $# -ge 3 ] || usage
command=$1 stack=$2 name=$3
shift 3
[[ $name =~ ^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$ ]] || {
  echo "submit.sh: NAME must be letters, digits, - and _, got '$name'" >&2
  exit 64
}

output_of_stack() {
  aws cloudformation describe-stacks --stack-name "$stack" --output text \
    --query "Stacks[0].Outputs[?OutputKey=='$1'].OutputValue"
}
bucket=$(output_of_stack BucketName)
sweep=s3://$bucket/sweeps/$name
output=s3://$bucket/outputs/$name

job_field() { # query
  aws batch describe-jobs --jobs "$job" --output text --query "jobs[0].$1"
}

start() { # the request, a local file
  job=$(aws batch submit-job --cli-input-json "file://$1" --query jobId --output text)
  aws s3 cp --quiet - "$sweep.id" <<<"$job"
  echo "started $job"
}

submit() { # sweep file, options of plan
  local file=$1 request
  shift
  request=$(mktemp)
  "$sweepnet" plan "$file" "$@" >/dev/null
  aws s3 cp --quiet "$file" "$sweep.yml"
  "$sweepnet" plan "$sweep.yml" --emit aws-batch --name "$name" --output "$output" \
    --queue "$(output_of_stack JobQueue)" --definition "$(output_of_stack JobDefinition)" \
    "$@" >"$request"
  aws s3 cp --quiet "$request" "$sweep.json"
  start "$request"
  rm -f "$request"
}

wait_for_job() {
  local state
  while :; do
    state=$(job_field status)
    printf '\r%s %s  ' "$state" "$(aws batch describe-jobs --jobs "$job" --output json \
      --query 'jobs[0].arrayProperties.statusSummary' | tr -d '{}" \n')"
    case $state in SUCCEEDED | FAILED) break ;; esac
    sleep "${POLL_SECONDS:-15}"
  done
  echo
  [ "$state" = SUCCEEDED ]
}

failures() {
  local group failed stream
  group=$(output_of_stack LogGroup)
  if [ "$(job_field 'arrayProperties.size')" = None ]; then
    failed=$([ "$(job_field status)" != FAILED ] || echo "$job")
  else
    failed=$(aws batch list-jobs --array-job-id "$job" --job-status FAILED --output text \
      --query 'jobSummaryList[].jobId')
  fi
  for job in $failed; do
    echo "$job: exit code $(job_field container.exitCode), $(job_field statusReason)"
    stream=$(job_field container.logStreamName)
    # A container that never began has no log.
    aws logs get-log-events --log-group-name "$group" --log-stream-name "$stream" --limit 5 \
      --query 'events[].message' --output text 2>/dev/null | tr '\t' '\n' | sed 's/^/  /' ||
      echo "  no log"
  done
}

fetch() { # directory
  aws s3 cp --quiet --recursive "$output" "${1:-outputs}/$name"
  echo "outputs in ${1:-outputs}/$name"
}

case $command in
  run | submit) [ $# -ge 1 ] || usage; submit "$@" ;;
  rerun)
    missing=$("$sweepnet" status "$output" --sweep "$sweep.yml" --missing)
    [ -n "$missing" ] || { echo "nothing is missing"; exit; }
    echo "missing: $missing"
    request=$(mktemp)
    aws s3 cp --quiet "$sweep.json" "$request"
    start "$request"
    rm -f "$request"
    ;;
  wait | failures | cancel) job=$(aws s3 cp --quiet "$sweep.id" -) ;;&
  wait) wait_for_job ;;
  failures) failures ;;
  cancel) aws batch terminate-job --job-id "$job" --reason "cancelled by submit.sh" ;;
  fetch) fetch "$@" ;;
  status) exec "$sweepnet" status "$output" --sweep "$sweep.yml" ;;
  *) usage ;;
esac
if [ "$command" = run ]; then
  wait_for_job || { failures; exit 1; }
  fetch
fi
