// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Each source of credentials, by a metadata server of the test's own.

#if defined(SWEEPNET_HAS_S3)

#include "sweepnet/storage/aws/credentials.hpp"

#include <string>

#include "catch.hpp"
#include "storage/loopback.hpp"
#include "support.hpp"

using namespace sweepnet;
using namespace sweepnet::storage;
using testing::answer;
using testing::asked;
using testing::loopback_server;
using testing::message_of;

namespace {

std::string keys_json(const std::string& id, const std::string& expiration) {
  return R"({"Code": "Success", "AccessKeyId": ")" + id +
         R"(", "SecretAccessKey": "s", "Token": "t", "Expiration": ")" + expiration + "\"}";
}

std::string in_minutes(int minutes) {
  const auto time = std::chrono::system_clock::now() + std::chrono::minutes(minutes);
  const std::string basic = amz_date(time);  // 20150830T123600Z
  return basic.substr(0, 4) + "-" + basic.substr(4, 2) + "-" + basic.substr(6, 5) + ":" +
         basic.substr(11, 2) + ":" + basic.substr(13, 3);
}

environment_map without_instance(environment_map environment) {
  environment["AWS_EC2_METADATA_DISABLED"] = "true";
  return environment;
}

constexpr retry_policy quick{.attempts = 3, .first_pause = 0.001, .longest_pause = 0.01};

}  // namespace

TEST_CASE("the environment comes before web identity before the profile before the container") {
  const testing::temporary_directory home;
  testing::write_file(home / ".aws/credentials",
                      "[default]\naws_access_key_id = PROFILE\naws_secret_access_key = s\n");
  testing::write_file(home / "token", "a.b+c=\n");
  std::string form;
  const loopback_server server([&](const asked& request) {
    form = request.body;
    return request.method == "POST"
               ? answer(200,
                        "<R><AccessKeyId>WEB</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
                        "<SessionToken>t</SessionToken><Expiration>" +
                            in_minutes(60) + "</Expiration></R>")
               : answer(200, keys_json("CONTAINER", in_minutes(60)));
  });
  environment_map environment =
      without_instance({{"AWS_ACCESS_KEY_ID", "ENVIRONMENT"},
                        {"AWS_SECRET_ACCESS_KEY", "s"},
                        {"AWS_SESSION_TOKEN", "t"},
                        {"AWS_WEB_IDENTITY_TOKEN_FILE", home / "token"},
                        {"AWS_ROLE_ARN", "arn:aws:iam::1:role/x"},
                        {"AWS_ENDPOINT_URL_STS", server.url()},
                        {"HOME", home.path().string()},
                        {"AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url() + "/v2"}});
  const auto id = [&] { return credential_chain(environment).get().id; };
  CHECK(id() == "ENVIRONMENT");
  CHECK(credential_chain(environment).get().session_token == "t");
  environment.erase("AWS_ACCESS_KEY_ID");
  CHECK(message_of<configuration_error>(id) ==
        "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must both be set or both unset");
  environment.erase("AWS_SECRET_ACCESS_KEY");
  CHECK(id() == "WEB");
  CHECK(form ==
        "Action=AssumeRoleWithWebIdentity&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fx&"
        "RoleSessionName=sweepnet&Version=2011-06-15&WebIdentityToken=a.b%2Bc%3D");
  environment.erase("AWS_WEB_IDENTITY_TOKEN_FILE");
  CHECK(id() == "PROFILE");
  environment.erase("HOME");
  CHECK(id() == "CONTAINER");
  environment.erase("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  CHECK(message_of<configuration_error>(id).starts_with("no AWS credentials: looked at "));
}

TEST_CASE(
    "a container's endpoint gets the token from its file and answers over trusted ways only") {
  const testing::temporary_directory place;
  testing::write_file(place / "token", "Bearer from-file\n");
  std::string token;
  const loopback_server server([&](const asked& request) {
    token = request.headers.at("authorization");
    return answer(200, keys_json("C", in_minutes(60)));
  });
  environment_map environment =
      without_instance({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url() + "/v2"},
                        {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "Bearer from-variable"},
                        {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", place / "token"}});
  CHECK(credential_chain(environment).get().id == "C");
  CHECK(token == "Bearer from-file");
  environment.erase("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
  CHECK(credential_chain(environment).get().session_token == "t");
  CHECK(token == "Bearer from-variable");
  environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://localhost:pw@example.com/";
  CHECK_THROWS_AS(credential_chain(environment).get(), configuration_error);
  for (const char* host : {"example.com", "169.254.170.3", "127.0.0.1.example.com", "[::2]"}) {
    environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://" + std::string(host) + "/";
    CHECK(message_of<configuration_error>([&] {
            (void)credential_chain(environment).get();
          }).find("over plain http to the host '" + std::string(host) + "'") != std::string::npos);
  }
}

TEST_CASE("EC2's metadata service is asked for a token first, then for role and keys") {
  std::vector<std::string> seen;
  const loopback_server server([&](const asked& request) {
    seen.push_back(request.method + " " + request.target);
    if (request.method == "PUT") {
      CHECK(request.headers.count("x-aws-ec2-metadata-token-ttl-seconds") == 1);
      return answer(200, "TOKEN");
    }
    CHECK(request.headers.at("x-aws-ec2-metadata-token") == "TOKEN");
    return seen.size() == 2 ? answer(200, "a role\n") : answer(200, keys_json("I", in_minutes(60)));
  });
  credential_chain chain({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", server.url() + "/"}});
  CHECK(chain.get().id == "I");
  CHECK(chain.source() == "instance metadata");
  const std::string roles = "/latest/meta-data/iam/security-credentials/";
  CHECK(seen == std::vector<std::string>{"PUT /latest/api/token", "GET " + roles,
                                         "GET " + roles + "a%20role"});
}

TEST_CASE(
    "keys are kept until a quarter of an hour before they expire, longer if none are to be had") {
  int minutes = 60;
  int status = 200;
  const loopback_server server(
      [&](const asked&) { return answer(status, keys_json("K", in_minutes(minutes))); });
  credential_chain chain(without_instance({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url()}}),
                         quick);
  CHECK(chain.get().id == "K");
  (void)chain.get();
  CHECK(server.requests() == 1);
  chain.discard();
  minutes = 10;
  (void)chain.get();
  CHECK(server.requests() == 2);
  status = 500;
  CHECK(chain.get().id == "K");  // refreshed in vain, still good for ten minutes
  CHECK(server.requests() > 2);
  chain.discard();
  CHECK(message_of<service_unavailable>([&] { (void)chain.get(); }) ==
        "no AWS credentials from the container's credential endpoint: 500, after 3 attempts");
  status = 404;
  CHECK_THROWS_AS(chain.get(), configuration_error);
}

TEST_CASE(
    "no failure to renew keys that are still good ends anything, and none is asked for often") {
  const std::string source = GENERATE("container", "instance", "web identity");
  const testing::temporary_directory place;
  testing::write_file(place / "token", "token");
  int status = 200;
  const loopback_server server([&](const asked& request) {
    if (status == 0) return std::string();
    if (status != 200) return answer(status, "");
    if (request.method == "PUT") return answer(200, "TOKEN");
    if (request.target.ends_with("security-credentials/")) return answer(200, "role");
    if (request.method == "GET") return answer(200, keys_json("K", in_minutes(10)));
    return answer(200,
                  "<R><AccessKeyId>K</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
                  "<SessionToken>t</SessionToken><Expiration>" +
                      in_minutes(10) + "</Expiration></R>");
  });
  environment_map environment{{"AWS_MAX_ATTEMPTS", "1"},
                              {"AWS_ENDPOINT_URL_STS", server.url()},
                              {"AWS_EC2_METADATA_SERVICE_ENDPOINT", server.url()}};
  if (source == "container") environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = server.url();
  if (source == "web identity") {
    environment["AWS_WEB_IDENTITY_TOKEN_FILE"] = place / "token";
    environment["AWS_ROLE_ARN"] = "arn";
  }
  credential_chain chain(environment, quick);
  REQUIRE(chain.get().id == "K");  // good for ten minutes, so each get() may renew them
  REQUIRE(chain.source() == source + (source == "instance" ? " metadata" : ""));
  status = GENERATE(503, 404, 0);
  CHECK(chain.get().id == "K");
  const int asked_until_then = server.requests();
  CHECK(chain.get().id == "K");
  CHECK(server.requests() == asked_until_then);

  chain.discard();  // now they are worth nothing
  if (status == 404) {
    CHECK_THROWS_AS(chain.get(), configuration_error);
  } else {
    CHECK_THROWS_AS(chain.get(), service_unavailable);
    status = 200;
    CHECK(chain.get().id == "K");
  }
}

TEST_CASE("a metadata service that hiccups at first is asked again") {
  int count = 0;
  const loopback_server server([&](const asked& request) {
    if (++count % 2 == 1) return answer(503, "");
    if (request.method == "PUT") return answer(200, "TOKEN");
    return request.target.ends_with("/") ? answer(200, "role")
                                         : answer(200, keys_json("I", in_minutes(60)));
  });
  credential_chain chain({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", server.url()}}, quick);
  CHECK(chain.get().id == "I");
  CHECK(server.requests() == 6);
}

TEST_CASE(
    "who has no time for the metadata service learns that, not that there are no credentials") {
  loopback_server server([](const asked&) { return answer(200, ""); });
  server.stall();
  credential_chain chain({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", server.url()}}, quick);
  patience waiting;
  waiting.end_in(patience::seconds(0.1));
  const patience_scope scope(waiting);
  CHECK_THROWS_AS(chain.get(), service_unavailable);
}

TEST_CASE("an STS that answers without keys gives none, and is asked again") {
  const testing::temporary_directory place;
  testing::write_file(place / "token", "token");
  const std::string whole =
      "<AccessKeyId>K</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
      "<SessionToken>t</SessionToken><Expiration>" +
      in_minutes(60) + "</Expiration>";
  std::string given;
  const loopback_server server([&](const asked&) { return answer(200, "<R>" + given + "</R>"); });
  credential_chain chain(without_instance({{"AWS_WEB_IDENTITY_TOKEN_FILE", place / "token"},
                                           {"AWS_ROLE_ARN", "arn"},
                                           {"AWS_ENDPOINT_URL_STS", server.url()}}));
  for (const std::string& each :
       {std::string(), whole.substr(whole.find("<Secret")), whole.substr(0, whole.find("<Session")),
        whole.substr(0, whole.find("<Expiration"))}) {
    given = each;
    CHECK(message_of<configuration_error>([&] { (void)chain.get(); }).find(" answered without ") !=
          std::string::npos);
  }
  given = whole;
  CHECK(chain.get().id == "K");
}

TEST_CASE("STS is asked in the region's own partition") {
  CHECK(sts_endpoint({}) == "https://sts.amazonaws.com");
  CHECK(sts_endpoint({{"AWS_REGION", "eu-west-1"}}) == "https://sts.eu-west-1.amazonaws.com");
  CHECK(sts_endpoint({{"AWS_DEFAULT_REGION", "cn-north-1"}}) ==
        "https://sts.cn-north-1.amazonaws.com.cn");
  CHECK(sts_endpoint({{"AWS_REGION", "us-iso-east-1"}}) == "https://sts.us-iso-east-1.c2s.ic.gov");
  CHECK(sts_endpoint({{"AWS_ENDPOINT_URL", "https://a/"}}) == "https://a");
}

TEST_CASE("a profile that needs what is not here says so, a secret is in no message") {
  const testing::temporary_directory home;
  testing::write_file(home / ".aws/config",
                      "[default]\nrole_arn = a\nsource_profile = b\n"
                      "[profile half]\naws_access_key_id = AKID\n");
  environment_map environment = without_instance({{"HOME", home.path().string()}});
  const auto get = [&] { (void)credential_chain(environment).get(); };
  CHECK(message_of<configuration_error>(get).starts_with("the AWS profile uses role_arn, which "));
  environment["AWS_PROFILE"] = "half";
  CHECK(message_of<configuration_error>(get) ==
        "the AWS profile has aws_access_key_id, but no aws_secret_access_key");
}

TEST_CASE("times of expiration are read") {
  CHECK(parse_iso_time("1970-01-01T00:01:00Z") == std::chrono::system_clock::from_time_t(60));
  CHECK(parse_iso_time("1970-01-01T00:01:00.123Z") == std::chrono::system_clock::from_time_t(60));
  CHECK(parse_iso_time("2999-01-01T00:00:00Z") >
        std::chrono::system_clock::from_time_t(9'000'000'000));
  CHECK_FALSE(parse_iso_time("soon"));
}

#endif
