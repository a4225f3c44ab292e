// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Sweep files: YAML text -> the list of validated paramsets. Each one is decoded as soon as it is
// read, so memory is bounded by the decoded list.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/describe/decode.hpp"
#include "sweepnet/describe/fields.hpp"
#include "sweepnet/describe/parsed_node.hpp"
#include "sweepnet/network/custom_functions.hpp"
#include "sweepnet/storage/location.hpp"
#include "sweepnet/storage/store.hpp"
#include "sweepnet/sweep/listed_items.hpp"

namespace sweepnet {

/// The validated paramsets of a sweep, in file order.
template <class P> struct sweep {
  std::string source;
  std::vector<P> paramsets;

  [[nodiscard]] std::size_t size() const { return paramsets.size(); }
};

inline constexpr std::size_t most_paramsets = 1'000'000;                 ///< of one sweep
inline constexpr std::uint64_t longest_sweep = std::uint64_t{64} << 20;  ///< bytes of one file

/// So many paramsets that are wrong end the reading of a sweep.
inline constexpr std::size_t most_rejected = 100;

namespace detail {

/// Hands the items of the list in YAML text to `visit`, in order, while that answers true. Throws
/// data_error where the text is no list of paramsets, none is in it, or too many are.
void for_each_item(std::string_view text, const std::string& source, const decoder& decode,
                   const std::function<bool(const parsed_node&)>& visit);

/// The paramset that an item of the list is.
template <class P> P decode_paramset(const parsed_node& item, const decoder& decode) {
  if (item.type != node_type::mapping) {
    decode.fail(item, "a paramset must be a mapping, got " + found(item));
  }
  return decode.template described_value<P>(item, "");
}

/// list_items() of UTF-8 that has at most `most_paramsets`. Throws data_error for another encoding.
[[nodiscard]] std::optional<std::vector<listed_item>> list_paramsets(std::string_view text,
                                                                     const std::string& source);

/// An item as a text of its own, in which it lies on its line, behind as many items as its aliases
/// may need, and before an empty one if another follows.
struct item_text {
  std::string text;
  std::size_t before = 0;
};
[[nodiscard]] item_text text_of_item(const std::vector<listed_item>& items, std::size_t index);

/// Sets one key of a paramset, and checks what it is then.
template <class P>
void set_key(P& target, const parsed_node& key, const parsed_node& value, const decoder& decode) {
  decode.set(target, key, value, "");
  decode.check(target, value);
}

}  // namespace detail

/// Decodes the paramsets in YAML text one by one: visit(index, paramset), or
/// reject(index, error) for one that is wrong in itself, after which the next one follows, but for
/// the last of `most_rejected`. `own` are the program's own functions that the text may name.
/// Throws data_error where the text as a whole is no list of paramsets.
template <class P, class Visit, class Reject>
void for_each_paramset(std::string_view text, const std::string& source, const Visit& visit,
                       const Reject& reject, const custom_functions& own = {}) {
  const decoder decode(source, decoder::positions::shown, &own);
  std::size_t index = 0;
  std::size_t rejected = 0;
  detail::for_each_item(text, source, decode, [&](const parsed_node& item) {
    try {
      visit(index, detail::decode_paramset<P>(item, decode));
    } catch (const data_error& e) {
      reject(index, e);
      ++rejected;
    }
    ++index;
    return rejected < most_rejected;
  });
}

/// The paramsets in YAML text; `own` are the program's own functions that it may name. Throws
/// data_error with file, line and column: of what is no YAML, else of the first paramset that is
/// wrong.
template <class P>
[[nodiscard]] sweep<P> parse_sweep(std::string_view text, const std::string& source,
                                   const custom_functions& own = {}) {
  sweep<P> result{.source = source, .paramsets = {}};
  std::optional<data_error> first;
  for_each_paramset<P>(
      text, source, [&](std::size_t, P&& p) { result.paramsets.push_back(std::move(p)); },
      [&](std::size_t, const data_error& e) {
        if (!first) first = e;
      },
      own);
  if (first) throw *first;
  return result;
}

/// Some paramsets of a sweep, by their index, and how many it has.
template <class P> struct sweep_choice {
  std::string source;
  std::size_t size = 0;
  std::map<std::size_t, P> paramsets{};
};

/// Decodes those paramsets in YAML text whose indices choose(size) gives, given how many there are;
/// `own` are the program's own functions that it may name. Where the text's lines tell its items
/// (list_items()), no other paramset is read; else all are, but what is wrong with others is no
/// error either. Throws data_error with file, line and column.
template <class P, class Choose>
[[nodiscard]] sweep_choice<P> choose_paramsets(std::string_view text, const std::string& source,
                                               const Choose& choose,
                                               const custom_functions& own = {}) {
  sweep_choice<P> chosen{.source = source};
  if (const auto items = detail::list_paramsets(text, source)) {
    chosen.size = items->size();
    for (const std::size_t index : choose(chosen.size)) {
      const detail::item_text item = detail::text_of_item(*items, index);
      // What is no YAML is told first, what is wrong before the item only where it ends the
      // reading.
      std::optional<data_error> wrong;
      for_each_paramset<P>(
          item.text, source,
          [&](std::size_t i, P&& p) {
            if (i == item.before) chosen.paramsets.emplace(index, std::move(p));
          },
          [&](std::size_t i, const data_error& e) {
            if (i <= item.before) wrong = e;
          },
          own);
      if (!chosen.paramsets.contains(index)) throw wrong.value();
    }
    return chosen;
  }
  std::map<std::size_t, data_error> rejected;
  for_each_paramset<P>(
      text, source,
      [&](std::size_t index, P&& p) { chosen.paramsets.emplace(index, std::move(p)); },
      [&](std::size_t index, const data_error& e) { rejected.emplace(index, e); }, own);
  if (rejected.size() >= most_rejected) throw rejected.begin()->second;  // the rest is not read
  chosen.size = chosen.paramsets.size() + rejected.size();
  std::map<std::size_t, P> kept;
  for (const std::size_t index : choose(chosen.size)) {
    if (const auto wrong = rejected.find(index); wrong != rejected.end()) throw wrong->second;
    kept.insert(chosen.paramsets.extract(index));
  }
  chosen.paramsets = std::move(kept);
  return chosen;
}

/// How messages name a file to be read: "-" is standard input, and a URL's query may be a secret.
[[nodiscard]] std::string display_name(const storage::location& where);

/// The text of a sweep file: a path, s3://, https:// or "-" for standard input. Throws
/// input_missing, io_error, or data_error for one of more than longest_sweep bytes.
[[nodiscard]] std::string read_sweep_text(const storage::location& where);

/// Reads and parses a sweep file; `own` are the program's own functions that it may name. Throws as
/// read_sweep_text() and parse_sweep() do.
template <class P>
[[nodiscard]] sweep<P> load_sweep(const storage::location& where,
                                  const custom_functions& own = {}) {
  return parse_sweep<P>(read_sweep_text(where), display_name(where), own);
}

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/sweep/sweep_file.inl"
#endif
