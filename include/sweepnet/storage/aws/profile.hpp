// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the AWS CLI's files ~/.aws/config and ~/.aws/credentials say of one profile.

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "sweepnet/core/environment.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/storage/local.hpp"

namespace sweepnet::storage {

/// Keys of a profile; a nested one is "s3.addressing_style".
using aws_profile = std::map<std::string, std::string, std::less<>>;

namespace detail {

inline std::string_view stripped(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// A section's header by its name: "profile dev" in the config file is the profile dev.
inline std::string profile_of_section(std::string_view header) {
  constexpr std::string_view prefix = "profile";
  if (header.starts_with(prefix) && header.find_first_of(" \t") == prefix.size()) {
    header = stripped(header.substr(prefix.size()));
  }
  if (header.size() >= 2 && header.front() == '"' && header.back() == '"') {
    header = header.substr(1, header.size() - 2);
  }
  return std::string(header);
}

}  // namespace detail

/// The profiles in the text of such a file. Throws configuration_error naming source and line; a
/// line's value is never shown, for it may be a secret.
[[nodiscard]] inline std::map<std::string, aws_profile> parse_aws_profiles(
    std::string_view text, const std::string& source) {
  std::map<std::string, aws_profile> profiles;
  aws_profile* profile = nullptr;
  std::string parent;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const bool nested = line.starts_with(' ') || line.starts_with('\t');
    line = detail::stripped(line);
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    const auto fail = [&](const char* expected) {
      throw configuration_error(fmt::format("{}:{}: expected {}", source, number, expected));
    };
    if (line.front() == '[') {
      const std::size_t close = line.find(']');
      if (close == line.npos) fail("a ']' behind the profile's name");
      const std::string_view header = detail::stripped(line.substr(1, close - 1));
      profile = &profiles[detail::profile_of_section(header)];
      parent.clear();
      continue;
    }
    const std::size_t equals = line.find('=');
    if (equals == line.npos || equals == 0) fail("NAME = VALUE");
    if (profile == nullptr) fail("a [profile] before its values");
    const std::string name = lowercase(detail::stripped(line.substr(0, equals)));
    std::string_view value = line.substr(equals + 1);
    value = detail::stripped(value.substr(0, std::min(value.find(" #"), value.find(" ;"))));
    if (nested && !parent.empty()) {
      (*profile)[parent + "." + name] = value;
    } else {
      parent = value.empty() ? name : "";
      (*profile)[name] = value;
    }
  }
  return profiles;
}

/// The profile that AWS_PROFILE names (`default` if unset), from both files; where they differ the
/// credentials file wins. Empty if there is none, which is an error if AWS_PROFILE is set.
[[nodiscard]] inline aws_profile load_aws_profile(const environment_map& environment) {
  const std::string chosen = variable_or_empty(environment, "AWS_PROFILE");
  const std::string name = chosen.empty() ? "default" : chosen;
  const std::string home = variable_or_empty(environment, "HOME");
  aws_profile profile;
  bool found = false;
  std::string places;
  for (const auto& [variable, standard] :
       {std::pair("AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials"),
        std::pair("AWS_CONFIG_FILE", ".aws/config")}) {
    const std::string given = variable_or_empty(environment, variable);
    if (given.empty() && home.empty()) continue;
    const std::string path =
        given.empty() ? (std::filesystem::path(home) / standard).string() : given;
    places += (places.empty() ? "" : " and ") + path;
    std::string text;
    try {
      text = read_text(path, {.bytes = longest_metadata});
    } catch (const input_missing&) {
      // HOME may be another user's, as in a container; a file that is named is to be read.
      if (given.empty() || !local::exists(path)) continue;
      throw;
    }
    const auto profiles = parse_aws_profiles(text, path);
    if (const auto entry = profiles.find(name); entry != profiles.end()) {
      profile.insert(entry->second.begin(), entry->second.end());  // keeps what is there
      found = true;
    }
  }
  if (!found && !chosen.empty()) {
    throw configuration_error(
        fmt::format("AWS_PROFILE is '{}', and there is no such profile in {}", chosen, places));
  }
  return profile;
}

}  // namespace sweepnet::storage
