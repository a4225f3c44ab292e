// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Every way to be wrong that a user has shown or could: one row each, with the exact message and
// exit code. Whatever is wrong, no file may be left behind.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "data_files.hpp"
#include "program.hpp"
#include "sweepnet/model/model_file.hpp"
#include "sweepnet/network/parameters.hpp"

namespace {

using testing::idx;
using words = std::vector<std::string>;

struct bad_input {
  std::string name;
  words arguments;      ///< DIR stands for the test's own directory, here and below
  std::string message;  ///< the whole of what goes to the error stream
  int code = 65;
  std::vector<std::pair<std::string, std::string>> files{};  ///< beside the good ones
  sweepnet::environment_map environment{};
};

/// A train command with good options, but for those given.
words train(const words& more = {}) {
  words all = {"train", "DIR/sweep.yml"};
  for (const words& good : {words{"--data", "DIR/data"}, words{"--output", "DIR/out"}}) {
    if (std::ranges::find(more, good[0]) == more.end())
      all.insert(all.end(), good.begin(), good.end());
  }
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

/// A sweep file that is wrong: the message tells where in it.
bad_input sweep_row(std::string name, std::string yaml, const std::string& message) {
  return {.name = std::move(name),
          .arguments = train(),
          .message = "sweepnet: DIR/sweep.yml:" + message,
          .files = {{"sweep.yml", std::move(yaml)}}};
}

std::vector<bad_input> sweep_rows() {
  const auto nested = [](std::size_t depth) {
    return "- hidden_nodes: " + std::string(depth, '[');
  };
  std::string bomb = "- hidden_nodes: &a [1,1,1,1,1,1,1,1,1,1]\n";
  for (char c = 'b'; c < 'h'; ++c) {
    bomb += "  x" + std::string{c} + ": &" + c + " [";
    for (int i = 0; i < 10; ++i) bomb += "*" + std::string{static_cast<char>(c - 1)} + ",";
    bomb += "]\n";
  }
  return {
      sweep_row(
          "empty file", "",
          "1:1: expected a list of paramsets (- key: value ...) or a search space, found none"),
      sweep_row(
          "comments only", "# nothing\n",
          "1:1: expected a list of paramsets (- key: value ...) or a search space, found none"),
      sweep_row(
          "empty list", "[]",
          "1:1: expected a list of paramsets (- key: value ...) or a search space, found none"),
      sweep_row("Latin-1", "- epochs: 1\n- model_path: \"\u00fc_caf\xe9_{index}.h5\"\n",
                "2:21: expected UTF-8, found the byte 0xe9"),
      sweep_row("Latin-1 in a comment, behind a byte-order mark", "\ufeff# caf\xe9\n- epochs: 1\n",
                "1:6: expected UTF-8, found the byte 0xe9"),
      sweep_row("UTF-16", std::string("\xff\xfe-\0 \0", 6),
                "1:1: expected UTF-8, found the byte 0xff"),
      sweep_row(
          "mapping for a list", "epochs: 3\n",
          "1:1: a sweep must be a list of paramsets (- key: value ...) or a search space (method "
          "and parameters), got a mapping"),
      sweep_row(
          "scalar for a list", "epochs",
          "1:1: a sweep must be a list of paramsets (- key: value ...) or a search space (method "
          "and parameters), got epochs"),
      sweep_row("scalar for a paramset", "\n- relu\n",
                "2:3: a paramset must be a mapping, got relu"),
      sweep_row("empty paramset", "\n-\n", "2:1: a paramset must be a mapping, got nothing"),
      sweep_row("unknown key", "- epoch: 3\n", "1:3: unknown key 'epoch' (did you mean 'epochs'?)"),
      sweep_row("unknown key far from any", "- early_stopping: {zzzzz: 1}\n",
                "1:20: unknown key 'zzzzz' in early_stopping (known: monitor, mode, min_delta, "
                "patience, baseline, start_from_epoch)"),
      sweep_row("duplicate key", "- epochs: 3\n  batch_size: 1\n  epochs: 4\n",
                "3:3: duplicate key 'epochs', first at line 1"),
      sweep_row("yes for a number", "- epochs: yes\n", "1:11: epochs must be an integer, got yes"),
      sweep_row("yes for a flag", "- learning_rate: {name: exponential_decay, staircase: yes}\n",
                "1:55: learning_rate.staircase must be true or false, got yes"),
      sweep_row("quoted number", "- epochs: \"3\"\n",
                "1:11: epochs must be an integer, got the string \"3\""),
      sweep_row("quoted rate", "- learning_rate: '1e-3'\n",
                "1:18: learning_rate must be a number or a name, got the string \"1e-3\""),
      sweep_row("real for an integer", "- epochs: 2.5\n",
                "1:11: epochs must be an integer, got 2.5"),
      sweep_row("nothing for a number", "- epochs:\n  seed: 3\n",
                "1:3: epochs must be an integer, got nothing"),
      sweep_row("hexadecimal", "- seed: 0x10\n", "1:9: seed must be an integer, got 0x10"),
      sweep_row("negative seed", "- seed: -1\n",
                "1:9: seed must be an integer in [0, 18446744073709551615], got -1"),
      sweep_row("seed of 65 bits", "- seed: 18446744073709551616\n",
                "1:9: seed must be an integer in [0, 18446744073709551615], got "
                "18446744073709551616"),
      sweep_row("not a number", "- l2: nan\n", "1:7: l2 must be a finite number, got nan"),
      sweep_row("rate of 1.3", "- dropout_rate: 1.3\n",
                "1:17: dropout_rate must be in [0, 1), got 1.3"),
      sweep_row("no epochs", "- epochs: 0\n", "1:11: epochs must be at least 1, got 0"),
      sweep_row("layer without units", "- hidden_nodes: [10, 0]\n",
                "1:22: hidden_nodes[1] must be in [1, 1048576], got 0"),
      sweep_row("scalar for a list of layers", "- hidden_nodes: 10\n",
                "1:17: hidden_nodes must be a list, got 10"),
      sweep_row("unknown activation", "- activate_fn: rleu\n",
                "1:16: unknown activate_fn 'rleu' (did you mean 'relu'?)"),
      sweep_row("option of another activation", "- activate_fn: {name: relu, alpha: 1}\n",
                "1:29: unknown key 'alpha' in activate_fn (known: name)"),
      sweep_row("unknown option of an optimizer", "- optimizer: {name: adam, beta_3: 1}\n",
                "1:27: unknown key 'beta_3' in optimizer (did you mean 'beta_1'?)"),
      sweep_row("list for an optimizer", "- optimizer: [adam]\n",
                "1:14: optimizer must be a name or a mapping, got a list"),
      sweep_row("unknown monitor", "- monitor: val_los\n",
                "1:12: unknown monitor 'val_los' (did you mean 'val_loss'?)"),
      sweep_row("two learning rates", "- optimizer: {learning_rate: 0.1}\n  learning_rate: 0.2\n",
                "1:3: learning_rate is given twice, here and in optimizer"),
      sweep_row("alias bomb", bomb,
                "7:32: expected at most 10000000 values, with all that aliases repeat"),
      sweep_row("alias of itself", "- hidden_nodes: &a [*a]\n",
                "1:21: an alias may not stand inside its own anchor"),
      sweep_row("unknown alias", "- epochs: *a\n",
                "1:11: not valid YAML: the alias has no anchor before it"),
      sweep_row("deep nesting", nested(100000), "1:48: values are nested more than 64 deep"),
      sweep_row("tab that indents", "- epochs: 3\n\tseed: 1\n",
                "2:1: not valid YAML: a tab may not indent"),
      sweep_row("tab after a dash", "- \tepochs: 3\n",
                "1:10: not valid YAML: no ': ' may stand here: quote the text, or look at the "
                "indentation (a tab may not indent)"),
      sweep_row("two documents", "- epochs: 3\n---\n- epochs: 4\n",
                "2:1: expected the end of the text, found a second YAML document"),
      sweep_row("key outside the list", "- epochs: 3\nseed: 4\n",
                "2:1: expected the end of the text, found a second YAML document"),
      sweep_row(
          "Python tag", "- epochs: !!python/object/apply:os.system [ls]\n",
          "1:11: expected a value without a tag, got the tag !!python/object/apply:os.system"),
      sweep_row("list for a key", "- ? [epochs]\n  : 3\n", "1:5: a key must be a word, got a list"),
      sweep_row("merge of a number", "- <<: 3\n",
                "1:7: << must be a mapping or a list of mappings, got 3"),
      sweep_row("list without an end", "- hidden_nodes: [1, 2\n",
                "1:1: not valid YAML: expected ',' or ']' in this list"),
      sweep_row("string without an end", "- model_path: \"a.h5\n",
                "1:20: not valid YAML: expected the closing quote, found the end of the text"),
      sweep_row("bad indentation", "- epochs: 3\n    seed: 1\n",
                "2:9: not valid YAML: no ': ' may stand here: quote the text, or look at the "
                "indentation"),
      {.name = "one model path twice",
       .arguments = train({"--index", "2"}),
       .message = "sweepnet: DIR/sweep.yml: paramsets 0 and 2 would both write a.h5: put {index} "
                  "into model_path",
       .files = {{"sweep.yml", "- model_path: a.h5\n- epochs: 3\n- model_path: ./a.h5\n"}}},
      sweep_row("model path above the output", "- model_path: ../m.h5\n",
                " paramset 0: model_path must lie in the output directory, got '../m.h5'; "
                "--allow-outside permits it"),
      sweep_row("model path that is the run's state",
                "- model_path: ./a//../state_{index}.safetensors\n",
                " paramset 0: model_path must not be a file that runs keep for themselves "
                "(state_N.safetensors, result_N.json, log_N.csv, predictions_N.safetensors), got "
                "'./a//../state_0.safetensors'"),
      sweep_row("model path with NUL", "- model_path: \"../evil.sh\\0.h5\"\n",
                " paramset 0: model_path must have no control characters, got "
                "'../evil.sh\\x00.h5'"),
      sweep_row(
          "unknown model form", "- model_path: a.txt\n",
          " paramset 0: a.txt: a model's path must end in .h5, .keras, .safetensors or .onnx"),
  };
}

/// A directory of IDX files, DIR/bad, that is right but for one file.
bad_input data_row(std::string name, const std::string& file, std::string content,
                   const std::string& message) {
  const std::string pixels(12, 'x');
  std::vector<std::pair<std::string, std::string>> files = {
      {"bad/train-images", idx(8, {2, 6}, pixels)},
      {"bad/train-labels", idx(8, {2}, {'\0', '\1'})},
      {"bad/t10k-images", idx(8, {2, 6}, pixels)},
      {"bad/t10k-labels", idx(8, {2}, {'\0', '\1'})}};
  for (auto& [path, good] : files) {
    if (path == "bad/" + file) good = std::move(content);
  }
  return {.name = std::move(name),
          .arguments = train({"--data", "DIR/bad"}),
          .message = "sweepnet: DIR/bad" + message,
          .files = std::move(files)};
}

std::vector<bad_input> data_rows() {
  const std::string pixels(12, 'x');
  const std::string good = idx(8, {2, 6}, pixels);
  std::string damaged = testing::gzip(good);
  damaged[damaged.size() - 5] ^= 1;  // in the CRC
  const auto npz = [](std::string content, const std::string& message) {
    return bad_input{.name = "npz",
                     .arguments = train({"--data", "DIR/bad.npz"}),
                     .message = "sweepnet: DIR/bad.npz" + message,
                     .files = {{"bad.npz", std::move(content)}}};
  };
  std::vector<bad_input> rows = {
      data_row("empty file", "train-images", "",
               "/train-images: truncated: expected 4 bytes of magic, found 0"),
      data_row("truncated file", "train-images", good.substr(0, 20),
               "/train-images: truncated: expected 12 bytes of elements, found 8"),
      data_row("truncated gzip", "train-images", testing::gzip(good).substr(0, 25),
               "/train-images: truncated: the gzip stream has no end"),
      data_row("damaged gzip", "train-images", damaged,
               "/train-images: damaged gzip data: incorrect data check"),
      data_row("trailing bytes", "train-images", good + "x",
               "/train-images: has bytes beyond the 12 that its sizes (2, 6) call for"),
      data_row("wrong magic", "train-images", "PK\3\4",
               "/train-images: not an IDX file: expected a magic of 00 00, found 50 4b"),
      data_row("unknown type", "train-images", idx(10, {2, 6}, pixels),
               "/train-images: IDX element type must be one of 08 09 0b 0c 0d 0e, found 0a"),
      data_row("sizes that overflow", "train-images",
               idx(8, {0xffffffff, 0xffffffff, 0xffffffff}, ""),
               "/train-images: IDX sizes overflow"),
      data_row("labels for images", "train-images", idx(8, {2}, "ab"),
               "/train-images: features must have at least two dimensions, got shape (2,)"),
      data_row(
          "images for labels", "train-labels", good,
          "/train-labels: labels must have one dimension, or be one-hot, got shape (2, 6), whose "
          "row 0 is not a 1 and zeros"),
      data_row(
          "labels too few", "train-labels", idx(8, {1}, {'\0'}),
          "/train-labels: expected 2 labels, one for each row of DIR/bad/train-images, found 1"),
      data_row("label out of range", "t10k-labels", idx(8, {2}, {'\1', '\2'}),
               ": validation rows: the label of row 1 must be in [0, 2), got 2"),
      data_row("negative label", "train-labels", idx(9, {2}, {'\0', '\xff'}),
               "/train-labels: label 1 must be a class number from 0, got -1"),
      data_row("other width", "t10k-images", idx(8, {2, 5}, pixels.substr(2)),
               ": training rows have 6 features, validation rows 5"),
      data_row(
          "no rows", "train-images", idx(8, {0, 6}, ""),
          "/train-labels: expected 0 labels, one for each row of DIR/bad/train-images, found 2"),
      {.name = "missing file",
       .arguments = train({"--data", "DIR/bad"}),
       .message = "sweepnet: DIR/bad: has no file train-labels*",
       .code = 66,
       .files = {{"bad/train-images", good}}},
      {.name = "validation rows missing",
       .arguments = train({"--data", "DIR/bad", "--verbose", "0"}),
       .message = "sweepnet: val_accuracy is monitored, but there are no validation rows",
       .files = {{"bad/train-images", good},
                 {"bad/train-labels", idx(8, {2}, {'\0', '\1'})},
                 {"bad/t10k-images", idx(8, {0, 6}, "")},
                 {"bad/t10k-labels", idx(8, {0}, "")}}},
  };
#if defined(SWEEPNET_HAS_LIBZIP)
  rows.push_back(npz("PK", ": not a readable .npz archive: Not a zip archive"));
  rows.push_back(npz(testing::zip({{"x_train.npy", testing::npy("|u1", "(2, 6)", pixels)}}, true),
                     ": has no array 'y_train' (found: x_train.npy)"));
  rows.push_back(npz(testing::zip({{"x_train.npy", testing::npy("|O", "(2,)", pixels)}}, true),
                     ":x_train: the .npy type must be b1, u1 to u8, i1 to i8 or f2 to f8, found "
                     "'|O'"));
#else
  (void)npz;
  WARN("skipped the .npz rows: built without libzip");
#endif
  return rows;
}

std::vector<bad_input> data_option_rows() {
  const auto row = [](std::string name, const words& options, std::string message, int code) {
    return bad_input{.name = std::move(name),
                     .arguments = train(options),
                     .message = "sweepnet: " + std::move(message),
                     .code = code};
  };
  return {
      row("unknown data set", {"--data", "mnits"},
          "unknown data set 'mnits' (did you mean 'mnist'?)", 64),
      row("no such directory", {"--data", "DIR/none"}, "DIR/none: no such file or directory", 66),
      row("no such file here", {"--data", "none.dat"}, "none.dat: no such file or directory", 66),
      row("no such archive", {"--data", "DIR/none.npz"},
          "DIR/none.npz: cannot open: No such file or directory", 66),
      row("neither directory nor archive", {"--data", "DIR/sweep.yml"},
          "DIR/sweep.yml: is no data set: expected mnist, fashion_mnist, a directory of IDX "
          "files, an .npz file or a table (.csv, .tsv, .txt)",
          64),
      row("rows that are no number", {"--data", "mnist:many"},
          "mnist:many: expected mnist:ROWS with a number of rows from 1", 64),
      row("more rows than embedded", {"--data", "mnist:60000"},
          "mnist: not found in DIR/sets/mnist, /usr/share/datasets/mnist (10000 training rows are "
          "embedded, 60000 were asked for); put its IDX files in one of these or name their "
          "directory",
          66),
      row("more rows than there are", {"--train-rows", "21"},
          "DIR/data: has 20 training rows, 21 were asked for", 64),
      row("no rows", {"--train-rows", "0"}, "--train-rows must be an integer at least 1, got '0'",
          64),
      row("everything for validation", {"--validation-split", "1"},
          "--validation-split must be a number in (0, 1), got '1'", 64),
      row("no row left to validate on", {"--validation-split", "0.01", "--train-rows", "1"},
          "a validation split of 0.01 leaves no rows to train on of 1", 64),
      row("fewer classes than labels", {"--classes", "1"},
          "DIR/data: training rows: the label of row 0 must be in [0, 1), got 2", 65),
      row("other class count than asked", {"--classes", "two"},
          "--classes must be an integer in [1, 1048576], got 'two'", 64),
  };
}

std::vector<bad_input> index_rows() {
  const std::string how =
      "set --index or SWEEPNET_INDEX, or run it as an array job (AWS_BATCH_JOB_ARRAY_INDEX, "
      "JOB_COMPLETION_INDEX, SLURM_ARRAY_TASK_ID, BATCH_TASK_INDEX, CLOUD_RUN_TASK_INDEX, "
      "PBS_ARRAY_INDEX, PBS_ARRAYID, SGE_TASK_ID, LSB_JOBINDEX)";
  const std::string which =
      "the sweep holds 2 paramsets and no index is set: --index 0 trains the first, --index 1 the "
      "last; 'sweepnet plan DIR/sweep.yml' lists them all; an array job is told its index by AWS "
      "Batch, Kubernetes, Slurm or another scheduler";
  const std::string two = "- epochs: 1\n- epochs: 2\n";
  const auto row = [&](std::string name, const words& options,
                       sweepnet::environment_map environment, std::string message, int code = 78) {
    return bad_input{.name = std::move(name),
                     .arguments = train(options),
                     .message = "sweepnet: " + std::move(message),
                     .code = code,
                     .files = {{"sweep.yml", two}},
                     .environment = std::move(environment)};
  };
  std::vector<bad_input> rows = {
      row("no index", {}, {}, which),
      row("no index but a rank", {}, {{"RANK", "0"}},
          which + "; RANK is set, --scheduler torchrun would use it"),
      row("index beyond the sweep", {"--index", "2"}, {},
          "index 2 (--index) is out of range: the sweep holds 2 paramsets (from 0)"),
      row("array beyond the sweep", {},
          {{"AWS_BATCH_JOB_ARRAY_INDEX", "2"}, {"AWS_BATCH_JOB_ARRAY_SIZE", "3"}},
          "index 2 (AWS_BATCH_JOB_ARRAY_INDEX) is out of range: the sweep holds 2 paramsets "
          "(from 0), the array 3 children"),
      row("negative index", {"--index", "-1"}, {},
          "--index must be an integer at least 0, got '-1'", 64),
      row("index that is no number", {}, {{"SLURM_ARRAY_TASK_ID", "1x"}},
          "SLURM_ARRAY_TASK_ID must be an integer from 0, got '1x'"),
      row("index below the base", {}, {{"SGE_TASK_ID", "0"}},
          "SGE_TASK_ID must be an integer from 1, got '0'"),
      row("own index that is no number", {}, {{"SWEEPNET_INDEX", "-3"}},
          "SWEEPNET_INDEX must be an integer from 0, got '-3'"),
      row("index beyond its array", {},
          {{"AWS_BATCH_JOB_ARRAY_INDEX", "1"}, {"AWS_BATCH_JOB_ARRAY_SIZE", "1"}},
          "AWS_BATCH_JOB_ARRAY_INDEX must be in [0, 1), as the array's size is 1, got 1"),
      row("schedulers that disagree", {},
          {{"AWS_BATCH_JOB_ARRAY_INDEX", "0"}, {"SLURM_ARRAY_TASK_ID", "1"}},
          "AWS_BATCH_JOB_ARRAY_INDEX says index 0 and SLURM_ARRAY_TASK_ID says index 1: choose "
          "with "
          "--index or --scheduler"),
      row("unknown scheduler", {"--scheduler", "slrum"}, {},
          "--scheduler: unknown scheduler 'slrum' (did you mean 'slurm'?)", 64),
      row("scheduler without an index", {"--scheduler", "lsf"}, {{"LSB_JOBINDEX", "0"}},
          "--scheduler lsf: LSB_JOBINDEX must be an array index, got '0'"),
      row("share without a size", {"--share"}, {{"JOB_COMPLETION_INDEX", "0"}},
          "--share needs the array's size, which Kubernetes does not tell"),
  };
  rows.push_back({.name = "nothing to show",
                  .arguments = {"index"},
                  .message = "sweepnet: no index is set: " + how,
                  .code = 78});
  return rows;
}

std::vector<bad_input> option_rows() {
  const auto row = [](std::string name, words arguments, std::string message, int code = 64) {
    return bad_input{.name = std::move(name),
                     .arguments = std::move(arguments),
                     .message = "sweepnet: " + std::move(message),
                     .code = code};
  };
  return {
      row("no command", {},
          "expected a command: train, sweep, describe, evaluate, predict, export, inspect, plan, "
          "status, report, index (see --help)"),
      row("nothing to report on", {"report"}, "output is required (see --help)"),
      row("report on what is not there", {"report", "DIR/none"},
          "DIR/none: cannot list: No such file or directory", 66),
      row("report on a file", {"report", "DIR/sweep.yml"},
          "DIR/sweep.yml: cannot list: Not a directory", 66),
      row("points to report on without a space", {"report", "DIR", "--runs", "3"},
          "--runs requires --sweep (see --help)"),
      row("watch and list", {"status", "DIR", "--watch", "--missing"},
          "--missing excludes --watch (see --help)"),
      row("pause without a watch", {"status", "DIR", "--every", "1"},
          "--every requires --watch (see --help)"),
      row("no pause", {"status", "DIR", "--watch", "--every", "0"},
          "--every must be a number in [0.01, 86400], got '0'"),
      row("unknown command", {"trian"},
          "unknown command 'trian' (did you mean 'train'?) (see --help)"),
      row("unknown option", train({"--outptu", "x"}),
          "unknown argument '--outptu' (did you mean '--output'?) (see --help)"),
      row("option before its command", {"--verbose", "1", "train", "DIR/sweep.yml"},
          "'--verbose' belongs behind the command: sweepnet train --verbose ... (see --help)"),
      row("word too many", {"index", "7"}, "unexpected argument '7' (see --help)"),
      row("option that is nothing like any", {"index", "-7"},
          "unknown argument '-7' (known: --help, --index, --index-base, --scheduler) (see --help)"),
      row("dashes alone", {"index", "---"},
          "unknown argument '---' (known: --help, --index, --index-base, --scheduler) (see "
          "--help)"),
      row("key for an option", train({"--epochs", "3"}),
          "unknown argument '--epochs': --set epochs=VALUE sets a paramset's key (see --help)"),
      row("no sweep", {"train"}, "sweep is required (see --help)"),
      row("sweep missing", {"train", "DIR/none.yml"},
          "DIR/none.yml: cannot open: No such file or directory", 66),
      row("directory for a sweep", {"train", "DIR"}, "DIR: is a directory, expected a file", 66),
      row("sweep far away", {"plan", "gs://bucket/sweep.yml"},
          "gs://bucket/sweep.yml: expected a path, s3://, https://, http:// or -, found the scheme "
          "'gs'"),
      row("no threads", train({"--threads", "0"}),
          "--threads must be an integer in [1, 1024], got '0'"),
      row("unknown verbosity", train({"--verbose", "3"}),
          "--verbose must be an integer in [0, 2], got '3'"),
      row("set without a value", train({"--set", "epochs"}),
          "--set expects KEY=VALUE, got 'epochs'"),
      row("set to nothing", train({"--set", "epochs="}),
          "--set epochs=: epochs must be an integer, got nothing"),
      row("set an unknown key", train({"--set", "epoch=3"}),
          "--set epoch=3: unknown key 'epoch' (did you mean 'epochs'?)"),
      row("set out of range", train({"--set", "dropout_rate=1"}),
          "--set dropout_rate=1: dropout_rate must be in [0, 1), got 1"),
      row("set to bad YAML", train({"--set", "hidden_nodes=[1"}),
          "--set hidden_nodes=[1: not valid YAML: expected ',' or ']' in this list"),
      row("set to Latin-1", train({"--set", "model_path=caf\xe9.h5"}),
          "--set model_path=caf\\xe9.h5: expected UTF-8, found the byte 0xe9"),
      row("set twice", train({"--set", "epochs=2", "--set", "seed=1", "--set", "epochs=3"}),
          "--set: epochs is given twice, as epochs=2 and as epochs=3"),
      row("set twice in a plan",
          {"plan", "DIR/sweep.yml", "--set", "epochs=2", "--set", "epochs=2"},
          "--set: epochs is given twice, as epochs=2 and as epochs=2"),
      row("a seed and another", train({"--seed", "3", "--set", "seed=4"}),
          "--set: seed is given twice, as seed=4 and as seed=3; --seed N is short for --set "
          "seed=N"),
      row("seed that is no number", train({"--seed", "x"}),
          "--set seed=x: seed must be an integer, got x"),
      row("lines below none", {"plan", "DIR/sweep.yml", "--lines", "-1"},
          "--lines must be an integer at least 0, got '-1'"),
      row("file for a directory", train({"--output", "DIR/sweep.yml/x", "--verbose", "0"}),
          "DIR/sweep.yml/x: cannot make the directory: Not a directory", 73),
      row("model missing", {"evaluate", "DIR/none.safetensors"},
          "DIR/none.safetensors: cannot open: No such file or directory", 66),
      row("sweep for a model", {"evaluate", "DIR/sweep.yml"},
          "DIR/sweep.yml: a model's path must end in .h5, .keras or .safetensors"),
      row("sweep for a model to inspect", {"inspect", "DIR/sweep.yml"},
          "DIR/sweep.yml: a model's path must end in .h5, .keras or .safetensors"),
      row("model that is only written", {"inspect", "DIR/model.onnx"},
          "DIR/model.onnx: ONNX files are written, not read: give the model as .h5, .keras or "
          ".safetensors"),
      row("model that is none", {"evaluate", "DIR/text.safetensors"},
          "DIR/text.safetensors: too short for a safetensors file", 65),
      row("model for other data", {"evaluate", "DIR/model.safetensors", "--data", "DIR/data"},
          "DIR/model.safetensors takes 4 features a row, DIR/data has 6", 65),
      row("model for fewer classes", {"evaluate", "DIR/narrow.safetensors", "--data", "DIR/data"},
          "DIR/data: training rows: the label of row 0 must be in [0, 2), got 2", 65),
      {.name = "several wrong paramsets in a plan",
       .arguments = {"plan", "DIR/sweep.yml"},
       .message = "DIR/sweep.yml:1:3: unknown key 'epoch' (did you mean 'epochs'?) (paramset 0)\n"
                  "DIR/sweep.yml:3:11: epochs must be at least 1, got -1 (paramset 2)\n"
                  "sweepnet: DIR/sweep.yml: 2 of 3 paramsets are wrong",
       .files = {{"sweep.yml", "- epoch: 3\n- epochs: 3\n- epochs: -1\n"}}},
  };
}

std::vector<bad_input> all_rows() {
  std::vector<bad_input> all;
  for (const auto& rows :
       {sweep_rows(), data_rows(), data_option_rows(), index_rows(), option_rows()}) {
    all.insert(all.end(), rows.begin(), rows.end());
  }
  return all;
}

void write_model_file(const std::string& path, std::int64_t inputs, std::int64_t classes) {
  sweepnet::model_spec model{.inputs = inputs};
  model.layers.emplace_back(sweepnet::dense{.units = classes});
  sweepnet::trained_model trained;
  trained.model = model;
  trained.parameters = sweepnet::initial_parameters(model, 1);
  sweepnet::write_model(path, trained);
}

/// `text` with the test's directory for DIR.
std::string placed(std::string text, const std::string& directory) {
  for (std::size_t at = text.find("DIR"); at != text.npos; at = text.find("DIR", at)) {
    text.replace(at, 3, directory);
    at += directory.size();  // whose random name may have a DIR, too
  }
  return text;
}

void check(const bad_input& row) {
  INFO(row.name);
  const testing::temporary_directory directory;
  const std::string place = directory.path().string();
  testing::write_idx_directory(directory / "data", testing::random_dataset(20, 6, 3));
  testing::write_file(directory / "sweep.yml", "- epochs: 1\n  input_units: 4\n");
  testing::write_file(directory / "text.safetensors", "text");
  write_model_file(directory / "model.safetensors", 4, 3);
  write_model_file(directory / "narrow.safetensors", 6, 2);
  for (const auto& [path, content] : row.files) testing::write_file(directory / path, content);

  testing::command_line line{.arguments = row.arguments, .environment = row.environment};
  for (std::string& argument : line.arguments) argument = placed(argument, place);
  line.environment.emplace("SWEEPNET_DATA_DIR", directory / "sets");
  const auto before = testing::files_below(directory.path());
  const testing::outcome outcome = testing::run_program(line);

  CHECK(outcome.err == placed(row.message, place) + "\n");
  CHECK(outcome.code == row.code);
  CHECK(testing::files_below(directory.path()) == before);
}

}  // namespace

TEST_CASE("each bad input is told in one exact message, with its exit code, and leaves no file") {
  const std::vector<bad_input> rows = all_rows();
  REQUIRE(rows.size() >= 100);
  for (const bad_input& row : rows) check(row);
}
