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
    {"training", {"core", "describe", "network", "data/dataset.hpp"}},
    {"model", {"core", "describe", "storage", "network", "version.hpp"}},
    {"backend", {"core", "network", "training", "data/dataset.hpp"}},
    {"sweep", {"core", "describe", "storage", "network", "training"}},
    {"run",
     {"core", "describe", "storage", "network", "data", "training", "model", "backend", "sweep",
      "version.hpp"}},
    {"app",
     {"core", "describe", "storage", "network", "data", "training", "model", "backend", "sweep",
      "run", "version.hpp"}},
};

/// Third-party headers, and the only headers that may include them.
const std::map<std::string, std::vector<std::string>> third_party_walls = {
    {"yaml-cpp/", {"sweep/yaml_reader.hpp"}},
    {"nlohmann/", {"describe/", "model/", "sweep/", "run/", "storage/aws/", "app/"}},
    {"hdf5", {"model/hdf5/"}},
    {"curl/", {"storage/"}},
    {"openssl/", {"storage/"}},
    {"zlib.h", {"data/gzip.hpp"}},
    {"zip.h", {"storage/zip.hpp"}},
    {"Eigen/", {"data/", "backend/cpu/"}},
    {"Random123/", {"core/random.hpp"}},
    {"xxhash.h", {"core/digest.hpp"}},
    {"CLI/", {"app/"}},
    {"cuda", {"backend/cuda/"}},
    {"cublas", {"backend/cuda/"}},
    {"cudnn", {"backend/cuda/"}},
};

bool starts_with_any(const std::string& path, const std::vector<std::string>& prefixes) {
  return std::ranges::any_of(prefixes,
                             [&](const auto& prefix) { return path.starts_with(prefix); });
}

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

/// One line for each include that breaks a wall below `root`, the folder of sweepnet.hpp.
std::set<std::string> violations(const std::filesystem::path& root) {
  const std::regex include_line(R"(^\s*#\s*include\s*[<"]([^>"]+)[>"])");
  std::set<std::string> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file()) continue;
    const std::string header = std::filesystem::relative(entry.path(), root).string();
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) {
      std::smatch match;
      if (!std::regex_search(line, match, include_line)) continue;
      if (const std::string broken = violation(header, match[1]); !broken.empty()) {
        found.insert(broken);
      }
    }
  }
  return found;
}

}  // namespace

TEST_CASE("headers include only what stands below them") {
  const std::set<std::string> none;
  CHECK(violations(testing::source_path("include/sweepnet")) == none);
}

TEST_CASE("a broken wall is noticed") {
  const testing::temporary_directory copy;
  std::filesystem::copy(testing::source_path("include/sweepnet"), copy.path(),
                        std::filesystem::copy_options::recursive);
  const auto append = [&](const char* header, const char* line) {
    std::ofstream(copy.path() / header, std::ios::app) << line << "\n";
  };
  append("network/loss.hpp", "#include \"sweepnet/training/trainer.hpp\"");
  append("data/idx.hpp", "#include <yaml-cpp/yaml.h>");
  append("backend/cpu/executor.hpp", "#  include <cuda_runtime.h>");
  append("core/text.hpp", "#include \"sweepnet/describe/node.hpp\"");
  CHECK(violations(copy.path()) ==
        std::set<std::string>{"backend/cpu/executor.hpp may not include cuda_runtime.h",
                              "core/text.hpp may not include describe/node.hpp",
                              "data/idx.hpp may not include yaml-cpp/yaml.h",
                              "network/loss.hpp may not include training/trainer.hpp"});
}
