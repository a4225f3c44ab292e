// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Everything a run must remember to go on bit by bit: a value that train() captures between two
// steps and that resume() takes up again. It holds no clock: equal runs have equal states.

#include <cmath>
#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

#include "sweepnet/training/executor.hpp"
#include "sweepnet/training/history.hpp"

namespace sweepnet {

struct run_state {
  executor_state executor{};
  training_history history{};  ///< finished epochs, their seconds left out
  pass_progress progress{};    ///< over the training rows of the epoch after them
  bool stopped = false;        ///< a callback ended training after the last epoch
  std::string stop_reason{};
  std::map<std::string, std::vector<double>> callbacks{};  ///< a callback's numbers by its name
};

/// A callback with state to remember: state() ties its members (numbers, bools, epoch_records, and
/// optionals of these), and `name` tells its numbers from those of others.
template <class C>
concept stateful_callback = requires(C& callback) {
  { C::name } -> std::convertible_to<std::string_view>;
  callback.state();
};

namespace detail {

/// Whether a double counts something, exactly.
inline bool is_integer(double number) {
  return std::abs(number) <= 0x1p53 && number == std::trunc(number);
}

inline auto numbers_of(epoch_record& r) {
  return std::tie(r.epoch, r.train.loss, r.train.accuracy, r.validation, r.learning_rate);
}
inline auto numbers_of(metrics& m) { return std::tie(m.loss, m.accuracy); }

template <class T> inline constexpr bool is_optional_value = false;
template <class T> inline constexpr bool is_optional_value<std::optional<T>> = true;

/// Calls visit(number) for each number in `value`, in order. An optional is a flag and, if it is
/// there or made so by the flag, its value.
template <class T, class Visit> void for_each_number(T& value, const Visit& visit) {
  if constexpr (is_optional_value<T>) {
    bool present = value.has_value();
    visit(present);
    if (present && !value) value.emplace();
    if (!present) value.reset();
    if (value) for_each_number(*value, visit);
  } else if constexpr (std::is_arithmetic_v<T>) {
    visit(value);
  } else if constexpr (requires { numbers_of(value); }) {
    std::apply([&](auto&... member) { (for_each_number(member, visit), ...); }, numbers_of(value));
  } else {
    std::apply([&](auto&... member) { (for_each_number(member, visit), ...); }, value);
  }
}

}  // namespace detail

/// The numbers in `value`; integers are exact up to 2^53.
template <class T> [[nodiscard]] std::vector<double> pack(T value) {
  std::vector<double> numbers;
  detail::for_each_number(
      value, [&](const auto& number) { numbers.push_back(static_cast<double>(number)); });
  return numbers;
}

/// Sets `value` from what pack() gave. Throws std::invalid_argument if the numbers do not fit.
template <class T> void unpack(std::span<const double> numbers, T&& value) {
  std::size_t next = 0;
  detail::for_each_number(value, [&]<class Number>(Number& number) {
    if (next == numbers.size()) throw std::invalid_argument("the saved state is too short");
    const double saved = numbers[next++];
    if (std::is_same_v<Number, bool> ? saved != 0 && saved != 1
                                     : std::is_integral_v<Number> && !detail::is_integer(saved)) {
      throw std::invalid_argument("the saved state holds no integer where one must be");
    }
    number = static_cast<Number>(saved);
  });
  if (next != numbers.size()) throw std::invalid_argument("the saved state is too long");
}

namespace detail {

/// Calls visit(name, tie of members) for a callback that has state, or whose optional one does.
template <class Callback, class Visit> void visit_state(Callback& callback, const Visit& visit) {
  if constexpr (stateful_callback<Callback>) {
    visit(std::string(Callback::name), callback.state());
  } else if constexpr (requires { *callback.callback; }) {
    if (callback.callback) visit_state(*callback.callback, visit);
  }
}

}  // namespace detail

}  // namespace sweepnet
