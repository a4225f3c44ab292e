// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "catch.hpp"

#if defined(SWEEPNET_HAS_HDF5) && defined(SWEEPNET_HAS_LIBZIP)

#include <string>
#include <vector>

#include "data_files.hpp"
#include "support.hpp"
#include "sweepnet/model/keras/v3.hpp"
#include "sweepnet/network/parameters.hpp"
#include "sweepnet/storage/zip.hpp"

using namespace sweepnet;

namespace {

trained_model example_model() {
  trained_model trained{
      .model = {.inputs = 3,
                .layers = {dense{.units = 2}, dropout{.rate = 0.5}, dense{.units = 2}}}};
  trained.parameters = initial_parameters(trained.model, 1);
  return trained;
}

/// The members of a good file, by name.
std::string member(const std::string& name) {
  const std::string bytes = write_keras_v3(example_model());
  return storage::zip_archive(bytes, "good", "archive").find(name, name, {}).value();
}

std::string refusal(const std::vector<storage::zip_member>& members) {
  return testing::message_of<data_error>(
      [&] { (void)read_keras_v3(storage::write_zip(members), "m.keras"); });
}

}  // namespace

TEST_CASE("a .keras file is told what it lacks") {
  const storage::zip_member metadata{"metadata.json", member("metadata.json")};
  const storage::zip_member config{"config.json", member("config.json")};
  const storage::zip_member weights{"model.weights.h5", member("model.weights.h5")};
  CHECK(read_keras_v3(storage::write_zip({weights, config, metadata}), "m.keras").parameters ==
        example_model().parameters);
  CHECK(refusal({config, weights}) ==
        "m.keras: has no 'metadata.json' (found: config.json, model.weights.h5)");
  CHECK(refusal({metadata, weights}) ==
        "m.keras: has no 'config.json' (found: metadata.json, model.weights.h5)");
  CHECK(refusal({metadata, config}) ==
        "m.keras: has no 'model.weights.h5' (found: metadata.json, config.json)");
  CHECK(refusal({{"metadata.json", "[]"}, config, weights}) ==
        "m.keras:metadata.json is not a JSON object");
  CHECK(refusal({{"metadata.json", "{}"}, config, weights}) ==
        "m.keras:metadata.json does not tell the version of Keras");
  CHECK(refusal({metadata, {"config.json", std::string(1'000, '[')}, weights}) ==
        "m.keras:config.json is nested too deep");
  CHECK(refusal({metadata, config, {"model.weights.h5", "nothing"}}) ==
        "m.keras: not an HDF5 file");
  CHECK(testing::message_of<data_error>([] { (void)read_keras_v3("text", "m.keras"); }) ==
        "m.keras: not a readable .keras archive: Not a zip archive");
}

TEST_CASE("weights of another shape, or of fewer layers, are refused") {
  trained_model other = example_model();
  other.model.layers.pop_back();
  other.model.layers.pop_back();
  other.parameters = initial_parameters(other.model, 1);
  const std::string fewer = detail::write_keras_v3_weights(other);
  CHECK(refusal({{"metadata.json", member("metadata.json")},
                 {"config.json", member("config.json")},
                 {"model.weights.h5", fewer}}) ==
        "m.keras: the weights of the layer 'dense_1' are missing");
  other.model.inputs = 4;
  other.parameters = initial_parameters(other.model, 1);
  CHECK(refusal({{"metadata.json", member("metadata.json")},
                 {"config.json", member("config.json")},
                 {"model.weights.h5", detail::write_keras_v3_weights(other)}}) ==
        "m.keras: 'dense': the weights '0' must be (3 x 2), found (4 x 2)");
}

TEST_CASE("a .keras file that unfolds to more than weights do is refused before it does") {
  const std::string bomb = testing::zip({{"metadata.json", member("metadata.json")},
                                         {"config.json", member("config.json")},
                                         {"model.weights.h5", std::string(64 << 20, '\0')}},
                                        true);
  REQUIRE(bomb.size() < 100'000);
  const std::string told =
      testing::message_of<data_error>([&] { (void)read_keras_v3(bomb, "m.keras"); });
  CHECK(told.starts_with("m.keras:model.weights.h5: expected at most "));
  CHECK(told.ends_with(" bytes, found 67108864"));
}

TEST_CASE("no single changed byte of a .keras file does harm") {
  const std::string good = write_keras_v3(example_model());
  for (std::size_t at = 0; at < good.size(); at += 7) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x11);
    try {
      (void)read_keras_v3(bad, "m.keras");
    } catch (const data_error& e) {
      CHECK(std::string(e.what()).starts_with("m.keras"));
    }
  }
}

#else

TEST_CASE("Keras 3's files are skipped") {
  WARN("skipped .keras files: built without HDF5 or libzip");
}

#endif
