// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The directories of a sweep's runs, each looked through once for what killed processes left: a run
// alone does so for itself, which thousands had better not do each.

#include <filesystem>
#include <set>
#include <string>
#include <utility>

#include "sweepnet/run/files.hpp"
#include "sweepnet/storage/location.hpp"
#include "sweepnet/storage/store.hpp"

namespace sweepnet::detail {

class tidied_directories {
 public:
  /// Those of a run that are on disk, each bound as its file is.
  void tidy(const run_files& files) {
    for (const storage::location* file : {&files.model, &files.state}) {
      if (file->type != storage::location::kind::local) continue;
      const auto parent = std::filesystem::path(file->request_text()).parent_path();
      storage::location directory(parent.empty() ? std::filesystem::path(".") : parent);
      if (!tidied_.insert(directory.request_text()).second) continue;
      directory.root = file->root;
      storage::remove_all_abandoned(directory);
    }
  }

 private:
  std::set<std::string> tidied_{};
};

}  // namespace sweepnet::detail
