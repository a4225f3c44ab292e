// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/model/model_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "golden.hpp"
#include "own_activation.hpp"
#include "own_loss.hpp"
#include "own_optimizer.hpp"
#include "reference/network.hpp"
#include "support.hpp"
#include "sweepnet/model/description.hpp"
#include "sweepnet/model/origin.hpp"
#include "sweepnet/network/optimizer.hpp"
#include "sweepnet/sweep/paramset.hpp"

#if defined(SWEEPNET_HAS_HDF5)
#include "sweepnet/model/keras/config_reader.hpp"
#endif

using namespace sweepnet;

namespace {

trained_model model_with_all() {
  const paramset p{.hidden_nodes = {5, 4}, .input_units = 6, .l1 = 0.01, .l2 = 0.02};
  trained_model trained{.model = build_model(p, 7, 3)};
  trained.parameters = initial_parameters(trained.model, 1);
  trained.loss = categorical_crossentropy{.path = loss_path::probabilities, .label_smoothing = 0.1};
  trained.optimizer =
      optimizer{.rule = rules::adam{.beta_1 = 0.8}, .learning_rate = 0.02, .clipnorm = 1.5};
  trained.metadata = dump({{"note", "caf\u00e9"}});
  return trained;
}

void check_equal(const trained_model& a, const trained_model& b) {
  CHECK(encode_model(a.model) == encode_model(b.model));
  CHECK(a.parameters == b.parameters);
  CHECK(encode(a.loss) == encode(b.loss));
  CHECK(a.metadata == b.metadata);
  REQUIRE(a.optimizer.has_value() == b.optimizer.has_value());
  if (a.optimizer) CHECK(encode(*a.optimizer) == encode(*b.optimizer));
}

/// The forms that are read as well as written, or would be with the libraries that they need.
std::vector<model_form> readable_forms() {
  std::vector<model_form> forms(model_forms.begin(), model_forms.end());
  std::erase_if(forms, [](const model_form& f) { return f.lacking.empty() && !f.read; });
  return forms;
}

/// The outputs of a golden model's network for its golden inputs.
std::vector<float> predict(const trained_model& trained, const std::vector<float>& inputs) {
  const auto rows = static_cast<std::int64_t>(inputs.size()) / trained.model.inputs;
  testing::reference_network<float> network(trained.model, {}, rows);
  const auto outputs = network.forward(inputs.data(), rows, trained.parameters.data());
  return {outputs.begin(), outputs.end()};
}

}  // namespace

TEST_CASE("a model file gives back the model bit by bit, and equal models equal files") {
  const testing::temporary_directory directory;
  const model_form form = GENERATE(from_range(readable_forms()));
  if (!form.lacking.empty()) {
    WARN("skipped " << form.extension << ": this build lacks " << form.lacking);
    return;
  }
  trained_model trained = model_with_all();
  if (GENERATE(false, true)) trained.optimizer.reset();
  const std::string a = directory / fmt::format("a{}", form.extension);
  const std::string b = directory / fmt::format("b{}", form.extension);
  write_model(a, trained);
  write_model(b, trained);
  check_equal(read_model(a), trained);
  CHECK(testing::read_file(a) == testing::read_file(b));
}

TEST_CASE("activations with options go into safetensors, and Keras files refuse them beforehand") {
  trained_model trained = model_with_all();
  std::get<dense>(trained.model.layers[0]).activate = {
      activations::leaky_relu{.negative_slope = 0.1}};
  const testing::temporary_directory directory;
  write_model(directory / "a.safetensors", trained);
  check_equal(read_model(directory / "a.safetensors"), trained);
#if defined(SWEEPNET_HAS_HDF5)
  CHECK(testing::message_of<data_error>([&] { check_model_path("a.h5", trained.model); }) ==
        "Keras files cannot hold the activation {\"name\":\"leaky_relu\",\"negative_slope\":0.1}: "
        "choose a path ending in .safetensors or .onnx");
#endif
}

TEST_CASE("a program's own activation goes into safetensors by name, and back for who knows it") {
  trained_model trained = model_with_all();
  const auto own = std::make_shared<testing::signed_log>();
  std::get<dense>(trained.model.layers[0]).activate = own;
  std::get<dense>(trained.model.layers[2]).activate = std::make_shared<testing::signed_log>();
  const testing::temporary_directory directory;
  const std::string path = directory / "m.safetensors";
  check_model_path(path, trained.model);
  write_model(path, trained);
  custom_functions known;
  known.add(own);
  const trained_model again = read_model(path, known);
  check_equal(again, trained);
  for (const std::size_t i : {std::size_t{0}, std::size_t{2}}) {
    const auto& read = std::get<dense>(again.model.layers[i]).activate.function;
    CHECK(std::get<activations::custom>(read).object == own.get());
  }
  const std::string unknown = testing::message_of<data_error>([&] { (void)read_model(path); });
  INFO(unknown);
  CHECK(
      unknown.starts_with(path + ": unknown dense.activation 'signed_log' (known: linear, relu, "));
  CHECK(unknown.ends_with(", softmax, log_softmax)"));
}

TEST_CASE("a program's own optimizer goes into safetensors by name, and Keras files refuse it") {
  trained_model trained = model_with_all();
  const auto own = std::make_shared<testing::own_sgd>();
  trained.optimizer->rule = own;
  const testing::temporary_directory directory;
  const std::string path = directory / "m.safetensors";
  check_model_path(path, trained.model, *trained.optimizer);
  write_model(path, trained);
  custom_functions known;
  known.add(own);
  const trained_model again = read_model(path, known);
  check_equal(again, trained);
  CHECK(std::get<rules::custom>(again.optimizer->rule).object == own.get());
  CHECK(testing::message_of<data_error>([&] {
          (void)read_model(path);
        }).starts_with(path + ": unknown optimizer 'own_sgd' (known: "));
#if defined(SWEEPNET_HAS_HDF5)
  const std::string refused = "Keras files cannot hold the optimizer 'own_sgd', a program's own";
  const std::string keras = directory / "m.h5";
  CHECK(testing::message_of<data_error>(
            [&] { check_model_path(keras, trained.model, *trained.optimizer); }) == refused);
  CHECK(testing::message_of<data_error>([&] { write_model(keras, trained); }) == refused);
  CHECK(!std::filesystem::exists(keras));
#endif
}

TEST_CASE("a program's own loss goes into safetensors by name, and Keras files refuse it") {
  trained_model trained = model_with_all();
  const auto own = std::make_shared<testing::brier_score>();
  trained.loss = own;
  const bool has_optimizer = GENERATE(true, false);
  if (!has_optimizer) trained.optimizer.reset();
  const testing::temporary_directory directory;
  const std::string path = directory / "m.safetensors";
  check_model_path(path, trained.model, {}, trained.loss);
  write_model(path, trained);
  custom_functions known;
  known.add(own);
  const trained_model again = read_model(path, known);
  check_equal(again, trained);
  CHECK(again.loss.function.own_object() == own);
  CHECK(testing::message_of<data_error>([&] { (void)read_model(path); }) ==
        path +
            ": unknown loss 'brier_score' (known: categorical_crossentropy, "
            "binary_crossentropy, mean_squared_error, mean_absolute_error, huber, log_cosh)");
  write_model(directory / "m.onnx", trained);  // which is not read
#if defined(SWEEPNET_HAS_HDF5)
  std::vector<std::string> names{"m.h5"};
#if defined(SWEEPNET_HAS_LIBZIP)
  names.push_back("m.keras");
#endif
  for (const std::string& name : names) {
    const std::string keras = directory / name;
    const std::string refused = "Keras files cannot hold the loss 'brier_score', a program's own";
    CHECK(testing::message_of<data_error>(
              [&] { check_model_path(keras, trained.model, {}, trained.loss); }) == refused);
    CHECK(testing::message_of<data_error>([&] { write_model(keras, trained); }) == refused);
    CHECK(!std::filesystem::exists(keras));
  }
#endif
}

TEST_CASE("cross-entropy is told by its options alone, with its name or without") {
  const loss_function loss =
      categorical_crossentropy{.path = loss_path::probabilities, .label_smoothing = 0.1};
  const ordered_json encoded = encode_loss(loss);
  CHECK(encoded == ordered_json{{"path", "clipped"}, {"label_smoothing", 0.1}});
  ordered_json named = encoded;
  named["name"] = "categorical_crossentropy";
  for (const ordered_json& each : {encoded, named}) {
    CHECK(encode_loss(decode_json<loss_function>(each, "m", "loss")) == encoded);
  }
}

TEST_CASE("what is no program's own loss is not made known") {
  custom_functions known;
  known.add(std::make_shared<testing::brier_score>());
  const auto complaint = [&](const std::shared_ptr<const custom_loss>& own) {
    return testing::message_of<argument_error>([&] { known.add(own); });
  };
  CHECK(complaint(nullptr) == "loss must be an object, got a null pointer");
  CHECK(complaint(std::make_shared<testing::brier_score>("Brier_Score")) ==
        "two own losses have the name 'Brier_Score'");
  CHECK(complaint(std::make_shared<testing::brier_score>("fused")) ==
        "an own loss must have a name of its own, got 'fused', which is a built-in one's");
}

TEST_CASE("what is no program's own activation is not made known") {
  custom_functions known;
  known.add(std::make_shared<testing::signed_log>());
  const auto complaint = [&](const std::shared_ptr<const custom_activation>& own) {
    return testing::message_of<argument_error>([&] { known.add(own); });
  };
  CHECK(complaint(nullptr) == "activation must be an object, got a null pointer");
  CHECK(complaint(std::make_shared<testing::signed_log>("Signed_Log")) ==
        "two own activations have the name 'Signed_Log'");
  CHECK(complaint(std::make_shared<testing::signed_log>("relu")) ==
        "an own activation must have a name of its own, got 'relu', which is a built-in one's");
}

TEST_CASE("files refuse a program's own activation by name, before anything is written") {
  trained_model trained = model_with_all();
  std::get<dense>(trained.model.layers[0]).activate = std::make_shared<testing::signed_log>();
  const testing::temporary_directory directory;
  const auto complaint = [&](const std::string& name) {
    const std::string message =
        testing::message_of<data_error>([&] { check_model_path(directory / name, trained.model); });
    CHECK_THROWS_AS(write_model(directory / name, trained), data_error);
    CHECK(!std::filesystem::exists(directory / name));
    return message;
  };
  CHECK(complaint("m.onnx") ==
        "an .onnx file cannot hold the activation 'signed_log', a program's own");
#if defined(SWEEPNET_HAS_HDF5)
  CHECK(complaint("m.h5") ==
        "Keras files cannot hold the activation 'signed_log', a program's own");
#endif
}

TEST_CASE("a model that could not be read again is not written") {
  const testing::temporary_directory directory;
  const std::string path = directory / "m.safetensors";
  const auto complaint = [&](const auto& spoil) {
    trained_model trained = model_with_all();
    spoil(trained);
    const std::string message =
        testing::message_of<data_error>([&] { write_model(path, trained); });
    CHECK(!std::filesystem::exists(path));
    return message.substr(std::min(message.size(), path.size()));
  };
  CHECK(complaint([](trained_model& t) { t.parameters[3] = NAN; }) == ": a weight is not finite");
  CHECK(complaint([](trained_model& t) { t.parameters.pop_back(); }) ==
        ": the model has 122 parameters, got 121");
  CHECK(complaint([](trained_model& t) { t.parameters.clear(); }) ==
        ": the model has 122 parameters, got 0");
  CHECK(complaint([](trained_model& t) { t.model.inputs = 0; }) ==
        ": model: inputs must be positive, got 0");
  CHECK(complaint([](trained_model& t) {
          t.loss = categorical_crossentropy{.label_smoothing = 2};
        }) == ": loss.label_smoothing must be in [0, 1], got 2.0");
  CHECK(complaint([](trained_model& t) {
          t.optimizer->clipnorm = -1;
        }).starts_with(": optimizer.clipnorm must be "));
  CHECK(complaint([](trained_model& t) { t.metadata = "text"; }) ==
        ": the metadata must be a JSON object");
}

TEST_CASE("an unknown extension is refused") {
  CHECK(testing::message_of<usage_error>([] { check_model_path("model.pt", {}); }) ==
        "model.pt: a model's path must end in .h5, .keras, .safetensors or .onnx");
  CHECK(testing::message_of<usage_error>([] { (void)read_model("model"); }) ==
        "model: a model's path must end in .h5, .keras or .safetensors");
}

TEST_CASE("a safetensors file that is no model, or lacks part of one, is refused") {
  const testing::temporary_directory directory;
  const std::string path = directory / "m.safetensors";
  const auto complaint = [&](const safetensors_file& file) {
    testing::write_file(path, write_safetensors(file));
    return testing::message_of<data_error>([&] { (void)read_model(path); }).substr(path.size());
  };
  CHECK(complaint({}) == ": its metadata lack 'model': not a model of this program");
  const trained_model trained = model_with_all();
  write_model(path, trained);
  const safetensors_file good = read_safetensors(testing::read_file(path), "m");

  safetensors_file file = good;
  file.metadata["model"] = "{";
  CHECK(complaint(file) == ": its metadata 'model' are not valid JSON");
  file.metadata["model"] = std::string(100'000, '[');
  CHECK(complaint(file) == ": its metadata 'model' is nested too deep");
  file.metadata["model"] = R"({"inputs":9223372036854775807,"layers":[{"dense":{"units":9}}]})";
  CHECK(complaint(file) == ": the model's description has too many inputs");
  file.metadata["model"] = R"({"inputs":2147483647,"layers":[{"dense":{"units":1048576}}]})";
  CHECK(complaint(file) ==  // 9 PB if it were believed
        ": the tensor 'dense_1.kernel' must be F32 (2147483647 x 1048576), found F32 (7 x 6)");
  file = good;
  file.metadata["training"] = "[]";
  CHECK(complaint(file) == ": the metadata must be a JSON object");
  file = good;
  std::erase_if(file.tensors, [](const safetensor& t) { return t.name == "dense_2.bias"; });
  CHECK(complaint(file) == ": the tensor 'dense_2.bias' is missing");
  file = good;
  for (safetensor& t : file.tensors) {
    if (t.name == "dense_1.kernel") t.shape = {6, 7};
  }
  CHECK(complaint(file) == ": the tensor 'dense_1.kernel' must be F32 (7 x 6), found F32 (6 x 7)");
  trained_model broken = trained;
  broken.parameters[3] = std::numeric_limits<float>::quiet_NaN();
  testing::write_file(path, write_model_safetensors(broken));
  CHECK(testing::message_of<data_error>([&] { (void)read_model(path); }) ==
        path + ": a weight is not finite");
}

#if defined(SWEEPNET_HAS_HDF5)

TEST_CASE("files that Keras 2 and Keras 3 wrote give Keras' predictions") {
  const std::string file = GENERATE("h5/keras2.h5", "h5/keras3.h5", "keras/keras3.keras");
#if !defined(SWEEPNET_HAS_LIBZIP)
  if (file.ends_with(".keras")) {
    WARN("skipped .keras: built without libzip");
    return;
  }
#endif
  const bool old = file == "h5/keras2.h5";
  const testing::golden_file golden(old ? "model_keras2.safetensors" : "model_keras3.safetensors");
  const trained_model trained = read_model(testing::source_path("tests/keras/golden/" + file));
  CHECK(trained.model.layers.size() == 3);
  const std::vector<float> outputs = predict(trained, golden.floats("inputs"));
  const std::vector<float> expected = golden.floats("predictions");
  REQUIRE(outputs.size() == expected.size());
  for (std::size_t i = 0; i < outputs.size(); ++i)
    CHECK(std::abs(outputs[i] - expected[i]) <= 1e-6);
  const std::vector<float> kernel = golden.floats("dense_0.kernel");
  CHECK(std::equal(kernel.begin(), kernel.end(), trained.parameters.begin()));
}

TEST_CASE("damaged .h5 files are refused, wherever they are cut or changed") {
  const testing::temporary_directory directory;
  const std::string path = directory / "m.h5";
  write_model(path, model_with_all());
  const std::string good = testing::read_file(path);
  for (std::size_t size = 0; size < good.size(); size += 997) {
    CHECK_THROWS_AS(read_keras_h5(good.substr(0, size), "m.h5"), data_error);
  }
  for (std::size_t i = 0; i < 400; ++i) {  // no change may crash; some change only weights
    std::string changed = good;
    changed[i * 31 % changed.size()] = static_cast<char>(changed[i * 31 % changed.size()] ^ 0x5a);
    try {
      (void)read_keras_h5(changed, "m.h5");
    } catch (const data_error&) {
    }
  }
  CHECK(testing::message_of<data_error>([] { (void)read_keras_h5("nothing", "m.h5"); }) ==
        "m.h5: not an HDF5 file");
}

TEST_CASE("Keras descriptions of models that cannot run here are refused by name") {
  const auto complaint = [](const char* text) {
    return testing::message_of<data_error>(
        [&] { (void)read_keras_model_config(ordered_json::parse(text), "m.h5"); });
  };
  CHECK(complaint(R"({"class_name":"Model","config":{}})") ==
        "m.h5: only Sequential models are supported, found Model");
  CHECK(complaint(R"({"class_name":"Sequential","config":{"layers":[
          {"class_name":"Conv2D","config":{}}]}})") ==
        "m.h5: layers of type Conv2D are not supported (Dense, Dropout, Activation and InputLayer "
        "are)");
  CHECK(complaint(R"({"class_name":"Sequential","config":{"layers":[
          {"class_name":"Dense","config":{"units":3,"activation":"relux"}}]}})") ==
        "m.h5: unknown activation 'relux'");
  CHECK(complaint(R"({"class_name":"Sequential","config":{"layers":[
          {"class_name":"Dense","config":{"units":-3,"activation":"relu"}}]}})") ==
        "m.h5: units must be an integer in [1, 1048576], got -3");
  CHECK(complaint(R"({"class_name":"Sequential","config":{"layers":[
          {"class_name":"Dense","config":{"units":3,"activation":"relu"}}]}})") ==
        "m.h5: the model does not tell its input width");
  CHECK(complaint(R"({"class_name":"Sequential","config":{"layers":[
          {"class_name":"Dense","config":{"units":3,"activation":"relu","use_bias":"no"}}]}})") ==
        "m.h5: 'use_bias' must be true or false");
  const auto dense_complaint = [&](const std::string& options) {
    return complaint((R"({"class_name":"Sequential","config":{"layers":[
        {"class_name":"Dense","config":{"units":3,"activation":"relu",)" +
                      options + "}}]}}")
                         .c_str());
  };
  CHECK(dense_complaint(R"("dtype":"float16")") ==
        "m.h5: layers of the type \"float16\" are not supported (float32 is)");
  CHECK(dense_complaint(R"("dtype":{"class_name":"DTypePolicy","config":{"name":"bfloat16"}})") ==
        "m.h5: layers of the type \"bfloat16\" are not supported (float32 is)");
  CHECK(dense_complaint(R"("bias_regularizer":{"class_name":"L2","config":{"l2":1}})") ==
        "m.h5: Dense layers with bias_regularizer are not supported");
  CHECK(dense_complaint(R"("kernel_regularizer":{"class_name":"Own","config":{}})") ==
        "m.h5: kernel regularizers of type Own are not supported (L1, L2 and L1L2 are)");
}

TEST_CASE("what Keras 2 calls hard_sigmoid is Keras 2's, and a layer may have no bias") {
  const ordered_json config = ordered_json::parse(R"({"class_name":"Sequential","config":{"layers":[
      {"class_name":"Dense","config":{"batch_input_shape":[null,4],"units":3,"use_bias":false,
        "activation":"hard_sigmoid"}}]}})");
  for (const int generation : {2, 3}) {
    const keras_network network = read_keras_model_config(config, "m.h5", generation);
    const dense& d = std::get<dense>(network.model.layers.at(0));
    CHECK(d.activate.is<activations::hard_sigmoid_keras2>() == (generation == 2));
    CHECK(network.biased == std::vector<bool>{false});
  }
}

#endif  // SWEEPNET_HAS_HDF5
