# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""A real S3 API on loopback (moto's server), and the programs under test."""

import contextlib
import os
import pathlib
import socket
import subprocess
import sys
import time

import boto3
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("SWEEPNET_BUILD", ROOT / "build/release"))
BIN = pathlib.Path(sys.executable).parent
BUCKET = "sweeps"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Cloud:
    """The server, and the environment in which programs find it."""

    def __init__(self, port, home):
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.environment = {
            "PATH": f"{BIN}:{os.environ['PATH']}", "HOME": str(home),
            "AWS_ENDPOINT_URL": self.url, "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "AKID",
            "AWS_SECRET_ACCESS_KEY": "a-secret-that-nothing-prints", "AWS_PAGER": ""}

    def client(self, service="s3"):
        return boto3.client(service, endpoint_url=self.url, region_name="us-east-1",
                            aws_access_key_id="AKID", aws_secret_access_key="secret")

    def run(self, *command, **changes):
        """The finished process of a command; `changes` to the environment, None to unset."""
        environment = {**self.environment, **changes}
        environment = {name: value for name, value in environment.items() if value is not None}
        done = subprocess.run([str(word) for word in command], env=environment,
                              capture_output=True, text=True, timeout=600)
        assert "a-secret-that-nothing-prints" not in done.stdout + done.stderr
        return done

    def sweepnet(self, *words, **changes):
        return self.run(BUILD / "sweepnet", *words, **changes)

    def transfer(self, *words, **changes):
        return self.run(BUILD / "tests/transfer", *words, **changes)

    def aws(self, *words):
        done = self.run(BIN / "aws", *words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def objects(self, prefix=""):
        pages = self.client().get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
        return {item["Key"] for page in pages for item in page.get("Contents", [])}

    def bytes(self, key):
        return self.client().get_object(Bucket=BUCKET, Key=key)["Body"].read()


@contextlib.contextmanager
def serving(port, log, *command):
    """A server's process, from when it listens."""
    process = subprocess.Popen([str(word) for word in command], stdout=log, stderr=log)
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    yield
    process.terminate()
    process.wait()


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    port = free_port()
    with open(tmp_path_factory.mktemp("moto") / "log", "w") as log:
        with serving(port, log, BIN / "moto_server", "-H", "127.0.0.1", "-p", port):
            yield port


@pytest.fixture
def cloud(server, tmp_path):
    cloud = Cloud(server, tmp_path / "home")
    (tmp_path / "home").mkdir()
    cloud.client().create_bucket(Bucket=BUCKET)
    yield cloud
    for key in cloud.objects():
        cloud.client().delete_object(Bucket=BUCKET, Key=key)
