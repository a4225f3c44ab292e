// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/describe/untrusted_json.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"

namespace sweepnet {

namespace detail {

/// Makes a value of what nlohmann-json's parser reads, and counts it: a value at a time, in a place
/// that is known, which takes half the time of that parser's own values with a callback.
template <class Json> class limited_json {
 public:
  limited_json(const std::string& what, const json_limits& limits)
      : what_(&what), limits_(&limits) {}

  [[nodiscard]] Json take() { return std::move(root_); }

  // What the parser calls.
  bool null() { return add(nullptr); }
  bool boolean(bool value) { return add(value); }
  bool number_integer(std::int64_t value) { return add(value); }
  bool number_unsigned(std::uint64_t value) { return add(value); }
  bool number_float(double value, const std::string&) { return add(value); }
  bool string(std::string& value) { return add(std::move(value)); }
  bool binary(typename Json::binary_t&) { return false; }
  bool start_array(std::size_t) { return open(Json::value_t::array); }
  bool start_object(std::size_t) { return open(Json::value_t::object); }
  bool end_array() { return close(); }
  bool end_object() { return close(); }
  bool key(std::string& name) {
    check_depth();
    level& in = open_.back();
    if (!is_new(in, name)) {
      throw data_error(fmt::format("{} names {} twice", *what_, Json(name).dump()));
    }
    if (++in.keys > limits_->keys) {
      throw data_error(fmt::format("{} has an object of more than {} keys", *what_, limits_->keys));
    }
    key_ = std::move(name);
    return true;
  }
  template <class Error> bool parse_error(std::size_t, const std::string&, const Error&) {
    return false;
  }

 private:
  /// A list or an object whose end has not come.
  struct level {
    Json* value = nullptr;
    std::size_t keys = 0;
    std::set<std::string> seen{};  ///< of an ordered object with many keys
  };

  static constexpr bool is_ordered = !requires(typename Json::object_t & object) {
    object.lower_bound("");
  };

  /// A few keys are found faster where they stand.
  static bool is_new(level& in, const std::string& name) {
    auto& object = in.value->template get_ref<typename Json::object_t&>();
    if constexpr (is_ordered) {
      constexpr std::size_t few = 32;
      if (object.size() < few) {
        return std::ranges::none_of(object, [&](const auto& each) { return each.first == name; });
      }
      if (object.size() == few) {
        for (const auto& [key, value] : object) in.seen.insert(key);
      }
      return in.seen.insert(name).second;
    } else {
      return !object.contains(name);
    }
  }

  void check_depth() const {
    if (open_.size() > static_cast<std::size_t>(limits_->nesting)) {
      throw data_error(*what_ + " is nested too deep");
    }
  }

  /// The place of the next value.
  template <class Value> Json& place(Value&& value) {
    check_depth();
    if (++values_ > limits_->values) {
      throw data_error(fmt::format("{} has more than {} values", *what_, limits_->values));
    }
    if (open_.empty()) return root_ = Json(std::forward<Value>(value));
    Json& parent = *open_.back().value;
    if (parent.is_array()) {
      auto& list = parent.template get_ref<typename Json::array_t&>();
      return list.emplace_back(std::forward<Value>(value));
    }
    auto& object = parent.template get_ref<typename Json::object_t&>();
    if constexpr (is_ordered) {
      return object.emplace_back(std::move(key_), Json(std::forward<Value>(value))).second;
    } else {
      return object.emplace(std::move(key_), std::forward<Value>(value)).first->second;
    }
  }

  template <class Value> bool add(Value&& value) {
    (void)place(std::forward<Value>(value));
    return true;
  }

  bool open(typename Json::value_t kind) {
    check_depth();
    if (++containers_ > limits_->containers) {
      throw data_error(
          fmt::format("{} has more than {} lists and objects", *what_, limits_->containers));
    }
    Json& made = place(kind);
    open_.push_back({.value = &made});
    return true;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  const std::string* what_;
  const json_limits* limits_;
  Json root_{};
  std::vector<level> open_{};
  std::string key_{};
  std::size_t values_ = 0;
  std::size_t containers_ = 0;
};

}  // namespace detail

template <class Json>
Json parse_untrusted_json(std::string_view text, const std::string& what,
                          const json_limits& limits) {
  const Json none(Json::value_t::discarded);
  if (text.find('\0') != text.npos) return none;  // the parser takes it for the end of the text
  detail::limited_json<Json> parsed(what, limits);
  return Json::sax_parse(text, &parsed) ? parsed.take() : none;
}

#if defined(SWEEPNET_COMPILED)
template ordered_json parse_untrusted_json(std::string_view, const std::string&,
                                           const json_limits&);
template nlohmann::json parse_untrusted_json(std::string_view, const std::string&,
                                             const json_limits&);
#endif

}  // namespace sweepnet
