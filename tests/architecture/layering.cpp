// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The rooms and their walls, as README's section "Architecture" draws them.

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "support.hpp"

namespace {

/// Rooms, or single headers of them, that each room may include beside itself.
const std::map<std::string, std::vector<std::string>> allowed_rooms = {
    {"core", {}},
    {"describe", {"core"}},
    {"storage", {"core", "version.hpp"}},
    {"network", {"core", "describe"}},
    {"data", {"core", "describe", "storage"}},
    {"training", {"core", "describe", "network", "data/dataset.hpp", "data/task.hpp"}},
    {"model", {"core", "describe", "storage", "network", "version.hpp"}},
    {"backend", {"core", "network", "training", "data/dataset.hpp"}},
    {"embed", {"core", "describe", "network", "data", "training", "model", "backend"}},
    {"sweep", {"core", "describe", "storage", "network", "training"}},
    {"run",
     {"core", "describe", "storage", "network", "data", "training", "model", "backend", "embed",
      "sweep", "version.hpp"}},
    {"report",
     {"core", "describe", "storage", "network", "data", "training", "model", "embed", "sweep",
      "run", "version.hpp"}},
    {"app",
     {"core", "describe", "storage", "network", "data", "training", "model", "backend", "embed",
      "sweep", "run", "report", "version.hpp"}},
};

/// Third-party headers, and the only headers that may include them.
const std::map<std::string, std::vector<std::string>> third_party_walls = {
    {"yaml-cpp/", {"sweep/yaml_reader.inl"}},
    {"nlohmann/", {"describe/", "model/", "storage/aws/"}},
    {"hdf5", {"model/hdf5/"}},
    {"curl/", {"storage/"}},
    {"openssl/", {"storage/"}},
    {"zlib.h", {"data/gzip.hpp"}},
    {"zip.h", {"storage/zip.hpp"}},
    {"Eigen/", {}},  // whoever passes a matrix has included it
    {"eigen3/", {}},
    {"Random123/", {"core/random.hpp"}},
    {"fmt/", {"core/format.hpp"}},
    {"xxhash.h", {"core/digest.hpp"}},
    {"CLI/", {"app/"}},
    {"cuda", {"backend/cuda/"}},
    {"cublas", {"backend/cuda/"}},
    {"cudnn", {"backend/cuda/"}},
};

const std::regex include_line(R"(^\s*#\s*include\s*[<"]([^">]+)[">])");

bool starts_with_any(const std::string& path, const std::vector<std::string>& prefixes) {
  return std::ranges::any_of(prefixes,
                             [&](const auto& prefix) { return path.starts_with(prefix); });
}

/// What is wrong with `header` including `included`; empty: nothing.
std::string violation(const std::string& header, const std::string& included) {
  const std::string own = "sweepnet/";
  if (included.starts_with(own)) {
    const std::string target = included.substr(own.size());
    const std::string room = header.substr(0, header.find('/'));
    if (room == header) return "";  // sweepnet.hpp itself gathers all
    const auto allowed = allowed_rooms.find(room);
    if (allowed == allowed_rooms.end()) return header + " lies in an unknown room";
    if (target.starts_with(room + "/") || starts_with_any(target, allowed->second)) return "";
    return header + " may not include " + target;
  }
  for (const auto& [library, places] : third_party_walls) {
    if (included.starts_with(library) && !starts_with_any(header, places)) {
      return header + " may not include " + included;
    }
  }
  return "";
}

/// Calls visit(header, line) for each line below `root`, the folder of sweepnet.hpp.
template <class Visit> void for_each_line(const std::filesystem::path& root, const Visit& visit) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file()) continue;
    const std::string header = std::filesystem::relative(entry.path(), root).string();
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) visit(header, line);
  }
}

/// One line for each include that breaks a wall.
std::set<std::string> violations(const std::filesystem::path& root) {
  std::set<std::string> found;
  for_each_line(root, [&](const std::string& header, const std::string& line) {
    std::smatch match;
    if (!std::regex_search(line, match, include_line)) return;
    if (const std::string broken = violation(header, match[1]); !broken.empty()) {
      found.insert(broken);
    }
  });
  return found;
}

/// Whether a unit that includes a header sees what its .inl file defines.
enum class definitions { seen, compiled_apart };

/// What `header` includes, and what that includes: own headers by their path below `root`, others
/// as they are written.
std::set<std::string> reached_from(const std::filesystem::path& root, const std::string& header,
                                   definitions where = definitions::seen) {
  const std::string own = "sweepnet/";
  std::set<std::string> reached{header};
  std::vector<std::string> to_read{header};
  while (!to_read.empty()) {
    std::ifstream file(root / to_read.back());
    to_read.pop_back();
    for (std::string line; std::getline(file, line);) {
      std::smatch match;
      if (!std::regex_search(line, match, include_line)) continue;
      const std::string included = match[1];
      if (where == definitions::compiled_apart && included.ends_with(".inl")) continue;
      const bool is_own = included.starts_with(own);
      const std::string name = is_own ? included.substr(own.size()) : included;
      if (reached.insert(name).second && is_own) to_read.push_back(name);
    }
  }
  return reached;
}

/// Rooms have an order: a header and one of another room that includes it, and is included by it.
std::set<std::string> circles_of_rooms() {
  std::set<std::string> found;
  for (const auto& [room, allowed] : allowed_rooms) {
    for (const std::string& below : allowed) {
      const auto other = allowed_rooms.find(below.substr(0, below.find('/')));
      if (other == allowed_rooms.end()) continue;
      if (starts_with_any(room, other->second)) found.insert(room + " and " + other->first);
    }
  }
  return found;
}

}  // namespace

TEST_CASE("headers include only what stands below them") {
  const std::set<std::string> none;
  CHECK(violations(testing::source_path("include/sweepnet")) == none);
}

TEST_CASE("train.hpp reaches no Eigen, YAML, JSON, HDF5, compression, network or command line") {
  const std::vector<std::string> heavy{
      "Eigen/", "eigen3/", "yaml-cpp/", "nlohmann/", "hdf5",     "H5",     "curl/", "openssl/",
      "zip.h",  "zlib.h",  "CLI/",      "xxhash.h",  "storage/", "sweep/", "run/",  "app/"};
  const auto heavy_below = [&](const std::string& header) {
    std::set<std::string> found;
    for (const std::string& each : reached_from(testing::source_path("include/sweepnet"), header)) {
      if (starts_with_any(each, heavy)) found.insert(each);
    }
    return found;
  };
  const std::set<std::string> none;
  CHECK(heavy_below("train.hpp") == none);
  CHECK(reached_from(testing::source_path("include/sweepnet"), "train.hpp")
            .contains("Random123/philox.h"));
  for (const char* known : {"yaml-cpp/parser.h", "nlohmann/json.hpp", "hdf5.h", "curl/curl.h"}) {
    INFO(known);
    CHECK(heavy_below("sweepnet.hpp").contains(known));
  }
}

TEST_CASE("units that link the compiled library reach no YAML, HDF5, compression or network") {
  const std::vector<std::string> heavy{"yaml-cpp/", "hdf5",   "H5",   "curl/",   "openssl/",
                                       "zip.h",     "zlib.h", "CLI/", "xxhash.h"};
  for (const char* header : {"sweepnet.hpp", "app/program.hpp"}) {
    for (const std::string& each : reached_from(testing::source_path("include/sweepnet"), header,
                                                definitions::compiled_apart)) {
      INFO(header << " reaches " << each);
      CHECK_FALSE(starts_with_any(each, heavy));
    }
  }
  CHECK(reached_from(testing::source_path("include/sweepnet"), "app/program.hpp")
            .contains("CLI/CLI.hpp"));
}

TEST_CASE("no two rooms may include each other") { CHECK(circles_of_rooms().empty()); }

TEST_CASE("a break of each wall is noticed") {
  const testing::temporary_directory copy;
  std::filesystem::copy(testing::source_path("include/sweepnet"), copy.path(),
                        std::filesystem::copy_options::recursive);
  std::set<std::string> expected;
  const auto add = [&](const std::string& header, const std::string& included,
                       const std::string& shown) {
    std::filesystem::create_directories((copy.path() / header).parent_path());
    std::ofstream(copy.path() / header, std::ios::app) << "#  include " << included << "\n";
    expected.insert(header + " may not include " + shown);
  };
  // Each room looks into each that it may not see.
  for (const auto& [room, allowed] : allowed_rooms) {
    for (const auto& [other, unused] : allowed_rooms) {
      if (room == other || starts_with_any(other, allowed)) continue;
      add(room + "/broken.hpp", "\"sweepnet/" + other + "/any.hpp\"", other + "/any.hpp");
    }
  }
  // Each library is included where it is not at home: core is, but for three headers, of none.
  for (const auto& [library, places] : third_party_walls) {
    add("core/broken.hpp", "<" + library + ">", library);
  }
  CHECK(violations(copy.path()) == expected);
}

TEST_CASE("the library's messages name no command-line flag: these are the program's") {
  const std::regex flag(R"("[^"]*(^|[^a-z0-9])--[a-z][^"]*")");
  const std::set<std::string> names_of_others{"storage/aws/s3_names.hpp",      // --x-s3 of buckets
                                              "storage/aws/credentials.inl"};  // the AWS CLI's
  for_each_line(testing::source_path("include/sweepnet"),
                [&](const std::string& header, const std::string& line) {
                  if (header.starts_with("app/") || names_of_others.contains(header)) return;
                  if (header.starts_with("report/page/")) return;  // style sheets' own names
                  INFO(header << ": " << line);
                  CHECK_FALSE(std::regex_search(line, flag));
                });
}
