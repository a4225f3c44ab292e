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

/// Builds nodes from yaml-cpp's events. Children of a top-level list go to `on_item` one by one;
/// any other document is kept whole in `root`.
class node_builder final : public YAML::EventHandler {
 public:
  static constexpr std::size_t most_alias_nodes = 100'000;       ///< in one child of the list
  static constexpr std::size_t most_anchored_nodes = 1'000'000;  ///< kept, where aliases made them

  /// Both outlive it.
  node_builder(const decoder& report, const std::function<void(parsed_node&&)>& on_item)
      : report_(report), on_item_(on_item) {}

  parsed_node root;  ///< of a list, without its items

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (std::exchange(started_, true)) {
      fail(mark, "expected the end of the text, found a second YAML document");
    }
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(make(mark, node_type::null), anchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    parsed_node scalar = make(mark, node_type::scalar);
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
    add(parsed_node(anchored->second), 0);
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
    check_keys(open_.back().value, report_);
    merge_keys(open_.back().value, report_);
    close();
  }

 private:
  struct container {
    parsed_node value;
    YAML::anchor_t anchor;
  };

  static parsed_node make(const YAML::Mark& mark, node_type type) {
    parsed_node made;
    made.type = type;
    made.line = mark.line + 1;
    made.column = mark.column + 1;
    return made;
  }

  static std::size_t count(const parsed_node& value) {
    std::size_t nodes = 1;
    for (const parsed_node& key : value.keys) nodes += count(key);
    for (const parsed_node& item : value.items) nodes += count(item);
    return nodes;
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

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, node_type type) {
    if (tag != "!") require_plain(tag, mark);
    if (std::ssize(open_) == deepest_nesting) {
      fail(mark, fmt::format("values are nested more than {} deep", deepest_nesting));
    }
    if (open_.empty()) root.type = type;
    open_.push_back({make(mark, type), anchor});
  }

  void close() {
    container closed = std::move(open_.back());
    open_.pop_back();
    add(std::move(closed.value), closed.anchor);
  }

  void add(parsed_node&& value, YAML::anchor_t anchor) {
    if (anchor != 0) keep(anchor, value);
    if (open_.empty()) {
      if (value.type != node_type::list) root = std::move(value);
    } else if (open_.size() == 1 && root.type == node_type::list) {
      alias_nodes_ = 0;
      on_item_(std::move(value));
    } else if (parsed_node& parent = open_.back().value;
               parent.type == node_type::mapping && parent.keys.size() == parent.items.size()) {
      if (value.type != node_type::scalar) {
        report_.fail(value, "a key must be a word, got " + found(value));
      }
      parent.keys.push_back(std::move(value));
    } else {
      if (parent.type == node_type::mapping && value.type == node_type::null) {
        value.line = parent.keys.back().line;  // yaml-cpp gives the next token's place
        value.column = parent.keys.back().column;
      }
      parent.items.push_back(std::move(value));
    }
  }

  void keep(YAML::anchor_t anchor, const parsed_node& value) {
    if (alias_nodes_ > 0) anchored_nodes_ += count(value);
    if (anchored_nodes_ > most_anchored_nodes) {
      report_.fail(value, fmt::format("anchors hold more than {} values", most_anchored_nodes));
    }
    anchors_[anchor] = value;
  }

  const decoder& report_;
  const std::function<void(parsed_node&&)>& on_item_;
  bool started_ = false;
  std::vector<container> open_;
  std::unordered_map<YAML::anchor_t, parsed_node> anchors_;
  std::size_t alias_nodes_ = 0;
  std::size_t anchored_nodes_ = 0;
};

/// Reads from text that someone else owns.
class view_buffer final : public std::streambuf {
 public:
  explicit view_buffer(std::string_view text) {
    char* first = const_cast<char*>(text.data());  // only read: there is no put area
    setg(first, first, first + text.size());
  }
};

/// Fails at the first byte that is no UTF-8. yaml-cpp would hand it on, into the names of files and
/// into JSON, which cannot hold it.
inline void require_utf8(std::string_view text, const decoder& report) {
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
    const std::function<void(parsed_node&&)>& on_item) {
  // yaml-cpp misses the end of the text within quotes if a line break stands before it.
  text = text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
  require_utf8(text, report);
  try {
    view_buffer buffer(text);
    std::istream stream(&buffer);
    YAML::Parser parser(stream);
    node_builder builder(report, on_item);
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
  std::vector<parsed_node> items;
  std::optional<parsed_node> value = detail::read_document(
      text, report, [&](parsed_node&& item) { items.push_back(std::move(item)); });
  if (!value) return {};
  if (value->type == node_type::list) value->items = std::move(items);
  return *std::move(value);
}

}  // namespace sweepnet
