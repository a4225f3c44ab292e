// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Names that programs give to things of their own stay theirs beside `using namespace sweepnet`.
#include <nlohmann/json.hpp>
#include <string>
#include <sweepnet/sweepnet.hpp>
#include <vector>

using nlohmann::json;
using namespace sweepnet;

struct node {
  std::string text;
  std::vector<node> children;
};

std::string join(const std::vector<node>& nodes) {
  std::string joined;
  for (const node& each : nodes) joined += each.text + join(each.children);
  return joined;
}

int main() {
  const node tree{.text = "a", .children = {{.text = "b", .children = {}}}};
  const json written = {{"nodes", join({tree})}};
  const paramset defaults;
  return written.dump() == R"({"nodes":"ab"})" && encode(defaults).contains("epochs") ? 0 : 1;
}
