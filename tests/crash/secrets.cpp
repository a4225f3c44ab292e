// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Secrets are planted in every place that the program takes them from, and looked for in every file
// and object that it writes, in what it prints, and in each kind of error.

#if defined(SWEEPNET_HAS_S3) && defined(SWEEPNET_HAS_LIBZIP)

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "../storage/loopback.hpp"
#include "data_files.hpp"
#include "process.hpp"
#include "support.hpp"
#include "sweepnet/storage/aws/sha256.hpp"

using testing::answer;
using testing::asked;

namespace {

using words = std::vector<std::string>;

/// Part of every secret, and of nothing else.
const std::string planted = "planted";

/// Whether a text holds a secret: as it is, in base64 at each alignment, or in hexadecimal.
bool leaks(const std::string& text) {
  const std::string lower = sweepnet::lowercase(text);
  for (const char* form : {"planted", "706c616e746564"}) {
    if (lower.find(form) != lower.npos) return true;
  }
  for (const char* form : {"cGxhbnRlZ", "BsYW50ZW", "wbGFudGVk"}) {
    if (text.find(form) != text.npos) return true;
  }
  return false;
}

/// A web server with a password, a presigned place to write to, S3 and STS, all in one.
class secret_services {
 public:
  secret_services() {
    const sweepnet::dataset data = testing::random_dataset(64, 16, 4);
    const auto pixels = [](const sweepnet::labelled_rows& rows) {
      const auto bytes = rows.features.as<std::uint8_t>();
      return testing::npy("|u1", "(" + std::to_string(rows.rows()) + ", 16)",
                          {bytes.begin(), bytes.end()});
    };
    const auto labels = [](const sweepnet::labelled_rows& rows) {
      return testing::npy("|u1", "(" + std::to_string(rows.rows()) + ",)",
                          {rows.labels.begin(), rows.labels.end()});
    };
    files["/web/data.npz"] = testing::zip({{"x_train.npy", pixels(data.train)},
                                           {"y_train.npy", labels(data.train)},
                                           {"x_test.npy", pixels(data.validation)},
                                           {"y_test.npy", labels(data.validation)}},
                                          false);
    files["/web/sweep.yml"] = "- {epochs: 2, hidden_nodes: [8]}\n";
    files["/bucket/data.npz"] = files["/web/data.npz"];
    files["/bucket/sweep.yml"] = files["/web/sweep.yml"];
  }

  [[nodiscard]] std::string port() const {
    return server_.url().substr(server_.url().rfind(':') + 1);
  }
  /// A place of the web server, with a password and a signature.
  [[nodiscard]] std::string url(const std::string& path, const std::string& user = "bob") const {
    return "http://" + user + ":" + planted + "-1@127.0.0.1:" + port() + path +
           "?X-Amz-Signature=" + planted + "-2#" + planted;
  }

  std::map<std::string, std::string> files{};  ///< what is there, by path
  int status = 0;                              ///< not 0: of every answer
  std::string body{};                          ///< with `status`

 private:
  std::string handle(const asked& request) {
    std::string path = request.target.substr(0, request.target.find('?'));
    if (path.starts_with("http://")) path.erase(0, path.find('/', 7));  // as a proxy is asked
    const auto has = [&](const char* header, const std::string& value) {
      const auto found = request.headers.find(header);
      return found != request.headers.end() && found->second.find(value) != std::string::npos;
    };
    if (status != 0) return answer(status, body);
    if (request.method == "POST" && path == "/") {
      return answer(200,
                    "<R><AccessKeyId>AKID</AccessKeyId><SecretAccessKey>" + planted +
                        "-sts</SecretAccessKey><SessionToken>" + planted +
                        "-token</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration></R>");
    }
    const bool web = path.starts_with("/web/");
    const bool known =
        web ? has("authorization", "Basic ") && request.target.find(planted) != request.target.npos
            : has("authorization", "AWS4-HMAC-SHA256 Credential=AKID");
    if (!known) return answer(401, "");
    if (request.method == "PUT") {
      files[path] = request.body;
      return answer(200, "", {"ETag: \"" + sweepnet::storage::sha256(request.body) + "\""});
    }
    if (request.method == "DELETE") {
      files.erase(path);
      return answer(204, "");
    }
    if (request.target.find("list-type=2") != request.target.npos)
      return answer(200, listing(request));
    const auto file = files.find(path);
    if (file == files.end()) return answer(404, "<Error><Code>NoSuchKey</Code></Error>");
    return answer(200, request.method == "HEAD" ? "" : file->second,
                  {"ETag: \"" + sweepnet::storage::sha256(file->second) + "\"",
                   "x-amz-meta-sha256: " + sweepnet::storage::sha256(file->second)});
  }

  [[nodiscard]] std::string listing(const asked& request) const {
    std::string prefix = request.target.substr(request.target.find("prefix=") + 7);
    prefix = prefix.substr(0, prefix.find('&'));
    while (prefix.find("%2F") != prefix.npos) prefix.replace(prefix.find("%2F"), 3, "/");
    std::string keys;
    for (const auto& [path, content] : files) {
      const std::string bucket = "/bucket/";
      if (!path.starts_with(bucket + prefix)) continue;
      keys += "<Contents><Key>" + path.substr(bucket.size()) + "</Key></Contents>";
    }
    return "<ListBucketResult><IsTruncated>false</IsTruncated>" + keys + "</ListBucketResult>";
  }

  testing::loopback_server server_{[this](const asked& request) { return handle(request); }};
};

/// The program in a directory of its own, with nothing in its environment but what a test gives.
class secret_site {
 public:
  secret_site() {
    for (const char* name : {"work", "home"})
      std::filesystem::create_directory(place_.path() / name);
  }

  /// Runs a command line, and looks for secrets in all that it printed and wrote. The exit code.
  int run(const words& arguments, const words& variables = {}) {
    words line{"/usr/bin/env",
               "-i",
               "HOME=" + (place_ / "home"),
               "AWS_EC2_METADATA_DISABLED=true",
               "AWS_MAX_ATTEMPTS=1",
               "AWS_ENDPOINT_URL=http://127.0.0.1:" + services.port()};
    line.insert(line.end(), variables.begin(), variables.end());
    const words shell{"/bin/sh", "-c", R"(cd "$0" && exec "$@" >../out)", place_ / "work",
                      SWEEPNET_PROGRAM};
    line.insert(line.end(), shell.begin(), shell.end());
    line.insert(line.end(), arguments.begin(), arguments.end());
    const testing::ending ending = testing::process(line, {}, place_ / "err").wait();
    out = testing::read_file(place_ / "out");
    err = ending.err;
    CAPTURE(arguments, variables, ending.code, out, err);
    CHECK(ending.signal == 0);
    CHECK_FALSE(leaks(out));
    CHECK_FALSE(leaks(err));
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(place_.path() / "work")) {
      if (entry.is_directory()) continue;
      CAPTURE(entry.path());
      CHECK_FALSE(leaks(entry.path().string()));
      CHECK_FALSE(leaks(testing::read_file(entry.path())));
    }
    for (const auto& [path, content] : services.files) {
      CAPTURE(path);
      CHECK_FALSE(leaks(path));
      CHECK_FALSE(leaks(content));
    }
    return ending.code;
  }
  /// The same for a command line that must fail with this exit code.
  void fail(int code, const words& arguments, const words& variables = {}) {
    const int found = run(arguments, variables);
    CAPTURE(arguments, variables, err);
    CHECK(found == code);
    CHECK_FALSE(err.empty());
  }

  [[nodiscard]] std::string home(const std::string& name) const {
    return place_ / ("home/" + name);
  }
  [[nodiscard]] std::string work(const std::string& name) const {
    return place_ / ("work/" + name);
  }
  void remove(const std::string& name) const {
    std::filesystem::remove(place_.path() / "work" / name);
  }

  secret_services services{};
  std::string out{};
  std::string err{};

 private:
  testing::temporary_directory place_{};
};

const words keys{"AWS_ACCESS_KEY_ID=AKID", "AWS_SECRET_ACCESS_KEY=" + planted + "-key",
                 "AWS_SESSION_TOKEN=" + planted + "-token"};

#if defined(SWEEPNET_HAS_HDF5)
const std::string model = "model_0.h5";
#else
const std::string model = "model_0.safetensors";
#endif

}  // namespace

TEST_CASE("passwords and signatures of sweep, data and models stay in the process") {
  secret_site site;
  const std::string sweep = site.services.url("/web/sweep.yml", "alice");
  const std::string data = site.services.url("/web/data.npz");
  const words train{"train", sweep, "--data", data, "--csv-log", "--keep-state", "--verbose", "2"};
  REQUIRE(site.run(train) == 0);
  CHECK(site.run({"inspect", model}) == 0);
  CHECK(site.run({"inspect", model, "--json"}) == 0);
  CHECK(site.run({"status", ".", "--sweep", sweep, "--verify"}) == 0);
  CHECK(site.run({"plan", sweep, "--data", data}) == 0);
  CHECK(site.run({"train", "--help"}, {"SWEEPNET_SWEEP=" + sweep, "SWEEPNET_DATA=" + data}) == 0);

  // The same data behind another password and another signature is the same run.
  words others = train;
  others[1] = site.services.url("/web/sweep.yml", "carol") + "-3";
  others[3] = "http://eve:" + planted + "-9@127.0.0.1:" + site.services.port() +
              "/web/data.npz?token=" + planted + "-8";
  CHECK(site.run(others) == 0);
  CHECK(site.out.find("paramset 0 is finished") != std::string::npos);
  site.remove("result_0.json");
  site.remove(model);
  CHECK(site.run(others) == 0);
  CHECK(site.out.find("Resuming after epoch 2") != std::string::npos);

  site.services.files["/web/" + model] = testing::read_file(site.work(model));
  const std::string there = site.services.url("/web/" + model);
  CHECK(site.run({"inspect", there}) == 0);
  CHECK(site.run({"inspect", there, "--json"}) == 0);
  CHECK(site.run({"evaluate", there, "--data", data, "--predictions", "p.npy"}) == 0);
  CHECK(site.run({"export", there, site.services.url("/web/out.safetensors")}) == 0);
  CHECK(site.services.files.contains("/web/out.safetensors"));
}

TEST_CASE("a proxy's password stays in the process") {
  secret_site site;
  const std::string sweep =
      "http://alice:" + planted + "@elsewhere.invalid/web/sweep.yml?" + planted;
  const words proxy{"http_proxy=http://pat:" + planted + "@127.0.0.1:" + site.services.port(),
                    "SWEEPNET_ALLOW_PLAIN_HTTP=1"};
  CHECK(site.run({"train", sweep, "--data", site.services.url("/web/data.npz"), "--keep-state"},
                 proxy) == 0);
  site.services.status = 407;
  site.fail(74, {"train", sweep}, proxy);
}

TEST_CASE("a presigned model_path stays in the process") {
  secret_site site;
  const std::string target = site.services.url("/web/model_{index}.safetensors");
  testing::write_file(site.home("sweep.yml"),
                      "- {epochs: 1, hidden_nodes: [8], model_path: \"" + target + "\"}\n");
  const words train{
      "train",           site.home("sweep.yml"), "--data",    site.services.url("/web/data.npz"),
      "--allow-outside", "--keep-state",         "--verbose", "2"};
  site.fail(65, {"train", site.home("sweep.yml")});  // who wrote the sweep does not decide that
  REQUIRE(site.run(train) == 0);
  CHECK(site.services.files.contains("/web/model_0.safetensors"));
  CHECK(site.run(train) == 0);
  CHECK(site.run({"plan", site.home("sweep.yml"), "--allow-outside"}) == 0);
  CHECK(site.run({"status", ".", "--sweep", site.home("sweep.yml")}) == 0);
}

TEST_CASE("keys and tokens of AWS stay in the process, whatever source they come from") {
  secret_site site;
  const std::string token = site.home("token");
  testing::write_file(token, planted + "-web-identity\n");
  testing::write_file(site.home(".aws/credentials"),
                      "[dev]\naws_access_key_id = AKID\naws_secret_access_key = " + planted +
                          "\naws_session_token = " + planted + "\n");
  for (const words& source :
       {keys, words{"AWS_WEB_IDENTITY_TOKEN_FILE=" + token, "AWS_ROLE_ARN=arn:aws:iam::1:role/r"},
        words{"AWS_PROFILE=dev"}}) {
    REQUIRE(site.run({"train", "s3://bucket/sweep.yml", "--data", "s3://bucket/data.npz",
                      "--output", "s3://bucket/out", "--csv-log", "--keep-state", "--start-over"},
                     source) == 0);
    CHECK(site.services.files.contains("/bucket/out/" + model));
    CHECK(site.run({"status", "s3://bucket/out", "--verify"}, source) == 0);
    CHECK(site.run({"inspect", "s3://bucket/out/" + model}, source) == 0);
    site.fail(66, {"inspect", "s3://bucket/out/none.h5"}, source);
    site.services.status = 403;
    site.services.body =
        "<Error><Code>InvalidToken</Code><Message>The token is malformed</Message>"
        "<Token-0>" +
        planted + "-token</Token-0></Error>";
    site.fail(78, {"inspect", "s3://bucket/out/" + model}, source);
    site.services.status = 503;
    site.fail(69, {"inspect", "s3://bucket/out/" + model}, source);
    site.services.status = 0;
  }
}

TEST_CASE("no error of a service or of its files tells a secret") {
  secret_site site;
  const std::string sweep = site.services.url("/web/sweep.yml");
  const std::string data = site.services.url("/web/data.npz");
  const std::string output = site.work("out");
  for (const auto& [status, code] :
       {std::pair(404, 66), {401, 78}, {403, 78}, {500, 69}, {400, 74}}) {
    site.services.status = status;
    site.fail(code, {"train", sweep, "--output", output});
    site.fail(code, {"train", site.home("sweep.yml"), "--data", data, "--output", output});
    site.fail(code, {"evaluate", site.services.url("/web/m.h5")});
    site.fail(code, {"status", output, "--sweep", sweep});
    testing::write_file(site.home("sweep.yml"), "- {epochs: 1}\n");
  }
  site.services.status = 200;
  site.services.body = "- {epochs: 0}\n";
  site.fail(65, {"train", sweep});
  site.fail(65, {"plan", sweep});
  site.fail(65, {"train", site.home("sweep.yml"), "--data", data, "--output", output});
  for (const char* form : {"h5", "keras", "safetensors"}) {
    site.fail(65, {"inspect", site.services.url(std::string("/web/m.") + form)});
  }
  site.fail(64, {"inspect", site.services.url("/web/m.onnx")});
  site.fail(64, {"inspect", site.services.url("/web/m.txt")});
  site.services.status = 0;
  site.fail(64, {"train", site.home("sweep.yml"), "--data", data, "--train-rows", "1000"});
  site.fail(66, {"train", site.home("sweep.yml"), "--data", site.services.url("/web/data")});
  site.fail(64, {"train", site.home("sweep.yml"), "--output", site.services.url("/web/out")});
  site.fail(64, {"status", site.services.url("/web/out")});
  site.fail(64, {"plan", sweep, "--emit", "slurm", "--output", "o"});
  site.fail(64,
            {"plan", site.home("sweep.yml"), "--data", data, "--emit", "slurm", "--output", "o"});

  site.fail(69, {"train", "http://bob:" + planted + "@127.0.0.1:1/s.yml?" + planted});
  site.fail(69, {"train", "https://bob:" + planted + "@no-host.invalid/s.yml?" + planted});
  for (const std::string& proxy :
       words{"http://pat:" + planted + "@127.0.0.1:1", "pat:" + planted + "@h:x",
             "gopher://pat:" + planted + "@h", "http://pat:" + planted + " x@h:1"}) {
    (void)site.run({"train", "http://no-host.invalid/s.yml"},
                   {"http_proxy=" + proxy, "https_proxy=" + proxy, "all_proxy=" + proxy});
    CHECK_FALSE(site.err.empty());
  }
}

TEST_CASE("no complaint about a command line or a sweep file tells a secret") {
  secret_site site;
  const std::string sweep = site.home("sweep.yml");
  testing::write_file(sweep, "- {epochs: 1}\n");
  words urls{"http://bob:" + planted + "@/x?" + planted, "gs://bob:" + planted + "@h/x?" + planted,
             "s3://id:" + planted + "@bucket/x",         "http://bob:pa/" + planted + "@h/x",
             "http://bob:a " + planted + "@h/x",         "http://bob:" + planted + "@h:port/x"};
  words places = urls;
  urls.resize(testing::cases<std::size_t>(6, 2));
  places.push_back("https:/bob:" + planted + "@h/x");
  for (const std::string& place : places) {
    site.fail(64, {"train", place});
    site.fail(64, {"train", sweep, "--data", place});
    site.fail(64, {"train", sweep, "--output", place});
    site.fail(64, {"inspect", place + ".h5"});
    site.fail(64, {"status", place});
  }
  for (const std::string& url : urls) {
    for (const words& line : {words{"train", sweep, url},
                              {url},
                              {"train", sweep, "--" + url},
                              {"train", sweep, "--index", url},
                              {"train", sweep, "--set", url},
                              {"train", sweep, "--set", "epochs=" + url},
                              {"train", sweep, "--set", "epoch=" + url},
                              {"train", sweep, "--set", "optimizer=" + url},
                              {"train", sweep, "--device", url},
                              {"train", sweep, "--scheduler", url},
                              {"plan", sweep, "--emit", url, "--output", "o"}}) {
      site.fail(64, line);
    }
    const std::string quoted = "\"" + url + "\"";
    for (const std::string& text :
         words{"- {epochs: " + quoted + "}", "- {epoch: " + quoted + "}", "- {" + quoted + ": 1}",
               "- {optimizer: " + quoted + "}", "- {model_path: [" + quoted + "]}", "- " + quoted,
               quoted, "- {epochs: \"" + std::string(40, ' ') + url + "\"}"}) {
      testing::write_file(site.home("bad.yml"), text + "\n");
      site.fail(65, {"train", site.home("bad.yml")});
      site.fail(65, {"plan", site.home("bad.yml")});
    }
  }
}

TEST_CASE("no complaint about AWS' settings tells a secret") {
  secret_site site;
  const words read{"inspect", "s3://bucket/m.h5"};
  site.fail(78, read, {"AWS_SECRET_ACCESS_KEY=" + planted});
  site.fail(78, read, {"AWS_ACCESS_KEY_ID=" + planted});
  site.fail(66, read, {"AWS_WEB_IDENTITY_TOKEN_FILE=none", "AWS_ROLE_ARN=r"});
  testing::write_file(site.home("token"), planted + "\n");
  const std::string token = "AWS_WEB_IDENTITY_TOKEN_FILE=" + site.home("token");
  site.fail(78, read, {token});
  site.services.status = 400;
  site.services.body =
      "<Error><Code>InvalidIdentityToken</Code><Message>" + planted + "</Message></Error>";
  site.fail(78, read, {token, "AWS_ROLE_ARN=r"});
  site.services.status = 0;
  site.fail(78, read,
            {"AWS_CONTAINER_CREDENTIALS_FULL_URI=http://u:" + planted + "@h/x?" + planted});
  site.fail(78, read,
            {"AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:" + site.services.port(),
             "AWS_CONTAINER_AUTHORIZATION_TOKEN=" + planted + "\n" + planted});
  for (const char* endpoint :
       {"http://u:planted@127.0.0.1:1", "ftp://u:planted@h", "http://h/?planted"}) {
    words variables = keys;
    variables.push_back(std::string("AWS_ENDPOINT_URL_S3=") + endpoint);
    (void)site.run(read, variables);
    CHECK_FALSE(site.err.empty());
  }
  for (const std::string& text :
       words{"aws_secret_access_key = " + planted, "[default]\n" + planted, "[" + planted,
             "[default]\naws_access_key_id = AKID\n",
             "[default]\ncredential_process = x " + planted + "\n",
             "[default]\naws_secret_access_key = " + planted + "\n"}) {
    testing::write_file(site.home(".aws/credentials"), text);
    site.fail(78, read);
  }
}

#endif
