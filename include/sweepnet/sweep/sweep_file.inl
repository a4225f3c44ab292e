// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/sweep/sweep_file.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/storage/store.hpp"
#include "sweepnet/sweep/yaml_reader.hpp"

namespace sweepnet {

namespace detail {

/// Whether a mapping holds a list of paramsets, and what they are trained on. Fails for keys that
/// it does not have then.
inline bool lists_paramsets(const parsed_node& document, const decoder& decode) {
  if (document.type != node_type::mapping) return false;
  const parsed_node* list = value_at(document, list_key).get();
  const parsed_node* data = value_at(document, data_key).get();
  if (list == nullptr) {
    if (data == nullptr) return false;
    decode.fail(document, "expected paramsets beside data, or method and parameters of a space");
  }
  if (list->type != node_type::list) {
    decode.fail(*list, "paramsets must be a list, got " + found(*list));
  }
  for (const shared_node& key : document.keys) {
    if (key->text == list_key || key->text == data_key) continue;
    decode.fail(*key, fmt::format("unknown key '{}'{}", key->text,
                                  did_you_mean(key->text, std::array{list_key, data_key})));
  }
  return true;
}

}  // namespace detail

SWEEPNET_INLINE shared_node detail::value_at(const parsed_node& mapping, std::string_view key) {
  const auto found = std::ranges::find(mapping.keys, key, &parsed_node::text);
  if (found == mapping.keys.end()) return nullptr;
  return mapping.items[static_cast<std::size_t>(found - mapping.keys.begin())];
}

SWEEPNET_INLINE std::optional<parsed_node> detail::for_each_item(
    std::string_view text, const std::string& source, const decoder& decode,
    const std::function<bool(const parsed_node&)>& visit) {
  struct enough {};
  std::size_t items = 0;
  std::optional<parsed_node> document;
  try {
    document = read_document(text, decode, [&](const shared_node& item) {
      if (++items > most_paramsets) {
        decode.fail(*item, fmt::format("expected at most {} paramsets", most_paramsets));
      }
      if (!visit(*item)) throw enough{};
    });
  } catch (enough) {
    return std::nullopt;
  }
  if (document && is_search_space(*document)) return document;
  if (document && lists_paramsets(*document, decode)) {
    if (items == 0) decode.fail(*document, "expected a list of paramsets, found none in it");
    return document;
  }
  if (document && document->type != node_type::list && document->type != node_type::null) {
    decode.fail(*document,
                "a sweep must be a list of paramsets (- key: value ...) or a search space (method "
                "and parameters), got " +
                    found(*document));
  }
  if (items == 0) {
    throw data_error(source +
                     ":1:1: expected a list of paramsets (- key: value ...) or a search space, "
                     "found none");
  }
  return std::nullopt;
}

SWEEPNET_INLINE void detail::monitor_metric(search_space& space) {
  const bool is_given = std::ranges::any_of(
      space.parameters, [](const space_parameter& p) { return p.path.front() == "monitor"; });
  if (!space.goal || is_given) return;
  const auto place = std::make_shared<const parsed_node>(parsed_node{
      .type = node_type::scalar, .line = space.line, .column = space.column, .text = "monitor"});
  parsed_node value = *place;
  value.text = name_of(*space.goal);
  distribution fixed;
  fixed.values = {std::make_shared<const parsed_node>(std::move(value))};
  fixed.different = fixed.values;
  space.parameters.push_back(
      {.name = "monitor", .path = {"monitor"}, .key = place, .values = std::move(fixed)});
}

SWEEPNET_INLINE std::optional<std::vector<listed_item>> detail::list_paramsets(
    std::string_view text, const std::string& source) {
  require_utf8(text, decoder(source, decoder::positions::shown));
  auto items = list_items(text);
  if (items && items->size() > most_paramsets) items.reset();
  return items;
}

SWEEPNET_INLINE detail::item_text detail::text_of_item(const std::vector<listed_item>& items,
                                                       std::size_t index) {
  item_text made;
  std::size_t line = 1;
  const auto add = [&](const listed_item& item) {
    made.text.append(item.line - line, '\n');
    made.text += item.text;
    line = item.line + static_cast<std::size_t>(std::ranges::count(item.text, '\n'));
  };
  if (items[index].text.find('*') != std::string_view::npos) {  // perhaps an alias
    for (std::size_t i = 0; i < index; ++i) {
      if (items[i].text.find('&') == std::string_view::npos) continue;  // no anchor
      add(items[i]);
      ++made.before;
    }
  }
  add(items[index]);
  // The text's last blanks may belong to an item, but not the blanks before another.
  if (index + 1 < items.size()) made.text += "-\n";
  return made;
}

SWEEPNET_INLINE std::string read_sweep_text(const storage::location& where) {
  return storage::read(where, {.bytes = longest_sweep});
}

}  // namespace sweepnet
