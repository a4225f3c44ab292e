// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Hostile names, paths and options in job files, read back by each format's own reader: bash,
// yaml-cpp and nlohmann-json.

#include <yaml-cpp/yaml.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "catch.hpp"
#include "support.hpp"
#include "sweepnet/app/job_file.hpp"
#include "sweepnet/describe/json.hpp"

using namespace sweepnet::app;
using sweepnet::ordered_json;
using sweepnet::usage_error;
using testing::message_of;

namespace {

using words = std::vector<std::string>;

/// What means something to a shell, to YAML, to JSON, to Slurm, to Kubernetes or to a terminal.
const words hostile{"",
                    " ",
                    "a b",
                    "it's",
                    "'",
                    "''; touch pwned; '",
                    "\"",
                    "\\",
                    "\\'",
                    "\\n",
                    "$(touch pwned)",
                    "`touch pwned`",
                    "${HOME}",
                    "$HOME",
                    "$(HOME)",
                    "$$(HOME)",
                    "$$",
                    "$",
                    "$(",
                    "a\nb",
                    "a\r\nb",
                    "\n",
                    "\n#SBATCH --array=0-9999\n",
                    "\t",
                    "; touch pwned",
                    "| touch pwned",
                    "&& touch pwned",
                    "> pwned",
                    "*",
                    "?",
                    "~",
                    "!!",
                    "{a,b}",
                    "--",
                    "-x",
                    "#",
                    "# x",
                    " #",
                    "key: value",
                    "- a",
                    "{a: b}",
                    "[1, 2]",
                    "*a",
                    "&a",
                    "!!python/object:x",
                    "%j%A",
                    "<<",
                    "---",
                    "...",
                    "true",
                    "null",
                    "1e3",
                    "0x10",
                    "yes",
                    "a,b",
                    "{0}",
                    "{name}",
                    "</script>",
                    "\x01",
                    "\x1b[2J",
                    "\x7f",
                    "b\xC3\xBC"
                    "cher",
                    "\xC2\x85",
                    "\xE2\x80\xA8",
                    "\xE2\x80\xAEgpj.exe",
                    "\xEF\xBB\xBF",
                    "\xEF\xBF\xBF",
                    "\xF0\x9F\x98\x80"};

job_request job_of(const words& arguments) {
  return {.arguments = arguments, .image = "image", .queue = "queue", .definition = "definition"};
}

void make_program(const std::filesystem::path& path, const std::string& script) {
  testing::write_file(path, "#!/bin/bash\n" + script + "\n");
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
}

/// What the program gets when bash runs the script; `place` is its directory.
words arguments_in_bash(const std::string& script, const std::filesystem::path& place) {
  testing::write_file(place / "job.sbatch", script);
  make_program(place / "srun", "shift; exec \"$@\"");
  make_program(place / "stand-in", R"(for word; do printf '%s\0' "$word"; done >arguments)");
  std::filesystem::create_directory(place / "work");
  const std::string in_bash =
      "cd '" + (place / "work").string() +
      "' && env -i HOME=/root PATH=..:/usr/bin:/bin SLURM_CPUS_PER_TASK=2 SWEEPNET=stand-in bash ";
  REQUIRE(std::system((in_bash + "-n ../job.sbatch").c_str()) == 0);
  REQUIRE(std::system((in_bash + "../job.sbatch").c_str()) == 0);
  const std::string bytes = testing::read_file(place / "work/arguments");
  std::filesystem::remove(place / "work/arguments");
  CHECK(std::filesystem::is_empty(place / "work"));  // nothing else has run
  words found;
  for (std::size_t start = 0, end; (end = bytes.find('\0', start)) != bytes.npos; start = end + 1) {
    found.push_back(bytes.substr(start, end - start));
  }
  return found;
}

/// Kubernetes' own rule (third_party/forked/golang/expansion): $(NAME) is a variable's value, $$ a
/// plain $.
std::string expanded(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '$' || i + 1 == text.size()) {
      result += text[i];
    } else if (text[i + 1] == '$') {
      result += text[++i];
    } else if (const std::size_t close = text.find(')', i);
               text[i + 1] == '(' && close != text.npos) {
      result += "a secret of the environment";
      i = close;
    } else {
      result += text[i];
    }
  }
  return result;
}

}  // namespace

TEST_CASE("bash reads every word of a Slurm script as it was given") {
  const testing::temporary_directory place;
  words all = hostile;
  all.push_back("no UTF-8: \xff\xc3");  // a path may be that
  CHECK(arguments_in_bash(job_file(engine::slurm, job_of(all)), place.path()) == all);
}

TEST_CASE("YAML reads every word of a manifest as it was given") {
  job_request job = job_of(hostile);
  job.image = "i\"\n  hostNetwork: true #";
  const YAML::Node manifest = YAML::Load(job_file(engine::kubernetes, job));
  CHECK(manifest.size() == 4);
  CHECK(manifest["spec"].size() == 6);
  const YAML::Node pod = manifest["spec"]["template"]["spec"];
  CHECK(pod.size() == 4);
  REQUIRE(pod["containers"].size() == 1);
  const YAML::Node container = pod["containers"][0];
  CHECK(container.size() == 6);
  CHECK(container["image"].as<std::string>() == job.image);
  words found;
  for (const YAML::Node& word : container["args"]) {
    CHECK(word.Tag() == "!");  // quoted: a string, whatever it looks like
    found.push_back(expanded(word.as<std::string>()));
  }
  CHECK(found == hostile);
}

TEST_CASE("JSON reads every word of an AWS Batch request as it was given") {
  job_request job = job_of(hostile);
  job.queue = "q\", \"x\": \"";
  const ordered_json request = ordered_json::parse(job_file(engine::aws_batch, job));
  CHECK(request["containerOverrides"]["command"].get<words>() == hostile);
  CHECK(request["jobQueue"] == job.queue);
  CHECK(request.size() == 5);
}

TEST_CASE("what a format cannot hold is a usage error, not another word") {
  for (const engine where : {engine::aws_batch, engine::kubernetes}) {
    CHECK(message_of<usage_error>([&] { (void)job_file(where, job_of({"a\xff"})); }) ==
          "\"a\xEF\xBF\xBD\": expected UTF-8, found other bytes");
  }
  CHECK(message_of<usage_error>([] {
          (void)job_file(engine::slurm, job_of({std::string("a\0b", 3)}));
        }) == "a word of a script cannot hold a NUL");
}

TEST_CASE("job names are those that each engine takes") {
  const auto taken = [](engine where, const std::string& name, std::int64_t size = 1) {
    try {
      (void)job_file(where, {.name = name, .size = size});
      return true;
    } catch (const usage_error&) {
      return false;
    }
  };
  for (const engine where : {engine::aws_batch, engine::slurm, engine::kubernetes}) {
    CHECK(taken(where, "sweep-1"));
    CHECK(taken(where, "1e3"));
    for (const std::string& name : hostile) {
      CAPTURE(name);
      const bool plain =
          name == "true" || name == "null" || name == "1e3" || name == "0x10" || name == "yes";
      CHECK(taken(where, name) == plain);
    }
    CHECK_FALSE(taken(where, "-a"));
    CHECK_FALSE(taken(where, "x\ntouch pwned"));
    CHECK_FALSE(taken(where, std::string(1000, 'a')));
  }
  CHECK(taken(engine::aws_batch, std::string(128, 'A')));
  CHECK_FALSE(taken(engine::aws_batch, std::string(129, 'A')));
  CHECK_FALSE(taken(engine::aws_batch, "a.b"));
  CHECK(taken(engine::slurm, "A_b.c-1"));
  CHECK_FALSE(taken(engine::slurm, std::string(65, 'a')));
  CHECK_FALSE(taken(engine::kubernetes, "A"));
  CHECK_FALSE(taken(engine::kubernetes, "a-"));
  CHECK_FALSE(taken(engine::kubernetes, "a_b"));
  // The host NAME-INDEX of the last pod has 63 characters.
  CHECK(taken(engine::kubernetes, std::string(58, 'a'), 1001));
  CHECK_FALSE(taken(engine::kubernetes, std::string(59, 'a'), 1001));
  CHECK(message_of<usage_error>([] { (void)job_file(engine::slurm, {.name = "x\nrm -r ~"}); }) ==
        "a job's name for slurm must be 1 to 64 of letters, digits, -, _ and ., a letter or digit "
        "first, got \"x\\nrm -r ~\"");
  const YAML::Node manifest = YAML::Load(job_file(engine::kubernetes, {.name = "1e3"}));
  CHECK(manifest["metadata"]["name"].Tag() == "!");
}
