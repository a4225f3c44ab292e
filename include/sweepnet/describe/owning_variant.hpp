// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// One of several plain values, or an object of a program's own.

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>
#include <variant>

namespace sweepnet {

/// A std::variant whose last alternative refers to an object of a program's own, its `object`, of
/// its `object_type`. The whole shares the object with its copies, not the alternative: so all of
/// these are trivial to copy, without which a variant of many takes compilers very long.
template <class... A> class owning_variant : public std::variant<A...> {
  using base = std::variant<A...>;
  using own = std::variant_alternative_t<sizeof...(A) - 1, base>;
  using object_type = typename own::object_type;
  static_assert((std::is_trivially_copyable_v<A> && ...));

 public:
  owning_variant() = default;
  /// Copies alone: what was moved from would refer to an object that it shares no more.
  owning_variant(const owning_variant&) = default;
  owning_variant& operator=(const owning_variant&) = default;
  ~owning_variant() = default;

  template <class Plain>
  requires((std::same_as<Plain, A> || ...) && !std::same_as<Plain, own>)
      owning_variant(const Plain& value)  // NOLINT(google-explicit-constructor)
      : base(std::in_place_type<Plain>, value) {}
  template <std::derived_from<object_type> Object>
  owning_variant(std::shared_ptr<Object> object)  // NOLINT(google-explicit-constructor)
      : base(std::in_place_type<own>, own{object.get()}), object_(std::move(object)) {}

  /// Null where it holds one of the plain values.
  [[nodiscard]] const std::shared_ptr<const object_type>& own_object() const { return object_; }

 private:
  std::shared_ptr<const object_type> object_{};
};

}  // namespace sweepnet
