// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// With headers alone, an X.hpp ends with the definitions of X.inl, which include headers of their
// own. Wherever a unit begins, these must find declared what they use. That each X.hpp and each
// X.inl compiles as the first of a unit (the target headers_alone) shows it, if no include meets a
// header that is still open: one whose declarations are not yet all read, and which `#pragma once`
// skips.

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "support.hpp"

namespace {

/// What a file includes of this project, in order; the definitions come behind all declarations.
struct includes {
  std::vector<std::string> declarations;
  std::vector<std::string> definitions;
};

/// By path, as an include spells it.
using tree = std::map<std::string, includes>;

tree read_tree(const std::filesystem::path& root) {
  const std::regex include_line(R"re(^\s*#\s*include\s*"(sweepnet/[^"]+)")re");
  tree files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file()) continue;
    includes& found = files[std::filesystem::relative(entry.path(), root).string()];
    std::vector<std::string>* part = &found.declarations;
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) {
      if (line == "#if !defined(SWEEPNET_COMPILED)") part = &found.definitions;
      std::smatch match;
      if (std::regex_search(line, match, include_line)) part->push_back(match[1]);
    }
  }
  return files;
}

/// A unit that begins with one header, read as a preprocessor reads it.
class unit {
 public:
  explicit unit(const tree& files) : files_(files) {}

  void include(const std::string& path) {
    const auto [file, is_new] = declared_.insert({path, false});
    if (!is_new) {
      if (!file->second) met_open_.insert(path);
      return;
    }
    const includes& next = files_.at(path);
    for (const std::string& each : next.declarations) include(each);
    file->second = true;
    for (const std::string& each : next.definitions) include(each);
  }
  [[nodiscard]] const std::set<std::string>& met_open() const { return met_open_; }

 private:
  const tree& files_;
  std::map<std::string, bool> declared_{};  ///< whether all that a file declares is read
  std::set<std::string> met_open_{};
};

std::set<std::string> met_open(const tree& files) {
  std::set<std::string> found;
  for (const auto& [path, unused] : files) {
    if (!path.ends_with(".hpp")) continue;
    unit begun(files);
    begun.include(path);
    for (const std::string& each : begun.met_open()) found.insert(path + " meets " + each);
  }
  return found;
}

}  // namespace

TEST_CASE("no include meets a header whose declarations are still to come") {
  const tree files = read_tree(testing::source_path("include"));
  CHECK(files.size() > 200);
  const std::set<std::string> none;
  CHECK(met_open(files) == none);
}

TEST_CASE("definitions that need a header which needs their own are noticed") {
  // a.hpp needs what b.hpp declares; b.inl needs a.hpp: a unit of a.hpp reads b.inl too early.
  tree files{{"a.hpp", {.declarations = {"b.hpp"}, .definitions = {"a.inl"}}},
             {"a.inl", {.declarations = {"a.hpp"}, .definitions = {}}},
             {"b.hpp", {.declarations = {}, .definitions = {"b.inl"}}},
             {"b.inl", {.declarations = {"b.hpp", "a.hpp"}, .definitions = {}}}};
  CHECK(met_open(files) == std::set<std::string>{"a.hpp meets a.hpp"});
  files["a.hpp"].declarations.clear();  // it declares b's type instead
  files["a.inl"].declarations.push_back("b.hpp");
  CHECK(met_open(files).empty());
}
