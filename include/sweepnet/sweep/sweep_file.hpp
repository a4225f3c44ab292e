// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Sweep files: YAML text -> the list of paramsets, with errors as `file:line:column: ...`.
//
// The text is read as a stream of events and each paramset is decoded as soon as it is complete,
// so memory is bounded by the decoded list. Duplicate keys are errors; aliases, merge keys (<<)
// and nesting work within bounds; nothing in a file can make the reader construct anything but
// values.

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/fields.hpp"
#include "sweepnet/storage/local.hpp"
#include "sweepnet/sweep/decode.hpp"
#include "sweepnet/sweep/node.hpp"

namespace sweepnet {

/// The validated paramsets of a sweep, in file order.
template <class P>
struct sweep {
  std::string source;
  std::vector<P> paramsets;

  [[nodiscard]] std::size_t size() const { return paramsets.size(); }
};

namespace detail {

/// Builds nodes from yaml-cpp's events. Children of a top-level list go to `on_item` one by one;
/// any other document is kept whole in `root`.
class node_builder final : public YAML::EventHandler {
 public:
  static constexpr std::size_t deepest = 64;
  static constexpr std::size_t most_alias_nodes = 1'000'000;

  node_builder(std::string source, std::function<void(node&&)> on_item)
      : source_(std::move(source)), on_item_(std::move(on_item)) {}

  node root;
  bool streamed = false;  ///< the document was a list

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(make(mark, node::kind::null), anchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    node scalar = make(mark, node::kind::scalar);
    scalar.text = text;
    scalar.quoted = tag == "!" || tag == "tag:yaml.org,2002:str";
    if (!scalar.quoted) require_plain(tag, mark);
    add(std::move(scalar), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto anchored = anchors_.find(anchor);
    if (anchored == anchors_.end()) fail(mark, "an alias may not stand inside its own anchor");
    alias_nodes_ += count(anchored->second);
    if (alias_nodes_ > most_alias_nodes) {
      fail(mark, fmt::format("aliases expand to more than {} values", most_alias_nodes));
    }
    add(node(anchored->second), 0);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, node::kind::list);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, node::kind::mapping);
  }
  void OnMapEnd() override {
    finish_mapping(open_.back().value);
    close();
  }

 private:
  struct container {
    node value;
    YAML::anchor_t anchor;
  };

  static node make(const YAML::Mark& mark, node::kind type) {
    node made;
    made.type = type;
    made.line = mark.line + 1;
    made.column = mark.column + 1;
    return made;
  }

  static std::size_t count(const node& value) {
    std::size_t nodes = 1;
    for (const node& key : value.keys) nodes += count(key);
    for (const node& item : value.items) nodes += count(item);
    return nodes;
  }

  [[noreturn]] void fail(int line, int column, const std::string& message) const {
    throw data_error(fmt::format("{}:{}:{}: {}", source_, line, column, message));
  }
  [[noreturn]] void fail(const YAML::Mark& mark, const std::string& message) const {
    fail(mark.line + 1, mark.column + 1, message);
  }

  void require_plain(const std::string& tag, const YAML::Mark& mark) const {
    constexpr std::string_view core = "tag:yaml.org,2002:";
    constexpr std::string_view known[] = {"int", "float", "bool", "null", "seq", "map"};
    if (tag.empty() || tag == "?") return;
    if (tag.starts_with(core)) {
      for (const std::string_view name : known) {
        if (std::string_view(tag).substr(core.size()) == name) return;
      }
    }
    fail(mark, fmt::format("the tag '{}' is not supported", tag));
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            node::kind type) {
    if (tag != "!") require_plain(tag, mark);
    if (open_.size() == deepest) {
      fail(mark, fmt::format("values are nested more than {} deep", deepest));
    }
    if (open_.empty() && type == node::kind::list) streamed = true;
    open_.push_back({make(mark, type), anchor});
  }

  void close() {
    container closed = std::move(open_.back());
    open_.pop_back();
    add(std::move(closed.value), closed.anchor);
  }

  void add(node&& value, YAML::anchor_t anchor) {
    if (anchor != 0) anchors_[anchor] = value;
    if (open_.empty()) {
      if (!streamed) root = std::move(value);
    } else if (open_.size() == 1 && streamed) {
      on_item_(std::move(value));
    } else if (node& parent = open_.back().value;
               parent.type == node::kind::mapping && parent.keys.size() == parent.items.size()) {
      if (value.type != node::kind::scalar) {
        fail(value.line, value.column, "a key must be a word, got " + found(value));
      }
      parent.keys.push_back(std::move(value));
    } else {
      parent.items.push_back(std::move(value));
    }
  }

  /// Refuses duplicate keys, then lets << bring in the keys that are not there.
  void finish_mapping(node& mapping) const {
    std::map<std::string_view, int> line_of;
    bool merges = false;
    for (const node& key : mapping.keys) {
      const auto [first, fresh] = line_of.emplace(key.text, key.line);
      if (!fresh) {
        fail(key.line, key.column,
             fmt::format("duplicate key '{}', first at line {}", key.text, first->second));
      }
      merges |= key.text == "<<" && !key.quoted;
    }
    if (merges) merge(mapping);
  }

  void merge(node& mapping) const {
    node merged = mapping;
    merged.keys.clear();
    merged.items.clear();
    std::vector<node> bases;
    for (std::size_t i = 0; i < mapping.keys.size(); ++i) {
      if (mapping.keys[i].text != "<<" || mapping.keys[i].quoted) {
        merged.keys.push_back(std::move(mapping.keys[i]));
        merged.items.push_back(std::move(mapping.items[i]));
      } else if (mapping.items[i].type == node::kind::list) {
        bases = std::move(mapping.items[i].items);
      } else {
        bases.push_back(std::move(mapping.items[i]));
      }
    }
    for (const node& base : bases) {
      if (base.type != node::kind::mapping) {
        fail(base.line, base.column, "<< takes a mapping or a list of mappings, got " + found(base));
      }
      for (std::size_t i = 0; i < base.keys.size(); ++i) {
        const bool present = std::ranges::any_of(
            merged.keys, [&](const node& key) { return key.text == base.keys[i].text; });
        if (present) continue;
        merged.keys.push_back(base.keys[i]);
        merged.items.push_back(base.items[i]);
      }
    }
    mapping = std::move(merged);
  }

  std::string source_;
  std::function<void(node&&)> on_item_;
  std::vector<container> open_;
  std::unordered_map<YAML::anchor_t, node> anchors_;
  std::size_t alias_nodes_ = 0;
};

/// Runs the builder over the one YAML document in `text`. False if there is none.
inline bool read_document(std::string_view text, const std::string& source,
                          node_builder& builder) {
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) return false;
    node_builder rest(source, [](node&&) {});
    if (parser.HandleNextDocument(rest)) {
      throw data_error(source + ": holds several YAML documents, expected one");
    }
    return true;
  } catch (const YAML::Exception& e) {
    throw data_error(
        fmt::format("{}:{}:{}: {}", source, e.mark.line + 1, e.mark.column + 1, e.msg));
  }
}

}  // namespace detail

/// The one value in a piece of YAML, such as the right side of `--set key=value`.
[[nodiscard]] inline node parse_value(std::string_view text, const std::string& source) {
  node list;
  list.type = node::kind::list;
  detail::node_builder builder(source, [&](node&& item) { list.items.push_back(std::move(item)); });
  if (!detail::read_document(text, source, builder)) return node{};
  return builder.streamed ? list : builder.root;
}

/// Decodes the paramsets in YAML text one by one: visit(index, paramset), or
/// reject(index, error) for one that is wrong in itself, after which the next one follows.
/// Throws data_error where the text as a whole is no list of paramsets.
template <class P, class Visit, class Reject>
void for_each_paramset(std::string_view text, const std::string& source, const Visit& visit,
                       const Reject& reject) {
  const decoder decode(source);
  std::size_t index = 0;
  detail::node_builder builder(source, [&](node&& item) {
    try {
      if (item.type != node::kind::mapping) {
        decode.fail(item, "a paramset must be a mapping, got " + found(item));
      }
      visit(index, decode.template described_value<P>(item, ""));
    } catch (const data_error& e) {
      reject(index, e);
    }
    ++index;
  });
  const bool any = detail::read_document(text, source, builder);
  if (any && !builder.streamed && builder.root.type != node::kind::null) {
    decode.fail(builder.root, "a sweep must be a list of paramsets (- key: value ...), got " +
                                  found(builder.root));
  }
  if (index == 0) throw data_error(source + ": holds no paramset");
}

/// The paramsets in YAML text. Throws data_error with file, line and column.
template <class P>
[[nodiscard]] sweep<P> parse_sweep(std::string_view text, const std::string& source) {
  sweep<P> result{.source = source, .paramsets = {}};
  for_each_paramset<P>(
      text, source, [&](std::size_t, P&& p) { result.paramsets.push_back(std::move(p)); },
      [](std::size_t, const data_error& e) { throw e; });
  return result;
}

/// How messages name a path: "-" is standard input.
[[nodiscard]] inline std::string display_name(const std::string& path) {
  return path == "-" ? "standard input" : path;
}

/// Reads and parses a sweep file; "-" is standard input. Throws input_missing, io_error or
/// data_error.
template <class P>
[[nodiscard]] sweep<P> load_sweep(const std::string& path) {
  return parse_sweep<P>(storage::read_text(path), display_name(path));
}

}  // namespace sweepnet
