// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The control groups that this process is in, whose files say what a container may use.

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace sweepnet {

/// A directory of /sys/fs/cgroup, which need not be there, and the version of its files (1 or 2).
struct control_group {
  std::filesystem::path directory;
  int version;
};

/// Calls visit(const control_group&) for the groups that `controller` ("cpu", "memory") may limit
/// this process by: its own and those above it. Looks below `root` ("/" but in tests). A container
/// that sees its own group as the root finds its files there.
template <class Visit>
void for_each_control_group(const std::filesystem::path& root, const std::string& controller,
                            const Visit& visit) {
  const std::filesystem::path mounts = root / "sys/fs/cgroup";
  std::ifstream groups(root / "proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    // hierarchy-ID:controller-list:path; version 2 has ID 0 and no controllers
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const bool version_2 = controllers.empty();
    std::istringstream list(controllers);
    bool is_listed = version_2;
    for (std::string name; std::getline(list, name, ',');) {
      is_listed = is_listed || name == controller;
    }
    if (!is_listed) continue;
    std::filesystem::path group = std::filesystem::path(line.substr(second + 1)).relative_path();
    for (;; group = group.parent_path()) {
      if (version_2) {
        visit(control_group{mounts / group, 2});
      } else {
        visit(control_group{mounts / controllers / group, 1});
        if (controllers != controller) visit(control_group{mounts / controller / group, 1});
      }
      if (group.empty()) break;
    }
  }
}

}  // namespace sweepnet
