# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""The post's job, whole: the sweep comes from S3, the index from the environment, the model and the
result go to S3 - and are those of a local run."""

import json
import signal
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from conftest import BUCKET, BUILD, ROOT

SWEEP = ROOT / "examples/hyperparam_list.yml"
SHORT = ["--set", "epochs=3", "--threads", "1"]
LONG = ["--set", "epochs=120", "--threads", "1"]
INDEX = {"AWS_BATCH_JOB_ARRAY_INDEX": "1", "AWS_BATCH_JOB_ATTEMPT": "1"}


@pytest.fixture
def sweep(cloud):
    cloud.aws("s3", "cp", str(SWEEP), f"s3://{BUCKET}/sweeps/hyperparam_list.yml")
    return f"s3://{BUCKET}/sweeps/hyperparam_list.yml"


def local(cloud, place, options=SHORT):
    done = cloud.sweepnet("train", SWEEP, "--output", place, *options, **INDEX)
    assert done.returncode == 0, done.stderr
    return (place / "model_1.h5").read_bytes(), json.loads((place / "result_1.json").read_text())


def test_the_post_job(cloud, sweep, tmp_path):
    model, result = local(cloud, tmp_path / "local")
    output = f"s3://{BUCKET}/outputs/a sweep"
    done = cloud.sweepnet("train", sweep, "--output", output, *SHORT, **INDEX)
    assert done.returncode == 0, done.stderr
    assert cloud.objects("outputs/") == {"outputs/a sweep/model_1.h5", "outputs/a sweep/result_1.json"}
    assert cloud.bytes("outputs/a sweep/model_1.h5") == model
    there = json.loads(cloud.bytes("outputs/a sweep/result_1.json"))
    assert there["history"] == result["history"] and there["best"] == result["best"]
    assert there["variable"] == "AWS_BATCH_JOB_ARRAY_INDEX"

    again = cloud.sweepnet("train", sweep, "--output", output, *SHORT, **INDEX)
    assert again.returncode == 0 and "paramset 1 is finished" in again.stdout
    status = cloud.sweepnet("status", output).stdout
    assert status.splitlines()[0] == "0       missing"
    assert status.splitlines()[1].startswith("1       done  {")
    assert status.endswith("2 paramsets: 1 done, 1 missing\n")
    assert cloud.sweepnet("status", output, "--missing", "--verify").stdout == "0\n"
    watched = cloud.sweepnet("status", output, "--watch", "--every", "0.2", "--until-quiet", "0.5")
    assert watched.returncode == 75 and watched.stdout.startswith("2 paramsets: 1 done, 1 missing; best: paramset 1")
    assert watched.stderr.endswith("waits for 1 run that is missing\n")
    report = cloud.sweepnet("report", output, "--tensorboard", f"{output}/events")
    assert report.stdout.startswith(f"2 paramsets: 1 done, 1 missing\nReport: {output}/report.html\n")
    page = cloud.bytes("outputs/a sweep/report.html").decode()
    assert '"totals":{"runs":2,"done":1' in page
    assert "outputs/a sweep/events/1/train/events.out.tfevents.0.sweepnet" in cloud.objects("outputs/")
    evaluated = cloud.sweepnet("evaluate", f"{output}/model_1.h5", "--threads", "1")
    assert f"accuracy: {result['best']['val_accuracy']}" in evaluated.stdout


def test_data_on_s3(cloud, sweep, tmp_path):
    for path in (ROOT / "examples/data/mnist").glob("*.gz"):
        cloud.aws("s3", "cp", str(path), f"s3://{BUCKET}/data/mnist/")
    _, result = local(cloud, tmp_path / "local")
    done = cloud.sweepnet("train", sweep, "--data", f"s3://{BUCKET}/data/mnist", "--output",
                          tmp_path / "out", *SHORT, **INDEX)
    assert done.returncode == 0, done.stderr
    there = json.loads((tmp_path / "out/result_1.json").read_text())
    assert there["data"] == f"s3://{BUCKET}/data/mnist"
    assert there["data_digest"] == result["data_digest"] and there["history"] == result["history"]


def test_a_table_from_s3_to_predictions(cloud, tmp_path):
    tables = ROOT / "examples/tables"
    for name in ("patients.csv", "new_patients.csv"):
        cloud.aws("s3", "cp", str(tables / name), f"s3://{BUCKET}/tables/{name}")
    paramset = "{epochs: 5, batch_size: 32, input_units: 8, hidden_nodes: []}"
    section = f"{{source: 's3://{BUCKET}/tables/patients.csv', target: outcome, drop: [patient], missing: mean}}"
    (tmp_path / "sweep.yml").write_text(f"data: {section}\nparamsets: [{paramset}]\n")
    output = f"s3://{BUCKET}/outputs/table"
    trained = cloud.sweepnet("train", tmp_path / "sweep.yml", "--output", output, "--threads", "1")
    assert trained.returncode == 0, trained.stderr
    assert "11 inputs (4 numbers, 3 columns of categories); 600 rows to train on" in trained.stdout
    model = f"{output}/model_0.h5"
    predicted = cloud.sweepnet("predict", model, f"s3://{BUCKET}/tables/new_patients.csv", "--output",
                               f"{output}/new.csv")
    assert predicted.stdout == f"{output}/new.csv: 5 rows\n", predicted.stderr
    here = cloud.sweepnet("predict", model, tables / "new_patients.csv")
    assert cloud.bytes("outputs/table/new.csv").decode() == here.stdout
    assert here.stdout.startswith("outcome,outcome_readmitted,outcome_well\n")


def test_interrupted_and_resumed_elsewhere(cloud, sweep, tmp_path):
    """SIGTERM and SIGKILL in the middle; each time another process without a disk goes on."""
    model, result = local(cloud, tmp_path / "local", LONG)
    output = f"s3://{BUCKET}/outputs/interrupted"
    command = [BUILD / "sweepnet", "train", sweep, "--output", output, *LONG, "--save-every", "0.05"]
    ends = []
    for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGTERM):
        process = subprocess.Popen(command, env={**cloud.environment, **INDEX},
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        deadline = time.time() + 60
        while "outputs/interrupted/state_1.safetensors" not in cloud.objects("outputs/"):
            assert time.time() < deadline and process.poll() is None, process.stderr.read()
            time.sleep(0.05)
        time.sleep(0.7)
        process.send_signal(number)
        ends.append(process.wait())
    assert ends == [75, -signal.SIGKILL, 75]
    status = cloud.sweepnet("status", output, "--sweep", sweep)
    assert "1       interrupted" in status.stdout, status.stderr
    done = cloud.run(*command, **INDEX)
    assert done.returncode == 0, done.stderr
    assert "Resuming after epoch" in done.stdout
    assert cloud.bytes("outputs/interrupted/model_1.h5") == model
    there = json.loads(cloud.bytes("outputs/interrupted/result_1.json"))
    assert there["history"] == result["history"]
    assert cloud.objects("outputs/interrupted/") == {
        "outputs/interrupted/model_1.h5", "outputs/interrupted/result_1.json"}


def test_errors_have_the_right_exit_codes(cloud, sweep):
    train = lambda *words, **changes: cloud.sweepnet("train", *words, *SHORT, **INDEX, **changes)
    missing = train(f"s3://{BUCKET}/sweeps/none.yml")
    assert missing.returncode == 66 and "404 NoSuchKey" in missing.stderr
    assert train(sweep, "--output", "s3://no-such-bucket/x").returncode == 73
    nobody = train(sweep, AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None,
                   AWS_EC2_METADATA_DISABLED="true")
    assert nobody.returncode == 78 and "no AWS credentials" in nobody.stderr
    away = train(sweep, AWS_ENDPOINT_URL="http://127.0.0.1:9", AWS_MAX_ATTEMPTS="1")
    assert away.returncode == 69 and "after 1 attempt\n" in away.stderr


class Metadata(BaseHTTPRequestHandler):
    """ECS' credential endpoint and EC2's metadata service."""

    def do_PUT(self):
        self.answer(b"TOKEN")

    def do_GET(self):
        self.server.seen.append(self.path)
        if self.path.endswith("security-credentials/"):
            return self.answer(b"role")
        keys = {"AccessKeyId": "ASIA", "SecretAccessKey": "s", "Token": "t",
                "Expiration": "2099-01-01T00:00:00Z"}
        self.answer(json.dumps(keys).encode())

    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


@pytest.mark.parametrize("source", ["environment", "web identity", "profile", "container", "instance"])
def test_each_source_of_credentials(cloud, sweep, tmp_path, source):
    server = HTTPServer(("127.0.0.1", 0), Metadata)
    server.seen = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    (tmp_path / "token").write_text("web.identity.token")
    (tmp_path / "credentials").write_text(
        "[cloud]\naws_access_key_id = AKID\naws_secret_access_key = s\n")
    changes = {
        "environment": {"AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "s"},
        "web identity": {"AWS_WEB_IDENTITY_TOKEN_FILE": str(tmp_path / "token"),
                         "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/sweep"},
        "profile": {"AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
                    "AWS_PROFILE": "cloud"},
        "container": {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{url}/keys"},
        "instance": {"AWS_EC2_METADATA_SERVICE_ENDPOINT": url},
    }[source]
    changes = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None, **changes}
    done = cloud.sweepnet("plan", sweep, **changes)
    server.shutdown()
    assert done.returncode == 0, done.stderr
    assert len(server.seen) == {"container": 1, "instance": 2}.get(source, 0)
