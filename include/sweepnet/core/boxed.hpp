// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// An optional value that lies on the heap: where there is none it takes a pointer's room, which
// counts where thousands are kept. Copies are copies of the value.

#include <memory>
#include <optional>
#include <utility>

namespace sweepnet {

template <class T> class boxed {
 public:
  boxed() = default;
  boxed(std::nullopt_t) {}  // NOLINT(google-explicit-constructor)
  boxed(T value)            // NOLINT(google-explicit-constructor)
      : value_(std::make_unique<T>(std::move(value))) {}
  boxed(const boxed& other) : value_(other ? std::make_unique<T>(*other) : nullptr) {}
  boxed(boxed&&) noexcept = default;
  boxed& operator=(const boxed& other) { return *this = boxed(other); }
  boxed& operator=(boxed&&) noexcept = default;
  ~boxed() = default;

  [[nodiscard]] bool has_value() const { return value_ != nullptr; }
  explicit operator bool() const { return has_value(); }
  void reset() { value_.reset(); }

  /// As of std::optional; they need a value.
  [[nodiscard]] T& operator*() { return *value_; }
  [[nodiscard]] const T& operator*() const { return *value_; }
  [[nodiscard]] T* operator->() { return value_.get(); }
  [[nodiscard]] const T* operator->() const { return value_.get(); }

  [[nodiscard]] T value_or(T other) const { return value_ ? *value_ : std::move(other); }

 private:
  std::unique_ptr<T> value_{};
};

}  // namespace sweepnet
