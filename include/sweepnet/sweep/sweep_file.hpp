// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Sweep files: YAML text -> a sweep of validated paramsets, listed or of a search space. Those of a
// list are decoded as soon as they are read, so memory is bounded by the decoded list; those of a
// space when they are asked for. A file may also say what they are trained on: a space, or a
// mapping that has the list as its paramsets, under the key data.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
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
#include "sweepnet/sweep/space_reader.hpp"
#include "sweepnet/sweep/sweep.hpp"

namespace sweepnet {

inline constexpr std::size_t most_paramsets = 1'000'000;                 ///< of one list
inline constexpr std::uint64_t longest_sweep = std::uint64_t{64} << 20;  ///< bytes of one file

/// So many paramsets that are wrong end the reading of a list.
inline constexpr std::size_t most_rejected = 100;

namespace detail {

/// The key under which a file says what is trained on.
inline constexpr std::string_view data_key = "data";

/// The value of a mapping's key, or nullptr.
[[nodiscard]] shared_node value_at(const parsed_node& mapping, std::string_view key);

/// Hands the items of the list in YAML text to `visit`, in order, while that answers true. The
/// document, where it is a mapping: a search space, or what stands beside a list. Throws data_error
/// where the text is neither a list of paramsets nor a space, none is in it, or too many are.
std::optional<parsed_node> for_each_item(std::string_view text, const std::string& source,
                                         const decoder& decode,
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

/// Lets the metric of a space decide which epoch of a run is best, where nothing else does.
void monitor_metric(search_space& space);

/// The sweep of the space in a document.
template <class P>
sweep<P> sweep_of_space(const parsed_node& document, const std::string& source,
                        const custom_functions& own, const draw_options& draws) {
  search_space space = read_search_space(document, source, draws);
  for_each_field<P>([&](const auto& f) {
    if (f.name == "monitor") monitor_metric(space);
  });
  P defaults{};
  if (space.repeats > 1 && !add_to_seed(defaults, 0)) {
    decoder(source).fail(document, "repeats needs a paramset that has a seed");
  }
  const auto decode_point = [source, own](const parsed_node& point) {
    return decode_paramset<P>(point, decoder(source, decoder::positions::shown, &own));
  };
  check_values(space, source, [&](const parsed_node& point) { (void)decode_point(point); });
  sweep<P> read(source, std::make_shared<const search_space>(std::move(space)), decode_point);
  read.set_data_section(value_at(document, data_key));
  return read;
}

}  // namespace detail

/// Decodes the paramsets of the list in YAML text one by one: visit(index, paramset), or
/// reject(index, error) for one that is wrong in itself, after which the next one follows, but for
/// the last of `most_rejected`. `own` are the program's own functions that the text may name. The
/// document, where it is a mapping: a search space, or what stands beside the list. Throws
/// data_error where it is neither.
template <class P, class Visit, class Reject>
std::optional<parsed_node> for_each_paramset(std::string_view text, const std::string& source,
                                             const Visit& visit, const Reject& reject,
                                             const custom_functions& own = {}) {
  const decoder decode(source, decoder::positions::shown, &own);
  std::size_t index = 0;
  std::size_t rejected = 0;
  return detail::for_each_item(text, source, decode, [&](const parsed_node& item) {
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

/// The sweep in YAML text; `own` are the program's own functions that it may name. Those paramsets
/// of a list that are wrong are told to reject(index, error) and left out. Throws data_error where
/// the text as a whole is no sweep.
template <class P, class Reject>
[[nodiscard]] sweep<P> parse_sweep_with(std::string_view text, const std::string& source,
                                        const Reject& reject, const custom_functions& own,
                                        const draw_options& draws) {
  const auto list = std::make_shared<std::deque<P>>();  // which never holds its items twice
  const std::optional<parsed_node> document = for_each_paramset<P>(
      text, source, [&](std::size_t, P&& p) { list->push_back(std::move(p)); }, reject, own);
  if (document && is_search_space(*document)) {
    return detail::sweep_of_space<P>(*document, source, own, draws);
  }
  sweep<P> read(source, list->size(), [list](std::size_t index) { return (*list)[index]; });
  if (document) read.set_data_section(detail::value_at(*document, detail::data_key));
  return read;
}

/// The sweep in YAML text; `own` are the program's own functions that it may name. Throws
/// data_error with file, line and column: of what is no YAML, else of the first paramset or
/// parameter that is wrong.
template <class P>
[[nodiscard]] sweep<P> parse_sweep(std::string_view text, const std::string& source = "sweep",
                                   const custom_functions& own = {},
                                   const draw_options& draws = {}) {
  std::optional<data_error> first;
  const auto reject = [&](std::size_t, const data_error& e) {
    if (!first) first = e;
  };
  sweep<P> read = parse_sweep_with<P>(text, source, reject, own, draws);
  if (first) throw *first;
  return read;
}

/// The same for those who need few of a list's paramsets: where the text's lines tell its items
/// (list_items()), each is read when it is asked for; else all are at once, but what is wrong with
/// one is an error of at() only.
template <class P>
[[nodiscard]] sweep<P> open_sweep(std::string text, const std::string& source = "sweep",
                                  const custom_functions& own = {},
                                  const draw_options& draws = {}) {
  struct listed {
    std::string text;
    std::vector<listed_item> items;
  };
  const auto list = std::make_shared<listed>(listed{std::move(text), {}});
  if (auto items = detail::list_paramsets(list->text, source)) {
    list->items = *std::move(items);
    return {source, list->items.size(), [list, source, own](std::size_t index) {
              const detail::item_text item = detail::text_of_item(list->items, index);
              // What is no YAML is told first, what is wrong before the item only where it ends the
              // reading.
              std::optional<data_error> wrong;
              std::optional<P> read;
              for_each_paramset<P>(
                  item.text, source,
                  [&](std::size_t i, P&& p) {
                    if (i == item.before) read = std::move(p);
                  },
                  [&](std::size_t i, const data_error& e) {
                    if (i <= item.before) wrong = e;
                  },
                  own);
              if (!read) throw wrong.value();
              return *std::move(read);
            }};
  }
  using rejections = std::map<std::size_t, data_error>;
  const auto rejected = std::make_shared<rejections>();
  const sweep<P> read = parse_sweep_with<P>(
      list->text, source, [&](std::size_t i, const data_error& e) { rejected->emplace(i, e); }, own,
      draws);
  if (rejected->size() >= most_rejected) throw rejected->begin()->second;  // the rest is not read
  if (rejected->empty()) return read;
  sweep<P> all(source, read.count() + rejected->size(), [read, rejected](std::size_t index) {
    const auto next = rejected->lower_bound(index);
    if (next != rejected->end() && next->first == index) throw next->second;
    const auto before = std::distance(rejected->begin(), next);
    return read.at(index - static_cast<std::size_t>(before));
  });
  all.set_data_section(read.data_section());
  return all;
}

using storage::display_name;

/// The text of a sweep file: a path, s3://, https:// or "-" for standard input. Throws
/// input_missing, io_error, or data_error for one of more than longest_sweep bytes.
[[nodiscard]] std::string read_sweep_text(const storage::location& where);

/// Reads and parses a sweep file; `own` are the program's own functions that it may name. Throws as
/// read_sweep_text() and parse_sweep() do.
template <class P>
[[nodiscard]] sweep<P> load_sweep(const storage::location& where, const custom_functions& own = {},
                                  const draw_options& draws = {}) {
  return parse_sweep<P>(read_sweep_text(where), display_name(where), own, draws);
}

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/sweep/sweep_file.inl"
#endif
