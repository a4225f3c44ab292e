// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// An activation of a program's own: functions of arrays behind a small class, for the CPU.
//
// GPUs refuse it by name, and so do files that cannot hold it.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace sweepnet {

/// Derive from it, and make an activation of your class: `.activate = std::make_shared<mine>()`.
///
/// y = f(x) for each element alone: an element's y and slope depend on its x and on nothing else,
/// so that a row's outputs do not depend on the rows beside it nor on the number of threads. The
/// spans of a call are equally long, from 1 element up, and do not overlap; several threads call
/// one object at the same time. What a function throws leaves the call that trains or predicts; a
/// result that is not finite makes the loss so.
class custom_activation {
 public:
  virtual ~custom_activation() = default;

  /// What messages call it, and files that name it. No built-in activation may have the same name,
  /// in any letter case.
  [[nodiscard]] virtual std::string name() const = 0;

  /// y[i] = f(x[i]).
  virtual void apply(std::span<const float> x, std::span<float> y) const = 0;

  /// slope[i] = f'(x[i]), where y[i] = f(x[i]).
  virtual void differentiate(std::span<const float> x, std::span<const float> y,
                             std::span<float> slope) const = 0;
};

namespace activations {

/// A program's own activation, among the others, which `activation` shares. It computes in float,
/// whatever the type of the arrays around it.
struct custom {
  using object_type = custom_activation;
  const custom_activation* object = nullptr;

  [[nodiscard]] std::string name() const { return object ? object->name() : "a null pointer"; }

  /// y = f(z) for n elements. `y` may be `z`.
  template <class T> void forward(const T* z, T* y, std::int64_t n) const {
    for_each_part(n, [&](std::int64_t first, std::size_t count) {
      part x{};
      part result{};
      std::transform(z + first, z + first + count, x.begin(), to<float>);
      object->apply(std::span(x).first(count), std::span(result).first(count));
      std::transform(result.begin(), result.begin() + count, y + first, to<T>);
    });
  }
  /// d_j *= f'(z_j) for n elements, y = f(z).
  template <class T> void backward(const T* z, const T* y, T* d, std::int64_t n) const {
    for_each_part(n, [&](std::int64_t first, std::size_t count) {
      part x{};
      part result{};
      part slope{};
      std::transform(z + first, z + first + count, x.begin(), to<float>);
      std::transform(y + first, y + first + count, result.begin(), to<float>);
      object->differentiate(std::span(x).first(count), std::span(result).first(count),
                            std::span(slope).first(count));
      for (std::size_t i = 0; i < count; ++i)
        d[first + static_cast<std::int64_t>(i)] *= T(slope[i]);
    });
  }

 private:
  using part = std::array<float, 256>;

  template <class T> static constexpr auto to = [](auto x) { return static_cast<T>(x); };

  template <class Visit> static void for_each_part(std::int64_t n, const Visit& visit) {
    constexpr std::int64_t most = std::tuple_size_v<part>;
    for (std::int64_t first = 0; first < n; first += most) {
      visit(first, static_cast<std::size_t>(std::min(most, n - first)));
    }
  }
};

}  // namespace activations

}  // namespace sweepnet
