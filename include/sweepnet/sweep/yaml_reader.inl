// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/sweep/yaml_reader.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <iterator>
#include <memory>
#include <streambuf>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/sweep/yaml_complaint.hpp"
#include "sweepnet/sweep/yaml_keys.hpp"

namespace sweepnet {

namespace detail {

/// What a value holds, all that aliases repeat in it included.
struct yaml_extent {
  std::size_t values = 1;
  std::size_t bytes = 0;  ///< of their text
  int depth = 0;          ///< lists and mappings in one another

  void add(const yaml_extent& child) {
    values += child.values;
    bytes += child.bytes;
    depth = std::max(depth, child.depth + 1);
  }
};

/// Builds nodes from yaml-cpp's events. Children of a top-level list, or of the list at the key
/// `paramsets` of a top-level mapping, go to `on_item` one by one; all else is kept in `root`.
class node_builder final : public YAML::EventHandler {
 public:
  /// All outlive it.
  node_builder(const decoder& report, const std::function<void(const shared_node&)>& on_item,
               const yaml_budget& budget)
      : report_(report), on_item_(on_item), budget_(budget) {}

  parsed_node root;  ///< without the items that were handed on

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (std::exchange(started_, true)) {
      fail(mark, "expected the end of the text, found a second YAML document");
    }
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(mark, make(mark, node_type::null), {}, anchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    parsed_node scalar = make(mark, node_type::scalar);
    scalar.text = text;
    scalar.quoted = tag == "!" || tag == "tag:yaml.org,2002:str";
    if (!scalar.quoted) require_plain(tag, mark);
    add(mark, std::move(scalar), {.bytes = text.size()}, anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto anchored = anchors_.find(anchor);
    if (anchored == anchors_.end()) fail(mark, "an alias may not stand inside its own anchor");
    const auto& [value, extent] = anchored->second;
    require_depth(mark, extent.depth);
    spend(mark, extent);
    attach(value, extent);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, node_type::list);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, node_type::mapping);
  }
  void OnMapEnd() override {
    parsed_node& mapping = open_.back().value;
    check_keys(mapping, report_);
    hold(open_.back().mark, merge_keys(mapping, report_));
    close();
  }

 private:
  struct container {
    parsed_node value;
    YAML::Mark mark;
    YAML::anchor_t anchor;
    yaml_extent extent{};
  };
  struct anchored_node {
    shared_node value;
    yaml_extent extent;
  };

  static parsed_node make(const YAML::Mark& mark, node_type type) {
    parsed_node made;
    made.type = type;
    made.line = mark.line + 1;
    made.column = mark.column + 1;
    return made;
  }

  [[noreturn]] void fail(const YAML::Mark& mark, const std::string& message) const {
    report_.fail(mark.line + 1, mark.column + 1, message);
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
    const std::string written = tag.starts_with(core) ? "!!" + tag.substr(core.size()) : tag;
    fail(mark, fmt::format("expected a value without a tag, got the tag {}", written));
  }

  /// Throws if a value of this depth would stand too deep here.
  void require_depth(const YAML::Mark& mark, int depth) const {
    if (std::ssize(open_) + depth > deepest_nesting) {
      fail(mark, fmt::format("values are nested more than {} deep", deepest_nesting));
    }
  }

  /// Takes a value that is read here, again or for the first time, from the budget.
  void spend(const YAML::Mark& mark, const yaml_extent& extent) {
    spent_.values += extent.values;
    spent_.bytes += extent.bytes;
    if (spent_.values > budget_.values) {
      fail(mark,
           fmt::format("expected at most {} values, with all that aliases repeat", budget_.values));
    }
    if (spent_.bytes > budget_.bytes) {
      fail(mark, fmt::format("expected at most {} bytes of text, with all that aliases repeat",
                             budget_.bytes));
    }
    hold(mark, 1);
  }

  /// Takes values that lie in memory from the budget, until their item has been handed on.
  void hold(const YAML::Mark& mark, std::size_t values) {
    spent_.held += values;
    if (spent_.held > budget_.held) {
      fail(mark, fmt::format("expected at most {} values in an item of the list and all anchors",
                             budget_.held));
    }
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, node_type type) {
    if (tag != "!") require_plain(tag, mark);
    require_depth(mark, 1);
    if (open_.empty()) root.type = type;
    open_.push_back({make(mark, type), mark, anchor});
  }

  void close() {
    container closed = std::move(open_.back());
    open_.pop_back();
    add(closed.mark, std::move(closed.value), closed.extent, closed.anchor);
  }

  /// A value that stands here itself.
  void add(const YAML::Mark& mark, parsed_node&& value, const yaml_extent& extent,
           YAML::anchor_t anchor) {
    spend(mark, {.bytes = value.text.size()});
    if (value.type == node_type::null && expects_value()) {
      value.line = open_.back().value.keys.back()->line;  // yaml-cpp gives the next token's place
      value.column = open_.back().value.keys.back()->column;
    }
    if (open_.empty()) {
      if (value.type != node_type::list) root = std::move(value);
      return;
    }
    const auto made = std::make_shared<const parsed_node>(std::move(value));
    if (anchor != 0) {
      anchors_[anchor] = {made, extent};
      keeps_item_ = true;
    }
    attach(made, extent);
  }

  /// Whether a mapping is open whose last key has no value yet.
  [[nodiscard]] bool expects_value() const {
    if (open_.empty() || open_.back().value.type != node_type::mapping) return false;
    return open_.back().value.keys.size() > open_.back().value.items.size();
  }

  /// Whether the innermost list that is open is the one whose items are handed on.
  [[nodiscard]] bool lists_items() const {
    if (open_.empty() || open_.back().value.type != node_type::list) return false;
    if (open_.size() == 1) return true;
    const parsed_node& outer = open_.front().value;
    return open_.size() == 2 && outer.type == node_type::mapping &&
           outer.keys.size() > outer.items.size() && outer.keys.back()->text == list_key;
  }

  void attach(const shared_node& value, const yaml_extent& extent) {
    if (lists_items()) {
      on_item_(value);
      if (std::exchange(keeps_item_, false)) held_before_ = spent_.held;
      spent_.held = held_before_;
      return;
    }
    parsed_node& parent = open_.back().value;
    open_.back().extent.add(extent);
    if (parent.type == node_type::mapping && !expects_value()) {
      if (value->type != node_type::scalar) {
        report_.fail(*value, "a key must be a word, got " + found(*value));
      }
      parent.keys.push_back(value);
    } else {
      parent.items.push_back(value);
    }
  }

  const decoder& report_;
  const std::function<void(const shared_node&)>& on_item_;
  const yaml_budget& budget_;
  yaml_budget spent_{.values = 0, .bytes = 0, .held = 0};
  std::size_t held_before_ = 0;  ///< when the item of the list began
  bool keeps_item_ = false;      ///< an anchor in it does
  bool started_ = false;
  std::vector<container> open_;
  std::unordered_map<YAML::anchor_t, anchored_node> anchors_;
};

/// Reads from text that someone else owns.
class view_buffer final : public std::streambuf {
 public:
  explicit view_buffer(std::string_view text) {
    char* first = const_cast<char*>(text.data());  // only read: there is no put area
    setg(first, first, first + text.size());
  }
};

// yaml-cpp would hand other bytes on, into the names of files and into JSON, which cannot hold
// them.
SWEEPNET_INLINE void require_utf8(std::string_view text, const decoder& report) {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  for (int line = 1, column = 1; !text.empty();) {
    const code_point first = first_code_point(text);
    if (first.length == 0) {
      report.fail(line, column,
                  fmt::format("expected UTF-8, found the byte 0x{:02x}",
                              static_cast<unsigned char>(text.front())));
    }
    const bool ends_line = first.value == '\n';
    line += ends_line ? 1 : 0;
    column = ends_line ? 1 : column + 1;
    text.remove_prefix(first.length);
  }
}

/// What is wrong at a mark, after yaml-cpp's message, whose wording its versions change. It misses
/// the tabs before it.
inline std::string text_of(const YAML::Exception& e, std::string_view text) {
  const auto at = std::min(text.size(), static_cast<std::size_t>(std::max(e.mark.pos, 0)));
  const std::string_view before = text.substr(0, at);
  const std::string_view line = before.substr(before.rfind('\n') + 1);
  const std::string told = yaml_complaint(e.msg);
  const bool tab = line.find('\t') != line.npos && told.find("tab") == told.npos;
  return fmt::format("not valid YAML: {}{}", told, tab ? " (a tab may not indent)" : "");
}

SWEEPNET_INLINE std::optional<parsed_node> read_document(
    std::string_view text, const decoder& report,
    const std::function<void(const shared_node&)>& on_item, const yaml_budget& budget) {
  // yaml-cpp misses the end of the text within quotes if a line break stands before it.
  text = text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
  require_utf8(text, report);
  try {
    view_buffer buffer(text);
    std::istream stream(&buffer);
    YAML::Parser parser(stream);
    node_builder builder(report, on_item, budget);
    if (!parser.HandleNextDocument(builder)) return std::nullopt;
    parser.HandleNextDocument(builder);
    return std::move(builder.root);
  } catch (const YAML::Exception& e) {
    report.fail(e.mark.line + 1, e.mark.column + 1, text_of(e, text));
  }
}

}  // namespace detail

SWEEPNET_INLINE parsed_node parse_value(std::string_view text, const std::string& source) {
  const decoder report(source, decoder::positions::hidden);
  std::vector<shared_node> items;
  std::optional<parsed_node> value =
      detail::read_document(text, report, [&](const shared_node& item) { items.push_back(item); });
  if (!value) return {};
  if (value->type == node_type::list) value->items = std::move(items);
  return *std::move(value);
}

}  // namespace sweepnet
