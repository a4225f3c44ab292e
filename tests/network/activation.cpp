// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/network/activation.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <type_traits>

#include "golden.hpp"
#include "own_activation.hpp"
#include "support.hpp"
#include "sweepnet/describe/encode.hpp"
#include "sweepnet/network/model_spec.hpp"

using namespace sweepnet;

namespace {

/// Absolute or relative, whichever is wider.
bool near(double value, double expected, double tolerance) {
  if (std::isinf(expected)) return value == expected;
  return std::abs(value - expected) <= tolerance * std::max(1.0, std::abs(expected));
}

/// Calls visit(f, name in the golden file) for each elementwise activation of one Keras generation.
template <class Visit>
void for_each_in(const testing::golden_file& golden, bool keras2, const Visit& visit) {
  for_each_alternative<alternatives_of<activation>>([&]<class F>(const F& f) {
    std::string name(f.name);
    if (keras2 && golden.has(name + ".y") && name == "hard_sigmoid") return;
    if (keras2 && name == "hard_sigmoid_keras2") name = "hard_sigmoid";
    if constexpr (elementwise_activation<F>) {
      if (golden.has(name + ".y")) visit(f, name);
    }
  });
}

}  // namespace

TEST_CASE("activations and their derivatives equal Keras'") {
  const bool keras2 = GENERATE(false, true);
  const testing::golden_file golden(keras2 ? "activations_keras2.safetensors"
                                           : "activations_keras3.safetensors");
  const std::vector<float> x = golden.floats("x");
  int compared = 0;
  for_each_in(golden, keras2, [&](const auto& f, const std::string& name) {
    const std::vector<float> y = golden.floats(name + ".y");
    const std::vector<float> dy = golden.floats(name + ".dy");
    ++compared;
    for (std::size_t i = 0; i < x.size(); ++i) {
      INFO(name << (keras2 ? " (Keras 2)" : " (Keras 3)") << " at x = " << x[i]);
      // Keras computes in float too: its squareplus cancels for x << 0, and mish' for x >> 0.
      const double tolerance = name == "squareplus" || name == "mish" ? 5e-6 : 1e-6;
      CHECK(near(value_of(f, x[i]), y[i], tolerance));
      // At x = 0 TensorFlow's celu has a derivative of 2, and Keras 2's selu of 1.7581: sums over
      // both branches. Its selu sees 0 for x > -1e-8. Ours is a one-sided limit.
      const bool kink = (name == "celu" && x[i] == 0) || (name == "selu" && x[i] == 0 && keras2) ||
                        (name == "selu" && x[i] < 0 && x[i] > -1e-8F);
      if (!kink) CHECK(near(derivative_of(f, x[i], value_of(f, x[i])), dy[i], 2 * tolerance));
    }
  });
  CHECK(compared == (keras2 ? 9 : 25));
}

TEST_CASE("softmax and log_softmax rows and their gradients equal Keras'") {
  const testing::golden_file golden("activations_keras3.safetensors");
  const auto compare = [&](const auto& f) {
    const std::string name(f.name);
    const std::vector<std::int64_t>& shape = golden.tensor(name + ".rows").shape;
    std::vector<float> y = golden.floats(name + ".rows");
    std::vector<float> d = golden.floats(name + ".cotangent");
    for (std::int64_t r = 0; r < shape[0]; ++r) {
      f.forward(y.data() + r * shape[1], y.data() + r * shape[1], shape[1]);
      f.backward(y.data() + r * shape[1], d.data() + r * shape[1], shape[1]);
    }
    CHECK(testing::relative_l2(y, golden.floats(name + ".y")) < 1e-6);
    CHECK(testing::relative_l2(d, golden.floats(name + ".dx")) < 1e-6);
  };
  compare(activations::softmax{});
  compare(activations::log_softmax{});
}

TEST_CASE("derivatives are those of the formulas, in float64") {
  constexpr double step = 1e-6;
  for_each_alternative<alternatives_of<activation>>([&]<class F>(const F& f) {
    if constexpr (elementwise_activation<F>) {
      for (double x = -7.9; x < 8; x += 0.137) {  // the grid meets no kink
        const double expected = (value_of(f, x + step) - value_of(f, x - step)) / (2 * step);
        INFO(f.name << " at x = " << x);
        CHECK(near(derivative_of(f, x, value_of(f, x)), expected, 1e-8));
      }
    }
  });
}

TEST_CASE("activations are chosen by name and alias in any letter case") {
  activation chosen;
  CHECK(chosen.is<activations::linear>());
  CHECK(choose(chosen, "ReLU"));
  CHECK(chosen.is<activations::relu>());
  CHECK(choose(chosen, "swish"));
  CHECK(chosen.is<activations::silu>());
  CHECK(choose(chosen, "hard_swish"));
  CHECK(chosen.is<activations::hard_silu>());
  CHECK_FALSE(choose(chosen, "rel"));
  CHECK(chosen.is<activations::hard_silu>());
}

TEST_CASE("an activation is made from a program's own function, and calls it for whole rows") {
  const auto own = std::make_shared<const testing::signed_log>();
  const activation f = own;
  CHECK(f.name() == "signed_log");
  CHECK(f.is_elementwise());
  std::vector<float> x(700);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = 0.01F * static_cast<float>(i) - 3.3F;
  const auto size = static_cast<std::int64_t>(x.size());
  std::vector<float> y(x.size());
  std::vector<float> expected(x.size());
  f.forward(x.data(), y.data(), size);
  own->apply(x, expected);
  CHECK(y == expected);
  std::vector<float> d(x.size(), 2);
  f.backward(x.data(), y.data(), d.data(), size);
  own->differentiate(x, y, expected);
  for (float& slope : expected) slope *= 2;
  CHECK(d == expected);
}

TEST_CASE("a program's own activation is no built-in one, and needs an object and a name") {
  CHECK(std::ranges::none_of(alternative_names<activation>(),
                             [](std::string_view name) { return name == "custom"; }));
  const auto complaint = [](const activation& f) {
    const model_spec model{.inputs = 2, .layers = {dense{.units = 2, .activate = f}}};
    return testing::message_of<argument_error>([&] { model.validate(); });
  };
  CHECK(complaint(std::shared_ptr<testing::signed_log>()) ==
        "model: layer 0: activation must be an object, got a null pointer");
  CHECK(complaint(std::make_shared<testing::signed_log>("")) ==
        "model: layer 0: an own activation must have a name of its own, got ''");
  CHECK(complaint(std::make_shared<testing::signed_log>("Swish")) ==
        "model: layer 0: an own activation must have a name of its own, got 'Swish', which is a "
        "built-in one's");
}
