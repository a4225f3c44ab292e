# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""The engines' own files: CloudFormation and AWS Batch by moto, Kubernetes by its schemas."""

import ast
import json
import os
import urllib.request
import uuid

import pytest
import yaml
from conftest import BIN, BUCKET, BUILD, ROOT, Cloud, free_port, serving

AWS = ROOT / "examples/aws-batch"
RETRY = [("onStatusReason", "Host EC2*", "RETRY"), ("onExitCode", "75", "RETRY"),
         ("onExitCode", "69", "RETRY"), ("onExitCode", "74", "RETRY"), ("onExitCode", "*", "EXIT")]


def rules(strategy):
    return [(key, rule[key], rule["action"].upper())
            for rule in strategy["evaluateOnExit"] for key in rule if key != "action"]


def make_stack(cloud, **changes):
    """template.yml, made a stack by the AWS CLI; moto's jobs end at once, without Docker."""
    body = json.dumps({"batch": {"use_docker": False}}).encode()
    urllib.request.urlopen(urllib.request.Request(f"{cloud.url}/moto-api/config", body,
                                                  {"Content-Type": "application/json"}))
    ec2 = cloud.client("ec2")
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    subnets = [s["SubnetId"] for s in ec2.describe_subnets()["Subnets"]][:2]
    iam = cloud.client("iam")  # moto knows no service-linked roles
    role = iam.create_role(RoleName="batch", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    # Not "aws cloudformation deploy": moto forgets a change set's outputs.
    parameters = {"VpcId": vpc, "SubnetIds": "\\,".join(subnets), "BucketName": BUCKET,
                  "Spot": "true", "InstanceTypes": "c7i.large", "ServiceRole": role,
                  "ImageTag": "0.1.0", **changes}
    cloud.aws("cloudformation", "create-stack", "--stack-name", "sweep", "--template-body",
              f"file://{AWS}/template.yml", "--capabilities", "CAPABILITY_IAM", "--parameters",
              *(f"ParameterKey={key},ParameterValue={value}" for key, value in parameters.items()))


def delete_stack(cloud):
    cloud.aws("cloudformation", "delete-stack", "--stack-name", "sweep")
    cloud.client("ecr").delete_repository(repositoryName="sweepnet")
    cloud.client("iam").delete_role(RoleName="batch")


@pytest.fixture
def stack(cloud):
    make_stack(cloud)
    yield cloud
    delete_stack(cloud)


@pytest.fixture
def own_stack(cloud):
    """With a bucket of its own, on an EFS file system."""
    system = cloud.client("efs").create_file_system(CreationToken=str(uuid.uuid4()))["FileSystemId"]
    make_stack(cloud, BucketName="", FileSystemId=system)
    yield cloud
    delete_stack(cloud)


def resources(cloud, kind):
    found = cloud.client("cloudformation").describe_stack_resources(StackName="sweep")
    return [each["PhysicalResourceId"] for each in found["StackResources"]
            if each.get("ResourceType") == kind]


def job_role(cloud):
    """Its trust policy and what it allows: {action: [resources]}."""
    iam = cloud.client("iam")
    [role] = [role for role in iam.list_roles()["Roles"]
              if "JobRole" in role["RoleName"]]
    policy = iam.get_role_policy(RoleName=role["RoleName"], PolicyName="sweep")["PolicyDocument"]
    allowed = {}
    for statement in ast.literal_eval(policy)["Statement"]:  # moto gives Python's text of it
        assert statement["Effect"] == "Allow"
        actions, targets = ([value] if isinstance(value, str) else value
                            for value in (statement["Action"], statement["Resource"]))
        for action in actions:
            allowed.setdefault(action, []).extend(targets)
    return role["AssumeRolePolicyDocument"], allowed


def test_the_template_passes_the_linter(cloud):
    done = cloud.run(BIN / "cfn-lint", AWS / "template.yml")
    assert done.returncode == 0, done.stdout


def test_the_stack_holds_what_the_post_has(stack):
    batch = stack.client("batch")
    definition = batch.describe_job_definitions(status="ACTIVE")["jobDefinitions"][-1]
    assert definition["retryStrategy"]["attempts"] == 5
    assert rules(definition["retryStrategy"]) == RETRY
    container = definition["containerProperties"]
    resources = {each["type"]: each["value"] for each in container["resourceRequirements"]}
    assert resources == {"VCPU": "2", "MEMORY": "1024"}
    assert {"name": "SWEEPNET_SWEEP", "value": f"s3://{BUCKET}/sweeps/hyperparam_list.yml"} in (
        container["environment"])
    machines = batch.describe_compute_environments()["computeEnvironments"][-1]["computeResources"]
    assert (machines["minvCpus"], machines["maxvCpus"], machines["type"]) == (0, 20, "SPOT")
    assert batch.describe_job_queues()["jobQueues"][-1]["priority"] == 1


def test_a_job_may_do_what_it_must(stack):
    trust, allowed = job_role(stack)
    [statement] = trust["Statement"]
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": "123456789012"}
    assert statement["Condition"]["ArnLike"] == {
        "aws:SourceArn": "arn:aws:ecs:us-east-1:123456789012:*"}
    bucket = f"arn:aws:s3:::{BUCKET}"
    assert allowed == {
        "s3:GetObject": [f"{bucket}/sweeps/*", f"{bucket}/data/*", f"{bucket}/outputs/*"],
        "s3:PutObject": [f"{bucket}/outputs/*"], "s3:AbortMultipartUpload": [f"{bucket}/outputs/*"],
        "s3:DeleteObject": [f"{bucket}/outputs/*/state_*.safetensors"], "s3:ListBucket": [bucket]}
    definition = stack.client("batch").describe_job_definitions(status="ACTIVE")["jobDefinitions"][-1]
    container = definition["containerProperties"]
    assert container["readonlyRootFilesystem"] is True
    assert container["linuxParameters"]["initProcessEnabled"] is True
    assert container["user"] == "65532" and not container.get("privileged")
    assert {"name": "AWS_EC2_METADATA_DISABLED", "value": "true"} in container["environment"]


@pytest.mark.skipif(os.geteuid() != 0, reason="root makes the file system read-only")
@pytest.mark.parametrize("form", ["h5", "keras", "safetensors"])
def test_a_job_needs_no_file_system_that_can_be_written(cloud, form):
    sealed = """mount --bind /tmp /tmp && mount -o remount,bind,ro /tmp &&
                mount -o remount,bind,ro / && cd /tmp && ! touch x /x 2>/dev/null && exec "$@" """
    cloud.client().upload_file(str(ROOT / "examples/hyperparam_list.yml"), BUCKET, "sweeps/a.yml")
    done = cloud.run("unshare", "--mount", "sh", "-c", sealed, "sh", BUILD / "sweepnet", "train",
                     f"s3://{BUCKET}/sweeps/a.yml", "--output", f"s3://{BUCKET}/outputs/a",
                     "--set", "epochs=1", "--set", f"model_path=m_{{index}}.{form}", "--csv-log",
                     AWS_BATCH_JOB_ARRAY_INDEX="0")
    assert done.returncode == 0, done.stderr
    assert {f"outputs/a/m_0.{form}", "outputs/a/result_0.json"} <= cloud.objects()


def test_images_machines_and_metadata_are_locked_down(stack):
    [repository] = stack.client("ecr").describe_repositories()["repositories"]
    assert repository["imageTagMutability"] == "IMMUTABLE"
    [template] = resources(stack, "AWS::EC2::LaunchTemplate")
    machines = stack.client("batch").describe_compute_environments()["computeEnvironments"][-1]
    assert machines["computeResources"]["launchTemplate"]["launchTemplateId"] == template
    version = stack.client("ec2").describe_launch_template_versions(
        LaunchTemplateId=template)["LaunchTemplateVersions"][-1]
    options = version["LaunchTemplateData"]["MetadataOptions"]
    assert (options["HttpTokens"], options["HttpPutResponseHopLimit"]) == ("required", 1)


def template_resource(name):
    """What the template says of a resource, its functions as their arguments: for what moto makes
    in part only."""
    class loader(yaml.SafeLoader):
        pass

    loader.add_multi_constructor("!", lambda load, _, node: getattr(
        load, f"construct_{node.id}")(node, **({} if node.id == "scalar" else {"deep": True})))
    return yaml.load((AWS / "template.yml").read_text(), loader)["Resources"][name]


def test_a_bucket_of_the_stacks_own_takes_tls_only_and_drops_unfinished_uploads():
    policy = template_resource("BucketPolicy")
    assert policy["Condition"] == template_resource("Bucket")["Condition"] == "MakeBucket"
    assert policy["Properties"]["Bucket"] == "Bucket"
    [statement] = policy["Properties"]["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "s3:*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert statement["Resource"] == ["Bucket.Arn", "${Bucket.Arn}/*"]
    [rule] = template_resource("Bucket")["Properties"]["LifecycleConfiguration"]["Rules"]
    assert rule["Status"] == "Enabled" and rule.keys().isdisjoint({"Prefix", "Filter"})
    assert rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"] == 1


def test_a_file_system_is_mounted_by_an_access_point(own_stack):
    [point] = own_stack.client("efs").describe_access_points()["AccessPoints"]
    assert point["RootDirectory"]["Path"] == "/sweepnet"
    assert (point["PosixUser"]["Uid"], point["PosixUser"]["Gid"]) == (65532, 65532)
    [_, [volume], _] = template_resource("JobDefinition")["Properties"]["ContainerProperties"]["Volumes"]
    assert volume["EfsVolumeConfiguration"] == {
        "FileSystemId": "FileSystemId", "TransitEncryption": "ENABLED",
        "AuthorizationConfig": {"AccessPointId": "AccessPoint", "Iam": "ENABLED"}}


def submit(cloud, command, *words):
    return cloud.run(AWS / "submit.sh", command, "sweep", *words, SWEEPNET=str(BUILD / "sweepnet"),
                     POLL_SECONDS="1")


def test_submit_runs_an_array(stack, tmp_path):
    done = submit(stack, "submit", "first", ROOT / "examples/hyperparam_list.yml", "--cpus", "4")
    assert done.returncode == 0, done.stderr
    job = stack.bytes("sweeps/first.id").decode().strip()
    described = stack.client("batch").describe_jobs(jobs=[job])["jobs"][0]
    assert described["jobName"] == "first"
    assert described["arrayProperties"]["size"] == 2
    request = json.loads(stack.bytes("sweeps/first.json"))
    assert rules(request["retryStrategy"]) == RETRY
    overrides = request["containerOverrides"]
    assert overrides["command"] == ["train", f"s3://{BUCKET}/sweeps/first.yml", "--output",
                                    f"s3://{BUCKET}/outputs/first", "--data", "mnist"]
    assert {"type": "VCPU", "value": "4"} in overrides["resourceRequirements"]
    waited = submit(stack, "wait", "first")
    assert waited.returncode == 0, waited.stderr
    assert "SUCCEEDED" in waited.stdout

    # What the children would do.
    for index in ("0", "1"):
        child = stack.run(BUILD / "sweepnet", *overrides["command"], "--set", "epochs=1",
                          AWS_BATCH_JOB_ARRAY_INDEX=index)
        assert child.returncode == 0, child.stderr
        status = submit(stack, "status", "first").stdout
        rerun = submit(stack, "rerun", "first")
        assert rerun.returncode == 0, rerun.stderr
        if index == "0":
            assert status.endswith("2 paramsets: 1 done, 1 missing\n")
            assert rerun.stdout.startswith("missing: 1\nstarted ")
        else:
            assert rerun.stdout == "nothing is missing\n"
    fetched = stack.run("bash", "-c", f"cd '{tmp_path}' && '{AWS}/submit.sh' fetch sweep first")
    assert fetched.returncode == 0, fetched.stderr
    assert {path.name for path in (tmp_path / "outputs/first").iterdir()} == {
        "model_0.h5", "model_1.h5", "result_0.json", "result_1.json"}


def test_one_paramset_is_a_plain_job_and_a_bad_sweep_none(stack, tmp_path):
    (tmp_path / "one.yml").write_text("- {epochs: 1}\n")
    done = submit(stack, "submit", "one", tmp_path / "one.yml")
    assert done.returncode == 0, done.stderr
    job = stack.bytes("sweeps/one.id").decode().strip()
    described = stack.client("batch").describe_jobs(jobs=[job])["jobs"][0]
    assert "size" not in described.get("arrayProperties", {})
    assert submit(stack, "cancel", "one").returncode == 0
    (tmp_path / "bad.yml").write_text("- {epochs: 1, dropout_rat: 0.5}\n")
    refused = submit(stack, "submit", "bad", tmp_path / "bad.yml")
    assert refused.returncode == 65 and "did you mean 'dropout_rate'?" in refused.stderr
    assert "sweeps/bad.yml" not in stack.objects()


def test_failures_are_listed(tmp_path):
    port = free_port()
    (tmp_path / "home").mkdir()
    with open(tmp_path / "log", "w") as log, serving(
            port, log, "env", "MOTO_SIMPLE_BATCH_FAIL_AFTER=0", BIN / "moto_server", "-H",
            "127.0.0.1", "-p", port):
        cloud = Cloud(port, tmp_path / "home")
        cloud.client().create_bucket(Bucket=BUCKET)
        make_stack(cloud)
        done = submit(cloud, "run", "doomed", ROOT / "examples/hyperparam_list.yml")
        job = cloud.bytes("sweeps/doomed.id").decode().strip()
    assert done.returncode == 1
    assert "FAILED" in done.stdout
    assert f"{job}:0: exit code" in done.stdout and f"{job}:1: exit code" in done.stdout, done.stderr


def test_the_kubernetes_manifest_is_valid(cloud):
    manifest = ROOT / "examples/kubernetes/job.yml"
    for version in ("1.31", "1.33"):
        done = cloud.run(BIN / "kubernetes-validate", "--strict", "--kubernetes-version", version, manifest)
        assert done.returncode == 0, done.stdout + done.stderr
    job = yaml.safe_load(manifest.read_text())["spec"]
    assert (job["completionMode"], job["completions"]) == ("Indexed", 2)
    [final] = [rule for rule in job["podFailurePolicy"]["rules"] if rule["action"] == "FailIndex"]
    assert final["onExitCodes"]["values"] == [64, 65, 66, 70, 78]
    sweep = cloud.sweepnet("plan", ROOT / "examples/hyperparam_list.yml", "--emit", "kubernetes",
                           "--image", "registry.example.com/sweepnet:0.1.0",
                           "--output", "s3://my-bucket/outputs/first")
    expected = sweep.stdout.replace(str(ROOT / "examples"), "s3://my-bucket/sweeps")
    assert manifest.read_text() == expected


def test_the_slurm_script_is_the_emitted_one(cloud):
    done = cloud.run(BUILD / "sweepnet", "plan", ROOT / "examples/hyperparam_list.yml", "--emit",
                     "slurm", "--output", "models")
    expected = done.stdout.replace(str(ROOT / "examples"), "examples")
    assert (ROOT / "examples/slurm/sweep.sbatch").read_text() == expected


# What means something to YAML, to a shell or to an engine.
HOSTILE = ["it's here", "$(touch pwned)", "`id`", "$HOME", "a\nb", "key: value", "{a: b}", "*a",
           "\"", "\\", "\u0085", "\u2028", "\U0001F600", "\x1b[2J", "#", "%j"]


def test_a_manifest_of_hostile_words_is_valid_and_means_them(cloud, tmp_path):
    for word in HOSTILE:
        emitted = cloud.sweepnet("plan", ROOT / "examples/hyperparam_list.yml", "--emit", "kubernetes",
                                 "--image", word, "--output", f"/out/{word}")
        assert emitted.returncode == 0, emitted.stderr
        (tmp_path / "job.yml").write_text(emitted.stdout)
        done = cloud.run(BIN / "kubernetes-validate", "--strict", "--kubernetes-version", "1.33",
                         tmp_path / "job.yml")
        assert done.returncode == 0, done.stdout + done.stderr
        [container] = yaml.safe_load(emitted.stdout)["spec"]["template"]["spec"]["containers"]
        assert container["image"] == word
        assert container["args"][3] == f"/out/{word}".replace("$", "$$")
