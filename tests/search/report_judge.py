# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""Reads what `sweepnet report` writes for viewers with the viewers themselves: TensorBoard's event
accumulator and HParams plugin, tbparse, Optuna and pandas. What they read is compared with the
results to the digit, and the importances with Optuna's.

    build/search-env/bin/python tests/search/report_judge.py build/release/sweepnet
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import optuna
import pandas
import tbparse
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from scipy.stats import spearmanr
from tensorboard.backend.event_processing import data_provider, plugin_event_multiplexer
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.context import RequestContext
from tensorboard.plugins import base_plugin
from tensorboard.plugins.hparams import api_pb2, backend_context, get_experiment, list_session_groups

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.WARNING)

DATA = pathlib.Path(__file__).resolve().parents[2] / "examples" / "data" / "mnist"
PARAMETERS = """
parameters:
  optimizer: {values: [{name: adam}, {name: sgd, momentum: 0.9}, {name: sgd, momentum: 0.5}]}
  learning_rate: {distribution: log_uniform_values, min: 1e-4, max: 1}
  dropout_rate: {min: 0.0, max: 0.5}
  hidden_nodes: {values: [[8], [8, 4]]}
  input_units: {min: 4, max: 12}
  batch_size: {values: [16, 64, 256]}
  epochs: {value: 4}
"""
SWEEPS = {
    "accuracy": "method: random\nrun_cap: 60\nseed: 1\n"
                "metric: {name: val_accuracy, goal: maximize}" + PARAMETERS,
    "loss": "method: random\nrun_cap: 40\nseed: 2\nrepeats: 2\n"
            "metric: {name: val_loss, goal: minimize}" + PARAMETERS,
    "stopped": "method: random\nrun_cap: 27\nseed: 3\n"
               "metric: {name: val_accuracy, goal: maximize}\n"
               "early_terminate: {type: median, min_epochs: 1}" + PARAMETERS,
    "few": "- &base {epochs: 2, input_units: 4, hidden_nodes: []}\n"
           "- {<<: *base, l2: 0.1}\n- {<<: *base, optimizer: sgd, learning_rate: 1.0e+300}\n",
}
METRICS = ("loss", "accuracy", "val_loss", "val_accuracy")


class Sweep:
    """A trained sweep, what report wrote of it, and its results."""

    def __init__(self, program, place, name, text):
        self.name = name
        self.place = place
        self.metric = {"loss": "val_loss"}.get(name, "val_accuracy")
        file = place / f"{name}.yml"
        file.write_text(text)
        output = place / name
        run = [program, "sweep", file, "--data", DATA, "--train-rows", "400",
               "--validation-split", "0.25", "--output", output, "--verbose", "0",
               "--tensorboard", place / f"{name}.live"]
        code = subprocess.run(run, stderr=subprocess.DEVNULL).returncode
        assert code == (65 if name == "few" else 0), (name, code)
        subprocess.run([program, "report", output, "--sweep", file, "--json", self.path("json"),
                        "--csv", self.path("csv"), "--jsonl", self.path("jsonl"),
                        "--optuna", self.path("journal"), "--tensorboard", self.path("events")],
                       check=True, stdout=subprocess.DEVNULL)
        self.page = json.loads(self.path("json").read_text())["sweeps"][0]
        self.results = {}
        for path in output.glob("result_*.json"):
            result = json.loads(path.read_text())
            self.results[result["index"]] = result
        assert len(self.results) == self.page["totals"]["runs"]

    def path(self, ending):
        return self.place / f"{self.name}.{ending}"

    def best_of(self, index):
        """The epoch that the result calls best, from 0; None without one."""
        best = self.results[index]["best"]
        return None if best is None else best["epoch"] - 1

    def value_of(self, index):
        best = self.best_of(index)
        return None if best is None else self.results[index]["history"][self.metric][best]

    def state_of(self, index):
        result = self.results[index]
        if "error" in result:
            return "failed"
        return "stopped" if isinstance(result["stopped"], dict) else "done"

    def parameters_of(self, index):
        """As a paramset of the result has them, by the names in the page."""
        paramset = self.results[index]["paramset"]
        told = {}
        for name in (each["name"] for each in self.page["parameters"]):
            value = paramset
            for key in name.split("."):
                value = value.get(key) if isinstance(value, dict) else None
            if isinstance(value, dict):
                value = value["value"] if value["name"] == "constant" else value["name"]
            if isinstance(value, list):
                value = json.dumps(value, separators=(",", ":"))
            if value is not None:
                told[name] = value
        return told


def same(a, b):
    return (a is None and b is None) or a == b or (pandas.isna(a) and b is None)


def judge_tables(sweep):
    table = pandas.read_csv(sweep.path("csv"), float_precision="round_trip", keep_default_na=True)
    assert sorted(table["index"]) == sorted(sweep.results)
    sign = -1 if sweep.metric == "val_accuracy" else 1
    values = [sign * v for v in table[sweep.metric] if not pandas.isna(v)]
    assert values == sorted(values)
    for row in table.to_dict("records"):
        index = row["index"]
        best = sweep.best_of(index)
        assert row["state"] == sweep.state_of(index)
        assert same(row[sweep.metric], sweep.value_of(index))
        assert same(row["best_epoch"], None if best is None else best + 1)
        for metric in METRICS:
            history = sweep.results[index]["history"]
            assert same(row[f"best.{metric}"], None if best is None else history[metric][best])
        assert row["seconds"] == sweep.results[index]["seconds"]["total"]
        told = sweep.parameters_of(index)
        for parameter in sweep.page["parameters"]:
            name = parameter["name"]
            assert same(row[f"paramset.{name}"], told.get(name)), (name, row, told)

    lines = [json.loads(line) for line in sweep.path("jsonl").read_text().splitlines()]
    frame = pandas.read_json(sweep.path("jsonl"), lines=True)
    assert len(frame) == len(lines)
    assert list(frame["epoch"]) == [line["epoch"] for line in lines]
    expected = []
    for index in sorted(sweep.results):
        result = sweep.results[index]
        seconds = result["seconds"]["epochs"]
        for i in range(len(result["history"]["loss"])):
            line = {"index": index, "epoch": i + 1}
            for key in (*METRICS, "learning_rate"):
                line[key] = result["history"][key][i]
            line["train_seconds"] = seconds["train"][i]
            line["validate_seconds"] = seconds["validate"][i]
            expected.append(line)
    assert lines == expected
    return len(table), len(lines)


def judge_optuna(sweep):
    storage = JournalStorage(JournalFileBackend(str(sweep.path("journal"))))
    study = optuna.load_study(study_name="sweep", storage=storage)
    maximizes = sweep.metric == "val_accuracy"
    assert (study.direction == optuna.study.StudyDirection.MAXIMIZE) == maximizes
    states = {"done": "COMPLETE", "stopped": "PRUNED", "failed": "FAIL"}
    assert len(study.trials) == len(sweep.results)
    for trial in study.trials:
        index = trial.user_attrs["index"]
        assert trial.state.name == states[sweep.state_of(index)]
        if trial.state.name != "FAIL":
            assert trial.value == sweep.value_of(index)
        assert trial.params == {
            k: v if isinstance(v, (int, float)) else str(v)
            for k, v in sweep.parameters_of(index).items()
        }
        values = sweep.results[index]["history"][sweep.metric]
        assert trial.intermediate_values == {
            i + 1: v for i, v in enumerate(values) if v is not None}
        seconds = sweep.results[index]["seconds"]
        assert abs(trial.duration.total_seconds() - seconds["total"]) < 2e-6
    done = [t for t in study.trials if t.state.name == "COMPLETE"]
    told = sweep.page["importance"]
    if len(done) < 20:
        assert told is None
        return 0, 0.0
    expected = optuna.importance.get_param_importances(study)
    names = [parameter["name"] for parameter in sweep.page["parameters"]]
    assert {names[each["parameter"]] for each in told} == set(expected)
    worst = 0.0
    for each in told:
        name = names[each["parameter"]]
        worst = max(worst, abs(each["importance"] - expected[name]))
        assert each["low"] <= each["high"]
        with_it = [t for t in done if name in t.params]
        if isinstance(with_it[0].params[name], str):
            assert each["correlation"] is None
        else:
            correlation = spearmanr([t.params[name] for t in with_it],
                                    [t.value for t in with_it])[0]
            assert abs(each["correlation"] - correlation) < 1e-4
    assert worst < 1e-6, worst
    return len(told), worst


def scalars_of(directory):
    accumulator = EventAccumulator(str(directory), size_guidance={"scalars": 0, "tensors": 0})
    accumulator.Reload()
    return {tag: [(e.step, e.value) for e in accumulator.Scalars(tag)]
            for tag in accumulator.Tags()["scalars"]}


def scalars_of_result(result, prefix):
    tags = {"epoch_loss": prefix + "loss", "epoch_accuracy": prefix + "accuracy"}
    if not prefix:
        tags["epoch_learning_rate"] = "learning_rate"
    return {tag: [(i, float("nan") if v is None else float(np.float32(v)))
                  for i, v in enumerate(result["history"][column])]
            for tag, column in tags.items()}


def judge_tensorboard(sweep, directory, check_hparams):
    count = 0
    for index, result in sweep.results.items():
        for part, prefix in (("train", ""), ("validation", "val_")):
            read = scalars_of(directory / str(index) / part)
            expected = scalars_of_result(result, prefix)
            assert read.keys() == expected.keys(), (read.keys(), expected.keys())
            for tag in expected:
                np.testing.assert_array_equal(read[tag], expected[tag])
                count += len(expected[tag])

    multiplexer = plugin_event_multiplexer.EventMultiplexer()
    multiplexer.AddRunsFromDirectory(str(directory))
    multiplexer.Reload()
    provider = data_provider.MultiplexerDataProvider(multiplexer, str(directory))
    context = backend_context.Context(base_plugin.TBContext(data_provider=provider))
    request = RequestContext()
    experiment = get_experiment.Handler(request, context, "", api_pb2.GetExperimentRequest()).run()
    metrics = [
        api_pb2.MetricInfo(name=api_pb2.MetricName(group=group, tag="epoch_loss"))
        for group in ("train", "validation")]
    response = list_session_groups.Handler(
        request, context, "",
        api_pb2.ListSessionGroupsRequest(
            start_index=0, slice_size=10_000,
            allowed_statuses=[api_pb2.STATUS_UNKNOWN, api_pb2.STATUS_SUCCESS,
                              api_pb2.STATUS_FAILURE, api_pb2.STATUS_RUNNING],
            col_params=[api_pb2.ColParams(metric=m.name) for m in metrics]),
    ).run()
    sessions = {session.name: (session, group) for group in response.session_groups
                for session in group.sessions}
    assert sorted(sessions, key=int) == [str(i) for i in sorted(sweep.results)]
    assert len(experiment.hparam_infos) >= 1
    if check_hparams:
        repeats = sweep.page["repeats"]
        for index in sweep.results:
            session, group = sessions[str(index)]
            assert group.name == str(index // repeats)
            failed = sweep.state_of(index) == "failed"
            expected = api_pb2.STATUS_FAILURE if failed else api_pb2.STATUS_SUCCESS
            assert session.status == expected
            if repeats == 1:
                told = {name: getattr(value, value.WhichOneof("kind"))
                        for name, value in group.hparams.items() if value.WhichOneof("kind")}
                assert told == sweep.parameters_of(index), (told, sweep.parameters_of(index))
    return count


def judge_tbparse(sweep):
    reader = tbparse.SummaryReader(str(sweep.path("events")), pivot=False, extra_columns={"dir_name"})
    frame = reader.scalars
    read = {}
    for row in frame.itertuples():
        read.setdefault((row.dir_name, row.tag), {})[row.step] = row.value
    for index, result in sweep.results.items():
        for part, prefix in (("train", ""), ("validation", "val_")):
            for tag, values in scalars_of_result(result, prefix).items():
                found = read.pop((f"{index}/{part}", tag))
                np.testing.assert_array_equal(sorted(found.items()), values)
    assert not read, list(read)[:3]
    hparams = reader.hparams
    assert set(hparams["dir_name"]) == {str(i) for i in sweep.results}
    return len(frame)


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as temporary:
        for name, text in SWEEPS.items():
            sweep = Sweep(program, pathlib.Path(temporary), name, text)
            rows, lines = judge_tables(sweep)
            importances, worst = judge_optuna(sweep)
            scalars = judge_tensorboard(sweep, sweep.path("events"), check_hparams=True)
            live = judge_tensorboard(sweep, sweep.path("live"), check_hparams=False)
            parsed = judge_tbparse(sweep)
            print(f"{name}: pandas {rows} runs, {lines} epochs; Optuna {rows} trials, "
                  f"{importances} importances within {worst:.1e}; TensorBoard {scalars} scalars "
                  f"and {live} written while training; tbparse {parsed}")
    print("report: all equal")


if __name__ == "__main__":
    main()
