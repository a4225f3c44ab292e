#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
#
# Builds examples/aws-batch/Dockerfile with buildah, needing no daemon and no registry (the base is
# made with debootstrap), and trains index 1 of the example sweep in it as its own user, from S3 to
# S3 (moto). The model must equal the local run's. As root; needs buildah and debootstrap.
#   tests/cloud/image.sh [PROGRAM]
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
program=${1:-$root/build/release/sweepnet}
for tool in buildah debootstrap; do
  command -v $tool >/dev/null || { echo "skipped: $tool is not here"; exit 0; }
done
export STORAGE_DRIVER=vfs BUILDAH_ISOLATION=chroot
bin=$root/build/cloud-env/bin
place=$(mktemp -d)
server=
stop() {
  [ -z "$server" ] || kill "$server"
  rm -rf "$place"
}
trap stop EXIT
cd "$root"

if ! buildah inspect --type image localhost/debian:12 >/dev/null 2>&1; then
  debootstrap --variant=minbase bookworm "$place/debian" >/dev/null
  container=$(buildah from scratch)
  buildah add --quiet "$container" "$place/debian" / >/dev/null
  buildah commit --quiet --rm "$container" localhost/debian:12 >/dev/null
fi
buildah bud --quiet --layers --build-arg BASE=localhost/debian:12 \
  --build-arg REVISION="$(git rev-parse HEAD)" -f examples/aws-batch/Dockerfile -t localhost/sweepnet .
container=$(buildah from localhost/sweepnet)
echo "image: $(buildah images --format '{{.Size}}' localhost/sweepnet)"
image=$(buildah mount "$container")
echo "libraries:"
find "$image" -name '*.so*' -type f -printf '%f %kK\n' | sort

"$bin/moto_server" -H 127.0.0.1 -p 5599 >"$place/moto.log" 2>&1 &
server=$!
until (exec 3<>/dev/tcp/127.0.0.1/5599) 2>/dev/null; do sleep 0.2; done
export AWS_ENDPOINT_URL=http://127.0.0.1:5599 AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=a \
  AWS_SECRET_ACCESS_KEY=b AWS_BATCH_JOB_ARRAY_INDEX=1
"$bin/aws" s3 mb --region us-east-1 s3://sweeps
"$bin/aws" s3 cp --quiet examples/hyperparam_list.yml s3://sweeps/sweeps/hyperparam_list.yml
variables=()
for name in AWS_ENDPOINT_URL AWS_REGION AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY \
  AWS_BATCH_JOB_ARRAY_INDEX; do
  variables+=(--env "$name=${!name}")
done
buildah config --env SWEEPNET_SWEEP=s3://sweeps/sweeps/hyperparam_list.yml \
  --env SWEEPNET_OUTPUT=s3://sweeps/outputs/image "$container"
echo "user: $(buildah inspect --format '{{.OCIv1.Config.User}}' "$container")"
buildah run "${variables[@]}" "$container" -- /usr/bin/sweepnet train --threads 1
"$program" train examples/hyperparam_list.yml --output "$place/local" --threads 1 --verbose 0
"$program" status s3://sweeps/outputs/image --verify
"$bin/aws" s3 cp --quiet s3://sweeps/outputs/image/model_1.h5 "$place/model_1.h5"
cmp "$place/local/model_1.h5" "$place/model_1.h5"
echo "the container's model is the local run's"
