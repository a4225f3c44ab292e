// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What training makes small: one of the losses of losses/ with its options, or a loss of a
// program's own.

#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "sweepnet/core/visit.hpp"
#include "sweepnet/describe/fields.hpp"
#include "sweepnet/describe/names.hpp"
#include "sweepnet/describe/own_object.hpp"
#include "sweepnet/describe/owning_variant.hpp"
#include "sweepnet/network/activation.hpp"
#include "sweepnet/network/custom_loss.hpp"
#include "sweepnet/network/loss.hpp"

namespace sweepnet {

/// One loss with its options.
struct loss_function {
  using function_variant =
      owning_variant<categorical_crossentropy, binary_crossentropy, mean_squared_error,
                     mean_absolute_error, huber, log_cosh, losses::custom>;
  function_variant function{};

  loss_function() = default;
  /// `.loss = categorical_crossentropy{.label_smoothing = 0.1}`: from one of the losses above.
  template <class F>
  requires(!std::same_as<F, loss_function> && std::constructible_from<function_variant, F>)
      loss_function(F f)
      : function(std::move(f)) {}  // NOLINT(google-explicit-constructor)

  /// `.loss = std::make_shared<mine>()`: from a program's own, see custom_loss.
  template <std::derived_from<custom_loss> F>
  loss_function(std::shared_ptr<F> own)  // NOLINT(google-explicit-constructor)
      : function(std::move(own)) {}

  template <class F> [[nodiscard]] bool is() const { return std::holds_alternative<F>(function); }
};

/// The loss's name, without its options.
[[nodiscard]] inline std::string name_of(const loss_function& loss) {
  return visit_alternative(
      []<class L>(const L& of) {
        if constexpr (std::same_as<L, losses::custom>) {
          return of.name();
        } else {
          return std::string(L::name);
        }
      },
      loss.function);
}

template <> inline constexpr auto choice_member<loss_function> = &loss_function::function;
template <> inline constexpr auto fields<loss_function> = std::tuple();

inline void losses::custom::validate() const {
  detail::require_own(object, "loss", [](const std::string& name) {
    return has_alternative<loss_function>(name) || from_name<loss_path>(name);  // as sweeps call it
  });
}

/// The loss of one row and its gradient, on the host. Visit it outside the loop over elements.
using any_row_loss = std::variant<categorical_row<float>, binary_row<float>, difference_row<float>,
                                  losses::custom_row>;

/// Of a network with that last activation and so many outputs. An own loss must outlive it.
[[nodiscard]] inline any_row_loss row_loss_of(const loss_function& loss, const activation& output,
                                              std::int64_t outputs) {
  return visit_alternative(
      [&]<class L>(const L& of) -> any_row_loss {
        if constexpr (std::same_as<L, losses::custom>) {
          return losses::custom_row{.object = of.object, .classes = outputs};
        } else {
          return row_of<float>(of, output, outputs);
        }
      },
      loss.function);
}

}  // namespace sweepnet
