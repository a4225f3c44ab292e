// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/storage/aws/profile.hpp"

#include "catch.hpp"
#include "support.hpp"

using namespace sweepnet::storage;
using sweepnet::configuration_error;
using testing::message_of;

TEST_CASE("profiles are read as the AWS CLI writes them") {
  const auto profiles = parse_aws_profiles(
      "# a comment\n[default]\nregion = eu-west-1\r\naws_access_key_id=AKID ; mine\n\n"
      "[profile dev]\ns3 =\n  addressing_style = path\n  max_concurrent_requests = 3\n"
      "output = json\n[profile \"with space\"]\nRegion=a=b #c\n",
      "config");
  REQUIRE(profiles.size() == 3);
  CHECK(profiles.at("default").at("region") == "eu-west-1");
  CHECK(profiles.at("default").at("aws_access_key_id") == "AKID");
  CHECK(profiles.at("dev").at("s3.addressing_style") == "path");
  CHECK(profiles.at("dev").at("output") == "json");
  CHECK(profiles.at("with space").at("region") == "a=b");
}

TEST_CASE("a malformed profile file is an error that shows the line's number, not its content") {
  const auto message = [](const char* text) {
    return message_of<configuration_error>([&] { (void)parse_aws_profiles(text, "file"); });
  };
  CHECK(message("[a]\nsecret\n") == "file:2: expected NAME = VALUE");
  CHECK(message("[a\n") == "file:1: expected a ']' behind the profile's name");
  CHECK(message("\na = secret\n") == "file:2: expected a [profile] before its values");
}

TEST_CASE("the credentials file wins over the config file, and AWS_PROFILE must exist") {
  const testing::temporary_directory home;
  testing::write_file(
      home / ".aws/config",
      "[default]\nregion = r\naws_access_key_id = config\n[profile dev]\nregion = d\n");
  testing::write_file(home / ".aws/credentials", "[default]\naws_access_key_id = credentials\n");
  sweepnet::environment_map environment{{"HOME", home.path().string()}};
  CHECK(load_aws_profile(environment) ==
        aws_profile{{"region", "r"}, {"aws_access_key_id", "credentials"}});
  environment["AWS_PROFILE"] = "dev";
  CHECK(load_aws_profile(environment) == aws_profile{{"region", "d"}});
  environment["AWS_PROFILE"] = "nobody";
  CHECK(message_of<configuration_error>([&] { (void)load_aws_profile(environment); }) ==
        "AWS_PROFILE is 'nobody', and there is no such profile in " + (home / ".aws/credentials") +
            " and " + (home / ".aws/config"));
  CHECK(load_aws_profile({}).empty());
}

TEST_CASE(
    "files that cannot be read are none in the home directory, and an error where they are named") {
  const testing::temporary_directory home;
  std::filesystem::create_directory(home / ".aws");
  for (const char* name : {".aws/config", ".aws/credentials"}) {
    std::filesystem::create_symlink(home / name, home / name);
  }
  CHECK(load_aws_profile({{"HOME", home.path().string()}}).empty());
  const auto named = [](const std::string& path) {
    return sweepnet::environment_map{{"AWS_CONFIG_FILE", path}};
  };
  CHECK(load_aws_profile(named(home / "none")).empty());
  CHECK(message_of<sweepnet::input_missing>([&] {
          (void)load_aws_profile(named(home / ".aws/config"));
        }) == home / ".aws/config" + ": cannot open: Too many levels of symbolic links");
}
