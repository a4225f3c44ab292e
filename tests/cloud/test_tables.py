# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""Tables on S3 and behind URLs: the same as here, and of any size in the memory of a block."""

import os
import struct
import subprocess

import pytest
from conftest import BUCKET, BUILD
from fault_proxy import FaultProxy

NET = "- {epochs: 1, input_units: 4, hidden_nodes: [], model_path: m.safetensors}\n"
ROWS = 3_000_000  # 24 MB as a table and as an array: more than a part of an upload


def peak(cloud, *words):
    """Bytes of memory that the program had at most."""
    process = subprocess.Popen([str(word) for word in (BUILD / "sweepnet", *words)],
                               env=cloud.environment, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    return used.ru_maxrss * 1024


@pytest.fixture
def model(cloud, tmp_path):
    rows = "".join(f"{i % 7},{i % 5},{'ill' if i % 3 else 'well'}\n" for i in range(200))
    (tmp_path / "train.csv").write_text("a,b,y\n" + rows)
    (tmp_path / "sweep.yml").write_text(NET)
    done = cloud.sweepnet("train", tmp_path / "sweep.yml", "--data", tmp_path / "train.csv", "--target",
                          "y", "--output", tmp_path, "--threads", "1", "--seed", "3")
    assert done.returncode == 0, done.stderr
    return tmp_path / "m.safetensors"


def write_rows(path, rows):
    some = "".join(f"{i % 10}.5,{i % 7}.25\n" for i in range(1000))
    with open(path, "w") as table:
        table.write("a,b\n")
        for _ in range(rows // 1000):
            table.write(some)


def test_a_table_on_s3_is_described_and_trained_on_as_here(cloud, model, tmp_path):
    there = f"s3://{BUCKET}/data/train.csv"
    cloud.client().upload_file(str(tmp_path / "train.csv"), BUCKET, "data/train.csv")
    here = cloud.sweepnet("describe", tmp_path / "train.csv", "--target", "y").stdout
    described = cloud.sweepnet("describe", there, "--target", "y")
    assert described.returncode == 0, described.stderr
    assert described.stdout.replace(there, str(tmp_path / "train.csv")) == here
    done = cloud.sweepnet("sweep", tmp_path / "sweep.yml", "--data", there, "--target", "y", "--output",
                          f"s3://{BUCKET}/out", "--threads", "1", "--seed", "3")
    assert done.returncode == 0, done.stderr
    assert "out/best.safetensors" in cloud.objects("out/")


def test_texts_behind_numbers_are_read_again(cloud, tmp_path):
    """Who may only get the object cannot ask for its revision; the bytes tell that it is the same."""
    late = "a,y\n" + "".join(f"0{i},{i % 2}\n" for i in range(200_000)) + "x,1\n"
    (tmp_path / "late.csv").write_text(late)
    cloud.client().upload_file(str(tmp_path / "late.csv"), BUCKET, "late.csv")
    options = ("--json", "--threads", "2")
    here = cloud.sweepnet("describe", tmp_path / "late.csv", *options).stdout
    there = cloud.sweepnet("describe", f"s3://{BUCKET}/late.csv", *options)
    assert there.returncode == 0, there.stderr
    assert there.stdout.replace(f"s3://{BUCKET}/late.csv", str(tmp_path / "late.csv")) == here


@pytest.mark.parametrize("output", ["p.csv", "p.npy"])
def test_predictions_from_s3_to_s3_in_the_memory_of_a_block(cloud, model, tmp_path, output):
    write_rows(tmp_path / "rows.csv", ROWS)
    write_rows(tmp_path / "some.csv", 10_000)
    for name in ("rows.csv", "some.csv"):
        cloud.client().upload_file(str(tmp_path / name), BUCKET, name)
    place = f"s3://{BUCKET}/{output}"
    some = peak(cloud, "predict", model, f"s3://{BUCKET}/some.csv", "--output", place, "--threads", "1")
    many = peak(cloud, "predict", model, f"s3://{BUCKET}/rows.csv", "--output", place, "--threads", "1")
    print(f"peak: {some / 1e6:.1f} MB, of {ROWS} rows {many / 1e6:.1f} MB")
    # Two parts of 16 MiB, one of which may be held twice while it grows, and connections.
    assert many - some < 70_000_000
    head = cloud.client().head_object(Bucket=BUCKET, Key=output)
    assert head["ContentLength"] > 24_000_000 and "-" in head["ETag"]
    done = cloud.sweepnet("predict", model, tmp_path / "rows.csv", "--output", tmp_path / output)
    assert done.returncode == 0, done.stderr
    assert cloud.bytes(output) == (tmp_path / output).read_bytes()
    if output == "p.npy":
        assert struct.unpack("<4f", cloud.bytes(output)[-16:])[0] < 1
    assert "Uploads" not in cloud.client().list_multipart_uploads(Bucket=BUCKET)


def test_predictions_that_end_in_an_error_leave_nothing_on_s3(cloud, model, tmp_path):
    write_rows(tmp_path / "rows.csv", 2_600_000)
    with open(tmp_path / "rows.csv", "a") as table:
        table.write("1,abc\n")
    done = cloud.sweepnet("predict", model, tmp_path / "rows.csv", "--output", f"s3://{BUCKET}/p.npy")
    assert done.returncode == 65
    assert done.stderr == (f"sweepnet: {tmp_path}/rows.csv:2600002:2: "
                           "column 'b' expected a number, got 'abc'\n")
    assert cloud.objects() == set()
    assert "Uploads" not in cloud.client().list_multipart_uploads(Bucket=BUCKET)


def test_a_table_and_its_predictions_under_faults(cloud, model, tmp_path):
    write_rows(tmp_path / "rows.csv", 2_600_000)
    cloud.client().upload_file(str(tmp_path / "rows.csv"), BUCKET, "rows.csv")
    proxy = FaultProxy(cloud.port, share=0.3, seed=5, stall=1.5)
    choose, kinds = proxy.draw, ("none", "500", "503", "reset before", "reset after", "truncated")
    proxy.draw = lambda: next(fault for fault in iter(choose, None) if fault in kinds)
    done = cloud.sweepnet("predict", model, f"s3://{BUCKET}/rows.csv", "--output", f"s3://{BUCKET}/p.npy",
                          AWS_ENDPOINT_URL=proxy.url, SWEEPNET_STALL_SECONDS="1")
    proxy.shutdown()
    print("faults:", dict(proxy.count))
    assert done.returncode == 0, done.stderr
    here = cloud.sweepnet("predict", model, tmp_path / "rows.csv", "--output", tmp_path / "p.npy")
    assert here.returncode == 0, here.stderr
    assert cloud.bytes("p.npy") == (tmp_path / "p.npy").read_bytes()
