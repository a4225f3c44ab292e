# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""What boto3 and the AWS CLI write we read, and what we write they read."""

import hashlib
import os

import pytest
from conftest import BIN, BUCKET, BUILD, free_port, serving
from fault_proxy import FaultProxy

KEYS = ["plain", "a/b/c.bin", "with space", "a+b", "a=b&c?d#e", "100%", "%41", "ünïcode/모델/ሴ.h5",
        "quote'\"<>", "~tilde_-.", "a//b", "trailing ", "k" * 1000]


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key[:20])
def test_keys_in_both_directions(cloud, tmp_path, key):
    content = os.urandom(5000)
    (tmp_path / "in").write_bytes(content)
    done = cloud.transfer("put", tmp_path / "in", f"s3://{BUCKET}/{key}")
    assert done.returncode == 0, done.stderr
    assert cloud.objects() == {key}
    assert cloud.bytes(key) == content
    cloud.aws("s3api", "get-object", "--bucket", BUCKET, "--key", key, str(tmp_path / "cli"))
    assert (tmp_path / "cli").read_bytes() == content

    other = os.urandom(100)
    cloud.client().put_object(Bucket=BUCKET, Key=key, Body=other)
    assert cloud.transfer("get", f"s3://{BUCKET}/{key}", tmp_path / "out").returncode == 0
    assert (tmp_path / "out").read_bytes() == other
    (tmp_path / "in").write_bytes(content)
    cloud.aws("s3api", "put-object", "--bucket", BUCKET, "--key", key, "--body", str(tmp_path / "in"))
    assert cloud.transfer("get", f"s3://{BUCKET}/{key}", tmp_path / "out").returncode == 0
    assert (tmp_path / "out").read_bytes() == content


def test_listing_of_many_odd_names(cloud):
    names = {f"{i:04} ü+=&.json" for i in range(1203)}
    for name in names:
        cloud.client().put_object(Bucket=BUCKET, Key=f"out/{name}", Body=b"x")
    cloud.client().put_object(Bucket=BUCKET, Key="out/deeper/no", Body=b"x")
    listed = cloud.transfer("list", f"s3://{BUCKET}/out").stdout.splitlines()
    assert set(listed) == names and len(listed) == len(names)


def test_empty_object_and_what_is_not_there(cloud, tmp_path):
    (tmp_path / "in").write_bytes(b"")
    assert cloud.transfer("put", tmp_path / "in", f"s3://{BUCKET}/empty").returncode == 0
    assert cloud.transfer("get", f"s3://{BUCKET}/empty", tmp_path / "out").returncode == 0
    assert (tmp_path / "out").read_bytes() == b""
    missing = cloud.transfer("get", f"s3://{BUCKET}/none", tmp_path / "out")
    assert missing.returncode == 66
    assert f"s3://{BUCKET}/none: cannot read: 404 NoSuchKey" in missing.stderr
    assert "request id" in missing.stderr
    assert cloud.transfer("put", tmp_path / "in", "s3://no-such-bucket/x").returncode == 73


def test_conditional_write(cloud, tmp_path):
    (tmp_path / "mine").write_bytes(b"mine")
    (tmp_path / "other").write_bytes(b"other")
    place = f"s3://{BUCKET}/once"
    assert cloud.transfer("new", tmp_path / "mine", place).returncode == 0
    assert cloud.transfer("new", tmp_path / "other", place).returncode == 3
    assert cloud.transfer("new", tmp_path / "mine", place).returncode == 0  # it is there already
    assert cloud.bytes("once") == b"mine"


def test_parts_and_streaming_in_bounded_memory(cloud, tmp_path):
    content = os.urandom(1 << 20) * 128
    (tmp_path / "large").write_bytes(content)
    done = cloud.transfer("parts", tmp_path / "large", f"s3://{BUCKET}/large file")
    assert done.returncode == 0, done.stderr
    head = cloud.client().head_object(Bucket=BUCKET, Key="large file")
    assert head["ETag"].endswith('-26"') and head["ContentLength"] == len(content)
    script = f"ulimit -v 150000; exec '{BUILD}/tests/transfer' stream 's3://{BUCKET}/large file'"
    done = cloud.run("bash", "-c", script)
    assert done.stdout == f"{hashlib.sha256(content).hexdigest()} {len(content)}\n", done.stderr


def test_presigned_urls(cloud, tmp_path):
    (tmp_path / "in").write_bytes(b"content")
    sign = lambda verb: cloud.client().generate_presigned_url(
        verb, Params={"Bucket": BUCKET, "Key": "a b"})
    unsigned = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}
    assert cloud.transfer("put", tmp_path / "in", sign("put_object"), **unsigned).returncode == 0
    assert cloud.bytes("a b") == b"content"
    assert cloud.transfer("get", sign("get_object"), tmp_path / "out", **unsigned).returncode == 0
    assert (tmp_path / "out").read_bytes() == b"content"
    gone = cloud.transfer("get", f"{cloud.url}/{BUCKET}/none?X-Amz-Signature=hidden", tmp_path / "x")
    assert gone.returncode == 66 and "hidden" not in gone.stderr


def test_a_second_server_that_checks_signatures(cloud, tmp_path):
    """rclone's S3 server, which moto's code has no part in, on a directory."""
    place = tmp_path / "served" / BUCKET
    place.mkdir(parents=True)
    port = free_port()
    mine = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", "AWS_ACCESS_KEY_ID": "AKID",
            "AWS_SECRET_ACCESS_KEY": "right"}
    with open(tmp_path / "log", "w") as log, serving(
            port, log, BIN / "rclone", "serve", "s3", "--addr", f"127.0.0.1:{port}", "--auth-key",
            "AKID,right", place.parent):
        content = os.urandom(12_000_000)
        (tmp_path / "in").write_bytes(content)
        for verb, key in (("put", "a b+c=ü/모.bin"), ("put", "x?y#z&%41"), ("parts", "la rge")):
            done = cloud.transfer(verb, tmp_path / "in", f"s3://{BUCKET}/{key}", **mine)
            assert done.returncode == 0, done.stderr
            assert (place / key).read_bytes() == content
            assert cloud.transfer("get", f"s3://{BUCKET}/{key}", tmp_path / "out", **mine).returncode == 0
            assert (tmp_path / "out").read_bytes() == content
        assert cloud.transfer("list", f"s3://{BUCKET}/", **mine).stdout == "la rge\nx?y#z&%41\n"
        wrong = cloud.transfer("get", f"s3://{BUCKET}/la rge", tmp_path / "out",
                               **{**mine, "AWS_SECRET_ACCESS_KEY": "wrong"})
        assert wrong.returncode == 78 and "403 SignatureDoesNotMatch" in wrong.stderr


def test_a_thousand_transfers_under_faults(cloud, tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    for number in range(500):
        (source / f"{number:03} +ü").write_bytes(os.urandom(1 + number * 199))
    proxy = FaultProxy(cloud.port, share=0.2, seed=7)
    done = cloud.transfer("exchange", source, f"s3://{BUCKET}/many", AWS_ENDPOINT_URL=proxy.url,
                          SWEEPNET_STALL_SECONDS="1")
    proxy.shutdown()
    print("faults:", dict(proxy.count))
    assert done.stdout == "whole: 500\n", done.stdout
    for path in source.iterdir():
        assert cloud.bytes(f"many/{path.name}") == path.read_bytes()


def test_a_permanent_failure_tells_all(cloud, tmp_path):
    (tmp_path / "in").write_bytes(b"x")
    proxy = FaultProxy(cloud.port, share=1, seed=1)
    proxy.draw = lambda: "503"
    done = cloud.transfer("put", tmp_path / "in", f"s3://{BUCKET}/a/b", AWS_ENDPOINT_URL=proxy.url,
                          AWS_MAX_ATTEMPTS="2")
    proxy.shutdown()
    assert done.returncode == 69
    assert done.stderr == (f"s3://{BUCKET}/a/b: cannot write: 503 SlowDown: injected, "
                           "request id FAULT, after 2 attempts\n")
