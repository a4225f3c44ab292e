// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Parsed nodes -> values of any described type, checked against its fields.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/core/url_text.hpp"
#include "sweepnet/core/visit.hpp"
#include "sweepnet/describe/check.hpp"
#include "sweepnet/describe/fields.hpp"
#include "sweepnet/describe/named_objects.hpp"
#include "sweepnet/describe/names.hpp"
#include "sweepnet/describe/parsed_node.hpp"

namespace sweepnet {

namespace detail {

template <described P> std::vector<std::string_view> field_names() {
  std::vector<std::string_view> names;
  for_each_field<P>([&](const auto& f) { names.push_back(f.name); });
  return names;
}

/// The integer that a text spells, with or without a point: 32, 32.0, 1e3; the latter up to 2^53.
template <std::integral T> std::optional<T> parse_integer(std::string_view text) {
  if (const std::optional<T> plain = parse_number<T>(text)) return plain;
  const std::optional<double> real = parse_number<double>(text);
  if (!real || std::abs(*real) > 0x1p53 || std::trunc(*real) != *real) return std::nullopt;
  if (!std::in_range<T>(static_cast<std::int64_t>(*real))) return std::nullopt;
  return static_cast<T>(*real);
}

}  // namespace detail

/// Decodes nodes of one source. Every failure is a data_error: `source:line:column: what`, or
/// `source: what` for a source without lines.
class decoder {
 public:
  enum class positions { shown, hidden };

  /// `own` are the program's own objects that may be named; they must outlive the decoder.
  explicit decoder(std::string source, positions shown = positions::shown,
                   const named_objects* own = nullptr)
      : source_(std::move(source)), shown_(shown), own_(own) {}

  [[noreturn]] void fail(const parsed_node& at, const std::string& message) const {
    fail(at.line, at.column, message);
  }
  [[noreturn]] void fail(int line, int column, const std::string& message) const {
    const std::string shown = without_secrets(message);
    if (shown_ == positions::hidden) throw data_error(source_ + ": " + shown);
    throw data_error(fmt::format("{}:{}:{}: {}", source_, line, column, shown));
  }

  /// A described type from a mapping (or, for a `choice`, a scalar). `path` names the value in
  /// messages; empty at the top.
  template <described P>
  [[nodiscard]] P described_value(const parsed_node& value, const std::string& path) const {
    P result{};
    if constexpr (choice<P>) {
      if (value.type == node_type::scalar) {
        from_scalar(result, value, path);
        return result;
      }
      choose_by_name(result, value, path);
    }
    if (value.type != node_type::mapping) {
      expected(choice<P> ? "a name or a mapping" : "a mapping", value, path);
    }
    for (std::size_t i = 0; i < value.keys.size(); ++i) {
      if (choice<P> && value.keys[i]->text == "name") continue;
      set(result, *value.keys[i], *value.items[i], path);
    }
    check(result, value);
    return result;
  }

  /// Sets the field named `key`, of the type itself or of its chosen alternative.
  template <described P>
  void set(P& target, const parsed_node& key, const parsed_node& value,
           const std::string& path) const {
    if (set_field(target, key, value, path)) return;
    std::vector<std::string_view> known = detail::field_names<P>();
    bool done = false;
    if constexpr (choice<P>) {
      known.push_back("name");
      visit_alternative(
          [&]<class A>(A& alternative) {
            if constexpr (described<A>) {
              done = set_field(alternative, key, value, path);
              for (const std::string_view name : detail::field_names<A>()) known.push_back(name);
            }
          },
          target.*choice_member<P>);
    }
    if (done) return;
    const std::string where = path.empty() ? "" : " in " + path;
    fail(key, fmt::format("unknown key '{}'{}{}", key.text, where, did_you_mean(key.text, known)));
  }

  /// Runs the type's own validate(), and its alternative's, if there is one.
  template <class P> void check(const P& value, const parsed_node& at) const {
    try {
      if constexpr (requires { value.validate(); }) value.validate();
      if constexpr (choice<P>) {
        visit_alternative([&](const auto& alternative) { check(alternative, at); },
                          value.*choice_member<P>);
      }
    } catch (const argument_error& e) {
      fail(at, e.what());
    }
  }

 private:
  static std::string child(const std::string& path, std::string_view name) {
    return path.empty() ? std::string(name) : path + "." + std::string(name);
  }

  [[noreturn]] void expected(const std::string& what, const parsed_node& value,
                             const std::string& path) const {
    fail(value, fmt::format("{} must be {}, got {}", path.empty() ? "a paramset" : path, what,
                            found(value)));
  }

  template <class P>
  bool set_field(P& target, const parsed_node& key, const parsed_node& value,
                 const std::string& path) const {
    bool done = false;
    for_each_field<P>([&](const auto& f) {
      if (f.name != key.text) return;
      target.*f.member = this->template any<typename std::remove_cvref_t<decltype(f)>::value_type>(
          value, f.domain, child(path, f.name));
      done = true;
    });
    return done;
  }

  template <class T>
  T any(const parsed_node& value, const interval& domain, const std::string& path) const {
    if constexpr (detail::is_optional<T>) {
      if (value.type == node_type::null) return std::nullopt;
      return any<typename T::value_type>(value, domain, path);
    } else if constexpr (detail::is_vector<T>) {
      if (value.type != node_type::list) expected("a list", value, path);
      T list;
      list.reserve(value.items.size());
      for (const shared_node& item : value.items) {
        list.push_back(
            any<typename T::value_type>(*item, domain, fmt::format("{}[{}]", path, list.size())));
      }
      return list;
    } else if constexpr (described<T>) {
      return described_value<T>(value, path);
    } else if constexpr (named_enum<T>) {
      return enumerator<T>(value, path);
    } else if constexpr (std::same_as<T, bool>) {
      const std::string word = is_plain(value) ? lowercase(value.text) : "";
      if (word != "true" && word != "false") expected("true or false", value, path);
      return word == "true";
    } else if constexpr (std::integral<T> || std::floating_point<T>) {
      return number<T>(value, domain, path);
    } else {
      static_assert(std::same_as<T, std::string>, "a field of this type cannot be decoded");
      if (value.type != node_type::scalar) expected("a string", value, path);
      return value.text;
    }
  }

  static bool is_plain(const parsed_node& value) {
    return value.type == node_type::scalar && !value.quoted;
  }

  template <class T>
  T number(const parsed_node& value, const interval& domain, const std::string& path) const {
    const char* wanted = std::integral<T> ? "an integer" : "a number";
    if (!is_plain(value)) expected(wanted, value, path);
    std::optional<T> parsed;
    if constexpr (std::integral<T>) {
      parsed = detail::parse_integer<T>(value.text);
    } else {
      parsed = parse_number<T>(value.text);
    }
    if (!parsed) {
      if constexpr (std::integral<T>) {
        if (value.text.find_first_not_of("+-0123456789") == std::string::npos) {
          expected(fmt::format("an integer in [{}, {}]", std::numeric_limits<T>::min(),
                               std::numeric_limits<T>::max()),
                   value, path);
        }
      }
      expected(wanted, value, path);
    }
    if constexpr (std::floating_point<T>) {
      if (!std::isfinite(*parsed)) expected("a finite number", value, path);
    }
    if (!domain.contains(static_cast<double>(*parsed))) {
      expected(detail::text_of(domain), value, path);
    }
    return *parsed;
  }

  template <named_enum E> E enumerator(const parsed_node& value, const std::string& path) const {
    if (value.type != node_type::scalar) expected("a name", value, path);
    const std::optional<E> named = from_name<E>(value.text);
    if (!named) unknown_name(value, path, all_names<E>());
    return *named;
  }

  [[noreturn]] void unknown_name(const parsed_node& value, const std::string& path,
                                 const std::vector<std::string_view>& known) const {
    fail(value,
         fmt::format("unknown {} '{}'{}", path, value.text, did_you_mean(value.text, known)));
  }

  template <choice P>
  void from_scalar(P& result, const parsed_node& value, const std::string& path) const {
    using first = std::variant_alternative_t<0, alternatives_of<P>>;
    std::vector<std::string_view> known = known_names<P>();
    if constexpr (requires { first::scalar_member; }) {
      known.insert(known.begin(), "a number");
      if (value.quoted && parse_number<double>(value.text)) {
        expected("a number or a name", value, path);
      }
      if (parse_number<double>(value.text)) {
        first chosen{};
        for_each_field<first>([&](const auto& f) {
          if (f.member == first::scalar_member) {
            chosen.*f.member = number<double>(value, f.domain, path);
          }
        });
        result.*choice_member<P> = chosen;
        return;
      }
    }
    if (!choose_any(result, value.text)) unknown_name(value, path, known);
    check(result, value);
  }

  template <choice P>
  void choose_by_name(P& result, const parsed_node& value, const std::string& path) const {
    const auto key =
        std::ranges::find_if(value.keys, [](const shared_node& k) { return k->text == "name"; });
    if (key == value.keys.end()) return;  // the default alternative
    const parsed_node& name = *value.items[static_cast<std::size_t>(key - value.keys.begin())];
    if (name.type != node_type::scalar) expected("a name", name, child(path, "name"));
    if (!choose_any(result, name.text)) unknown_name(name, path, known_names<P>());
  }

  /// Calls visit(type_identity) for each alternative that holds a program's own object, where there
  /// are such objects.
  template <choice P, class Visit> void for_each_own(const Visit& visit) const {
    const auto visit_own = [&]<class A>(std::type_identity<A> type) {
      if constexpr (!named_alternative<A>) visit(type);
    };
    if (own_ == nullptr) return;
    [&]<class... A>(std::type_identity<std::variant<A...>>) {
      (visit_own(std::type_identity<A>{}), ...);
    }(std::type_identity<alternatives_of<P>>{});
  }

  /// choose(), from the program's own objects too.
  template <choice P> bool choose_any(P& result, const std::string& name) const {
    if (choose(result, name)) return true;
    bool found = false;
    for_each_own<P>([&]<class A>(std::type_identity<A>) {
      auto object = own_->find<typename A::object_type>(name);
      if (object == nullptr) return;
      result.*choice_member<P> = std::move(object);
      found = true;
    });
    return found;
  }

  template <choice P> [[nodiscard]] std::vector<std::string_view> known_names() const {
    std::vector<std::string_view> known = alternative_names<P>();
    for_each_own<P>([&]<class A>(std::type_identity<A>) {
      const auto own = own_->names<typename A::object_type>();
      known.insert(known.end(), own.begin(), own.end());
    });
    return known;
  }

  std::string source_;
  positions shown_;
  const named_objects* own_;
};

}  // namespace sweepnet
