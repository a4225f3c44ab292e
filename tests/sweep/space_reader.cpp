// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Search spaces that are wrong, each with its message.

#include "sweepnet/sweep/space_reader.hpp"

#include <string>
#include <vector>

#include "support.hpp"
#include "sweepnet/sweep/paramset.hpp"
#include "sweepnet/sweep/sweep_file.hpp"

using namespace sweepnet;

namespace {

struct bad_space {
  std::string text;
  std::string message;
};

void check_refused(const std::vector<bad_space>& rows) {
  for (const bad_space& row : rows) {
    INFO(row.text);
    CHECK(testing::message_of<data_error>(
              [&] { (void)parse_sweep<paramset>(row.text, "s.yml"); }) == "s.yml:" + row.message);
  }
}

/// A space whose one parameter has these keys.
std::string with_l2(const std::string& keys, const std::string& method = "random") {
  return "method: " + method + "\nrun_cap: 3\nparameters:\n  l2: {" + keys + "}\n";
}

}  // namespace

TEST_CASE("a space that W&B's grammar does not have is refused where it stands") {
  const std::string p = "parameters: {l2: {value: 0}}\n";
  check_refused({
      {p, "1:1: a search space needs a method: grid, random or bayes"},
      {"method: grid\n", "1:1: a search space needs parameters"},
      {"method: Grid\n" + p, "1:9: method must be grid, random, bayes, got Grid"},
      {"method: custom\n" + p, "1:9: method custom is not here: grid, random and bayes are"},
      {"method: [grid]\n" + p, "1:9: method must be grid, random, bayes, got a list"},
      {"method: grid\nmetod: grid\n" + p,
       "2:1: unknown key 'metod' of a search space (did you mean 'method'?)"},
      {"method: grid\nscheduler: {engine: optuna}\n" + p,
       "2:1: scheduler starts other programs, which is not done here"},
      {"method: grid\nmetrics: []\n" + p,
       "2:1: metrics is for W&B's own method custom: expected one metric"},
      {"method: grid\nrun_cap: 0\n" + p, "2:10: run_cap must be an integer from 1, got 0"},
      {"method: grid\nrun_cap: many\n" + p, "2:10: run_cap must be an integer from 1, got many"},
      {"method: grid\nrepeats: 1.5\n" + p, "2:10: repeats must be an integer from 1, got 1.5"},
      {"method: grid\nseed: -1\n" + p,
       "2:7: seed must be an integer from 0 to 18446744073709551615, got -1"},
      {"method: grid\norder: random\n" + p, "2:8: order must be names (W&B's) or file, got random"},
      {"method: grid\ndraws: halton\n" + p, "2:8: draws is for the methods random and bayes"},
      {"method: random\ndraws: sobol\n" + p,
       "2:8: draws must be distinct, independent, halton, got sobol"},
      {"method: random\ndraws: distinct\nrun_cap: 3\nparameters: {l2: {min: 0.0, max: 1.0}}\n",
       "2:8: draws: distinct needs a space of up to 2^53 points that are equally likely"},
      {"method: grid\nkind: job\n" + p, "2:7: kind must be sweep, got job"},
      {"method: grid\ncontroller: {type: there}\n" + p,
       "2:13: controller must be {type: local} or {type: cloud}, got a mapping"},
      {"method: grid\ncommand: python\n" + p, "2:10: command must be a list, got python"},
      {"method: grid\nprogram: [a]\n" + p, "2:10: program must be a text, got a list"},
      {"method: grid\nname: {a: b}\n" + p, "2:7: name must be a text, got a mapping"},
      {"method: random\n" + p + "repeats: 9007199254740993\n",
       "3:10: repeats must be an integer from 1, got 9007199254740993"},
      {"method: random\nrun_cap: 9007199254740992\nrepeats: 2\nparameters: {l2: {min: 0.0, max: "
       "1.0}}\n",
       "1:1: the space has more than 2^53 runs: it needs a smaller run_cap"},
  });
}

TEST_CASE("a space of bayes that cannot be searched is refused") {
  const std::string metric = "metric: {name: val_loss}\n";
  const std::string l2 = "parameters: {l2: {min: 0.0, max: 1.0}}\n";
  check_refused({
      {"method: bayes\nrun_cap: 9\n" + l2, "1:9: method bayes needs a metric: its name and goal"},
      {"method: bayes\n" + metric + l2, "1:9: bayes has no end: the space needs a run_cap"},
      {"method: bayes\n" + metric + "parameters: {l2: {values: [0, 1]}}\n",
       "1:9: bayes has no end: the space needs a run_cap"},
      {"method: bayes\nrun_cap: 9\n" + metric + "parameters: {l2: {value: 0}}\n",
       "4:13: method bayes needs a parameter that varies"},
      {"method: bayes\nrun_cap: 10001\n" + metric + l2,
       "1:9: method bayes takes up to 10000 points, got 10001"},
      {"method: bayes\nparallel: 0\n" + metric + l2,
       "2:11: parallel must be an integer from 1, got 0"},
      {"method: bayes\nparallel: 10001\n" + metric + l2,
       "2:11: parallel must be an integer from 1 to 10000, got 10001"},
      {"method: random\nrun_cap: 9\nparallel: 4\n" + l2,
       "3:11: parallel is for the method bayes, and for a metric with a target"},
      {"method: random\nrun_cap: 9\nparallel: 4\nearly_terminate: {type: asha}\nmetric: {name: "
       "loss, "
       "target: 1}\n" +
           l2,
       "3:11: parallel: that of asha is a key of early_terminate"},
      {"method: bayes\nmetric: {name: loss, impute_while_running: mean}\n" + l2,
       "2:44: metric.impute_while_running must be latest, best, worst, false, got mean"},
  });
}

TEST_CASE("a space of bayes says how it is searched") {
  const sweep<paramset> read = parse_sweep<paramset>(
      "method: bayes\nparallel: 8\nrun_cap: 30\nmetric: {name: val_loss, impute_while_running: "
      "best}\nparameters: {l2: {min: 0.0, max: 1}}\n",
      "s.yml");
  CHECK(read.space()->notes ==
        std::vector<std::string>{
            "metric.impute_while_running is not used here: what runs that are not over have so far "
            "counts for nothing",
            "method bayes is a tree-structured Parzen estimator (TPE) here, where W&B has a "
            "Gaussian process: 16 random points, then 8 at a time"});
}

TEST_CASE("what is begun at once is in the file where results decide what else is") {
  const auto at_once = [](const std::string& text) {
    return rules_of(*parse_sweep<paramset>(text + "parameters: {l2: {min: 0.0, max: 1}}\n", "s.yml")
                         .space())
        .at_once;
  };
  const std::string target = "run_cap: 30\nmetric: {name: val_loss, target: 0.1}\n";
  CHECK(at_once("method: random\n" + target) == 8);
  CHECK(at_once("method: random\nparallel: 3\n" + target) == 3);
  CHECK(at_once("method: random\nparallel: 3\nrepeats: 2\n" + target) == 6);
  CHECK(at_once("method: bayes\n" + target) == 4);
  CHECK(at_once("method: bayes\nparallel: 5\n" + target) == 5);
}

TEST_CASE("a run that fails counts as the worst whatever impute says") {
  const auto notes = [](const std::string& impute) {
    return parse_sweep<paramset>("method: grid\nmetric: {name: loss, impute: " + impute +
                                 "}\nparameters: {l2: {value: 0}}\n")
        .space()
        ->notes;
  };
  CHECK(notes("worst").empty());
  for (const std::string other : {"best", "latest"}) {
    CHECK(notes(other) ==
          std::vector<std::string>{"metric.impute: " + other +
                                   " is not used here: a run fails where it has no finite value, "
                                   "and counts as the worst"});
  }
}

TEST_CASE("a metric that is none of ours, or is to go the wrong way, is refused") {
  const auto space = [](const std::string& metric) {
    return "method: grid\nmetric: " + metric + "\nparameters: {l2: {value: 0}}\n";
  };
  check_refused({
      {space("val_loss"), "2:9: metric must be a mapping with name and goal, got val_loss"},
      {space("{goal: minimize}"), "2:9: metric needs a name"},
      {space("{name: f1}"),
       "2:16: metric.name must be val_accuracy, val_loss, accuracy, loss, val_auc, val_f1_micro, "
       "val_f1_macro, mae, val_mae, mse, val_mse, val_r2, got f1"},
      {space("{name: loss, goal: min}"), "2:28: metric.goal must be minimize or maximize, got min"},
      {space("{name: val_accuracy, goal: minimize}"),
       "2:36: metric.goal must be maximize for val_accuracy, got minimize"},
      {space("{name: loss, goal: maximize}"),
       "2:28: metric.goal must be minimize for loss, got maximize"},
      {space("{name: loss, impute: mean}"),
       "2:30: metric.impute must be latest, best, worst, got mean"},
      {space("{name: loss, gaol: minimize}"),
       "2:22: unknown key 'gaol' in metric (did you mean 'goal'?)"},
  });
}

TEST_CASE("a parameter that no distribution has is refused by name and place") {
  const auto space = [](const std::string& parameters) {
    return "method: grid\nparameters: " + parameters + "\n";
  };
  check_refused({
      {space("3"), "2:13: parameters must be a mapping of at least one, got 3"},
      {space("{}"), "2:13: parameters must be a mapping of at least one, got none"},
      {space("{l2: 0.1}"),
       "2:18: parameter l2 must be a mapping, such as {value: ...} or {values: [...]}, got 0.1"},
      {space("{l2: }"),
       "2:14: parameter l2 must be a mapping, such as {value: ...} or {values: [...]}, got "
       "nothing"},
      {space("{2l: {value: 0}}"),
       "2:14: a parameter's name must be letters, digits, '_', '.' and '-', a letter or '_' first, "
       "got 2l"},
      {space("{l2..x: {value: 0}}"), "2:14: parameter l2..x: expected a key on each side of a dot"},
      {space("{l2: {}}"),
       "2:14: parameter l2: expected value, values, min and max, a distribution, or parameters"},
      {space("{l2: {min: 0}}"),
       "2:19: parameter l2: expected value, values, min and max, a distribution, or parameters"},
      {space("{l2: {value: 0, values: [0]}}"),
       "2:19: parameter l2: a parameter of the distribution categorical has no key 'value' (did "
       "you mean 'values'?)"},
      {space("{l2: {value: 0, description: d}}"),
       "2:29: parameter l2: a parameter of the distribution constant has no key 'description' "
       "(known: distribution, value)"},
      {space("{l2: {values: []}}"), "2:27: parameter l2: values must not be empty"},
      {space("{l2: {values: 3}}"), "2:27: parameter l2: values must be a list, got 3"},
      {space("{l2: {distribution: unifrom, min: 0, max: 1}}"),
       "2:33: parameter l2: unknown distribution 'unifrom' (did you mean 'uniform'?)"},
      {space("{l2: {distribution: categorical}}"),
       "2:14: parameter l2: the distribution categorical needs values"},
      {space("{optimizer: {parameters: {}}}"),
       "2:38: parameter optimizer: parameters must be a mapping of at least one, got a mapping"},
      {space("{optimizer: {parameters: {name: {value: sgd}}, value: 3}}"),
       "2:14: parameter optimizer: parameters stand alone, without other keys"},
      {space("{l2: {min: 0.0, max: 1.0}}"),
       "2:14: parameter l2: a grid takes value, values, int_uniform and q_uniform, got the "
       "distribution uniform"},
      {space("{l2: {values: [0, 1], probabilities: [0.5, 0.5]}}"),
       "2:14: parameter l2: a grid takes value, values, int_uniform and q_uniform, got the "
       "distribution categorical_w_probabilities"},
  });
}

TEST_CASE("arguments of distributions that cannot be are refused") {
  check_refused({
      {with_l2("min: 1.0, max: true"), "4:23: parameter l2: max must be a number, got true"},
      {with_l2("min: '0', max: 1"),
       "4:13: parameter l2: min must be a number, got the string \"0\""},
      {with_l2("min: 1, max: 1"), "4:13: parameter l2: min must be below max, got 1 and 1"},
      {with_l2("min: 0.5, max: 0.1"), "4:13: parameter l2: min must be below max, got 0.5 and 0.1"},
      {with_l2("min: 0, max: 1, q: 1"),
       "4:24: parameter l2: a parameter of the distribution int_uniform has no key 'q' (known: "
       "distribution, min, max)"},
      {with_l2("distribution: int_uniform, min: 1.0, max: 4"),
       "4:40: parameter l2: min must be an integer, got 1.0"},
      {with_l2("min: 0, max: 9007199254740993"),
       "4:13: parameter l2: integers must lie within 2^53 of 0 and of one another, got 0 to "
       "9007199254740993"},
      {with_l2("distribution: q_uniform, min: 0, max: 1, q: 0"),
       "4:52: parameter l2: q must be above 0, got 0"},
      {with_l2("distribution: q_uniform, min: 1, max: 3, q: 5"),
       "4:3: parameter l2: no multiple of q = 5 lies between min and max"},
      {with_l2("distribution: log_uniform_values, min: 0, max: 1"),
       "4:47: parameter l2: min must be above 0, got 0"},
      {with_l2("distribution: log_uniform, min: 1, max: 1000"),
       "4:48: parameter l2: the bounds of log_uniform are exponents, up to e^1000: "
       "log_uniform_values has values"},
      {with_l2("distribution: normal, sigma: -1"),
       "4:37: parameter l2: sigma must be at least 0, got -1"},
      {with_l2("distribution: beta, a: 0"), "4:31: parameter l2: a must be above 0, got 0"},
      {with_l2("distribution: beta, mu: 0"),
       "4:28: parameter l2: a parameter of the distribution beta has no key 'mu' (known: "
       "distribution, a, b)"},
      {with_l2("values: [0, 1], probabilities: [1]"),
       "4:39: parameter l2: probabilities must be a list of 2 numbers, one for each value, got 1"},
      {with_l2("values: [0, 1], probabilities: [0.5, 0.6]"),
       "4:39: parameter l2: probabilities must add up to 1, got 1.1"},
      {with_l2("values: [0, 1], probabilities: [1.5, -0.5]"),
       "4:45: parameter l2: a probability must be at least 0, got -0.5"},
  });
}

TEST_CASE("values that do not fit their fields are refused before anything is trained") {
  const auto grid = [](const std::string& parameters) {
    return "method: grid\nparameters: " + parameters + "\n";
  };
  const auto random = [](const std::string& parameters) {
    return "method: random\nrun_cap: 1\nparameters: " + parameters + "\n";
  };
  check_refused({
      {grid("{dropout_rate: {values: [0.1, 1.3]}}"),
       "2:43: dropout_rate must be in [0, 1), got 1.3"},
      {grid("{lerning_rate: {values: [0.1]}}"),
       "2:14: unknown key 'lerning_rate' (did you mean 'learning_rate'?)"},
      {grid("{optimizer: {values: [adam, {name: sgd, beta_1: 0.5}]}}"),
       "2:53: unknown key 'beta_1' in optimizer (known: learning_rate, decay, weight_decay, "
       "clipnorm, "
       "clipvalue, global_clipnorm, name, momentum, nesterov)"},
      {grid("{optimizer.beta_1: {value: 0.9}, optimizer: {values: [adam, sgd]}}"),
       "2:14: unknown key 'beta_1' in optimizer (known: learning_rate, decay, weight_decay, "
       "clipnorm, "
       "clipvalue, global_clipnorm, name, momentum, nesterov)"},
      {grid("{hidden_nodes: {values: [[10], 20]}}"), "2:44: hidden_nodes must be a list, got 20"},
      {grid("{optimizer: {value: {learning_rate: 1}}, optimizer.learning_rate: {value: 2}}"),
       "2:54: parameter optimizer.learning_rate: another value sets it, too"},
      {grid("{learning_rate: {values: [null, 0.1]}, optimizer.learning_rate: {value: 2}}"),
       "1:1: learning_rate is given twice, here and in optimizer"},
      {random("{dropout_rate: {min: 0.1, max: 1.3}}"),
       "3:14: dropout_rate must be in [0, 1), got 1.3"},
      {random("{epochs: {min: 1, max: 9.0}}"),
       "3:14: epochs must be an integer, got 2.7217358208576288"},
      {random("{batch_size: {distribution: q_uniform, min: 1, max: 9, q: 0.5}}"),
       "3:14: batch_size must be an integer, got 6.5"},
      {random("{learning_rate: {distribution: normal, mu: 0.1, sigma: 0.1}}"),
       "3:14: learning_rate must be at least 0, got -0.7209536151601387"},
      {random("{batch_size: {min: 0, max: 9}}"), "3:14: batch_size must be in [1, 1048576], got 0"},
  });
  const auto fits = [&](const std::string& parameters) {
    CHECK(parse_sweep<paramset>(random(parameters), "s.yml").count() == 1);
  };
  fits("{dropout_rate: {min: 0.0, max: 1.0}}");  // 1 itself is never drawn
  fits("{epochs: {distribution: q_uniform, min: 2, max: 64}}");
  fits("{batch_size: {distribution: q_log_uniform_values, min: 8, max: 256, q: 8}}");
  fits("{seed: {min: 0, max: 9007199254740991}}");
}

TEST_CASE("what is neither a list nor a space is told so") {
  CHECK(testing::message_of<data_error>([&] { (void)parse_sweep<paramset>("a: 1\n", "s.yml"); }) ==
        "s.yml:1:1: a sweep must be a list of paramsets (- key: value ...) or a search space "
        "(method and parameters), got a mapping");
}
