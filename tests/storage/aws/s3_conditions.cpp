// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Writes under a condition: on a server that keeps to it, on one that does not know it, and where
// answers are lost.

#if defined(SWEEPNET_HAS_S3)

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "storage/loopback.hpp"
#include "support.hpp"
#include "sweepnet/storage/aws/s3.hpp"

using namespace sweepnet;
using namespace sweepnet::storage;
using testing::answer;
using testing::asked;
using testing::loopback_server;
using testing::message_of;

namespace {

const location object = location("s3://bucket/run/result_0.json");

/// One bucket of S3.
class bucket {
 public:
  struct stored {
    std::string content;
    std::string digest;
  };

  bool keeps_conditions = true;
  bool keeps_metadata = true;
  int lost_answers = 0;  ///< of the next requests that take effect
  int conflicts = 0;     ///< the next such requests are answered 409
  std::function<void()> before_write{};
  std::optional<stored> there{};
  std::vector<std::string> conditions{};  ///< as they came with requests that take effect

  void put(const std::string& content) { there = stored{content, ""}; }

  std::string operator()(const asked& request) {
    if (request.method == "GET" && request.target.find("list-type=2") != std::string::npos) {
      return answer(200, there ? "<L><Contents><Key>run/result_0.json</Key><ETag>&quot;" + tag() +
                                     "&quot;</ETag></Contents></L>"
                               : "<L></L>");
    }
    if (request.method == "GET" || request.method == "HEAD") {
      if (!there) return answer(404, "");
      std::vector<std::string> headers{"ETag: \"" + tag() + "\""};
      if (!there->digest.empty()) headers.push_back("x-amz-meta-sha256: " + there->digest);
      // Only a GET is followed by its body.
      const std::string whole = answer(200, there->content, headers);
      return request.method == "GET" ? whole
                                     : whole.substr(0, whole.size() - there->content.size());
    }
    if (request.method == "DELETE") return answer(204, "");
    if (request.target.ends_with("?uploads=")) {
      digest_ = request.header("x-amz-meta-sha256");
      parts_.clear();
      return answer(200, "<R><UploadId>U</UploadId></R>");
    }
    if (request.target.find("partNumber=") != std::string::npos) {
      parts_ += request.body;
      return answer(200, "", {"ETag: \"t\""});
    }
    return take_effect(request);
  }

 private:
  [[nodiscard]] std::string tag() const { return "tag of " + there->content; }

  std::string take_effect(const asked& request) {
    if (const auto meddle = std::exchange(before_write, nullptr)) meddle();
    const std::string none = request.header("if-none-match");
    const std::string same = request.header("if-match");
    conditions.push_back(!none.empty() ? "none " + none : !same.empty() ? "same " + same : "");
    if (conflicts > 0 && conflicts-- > 0)
      return answer(409, "<Error><Code>ConditionalRequestConflict</Code></Error>");
    if (keeps_conditions) {
      if (!same.empty() && !there) return answer(404, "<Error><Code>NoSuchKey</Code></Error>");
      const bool met = (none.empty() || !there) && (same.empty() || same == "\"" + tag() + "\"");
      if (!met) return answer(412, "<Error><Code>PreconditionFailed</Code></Error>");
    }
    const bool in_parts = request.method == "POST";
    there = stored{in_parts ? parts_ : request.body,
                   in_parts ? digest_ : request.header("x-amz-meta-sha256")};
    if (!keeps_metadata) there->digest.clear();
    if (lost_answers > 0 && lost_answers-- > 0) return "";
    return in_parts ? answer(200, "<R><ETag>&quot;" + tag() + "&quot;</ETag></R>")
                    : answer(200, "", {"ETag: \"" + tag() + "\""});
  }

  std::string parts_;
  std::string digest_;
};

s3_client client_of(const loopback_server& server, s3_sizes sizes = {}) {
  return s3_client(environment_map{{"AWS_ENDPOINT_URL", server.url()},
                                   {"AWS_ACCESS_KEY_ID", "AKID"},
                                   {"AWS_SECRET_ACCESS_KEY", "secret"}},
                   sizes, {.attempts = 4, .first_pause = 0.001, .longest_pause = 0.01});
}

/// In one request, and in parts.
s3_sizes either_way() { return GENERATE(s3_sizes{}, s3_sizes{.multipart_from = 2, .part = 3}); }

}  // namespace

TEST_CASE("a write under a condition creates, replaces what it names, and nothing else") {
  bucket s3;
  const loopback_server server([&](const asked& request) { return s3(request); });
  s3_client client = client_of(server, either_way());
  CHECK(client.revision_of(object) == revision{});
  const auto first = client.write_if(object, "first", {});
  REQUIRE(first);
  CHECK(*first == revision{"tag of first"});
  CHECK(client.revision_of(object) == *first);
  CHECK(client.read(object) == "first");

  CHECK_FALSE(client.write_if(object, "other", {}));
  CHECK_FALSE(client.write_if(object, "other", {"tag of something else"}));
  CHECK(s3.there->content == "first");
  const auto second = client.write_if(object, "second", *first);
  REQUIRE(second);
  CHECK(s3.there->content == "second");
  CHECK_FALSE(client.write_if(object, "third", *first));
  CHECK(s3.there->content == "second");
  s3.there.reset();
  CHECK_FALSE(client.write_if(object, "third", *second));
  CHECK_FALSE(s3.there);
  CHECK(s3.conditions == std::vector<std::string>{"none *", "same \"tag of first\""});
}

TEST_CASE("the server's own condition decides where another writes between a look and a write") {
  bucket s3;
  const loopback_server server([&](const asked& request) { return s3(request); });
  s3_client client = client_of(server, either_way());
  s3.before_write = [&] { s3.put("other's"); };
  CHECK_FALSE(client.write_if(object, "mine", {}));
  CHECK(s3.there->content == "other's");
  const revision theirs = client.revision_of(object);
  s3.before_write = [&] { s3.put("newer"); };
  CHECK_FALSE(client.write_if(object, "mine", theirs));
  CHECK(s3.there->content == "newer");
  const revision newer = client.revision_of(object);
  s3.before_write = [&] { s3.there.reset(); };
  CHECK_FALSE(client.write_if(object, "mine", newer));
  CHECK_FALSE(s3.there);
}

TEST_CASE("a write whose answer was lost is known again, by digest or by content") {
  bucket s3;
  s3.keeps_metadata = GENERATE(true, false);
  const loopback_server server([&](const asked& request) { return s3(request); });
  s3_client client = client_of(server, either_way());
  s3.lost_answers = 1;
  const auto mine = client.write_if(object, "mine", {});
  REQUIRE(mine);
  CHECK(*mine == revision{"tag of mine"});
  CHECK(s3.conditions.size() == 2);
  s3.lost_answers = 1;
  CHECK(client.write_if(object, "mine again", *mine) == revision{"tag of mine again"});
  CHECK_FALSE(client.write_if(object, "other's", {}));
}

TEST_CASE("a conflict is looked at and written again, as often as all is tried") {
  bucket s3;
  const loopback_server server([&](const asked& request) { return s3(request); });
  s3_client client = client_of(server, either_way());
  s3.conflicts = 2;
  CHECK(client.write_if(object, "mine", {}) == revision{"tag of mine"});
  CHECK(s3.conditions.size() == 3);
  s3.conflicts = 100;
  s3.conditions.clear();
  CHECK(message_of<service_unavailable>(
            [&] { (void)client.write_if(object, "newer", {"tag of mine"}); }) ==
        object.shown() + ": cannot write: 409, another write is in its way, after 4 attempts");
  CHECK(s3.conditions.size() == 4);
}

TEST_CASE("a server that ignores conditions loses no first result, and a lost one is told") {
  bucket s3;
  s3.keeps_conditions = false;
  const loopback_server server([&](const asked& request) { return s3(request); });
  s3_client client = client_of(server, either_way());
  REQUIRE(client.write_if(object, "first", {}));
  CHECK_FALSE(client.write_if(object, "second", {}));
  CHECK_FALSE(client.write_if(object, "second", {"tag of something else"}));
  CHECK(s3.there->content == "first");
  CHECK(client.write_if(object, "second", {"tag of first"}));

  // Both looked before either wrote: the first to write learns that it lost.
  s3.there.reset();
  bool overtaken = false;
  const loopback_server racing([&](const asked& request) {
    const std::string response = s3(request);
    if (s3.there && !std::exchange(overtaken, true)) s3.put("another's, a moment later");
    return response;
  });
  CHECK_FALSE(client_of(racing).write_if(object, "mine", {}));
}

#endif
