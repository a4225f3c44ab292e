// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where an HDF5 file keeps text: a group's names in its local heap, strings of variable length in
// global heaps. Source: HDF5 File Format Specification 3.0, sections III.D and III.E.

#include <cstdint>
#include <map>
#include <string_view>

#include "sweepnet/model/hdf5/parts.hpp"

namespace sweepnet::detail::hdf5 {

/// The data of the local heap at `address`: names, each ending in a NUL, and free blocks, whose
/// list is checked.
inline std::string_view local_heap(parts& file, std::uint64_t address) {
  const reporter& report = file.report();
  piece start = file.claim(address, 32);
  report.require(start.bytes(4) == "HEAP" && start.number<std::uint32_t>() == 0,
                 "a bad local heap");
  const auto size = start.number<std::uint64_t>();
  const auto free = start.number<std::uint64_t>();
  const std::string_view data = file.claim(start.number<std::uint64_t>(), size).bytes(size);
  constexpr std::uint64_t no_block = 1;
  std::uint64_t blocks = 0;
  for (std::uint64_t at = free; at != no_block; ++blocks) {
    report.require(at < size && blocks <= size / 16, "a local heap's free space has no end");
    piece block(data.substr(at), report);
    at = block.number<std::uint64_t>();
    report.require(block.number<std::uint64_t>() <= block.left() + 16, "a bad local heap");
  }
  return data;
}

/// The strings of variable length that attributes refer to.
class global_heaps {
 public:
  explicit global_heaps(parts& file) : parts_(&file) {}

  /// The length of the string that the next reference in `values` refers to.
  std::uint64_t string_length(piece& values) {
    const auto length = values.number<std::uint32_t>();
    const auto address = values.number<std::uint64_t>();
    const auto index = values.number<std::uint32_t>();
    if (length == 0 && address == 0) return 0;
    const auto& objects = objects_at(address);
    const auto object = objects.find(index);
    // The library copies the object whole into a buffer of the reference's length.
    parts_->report().require(object != objects.end() && object->second == length,
                             "a string is not in its heap");
    return length;
  }

 private:
  /// The sizes of a global heap's objects by their index.
  const std::map<std::uint32_t, std::uint64_t>& objects_at(std::uint64_t address) {
    const auto known = heaps_.find(address);
    if (known != heaps_.end()) return known->second;
    piece start(parts_->claim(address, 16));
    parts_->report().require(start.bytes(4) == "GCOL" && start.number<std::uint32_t>() == 1,
                             "a bad global heap");
    const auto size = start.number<std::uint64_t>();
    parts_->report().require(size >= 4096, "a global heap that is too small");
    piece rest = parts_->claim(address + 16, size - 16);
    auto& objects = heaps_[address];
    constexpr std::uint64_t object_header = 16;
    while (rest.left() >= object_header) {
      const std::uint64_t left = rest.left();
      const auto index = rest.number<std::uint16_t>();
      rest.skip(6);
      const auto length = rest.number<std::uint64_t>();
      if (index == 0) {  // the free space at the end, its header counted
        parts_->report().require(length == left, "a global heap with a gap");
        break;
      }
      parts_->report().require(length <= rest.left() && objects.emplace(index, length).second,
                               "a bad global heap");
      rest.skip((length + 7) / 8 * 8);
    }
    return objects;
  }

  parts* parts_;
  std::map<std::uint64_t, std::map<std::uint32_t, std::uint64_t>> heaps_;
};

}  // namespace sweepnet::detail::hdf5
