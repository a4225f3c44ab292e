// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Values that real Keras computed, from tests/keras/golden. See tests/keras/make_golden.py.

#include <string>
#include <vector>

#include "support.hpp"
#include "sweepnet/describe/json.hpp"
#include "sweepnet/model/safetensors/container.hpp"
#include "sweepnet/storage/local.hpp"

namespace testing {

class golden_file {
 public:
  explicit golden_file(const std::string& name)
      : name_(name),
        file_(sweepnet::read_safetensors(
            sweepnet::storage::read_text(source_path("tests/keras/golden/" + name).string()),
            name)) {}

  [[nodiscard]] bool has(const std::string& tensor) const { return file_.find(tensor) != nullptr; }
  [[nodiscard]] const sweepnet::safetensor& tensor(const std::string& name) const {
    INFO(name_ << ": " << name);
    REQUIRE(file_.find(name) != nullptr);
    return *file_.find(name);
  }
  [[nodiscard]] std::vector<float> floats(const std::string& name) const {
    return tensor(name).values<float>();
  }
  [[nodiscard]] sweepnet::ordered_json metadata(const std::string& key) const {
    return sweepnet::ordered_json::parse(file_.metadata.at(key));
  }
  [[nodiscard]] const std::vector<sweepnet::safetensor>& tensors() const { return file_.tensors; }

 private:
  std::string name_;
  sweepnet::safetensors_file file_;
};

inline sweepnet::ordered_json golden_json(const std::string& name) {
  return sweepnet::ordered_json::parse(read_file(source_path("tests/keras/golden/" + name)));
}

}  // namespace testing
