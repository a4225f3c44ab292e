// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/data/catalog.hpp"

#include <string>
#include <vector>

#include "catch.hpp"
#include "data_files.hpp"
#include "sweepnet/data/gzip.hpp"
#include "sweepnet/data/tensor.hpp"

using sweepnet::data_catalog;
using sweepnet::data_error;
using sweepnet::data_request;
using sweepnet::dataset;
using sweepnet::input_missing;
using sweepnet::load_dataset;
using sweepnet::tensor;
using sweepnet::usage_error;
using testing::idx;
using testing::message_of;
using testing::temporary_directory;
using testing::write_file;
using testing::write_idx_directory;

namespace {

using bytes = std::vector<std::uint8_t>;
using reals = std::vector<float>;

bytes pixels_of(sweepnet::labelled_rows rows) { return rows.features.owned<std::uint8_t>(); }

template <class Error>
std::string refused(const data_request& request, const data_catalog& catalog = {}) {
  return message_of<Error>([&] { (void)load_dataset(request, catalog); });
}

/// An embedded set of 3 training and 2 test rows of 4 pixels.
struct embedded_files {
  std::string train_images = testing::gzip(idx(8, {3, 2, 2}, "aaaabbbbcccc"));
  std::string train_labels = testing::gzip(idx(8, {3}, {'\7', '\1', '\2'}));
  std::string test_images = idx(8, {2, 2, 2}, "ddddeeee");
  std::string test_labels = idx(8, {2}, {'\0', '\11'});

  [[nodiscard]] sweepnet::embedded_dataset set() const {
    using sweepnet::as_bytes;
    return {.name = "mnist",
            .train_rows = 3,
            .train_images = as_bytes(train_images),
            .train_labels = as_bytes(train_labels),
            .test_images = as_bytes(test_images),
            .test_labels = as_bytes(test_labels)};
  }
};

}  // namespace

TEST_CASE("a directory of IDX files is read, plain or gzip, whatever the ends of the names") {
  const dataset written = testing::random_dataset(12, 5, 4);
  const temporary_directory directory;
  write_idx_directory(directory.path(), written);
  SECTION("plain") {}
  SECTION("gzip, with dots") {
    for (const std::string part : {"train-images-idx3", "t10k-labels-idx1"}) {
      const std::string path = directory / (part + "-ubyte");
      write_file(directory / (part + ".ubyte.gz"), testing::gzip(testing::read_file(path)));
      std::filesystem::remove(path);
    }
  }
  SECTION("called test") {
    for (const std::string part : {"-images-idx3-ubyte", "-labels-idx1-ubyte"}) {
      std::filesystem::rename(directory / ("t10k" + part), directory / ("test" + part));
    }
  }
  const dataset data = load_dataset({.source = directory.path().string()}, {});
  CHECK(data.name == directory.path().string());
  CHECK(data.inputs() == 5);
  CHECK(data.classes() == 4);
  CHECK(data.train.scale == 1.0 / 255);
  CHECK(data.train.labels == written.train.labels);
  CHECK(pixels_of(data.train) == pixels_of(written.train));
  CHECK(pixels_of(data.validation) == pixels_of(written.validation));
}

TEST_CASE("the first training rows can be chosen, and the last ones for validation") {
  const dataset written = testing::random_dataset(20, 3, 3);
  const temporary_directory directory;
  write_idx_directory(directory.path(), written);
  const std::string source = directory.path().string();

  const dataset few = load_dataset({.source = source, .train_rows = 7}, {});
  CHECK(few.train.rows() == 7);
  CHECK(few.validation.rows() == 10);

  const dataset split = load_dataset({.source = source, .validation_split = 0.25}, {});
  CHECK(split.train.rows() == 15);
  CHECK(split.validation.rows() == 5);
  CHECK(split.validation.labels.back() == written.train.labels.back());

  const dataset both =
      load_dataset({.source = source, .train_rows = 10, .validation_split = 0.3}, {});
  CHECK(both.train.rows() == 7);
  CHECK(both.validation.rows() == 3);
  CHECK(both.validation.labels.back() == written.train.labels[9]);

  CHECK(refused<usage_error>({.source = source, .train_rows = 21}) ==
        source + ": has 20 training rows, 21 were asked for");
  CHECK(refused<usage_error>({.source = source, .train_rows = 2, .validation_split = 0.9}) ==
        "a validation split of 0.9 leaves no rows to train on of 2");
}

TEST_CASE("a validation split needs no test files") {
  const temporary_directory directory;
  write_idx_directory(directory.path(), testing::random_dataset(10, 3, 3));
  std::filesystem::remove(directory / "t10k-images-idx3-ubyte");
  const std::string source = directory.path().string();
  CHECK(load_dataset({.source = source, .validation_split = 0.5}, {}).validation.rows() == 5);
  CHECK(refused<input_missing>({.source = source}) ==
        source + ": has no file t10k-images* or test-images*");
}

TEST_CASE("the class count is the largest training label's, unless given") {
  const temporary_directory directory;
  dataset written = testing::random_dataset(10, 3, 3);
  written.validation.labels[4] = 5;
  write_idx_directory(directory.path(), written);
  const std::string source = directory.path().string();
  CHECK(refused<data_error>({.source = source}) ==
        source + ": validation rows: the label of row 4 must be in [0, 3), got 5");
  CHECK(load_dataset({.source = source, .classes = 6}, {}).classes() == 6);
}

TEST_CASE("an embedded set is used for as many rows as it has") {
  const embedded_files files;
  const data_catalog catalog{.embedded = {files.set()}, .roots = {"/nowhere"}};
  const dataset two = load_dataset({.source = "mnist:2"}, catalog);
  CHECK(two.train.rows() == 2);
  CHECK(two.validation.rows() == 2);
  CHECK(two.classes() == 10);
  CHECK(pixels_of(two.train) == bytes{'a', 'a', 'a', 'a', 'b', 'b', 'b', 'b'});
  CHECK(two.train.labels == std::vector<std::int32_t>{7, 1});
  CHECK(load_dataset({.source = "mnist:3"}, catalog).train.rows() == 3);
  CHECK(load_dataset({.source = "mnist:3", .train_rows = 1}, catalog).train.rows() == 1);
  CHECK(refused<input_missing>({.source = "mnist:4"}, catalog) ==
        "mnist: not found in /nowhere/mnist (3 training rows are embedded, 4 were asked for); put "
        "its IDX files in one of these or name their directory");
}

TEST_CASE("beyond the embedded rows a known set comes from the first root that has it") {
  const temporary_directory empty;
  const temporary_directory full;
  write_idx_directory(full.path() / "mnist", testing::random_dataset(30, 4, 3));
  const data_catalog catalog{.roots = {empty.path(), full.path()}};
  CHECK(load_dataset({.source = "mnist:30"}, catalog).train.rows() == 30);
  CHECK(refused<usage_error>({.source = "mnist:31"}, catalog) ==
        "mnist:31: has 30 training rows, 31 were asked for");
  write_idx_directory(full.path() / "fashion-mnist", testing::random_dataset(8, 4, 3));
  CHECK(load_dataset({.source = "fashion_mnist"}, catalog).train.rows() == 8);
}

TEST_CASE("names that are no data set are told with the nearest, rows that are no number too") {
  CHECK(refused<usage_error>({.source = "fashion-mnist"}) ==
        "unknown data set 'fashion-mnist' (did you mean 'fashion_mnist'?)");
  CHECK(refused<usage_error>({.source = ""}) ==
        "unknown data set '' (known: mnist, fashion_mnist)");
  CHECK(refused<usage_error>({.source = "mnist:0"}) ==
        "mnist:0: expected mnist:ROWS with a number of rows from 1");
  CHECK(refused<input_missing>({.source = "./none"}) == "./none: no such file or directory");
}

TEST_CASE("the environment says where data sets are") {
  const data_catalog catalog = sweepnet::make_catalog(
      {{"SWEEPNET_DATA_DIR", "/own"}, {"XDG_CACHE_HOME", "/cache"}, {"HOME", "/home/me"}});
  CHECK(catalog.roots ==
        std::vector<std::string>{"/own", "/cache/sweepnet", "/usr/share/datasets"});
  CHECK(catalog.keras_cache == "/home/me/.keras/datasets");
  CHECK(sweepnet::make_catalog({{"HOME", "/home/me"}}).roots ==
        std::vector<std::string>{"/home/me/.cache/sweepnet", "/usr/share/datasets"});
  CHECK(sweepnet::make_catalog({}).keras_cache.empty());
}

TEST_CASE("the shape of a known set is known without its files") {
  CHECK(sweepnet::known_shape({.source = "mnist:5"})->learned.inputs == 784);
  CHECK(sweepnet::known_shape({.source = "fashion_mnist"})->learned.outputs == 10);
  CHECK(sweepnet::known_shape({.source = "mnist", .classes = 12})->learned.outputs == 12);
  CHECK_FALSE(sweepnet::known_shape({.source = "./mnist"}));
}

#if defined(SWEEPNET_HAS_LIBZIP)

TEST_CASE("an archive of four arrays is a data set") {
  const temporary_directory directory;
  const std::string path = directory / "set.npz";
  const std::string two_reals = testing::packed(reals{0.5F, -1, 2, 3}, std::endian::little);
  const std::string labels = testing::packed(std::vector<std::int64_t>{1, 0}, std::endian::little);
  const testing::zip_members members = {{"x_train.npy", testing::npy("<f4", "(2, 2)", two_reals)},
                                        {"y_train.npy", testing::npy("<i8", "(2,)", labels)},
                                        {"x_test.npy", testing::npy("<f4", "(2, 2)", two_reals)},
                                        {"y_test.npy", testing::npy("<i8", "(2,)", labels)}};
  write_file(path, testing::zip(members, true));
  const dataset data = load_dataset({.source = path}, {});
  CHECK(data.inputs() == 2);
  CHECK(data.classes() == 2);
  CHECK(data.train.scale == 1);
  CHECK(data.notes.empty());
  CHECK(sweepnet::dataset(data).validation.features.owned<float>() == reals{0.5F, -1, 2, 3});

  write_file(path, testing::zip({members.begin(), members.begin() + 2}, true));
  CHECK(load_dataset({.source = path, .validation_split = 0.5}, {}).train.rows() == 1);
  CHECK(refused<data_error>({.source = path}) ==
        path + ": has no array 'x_test' (found: x_train.npy, y_train.npy)");
}

TEST_CASE("what was made of arrays that can be read in several ways is told, once for both parts") {
  const temporary_directory directory;
  const std::string path = directory / "set.npz";
  const auto fortran = [](const std::string& elements) {
    return testing::npy_with_header("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 2)}",
                                    elements);
  };
  const auto wide = testing::packed(std::vector<std::uint16_t>{1, 2, 3, 4}, std::endian::little);
  const std::string one_hot = testing::npy("|u1", "(2, 3)", {'\1', '\0', '\0', '\0', '\1', '\0'});
  write_file(path, testing::zip({{"x_train.npy", fortran("acbd")},
                                 {"y_train.npy", one_hot},
                                 {"x_test.npy", testing::npy("<u2", "(2, 2)", wide)},
                                 {"y_test.npy", one_hot}},
                                true));
  const dataset data = load_dataset({.source = path}, {});
  CHECK(data.classes() == 3);
  CHECK(data.notes ==
        std::vector<std::string>{
            path + ":x_train: Fortran order is read as rows all the same",
            path + ":x_train: uint8 features are divided by 255",
            path + ":y_train: one-hot rows of 3 are classes",
            path + ":x_test: uint16 features are taken as they are, only uint8 is divided by 255"});
  float row[2];
  data.train.copy_row(0, row);
  CHECK(row[0] == static_cast<float>('a' / 255.0));
  CHECK(row[1] == static_cast<float>('b' / 255.0));
  const dataset scaled = load_dataset({.source = path, .classes = 5, .scale = 2}, {});
  CHECK(scaled.classes() == 5);
  CHECK(scaled.notes.size() == 2);
  scaled.validation.copy_row(1, row);
  CHECK(row[1] == 8);
}

TEST_CASE("MNIST is found where Keras keeps it") {
  const temporary_directory directory;
  const std::string pixel = testing::npy("|u1", "(1, 1, 1)", "a");
  const std::string label = testing::npy("|u1", "(1,)", {'\3'});
  write_file(directory / "mnist.npz", testing::zip({{"x_train.npy", pixel},
                                                    {"y_train.npy", label},
                                                    {"x_test.npy", pixel},
                                                    {"y_test.npy", label}},
                                                   false));
  const data_catalog catalog{.keras_cache = directory.path()};
  const dataset found = load_dataset({.source = "mnist:1"}, catalog);
  CHECK(found.train.labels.at(0) == 3);
  CHECK(found.train.scale == 1.0 / 255);
  CHECK(found.notes.empty());  // that pixels are divided is no news of a known set
  std::filesystem::remove(directory / "mnist.npz");
  std::filesystem::create_symlink("mnist.npz", directory / "mnist.npz");
  CHECK(testing::message_of<sweepnet::input_missing>([&] {
          (void)load_dataset({.source = "mnist:1"}, catalog);
        }) == directory / "mnist.npz" + ": cannot open: Too many levels of symbolic links");
}

#endif

TEST_CASE("no array of a data set takes more memory than it may") {
  const temporary_directory directory;
  const dataset data = testing::random_dataset(60, 12, 3);
  write_idx_directory(directory.path(), data);
  const std::string source = directory.path().string();
  CHECK(refused<data_error>({.source = source, .most_bytes = 719}) ==
        source + "/train-images-idx3-ubyte: expected at most 719 bytes, found 720");
  CHECK(load_dataset({.source = source, .most_bytes = 720}, {}).train.rows() == 60);
}
