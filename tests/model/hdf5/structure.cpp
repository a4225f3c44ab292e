// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/model/hdf5/structure.hpp"

#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "support.hpp"

#if defined(SWEEPNET_HAS_HDF5)
#include "sweepnet/model/hdf5/file.hpp"
#include "sweepnet/model/hdf5/handle.hpp"
#include "sweepnet/model/keras/h5.hpp"
#endif

using namespace sweepnet;

namespace {

std::string keras_file(const std::string& generation) {
  return testing::read_file(testing::source_path("tests/keras/golden/h5/" + generation + ".h5"));
}

std::string complaint(const std::string& bytes) {
  return testing::message_of<data_error>([&] { check_hdf5_structure(bytes, "f"); });
}

template <class T> T number_at(const std::string& bytes, std::size_t at) {
  T value{};
  std::memcpy(&value, &bytes.at(at), sizeof value);
  return value;
}

template <class T> std::string with(std::string bytes, std::size_t at, T value) {
  std::memcpy(&bytes.at(at), &value, sizeof value);
  return bytes;
}

constexpr std::size_t root_header = 96;  // as h5py and this library write it

}  // namespace

TEST_CASE("files that Keras wrote have the expected structure") {
  for (const char* generation : {"keras2", "keras3"}) {
    CHECK_NOTHROW(check_hdf5_structure(keras_file(generation), "f"));
    CHECK_NOTHROW(check_hdf5_structure(keras_file(generation) + "behind its end", "f"));
  }
}

TEST_CASE("a damaged structure is refused with what is wrong") {
  const std::string good = keras_file("keras3");
  const auto damaged = [](const std::string& bytes) {
    const std::string begin = "f: damaged HDF5 file: ";
    const std::string message = complaint(bytes);
    CHECK(message.starts_with(begin));
    return message.substr(std::min(begin.size(), message.size()));
  };
  CHECK(complaint("") == "f: not an HDF5 file");
  CHECK(complaint("PK\3\4") == "f: not an HDF5 file");
  CHECK(damaged(good.substr(0, 50)) == "a part lies beyond its end");
  CHECK(damaged(good.substr(0, good.size() - 1)) == "it is cut off");
  CHECK(damaged(with<std::uint64_t>(good, 64, good.size())) == "a part lies beyond its end");
  CHECK(damaged(with<std::uint64_t>(good, 64, ~std::uint64_t{0})) == "a part lies beyond its end");
  CHECK(damaged(with<std::uint64_t>(good, 64, 0)) == "two parts overlap");
  CHECK(damaged(with<std::uint16_t>(good, 16, 0)) == "B-trees without entries");
  CHECK(damaged(with<std::uint64_t>(good, 80, 8)) == "a group has two symbol tables");

  const std::size_t first_message = root_header + 16;
  CHECK(number_at<std::uint16_t>(good, first_message) == 0x10);  // the continuation
  CHECK(damaged(with<std::uint64_t>(good, first_message + 8, first_message)) ==
        "two parts overlap");
  CHECK(damaged(with<std::uint64_t>(good, first_message + 8, root_header)) == "two parts overlap");
  CHECK(damaged(with<std::uint16_t>(good, first_message + 2, 9)) ==
        "a message that is not aligned");
  CHECK(damaged(with<std::uint16_t>(good, first_message + 2, 8000)) == "a part ends early");

  const auto tree = number_at<std::uint64_t>(good, 80);
  const auto heap = number_at<std::uint64_t>(good, 88);
  CHECK(damaged(with<std::uint16_t>(good, tree + 6, 0xffff)) == "a bad B-tree");
  CHECK(damaged(with<std::uint8_t>(good, tree + 5, 1)) == "a bad B-tree");
  CHECK(damaged(with<std::uint64_t>(good, tree + 24, 1'000'000)) == "a name has no end");
  CHECK(damaged(with<std::uint64_t>(good, heap + 8, 1 << 30)) == "a part lies beyond its end");
  // A free block of a local heap that is its own successor.
  const auto names = number_at<std::uint64_t>(good, heap + 24);
  std::string endless = with<std::uint64_t>(good, heap + 16, 0);
  endless = with<std::uint64_t>(with<std::uint64_t>(endless, names, 0), names + 8, 16);
  CHECK(damaged(endless) == "a local heap's free space has no end");
}

TEST_CASE("strings lie in their heap, at the length that is said of them") {
  const std::string good = keras_file("keras3");
  const std::size_t heap = good.find("GCOL");
  REQUIRE(heap != good.npos);
  const std::string outside = "f: damaged HDF5 file: a string is not in its heap";
  const auto size = number_at<std::uint64_t>(good, heap + 24);  // of the first object
  CHECK(complaint(with<std::uint64_t>(good, heap + 24, size + 1)) == outside);
  CHECK(complaint(with<std::uint16_t>(good, heap + 16, 900)) == outside);
  CHECK(complaint(with<std::uint64_t>(good, heap + 24, 1 << 20)) ==
        "f: damaged HDF5 file: a bad global heap");
  CHECK(complaint(with<std::uint16_t>(good, heap + 16, 0)) ==
        "f: damaged HDF5 file: a global heap with a gap");
  CHECK(complaint(with<std::uint64_t>(good, heap + 8, 1 << 20)) ==
        "f: damaged HDF5 file: a part lies beyond its end");
}

#if defined(SWEEPNET_HAS_HDF5)

namespace {

namespace h5 = detail::hdf5;

enum class bounds { earliest, latest };

/// The bytes of an HDF5 file into which `fill` has written.
std::string file_with(const std::function<void(hid_t)>& fill, bounds layout = bounds::earliest) {
  const h5::handle access = h5::memory_file_access(1 << 16);
  if (layout == bounds::latest) {
    REQUIRE(H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST) >= 0);
  }
  const h5::handle file(H5Fcreate("f", H5F_ACC_TRUNC, H5P_DEFAULT, access), "cannot create");
  fill(file);
  REQUIRE(H5Fflush(file, H5F_SCOPE_LOCAL) >= 0);
  std::string image(static_cast<std::size_t>(H5Fget_file_image(file, nullptr, 0)), '\0');
  REQUIRE(H5Fget_file_image(file, image.data(), image.size()) > 0);
  return image;
}

void make_dataset(hid_t file, hid_t type, const std::function<void(hid_t)>& set_up) {
  const h5::handle properties(H5Pcreate(H5P_DATASET_CREATE), "no properties");
  set_up(properties);
  const hsize_t size = 4;
  const h5::handle space(H5Screate_simple(1, &size, nullptr), "no space");
  const h5::handle data(H5Dcreate2(file, "d", type, space, H5P_DEFAULT, properties, H5P_DEFAULT),
                        "no dataset");
  const double values[4] = {1, 2, 3, 4};
  if (H5Tget_class(type) == H5T_FLOAT || H5Tget_class(type) == H5T_INTEGER) {
    REQUIRE(H5Dwrite(data, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
  }
}

}  // namespace

TEST_CASE("numbers and strings of every plain kind pass") {
  for (const hid_t type : {H5T_IEEE_F32LE, H5T_IEEE_F64BE, H5T_STD_I8LE, H5T_STD_U64BE}) {
    CHECK_NOTHROW(check_hdf5_structure(
        file_with([&](hid_t file) { make_dataset(file, type, [](hid_t) {}); }), "f"));
  }
  const auto compact = [](hid_t properties) { H5Pset_layout(properties, H5D_COMPACT); };
  CHECK_NOTHROW(check_hdf5_structure(
      file_with([&](hid_t file) { make_dataset(file, H5T_IEEE_F32LE, compact); }), "f"));
  const auto filled = [](hid_t properties) {
    const float value = 7;
    H5Pset_fill_value(properties, H5T_NATIVE_FLOAT, &value);
  };
  CHECK_NOTHROW(check_hdf5_structure(
      file_with([&](hid_t file) { make_dataset(file, H5T_IEEE_F32LE, filled); }), "f"));
}

TEST_CASE("a group of many members passes, its B-tree of two levels included") {
  const std::string many = file_with([](hid_t file) {
    for (int i = 0; i < 1000; ++i) h5::make_group(file, "layer_" + std::to_string(i));
  });
  CHECK_NOTHROW(check_hdf5_structure(many, "f"));
}

TEST_CASE("what HDF5 can do beyond a model's weights is refused by name") {
  const auto refused = [](const std::function<void(hid_t)>& fill,
                          bounds layout = bounds::earliest) {
    return complaint(file_with(fill, layout));
  };
  CHECK(refused([](hid_t) {}, bounds::latest)
            .starts_with("f: HDF5 superblocks of version "));  // 2 or 3
  CHECK(refused([](hid_t file) {
          H5Lcreate_soft("/nowhere", file, "link", H5P_DEFAULT, H5P_DEFAULT);
        }) == "f: HDF5 links are not supported");
  CHECK(refused([](hid_t file) {
          H5Lcreate_external("/etc/passwd", "/", file, "link", H5P_DEFAULT, H5P_DEFAULT);
        }).ends_with(" are not supported"));
  const hsize_t chunk = 2;
  CHECK(refused([&](hid_t file) {
          make_dataset(file, H5T_IEEE_F32LE, [&](hid_t p) { H5Pset_chunk(p, 1, &chunk); });
        }) == "f: HDF5 datasets that are chunked, compressed or virtual are not supported");
  CHECK(refused([](hid_t file) {
          make_dataset(file, H5T_IEEE_F32LE,
                       [](hid_t p) { H5Pset_external(p, "/dev/null", 0, 4 * sizeof(float)); });
        }).ends_with(" are not supported"));
  CHECK(refused([](hid_t file) {
          const h5::handle type(H5Tcopy(H5T_IEEE_F32LE), "no type");
          H5Tcommit2(file, "t", type, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
        }) == "f: damaged HDF5 file: an object is no group and no dataset");
  CHECK(refused([](hid_t file) { make_dataset(file, H5T_C_S1, [](hid_t) {}); }) ==
        "f: HDF5 datasets without data are not supported");
  CHECK(refused([](hid_t file) { make_dataset(file, H5T_STD_REF_OBJ, [](hid_t) {}); }) ==
        "f: datatypes of class 7 are not supported");
}

TEST_CASE("no damaged byte of a file harms the reader") {
  const std::string good = keras_file("keras3");
  std::size_t refused = 0;
  for (std::size_t at = 0; at < good.size(); at += testing::cases<std::size_t>(5, 25)) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ (1 << at % 8));
    try {
      (void)read_keras_h5(bad, "f");
    } catch (const data_error&) {
      ++refused;
    }
  }
  CHECK(refused > testing::cases<std::size_t>(200, 40));
}

#endif  // SWEEPNET_HAS_HDF5
