// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// What tests/cloud shows against a real server, case by case against one that misbehaves on order.

#if defined(SWEEPNET_HAS_S3)

#include "sweepnet/storage/aws/s3.hpp"

#include <cctype>
#include <string>

#include "catch.hpp"
#include "storage/loopback.hpp"
#include "support.hpp"
#include "sweepnet/storage/web/web_client.hpp"

using namespace sweepnet;
using namespace sweepnet::storage;
using testing::answer;
using testing::asked;
using testing::loopback_server;
using testing::message_of;

namespace {

const location odd_object = location("s3://bucket/a key+\xC3\xA4.bin");
constexpr retry_policy quickly{.attempts = 4, .first_pause = 0.001, .longest_pause = 0.01};

environment_map environment_of(const loopback_server& server) {
  return {{"AWS_ENDPOINT_URL", server.url()},
          {"AWS_ACCESS_KEY_ID", "AKID"},
          {"AWS_SECRET_ACCESS_KEY", "secret"}};
}

s3_client quick_client(const loopback_server& server, s3_sizes sizes = {}) {
  return s3_client(environment_of(server), sizes, quickly);
}

std::string failure(const std::string& code) {
  return "<Error><Code>" + code + "</Code><Message>Told so</Message></Error>";
}

}  // namespace

TEST_CASE("an object is asked for by its encoded key, signed, and comes whole") {
  asked seen;
  const loopback_server server([&](const asked& request) {
    seen = request;
    return answer(200, "content", {"x-amz-meta-sha256: " + sha256("content")});
  });
  CHECK(quick_client(server).read(odd_object) == "content");
  CHECK(seen.target == "/bucket/a%20key%2B%C3%A4.bin");
  CHECK(seen.headers["x-amz-content-sha256"] == sha256(""));
  CHECK(seen.headers["authorization"].find("Credential=AKID/") != std::string::npos);
}

TEST_CASE("what may pass is tried again, what may not is an error at once") {
  const auto [status, code] = GENERATE(table<int, std::string>({{500, "InternalError"},
                                                                {503, "SlowDown"},
                                                                {429, "TooManyRequests"},
                                                                {400, "RequestTimeout"},
                                                                {400, "XAmzContentSHA256Mismatch"},
                                                                {409, "OperationAborted"}}));
  int count = 0;
  const std::string body = failure(code);
  const int number = status;
  const loopback_server server(
      [&](const asked&) { return ++count < 3 ? answer(number, body) : answer(200, "there"); });
  CHECK(quick_client(server).read(odd_object) == "there");
  CHECK(server.requests() == 3);
}

TEST_CASE("errors name bucket, key, status and request id, and exit codes tell what to do") {
  int status = 0;
  std::string code;
  const loopback_server server(
      [&](const asked&) { return answer(status, failure(code), {"x-amz-request-id: ID7"}); });
  const auto reading = [&](int number, const char* name) {
    status = number;
    code = name;
    return [&server] { (void)quick_client(server).read(odd_object); };
  };
  const std::string where = odd_object.shown() + ": cannot read: ";
  CHECK(message_of<input_missing>(reading(404, "NoSuchKey")) ==
        where + "404 NoSuchKey: Told so, request id ID7");
  CHECK(message_of<configuration_error>(reading(403, "AccessDenied")) ==
        where +
            "403 AccessDenied: Told so, request id ID7 (without s3:ListBucket, so does an object "
            "that is not there)");
  CHECK(message_of<configuration_error>(reading(403, "SignatureDoesNotMatch")) ==
        where + "403 SignatureDoesNotMatch: Told so, request id ID7");
  CHECK(message_of<io_error>(reading(400, "InvalidRequest")) ==
        where + "400 InvalidRequest: Told so, request id ID7");
  CHECK(message_of<service_unavailable>(reading(503, "SlowDown")) ==
        where + "503 SlowDown: Told so, request id ID7, after 4 attempts");
  status = 404;
  code = "NoSuchBucket";
  CHECK(message_of<cannot_create>([&] { quick_client(server).write(odd_object, "x"); }) ==
        odd_object.shown() + ": cannot write: 404 NoSuchBucket: Told so, request id ID7");
}

TEST_CASE("a transfer that breaks goes on where it broke, if the object is still the same") {
  const std::string content(1000, 'x');
  std::vector<std::string> ranges;
  bool changed = false;
  const loopback_server server([&](const asked& request) {
    const auto range = request.headers.find("range");
    if (range == request.headers.end()) {
      const std::string whole =
          answer(200, content, {"ETag: \"e1\"", "x-amz-meta-sha256: " + sha256(content)});
      return ranges.size() == 1 && changed ? whole : whole.substr(0, whole.size() - 400);
    }
    ranges.push_back(range->second + " " + request.headers.at("if-match"));
    return changed ? answer(412, "") : answer(206, content.substr(600));
  });
  CHECK(quick_client(server).read(odd_object) == content);
  CHECK(ranges == std::vector<std::string>{"bytes=600- \"e1\""});
  ranges.clear();
  changed = true;
  CHECK(quick_client(server).read(odd_object) == content);  // read anew
}

TEST_CASE("a damaged body is noticed by SHA-256 or ETag and read again") {
  const std::string seal = GENERATE(as<std::string>{}, "x-amz-meta-sha256: " + sha256("content"),
                                    "ETag: \"9a0364b9e99bb480dd25e1f0284c8555\"");
  int count = 0;
  const loopback_server server(
      [&](const asked&) { return answer(200, ++count < 3 ? "c0ntent" : "content", {seal}); });
  CHECK(quick_client(server).read(odd_object) == "content");
  count = -10;
  CHECK(message_of<service_unavailable>([&] { (void)quick_client(server).read(odd_object); }) ==
        odd_object.shown() + ": cannot read: damaged on its way, request id ");
}

TEST_CASE("a bucket elsewhere, a clock that is off and expired keys are seen to") {
  std::vector<std::string> credentials;
  std::vector<std::string> dates;
  const loopback_server server([&](const asked& request) -> std::string {
    credentials.push_back(request.headers.at("authorization"));
    dates.push_back(request.headers.at("x-amz-date"));
    switch (credentials.size()) {
      case 1: return answer(301, failure("PermanentRedirect"), {"x-amz-bucket-region: eu-west-3"});
      case 2:
        return answer(403, failure("RequestTimeTooSkewed"),
                      {"Date: Sun, 06 Nov 1994 08:49:37 GMT"});
      case 3: return answer(400, failure("ExpiredToken"));
      default: return answer(200, "content");
    }
  });
  CHECK(quick_client(server).read(odd_object) == "content");
  REQUIRE(credentials.size() == 4);
  CHECK(credentials[0].find("/us-east-1/s3/") != std::string::npos);
  CHECK(credentials[1].find("/eu-west-3/s3/") != std::string::npos);
  CHECK(dates[2].starts_with("19941106T0849"));
}

TEST_CASE("large objects go in parts, and a failed upload is taken back") {
  std::map<int, std::string> parts;
  std::string manifest;
  bool refuse = false;
  bool aborted = false;
  const loopback_server server([&](const asked& request) -> std::string {
    if (request.method == "DELETE") {
      aborted = true;
      return answer(204, "");
    }
    if (request.target.ends_with("?uploads="))
      return answer(200, "<R><UploadId>U&amp;1</UploadId></R>");
    CHECK(request.target.find("uploadId=U%261") != std::string::npos);
    if (request.method == "PUT") {
      if (refuse) return answer(403, failure("AccessDenied"));
      parts[request.target[request.target.find("partNumber=") + 11] - '0'] = request.body;
      return answer(200, "", {"ETag: \"t\""});
    }
    manifest = request.body;
    return answer(200, "<CompleteMultipartUploadResult/>");
  });
  s3_client client = quick_client(server, {.multipart_from = 10, .part = 4});
  client.write(odd_object, "0123456789a");
  CHECK(parts == std::map<int, std::string>{{1, "0123"}, {2, "4567"}, {3, "89a"}});
  CHECK(manifest.find("<Part><PartNumber>3</PartNumber><ETag>\"t\"</ETag></Part>") !=
        std::string::npos);
  CHECK_FALSE(aborted);
  refuse = true;
  CHECK_THROWS_AS(client.write(odd_object, "0123456789a"), configuration_error);
  CHECK(aborted);
}

TEST_CASE("what comes in pieces goes in parts, the one with the head last") {
  std::vector<std::string> seen;  // what was asked for, and with what
  std::string mark;
  bool loses_answer = false;
  const loopback_server server([&](const asked& request) -> std::string {
    if (request.method == "HEAD") {
      return loses_answer ? answer(200, "", {"x-amz-meta-upload: " + mark}) : answer(404, "");
    }
    const std::size_t query = std::min(request.target.find('?'), request.target.size());
    seen.push_back(request.method + request.target.substr(query) + " " + request.body);
    if (request.method == "POST" && request.body.empty()) {
      CHECK(request.header("x-amz-meta-upload").size() == 32);
      mark = request.header("x-amz-meta-upload");
      return answer(200, "<R><UploadId>7</UploadId></R>");
    }
    if (request.method == "PUT") return answer(200, "", {"ETag: \"t\""});
    if (request.method == "DELETE") return answer(204, "");
    if (mark.empty()) return answer(404, failure("NoSuchUpload"));
    return loses_answer ? answer(404, failure("NoSuchUpload")) : answer(200, "<R/>");
  });
  s3_client client = quick_client(server, {.part = 4});
  const auto write = [&](const std::vector<std::string>& pieces, const std::string& head) {
    seen.clear();
    client.write_by(odd_object, head.size(), [&](const piece_taker& append) {
      for (const std::string& piece : pieces) append(piece);
      return head;
    });
    return seen;
  };
  const std::string completed =
      "POST?uploadId=7 <CompleteMultipartUpload>"
      "<Part><PartNumber>1</PartNumber><ETag>\"t\"</ETag></Part>"
      "<Part><PartNumber>2</PartNumber><ETag>\"t\"</ETag></Part>"
      "<Part><PartNumber>3</PartNumber><ETag>\"t\"</ETag></Part></CompleteMultipartUpload>";
  using lines = std::vector<std::string>;
  CHECK(write({"ab", "c"}, "") == lines{"PUT abc"});
  CHECK(write({"cd"}, "ab") == lines{"PUT abcd"});
  CHECK(write({}, "") == lines{"PUT "});
  CHECK(write({"abc", "defg", "", "hi"}, "") ==
        lines{"POST?uploads= ", "PUT?partNumber=1&uploadId=7 abcd",
              "PUT?partNumber=2&uploadId=7 efgh", "PUT?partNumber=3&uploadId=7 i", completed});
  const lines headed{"POST?uploads= ", "PUT?partNumber=2&uploadId=7 efgh",
                     "PUT?partNumber=3&uploadId=7 ijkl", "PUT?partNumber=1&uploadId=7 abcd",
                     completed};
  CHECK(write({"cdefghijkl"}, "ab") == headed);
  loses_answer = true;
  CHECK(write({"cdefghijkl"}, "ab") == headed);
  loses_answer = false;

  seen.clear();
  CHECK(message_of<data_error>([&] {
          client.write_by(odd_object, 0, [](const piece_taker& append) -> std::string {
            append("abcde");
            throw data_error("no more");
          });
        }) == "no more");
  CHECK(seen == lines{"POST?uploads= ", "PUT?partNumber=1&uploadId=7 abcd", "DELETE?uploadId=7 "});
}

TEST_CASE("a listing comes page by page, its keys decoded") {
  const loopback_server server([](const asked& request) {
    if (request.target.find("continuation-token=next%2F") == std::string::npos) {
      CHECK(request.target.find("prefix=out%2F") != std::string::npos);
      return answer(200,
                    "<L><Contents><Key>out/a%2Bb+c</Key></Contents>"
                    "<NextContinuationToken>next/</NextContinuationToken></L>");
    }
    return answer(
        200, "<L><Contents><Key>out/</Key></Contents><Contents><Key>out/z</Key></Contents></L>");
  });
  CHECK(quick_client(server).list(location("s3://bucket/out")) ==
        std::vector<std::string>{"a+b c", "z"});
}

TEST_CASE("a listing whose server repeats a page is an error, not endless") {
  const std::string next = GENERATE("same", "same or other");
  int pages = 0;
  const loopback_server server([&](const asked&) {
    const std::string token = next + (next == "same" ? "" : std::to_string(++pages % 3));
    return answer(200, "<L><Contents><Key>out/a</Key></Contents><NextContinuationToken>" + token +
                           "</NextContinuationToken></L>");
  });
  CHECK(message_of<io_error>([&] {
          (void)quick_client(server).list(location("s3://bucket/out"));
        }) == "s3://bucket/out: cannot list: the server repeats a page");
  CHECK(server.requests() < 6);
}

TEST_CASE("the digest beside an object may be in upper case, or be something else") {
  std::string beside = "a digest in base64==";
  if (GENERATE(true, false)) {
    beside = sha256("content");
    for (char& c : beside) c = static_cast<char>(std::toupper(c));
  }
  const loopback_server server(
      [&](const asked&) { return answer(200, "content", {"X-Amz-Meta-Sha256: " + beside}); });
  CHECK(quick_client(server).read(odd_object) == "content");
}

TEST_CASE("a read has one number of attempts, whatever goes wrong") {
  int count = 0;
  const loopback_server server([&](const asked&) {
    return ++count % 2 == 0 ? answer(200, "c0ntent", {"x-amz-meta-sha256: " + sha256("content")})
                            : answer(503, failure("SlowDown"));
  });
  CHECK_THROWS_AS(quick_client(server).read(odd_object), service_unavailable);
  CHECK(server.requests() == 4);
}

TEST_CASE("an object is there if the listing of its key begins with it") {
  std::string first;
  const loopback_server server([&](const asked& request) {
    CHECK(request.target ==
          "/bucket/?encoding-type=url&list-type=2&max-keys=1&"
          "prefix=a%20key%2B%C3%A4.bin");
    return answer(200, first);
  });
  CHECK_FALSE(quick_client(server).exists(odd_object));
  first = "<L><Contents><Key>a+key%2B%C3%A4.bin2</Key></Contents></L>";
  CHECK_FALSE(quick_client(server).exists(odd_object));
  first = "<L><Contents><Key>a+key%2B%C3%A4.bin</Key></Contents></L>";
  CHECK(quick_client(server).exists(odd_object));
}

TEST_CASE("addresses are virtual-hosted at AWS, in the path elsewhere and for dotted buckets") {
  CHECK(address_of({}, "bucket", "eu-west-1").origin ==
        "https://bucket.s3.eu-west-1.amazonaws.com");
  CHECK(address_of({}, "bucket", "eu-west-1").path == "/");
  const s3_address dotted = address_of({}, "a.b", "cn-north-1");
  CHECK(dotted.origin + dotted.path == "https://s3.cn-north-1.amazonaws.com.cn/a.b/");
  const s3_address own = address_of({.endpoint = "http://h:9/p/"}, "bucket", "r");
  CHECK(own.origin + own.path == "http://h:9/p/bucket/");
  CHECK(own.host == "h:9");
  CHECK(address_of({.endpoint = "https://h", .addressing = "virtual"}, "b", "r").origin ==
        "https://b.h");
  CHECK(make_s3_settings({{"AWS_ENDPOINT_URL", "https://a"}, {"AWS_ENDPOINT_URL_S3", "https://b/"}})
            .endpoint == "https://b");
  CHECK(make_s3_settings({{"AWS_REGION", "r1"}, {"AWS_DEFAULT_REGION", "r2"}}).region == "r1");
  CHECK(message_of<configuration_error>([] {
          (void)make_s3_settings({{"AWS_ENDPOINT_URL", "h:9"}});
        }) ==
        "the S3 endpoint must be https://HOST[:PORT][/PATH], without user, password or query, got "
        "'h:9'");
}

TEST_CASE("each partition of AWS has its hosts, and a region is no place to write a host") {
  const auto host = [](const char* region) { return address_of({}, "b", region).host; };
  CHECK(host("us-gov-west-1") == "b.s3.us-gov-west-1.amazonaws.com");
  CHECK(host("cn-northwest-1") == "b.s3.cn-northwest-1.amazonaws.com.cn");
  CHECK(host("us-iso-east-1") == "b.s3.us-iso-east-1.c2s.ic.gov");
  CHECK(host("us-isob-east-1") == "b.s3.us-isob-east-1.sc2s.sgov.gov");
  CHECK(host("eusc-de-east-1") == "b.s3.eusc-de-east-1.amazonaws.eu");
  for (const char* region : {"localhost:9/", "a.b", "EU", "x#", "a b", "@h"}) {
    CHECK_THROWS_AS(host(region), configuration_error);
    CHECK_THROWS_AS(make_s3_settings({{"AWS_REGION", region}}), configuration_error);
  }
}

TEST_CASE("no request goes to a host that a region's or a bucket's name spells") {
  const std::string region = "localhost:9/";
  CHECK(message_of<configuration_error>([&] { (void)address_of({}, "bucket", region); }) ==
        "the AWS region must be lower-case letters, digits and hyphens, such as eu-west-1, got "
        "'localhost:9/'");
  CHECK(message_of<usage_error>([] {
          (void)location("s3://2130706433:18443#/m.h5");
        }).find("found a bucket with other than") != std::string::npos);
  // Nor to one that an answer names.
  const loopback_server elsewhere([](const asked&) { return answer(200, "there"); });
  const loopback_server server([&](const asked&) {
    return answer(400, failure("AuthorizationHeaderMalformed"),
                  {"x-amz-bucket-region: " + elsewhere.url().substr(7) + "/"});
  });
  CHECK(message_of<configuration_error>([&] {
          (void)quick_client(server).read(odd_object);
        }).find("400 AuthorizationHeaderMalformed") != std::string::npos);
  CHECK(server.requests() == 1);
  CHECK(elsewhere.requests() == 0);
}

TEST_CASE("no more is kept of an answer than its limit, be it an object, a page, keys or headers") {
  const std::string long_body(std::size_t{2} << 20, 'x');
  const loopback_server server([&](const asked& request) {
    if (request.target != "/headers") return answer(200, long_body);
    const std::string header = "x-a: " + std::string(10'000, 'x');
    return answer(200, "", std::vector<std::string>(40, header));
  });
  const read_limit limit{.bytes = std::uint64_t{1} << 20};
  CHECK(message_of<data_error>([&] { (void)quick_client(server).read(odd_object, limit); }) ==
        odd_object.shown() + ": expected at most 1048576 bytes, found more");
  CHECK(quick_client(server).read(odd_object) == long_body);
  const web_client web(environment_map{{"AWS_MAX_ATTEMPTS", "1"}});
  CHECK(message_of<data_error>([&] { (void)web.read(server.url() + "/page", limit); }) ==
        server.url() + "/page: expected at most 1048576 bytes, found more");
  CHECK(message_of<io_error>([&] { (void)web.read(server.url() + "/headers"); }) ==
        server.url() + "/headers: cannot read: the response's headers are too long");
  credential_chain chain({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url() + "/keys"},
                          {"AWS_EC2_METADATA_DISABLED", "true"}});
  CHECK(message_of<configuration_error>([&] { (void)chain.get(); }) ==
        "no AWS credentials from the container's credential endpoint: the response is too long");
}

TEST_CASE("a URL is read, a presigned one written, and its signature stays out of messages") {
  std::string stored;
  int status = 200;
  const loopback_server server([&](const asked& request) {
    if (request.target == "/moved") return answer(302, "", {"Location: /file"});
    if (request.method == "PUT") stored = request.body;
    return answer(status, "content");
  });
  const web_client client(environment_map{{"AWS_MAX_ATTEMPTS", "1"}});
  CHECK(client.read(location(server.url() + "/moved")) == "content");
  const location presigned = location(server.url() + "/m.h5?X-Amz-Signature=secret");
  client.write(presigned, "weights");
  CHECK(stored == "weights");
  status = 403;
  CHECK(message_of<configuration_error>([&] { client.write(presigned, "x"); }) ==
        server.url() + "/m.h5: cannot write: 403");
  status = 503;
  CHECK(message_of<service_unavailable>([&] { (void)client.read(presigned); }) ==
        server.url() + "/m.h5: cannot read: 503, after 1 attempt");
  status = 404;
  CHECK_THROWS_AS(client.read(presigned), input_missing);
}

TEST_CASE("a URL is read in pieces, each byte once, however often the transfer breaks") {
  const std::string content(std::size_t{1} << 16, 'x');
  std::vector<std::string> ranges;
  std::string tag;  // of the server's file, where it tells one
  std::string now = content;
  int breaks = 0;
  const loopback_server server([&](const asked& request) -> std::string {
    if (request.target != "/file") return answer(404, "");
    const std::string range = request.header("range");
    ranges.push_back(range + " " + request.header("if-range"));
    const bool goes_on = !range.empty() && request.header("if-range") == tag;
    const std::size_t first = goes_on ? std::stoul(range.substr(6)) : 0;
    if (goes_on && first == now.size()) return answer(416, "");
    const std::vector<std::string> headers =
        tag.empty() ? std::vector<std::string>{} : std::vector<std::string>{"ETag: " + tag};
    const std::string whole = answer(goes_on ? 206 : 200, now.substr(first), headers);
    return whole.substr(0, whole.size() - (breaks-- > 0 ? 1000 : 0));
  });
  const web_client client(environment_map{}, quickly);
  const auto read = [&](const std::string& path) {
    ranges.clear();
    std::string all;
    client.read(location(server.url() + path), [&](std::string_view piece) { all += piece; });
    return all;
  };
  CHECK(read("/file") == content);
  CHECK(ranges == std::vector<std::string>{" "});
  const std::string first_tag = GENERATE(as<std::string>{}, "", "\"e1\"", "W/\"e1\"");
  tag = first_tag;
  breaks = 2;
  CHECK(read("/file") == content);
  CHECK(ranges.size() == 3);
  CHECK(ranges[1] == (tag == "\"e1\"" ? "bytes=64536- \"e1\"" : " "));
  breaks = 4;
  CHECK(message_of<service_unavailable>([&] { (void)read("/file"); })
            .ends_with("/file: cannot read: transfer closed with 1000 bytes remaining to read, "
                       "after 4 attempts"));
  CHECK_THROWS_AS(read("/none"), input_missing);

  // Another content, or a shorter one, in the second attempt.
  for (const std::string& other : {std::string(content.size(), 'y'), std::string(10, 'x')}) {
    now = content;
    tag = first_tag;
    breaks = 1;
    CHECK(message_of<io_error>([&] {
            client.read(location(server.url() + "/file"), [&](std::string_view) {
              now = other;
              if (!tag.empty()) tag = "\"e2\"";
            });
          }) == server.url() + "/file: changed while it was read");
  }
}

#endif
