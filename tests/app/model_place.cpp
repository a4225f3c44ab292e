// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Where models may be written: sweep files may come from others.

#include "sweepnet/run/model_place.hpp"

#include <string>
#include <vector>

#include "data_files.hpp"
#include "program.hpp"
#include "support.hpp"
#include "sweepnet/sweep/paramset.hpp"

using namespace sweepnet;

namespace {

storage::location place(const std::string& model_path, const std::string& output,
                        model_bounds bounds = model_bounds::output) {
  return model_place(paramset{.model_path = model_path}, 7, output, bounds);
}

std::string refusal(const std::string& model_path, const std::string& output,
                    model_bounds bounds = model_bounds::output) {
  return testing::message_of<error>([&] { (void)place(model_path, output, bounds); });
}

const std::string s3_output = "s3://bucket/sweeps/first";

}  // namespace

TEST_CASE("a model lies below the output, however its path is spelled, and is bound to it") {
  for (const std::string output : {"out", "./out/", "/data/out", ".", "../out"}) {
    INFO(output);
    const storage::location where = place("a/./b//../m_{index}.h5", output);
    CHECK(where.request_text() == (std::filesystem::path(output) / "a/m_7.h5").string());
    CHECK(where.root == output);
  }
  CHECK(place("/data/out/m.h5", "/data/out").request_text() == "/data/out/m.h5");
  CHECK(place("", "out").request_text().starts_with("out/model_7."));
  CHECK(place("m.h5", "").request_text() == "./m.h5");
  CHECK(place("a/m.h5", s3_output).request_text() == s3_output + "/a/m.h5");
  CHECK(place("a/m.h5", s3_output).root == "sweeps/first");
  CHECK(place(s3_output + "/m.h5", s3_output + "/").request_text() == s3_output + "/m.h5");
  CHECK(place("s3://bucket/any/m.h5", "s3://bucket").request_text() == "s3://bucket/any/m.h5");
}

TEST_CASE("a model path that leads out of the output is refused, unless that is allowed") {
  const std::string signed_url = "https://store.example/m.h5?X-Amz-Signature=secret";
  const auto check = [](const std::string& output, const std::string& path) {
    INFO(output << " " << path);
    const std::string message =
        testing::message_of<model_outside>([&] { (void)place(path, output); });
    CHECK(message.starts_with("model_path must lie in the output directory, got '"));
    CHECK(message.find("secret") == std::string::npos);
    const storage::location where = place(path, output, model_bounds::anywhere);
    CHECK(where.root.empty());
    CHECK(where.request_text() == storage::join_location(output, path).request_text());
  };
  for (const std::string output : {"out", "/data/out", ".", ".."}) {
    for (const std::string path :
         {"../m.h5", "a/../../m.h5", "..", ".", "./", "/etc/m.h5", "/data/outside/m.h5",
          "s3://bucket/m.h5", "http://other/m.h5", signed_url.c_str()}) {
      check(output, path);
    }
  }
  for (const std::string path :
       {"../m.h5", "s3://bucket/sweeps/first/../m.h5", "s3://bucket/sweeps/first/a//m.h5",
        "s3://bucket/sweeps/first/./m.h5", "s3://bucket/sweeps/firstborn/m.h5", "s3://bucket/m.h5",
        "s3://other/sweeps/first/m.h5", "s3://bucket/sweeps/first",
        "https://bucket.s3.amazonaws.com/sweeps/first/m.h5"}) {
    check(s3_output, path);
  }
}

TEST_CASE("names of the runs' own files are refused in every spelling, allowed outside or not") {
  for (const std::string path :
       {"state_{index}.safetensors",
        "state_0.safetensors",
        "./state_12.safetensors",
        ".//a/..//state_0.safetensors",
        "State_0.SafeTensors",
        "STATE_{index}.SAFETENSORS",
        "\u017ftate_0.safetensors",
        "\ufb06ate_0.safetensors",
        "state_0.safeten\u017fors",
        "sub/state_0.safetensors",
        "result_{index}.json",
        "Result_3.JSON",
        "log_0.csv",
        "state_0.safetensors.12-0.tmp",
        "result_0.json.00f.sweepnet-tmp",
        "state_0.safetensors/m.h5",
        "/out/state_0.safetensors",
        "s3://bucket/sweeps/first/state_0.safetensors",
        "s3://bucket/sweeps/first//state_0.safetensors",
        "https://store.example/state_0.safetensors?X-Amz-Signature=secret"}) {
    INFO(path);
    for (const model_bounds bounds : {model_bounds::output, model_bounds::anywhere}) {
      for (const std::string& output : {std::string("/out"), s3_output}) {
        const std::string message = refusal(path, output, bounds);
        CHECK(message.starts_with("model_path must not be a file that runs keep for themselves"));
        CHECK(message.find("secret") == std::string::npos);
      }
    }
  }
  for (const std::string path : {"state_.safetensors", "state_a.safetensors", "my_state_0.h5",
                                 "state_0.h5", "result_0.json.h5", "state_0.safetensors.h5"}) {
    INFO(path);
    CHECK_NOTHROW(place(path, "out"));
  }
}

TEST_CASE("control characters in a model path are refused, allowed outside or not") {
  for (const std::string& path :
       {std::string("../evil.sh\0.h5", 14), std::string("m\n.h5"), std::string("m\r.h5"),
        std::string("\x1b[2Jm.h5"), std::string("m\x7f.h5"), std::string("m\u009b.h5"),
        std::string("\u202em.h5")}) {
    for (const model_bounds bounds : {model_bounds::output, model_bounds::anywhere}) {
      const std::string message = refusal(path, "out", bounds);
      CHECK(message == "model_path must have no control characters, got '" + printable(path) + "'");
      CHECK_FALSE(has_control_characters(message));
    }
  }
}

TEST_CASE("plan and train refuse foreign model paths alike, and write nothing outside") {
  const testing::temporary_directory directory;
  testing::write_idx_directory(directory / "data", testing::random_dataset(60, 12, 3));
  const auto run = [&](const std::string& command, const std::string& model_path,
                       std::vector<std::string> more = {}) {
    testing::write_file(directory / "sweep.yml",
                        "- {epochs: 1, hidden_nodes: [], input_units: 4}\n"
                        "- {epochs: 1, model_path: \"" +
                            model_path + "\"}\n");
    testing::command_line line{.arguments = {command, directory / "sweep.yml", "--data",
                                             directory / "data", "--output", directory / "out"}};
    if (command == "train") line.arguments.insert(line.arguments.end(), {"--index", "1"});
    line.arguments.insert(line.arguments.end(), more.begin(), more.end());
    return testing::run_program(line);
  };
  for (const std::string path :
       {"../evil.safetensors", "/tmp/evil.safetensors", "state_0.safetensors",
        "../evil.sh\\0.safetensors", "a\\nsweepnet: all is well.safetensors"}) {
    INFO(path);
    const testing::outcome planned = run("plan", path);
    const testing::outcome trained = run("train", path);
    CHECK(planned.code == 65);
    CHECK(trained.code == 65);
    CHECK(planned.err == trained.err);
    CHECK(trained.err.starts_with("sweepnet: " + (directory / "sweep.yml") +
                                  ": paramset 1: model_path must "));
    CHECK(std::ranges::count(trained.err, '\n') == 1);
  }
  CHECK(testing::files_below(directory / "out").empty());
  CHECK(run("plan", "../good.safetensors", {"--allow-outside"}).code == 0);
  CHECK(run("train", "../good.safetensors", {"--allow-outside", "--share", "--index", "1"}).code !=
        0);
  testing::write_file(directory / "one.yml",
                      "- {epochs: 1, hidden_nodes: [], model_path: ../good.safetensors}\n");
  const testing::outcome outside = testing::run_program(
      {.arguments = {"train", directory / "one.yml", "--data", directory / "data", "--output",
                     directory / "out", "--allow-outside", "--verbose", "0"}});
  CHECK(outside.err == "");
  CHECK(std::filesystem::exists(directory / "good.safetensors"));
}

TEST_CASE("a link in the output directory leads no model out of it") {
  const testing::temporary_directory directory;
  testing::write_idx_directory(directory / "data", testing::random_dataset(60, 12, 3));
  testing::write_file(directory / "sweep.yml",
                      "- {epochs: 1, hidden_nodes: [], model_path: link/m.safetensors}\n");
  std::filesystem::create_directories(directory / "out");
  std::filesystem::create_directories(directory / "elsewhere");
  std::filesystem::create_directory_symlink("../elsewhere", directory / "out/link");
  const auto train = [&](const std::vector<std::string>& more = {}) {
    testing::command_line line{.arguments = {"train", directory / "sweep.yml", "--data",
                                             directory / "data", "--output", directory / "out",
                                             "--verbose", "0"}};
    line.arguments.insert(line.arguments.end(), more.begin(), more.end());
    return testing::run_program(line);
  };
  const testing::outcome refused = train();
  CHECK(refused.code == 65);
  CHECK(refused.err.find("a symbolic link") != std::string::npos);
  CHECK(testing::files_below(directory / "elsewhere").empty());
  CHECK(testing::files_below(directory / "out") == std::set<std::string>{});
}
