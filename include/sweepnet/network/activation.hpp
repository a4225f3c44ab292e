// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// An activation: one of the functions in activation_functions.hpp, with its options, or one of a
// program's own.

#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "sweepnet/core/exact_math.hpp"
#include "sweepnet/core/visit.hpp"
#include "sweepnet/describe/fields.hpp"
#include "sweepnet/describe/owning_variant.hpp"
#include "sweepnet/network/activation_functions.hpp"
#include "sweepnet/network/custom_activation.hpp"

SWEEPNET_BEGIN_EXACT;
namespace sweepnet {

/// One activation with its options. Visit `function` outside the loop over elements.
struct activation {
  using function_variant =
      owning_variant<activations::linear, activations::relu, activations::leaky_relu,
                     activations::relu6, activations::tanh, activations::sigmoid,
                     activations::hard_sigmoid, activations::hard_sigmoid_keras2, activations::elu,
                     activations::selu, activations::celu, activations::softplus,
                     activations::softsign, activations::exponential, activations::gelu,
                     activations::silu, activations::hard_silu, activations::mish,
                     activations::log_sigmoid, activations::tanh_shrink, activations::hard_tanh,
                     activations::hard_shrink, activations::soft_shrink, activations::squareplus,
                     activations::sparse_plus, activations::sparse_sigmoid, activations::softmax,
                     activations::log_softmax, activations::custom>;
  function_variant function{};

  activation() = default;
  /// `.activate = activations::relu{}`: from one of the functions above.
  template <class F>
  requires(!std::same_as<F, activation> && std::constructible_from<function_variant, F>)
      activation(F f)
      : function(std::move(f)) {}  // NOLINT(google-explicit-constructor)

  /// `.activate = std::make_shared<signed_log>()`: from a program's own, see custom_activation.
  template <std::derived_from<custom_activation> F>
  activation(std::shared_ptr<F> own)  // NOLINT(google-explicit-constructor)
      : function(std::move(own)) {}

  template <class F> [[nodiscard]] bool is() const { return std::holds_alternative<F>(function); }
  [[nodiscard]] bool is_elementwise() const;
  /// The function's name, without its options.
  [[nodiscard]] std::string name() const;
  /// Throws argument_error, its text beginning with `where`, for an own function that is a null
  /// pointer, or whose name is empty or that of another activation.
  void validate(const std::string& where = "") const;

  /// See forward_row().
  template <class T> void forward(const T* z, T* y, std::int64_t n) const {
    visit_alternative(
        [&]<class F>(const F& f) {
          if constexpr (std::same_as<F, activations::custom>) {
            f.forward(z, y, n);
          } else {
            forward_row(f, z, y, n);
          }
        },
        function);
  }
  /// See backward_row().
  template <class T> void backward(const T* z, const T* y, T* d, std::int64_t n) const {
    visit_alternative(
        [&]<class F>(const F& f) {
          if constexpr (std::same_as<F, activations::custom>) {
            f.backward(z, y, d, n);
          } else {
            backward_row(f, z, y, d, n);
          }
        },
        function);
  }
};

template <> inline constexpr auto choice_member<activation> = &activation::function;
template <> inline constexpr auto fields<activation> = std::tuple();

template <>
inline constexpr auto fields<activations::leaky_relu> =
    std::tuple(field("negative_slope", &activations::leaky_relu::negative_slope, "slope below 0"));
template <>
inline constexpr auto fields<activations::elu> = std::tuple(field("alpha", &activations::elu::alpha,
                                                                  "minus the limit at -infinity"));
template <>
inline constexpr auto fields<activations::celu> =
    std::tuple(field("alpha", &activations::celu::alpha, above(0), "minus the limit at -infinity"));
template <>
inline constexpr auto fields<activations::hard_shrink> = std::tuple(field(
    "threshold", &activations::hard_shrink::threshold, at_least(0), "smaller values become 0"));
template <>
inline constexpr auto fields<activations::soft_shrink> = std::tuple(field(
    "threshold", &activations::soft_shrink::threshold, at_least(0), "smaller values become 0"));
template <>
inline constexpr auto fields<activations::squareplus> =
    std::tuple(field("b", &activations::squareplus::b, at_least(0), "smoothness at 0"));

}  // namespace sweepnet
SWEEPNET_END_EXACT;

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/network/activation.inl"
#endif
