// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Checks an HDF5 file before libhdf5 sees it: on damaged or hostile files libhdf5 1.10 reads and
// writes beyond its buffers, loops, leaks, or takes all memory.
//
// What passes is what h5py and this library write for Keras: superblock 0, groups as symbol tables,
// object headers of version 1, contiguous or compact datasets, attributes of numbers and strings.
// Every part that can be reached is followed within the file's bounds, and no two parts overlap,
// which also rules out cycles. Links, filters, chunks, external data and newer layouts are refused.
// Source: HDF5 File Format Specification 3.0.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/model/hdf5/heaps.hpp"
#include "sweepnet/model/hdf5/messages.hpp"
#include "sweepnet/model/hdf5/parts.hpp"

namespace sweepnet {

namespace detail::hdf5 {

/// One walk through the file.
class structure {
 public:
  structure(std::string_view bytes, const std::string& source)
      : file_(bytes, {source}), heaps_(file_), report_(file_.report()) {}

  void check() {
    constexpr std::string_view signature = "\x89HDF\r\n\x1a\n";
    if (!file_.bytes().starts_with(signature)) {
      throw data_error(report_.source + ": not an HDF5 file");
    }
    superblock(file_.claim(0, 96));
    while (!pending_.empty()) {
      const std::uint64_t address = pending_.back();
      pending_.pop_back();
      if (seen_.insert(address).second) object(address);
    }
    for (const auto& [address, table] : cached_) {
      const auto group = groups_.find(address);
      require(group != groups_.end() && group->second == table, "a group has two symbol tables");
    }
  }

 private:
  /// Where a group keeps its members: B-tree and local heap.
  using symbol_table = std::pair<std::uint64_t, std::uint64_t>;

  /// What an object header's messages say.
  struct header {
    std::optional<symbol_table> table;
    std::optional<std::uint64_t> elements;
    std::optional<datatype> type;
    std::optional<std::uint64_t> storage;  ///< bytes
    std::set<std::uint64_t> fills;         ///< sizes of fill values
    std::set<int> found;                   ///< message types that may come once only
  };

  void require(bool holds, const char* what) const { report_.require(holds, what); }

  void superblock(piece block) {
    block.skip(8);
    const auto version = block.number<std::uint8_t>();
    report_.support(version == 0, fmt::format("HDF5 superblocks of version {} are", version));
    require(block.number<std::uint32_t>() == 0, "parts of unknown versions");
    const auto offset_size = block.number<std::uint8_t>();
    const auto length_size = block.number<std::uint8_t>();
    report_.support(offset_size == 8 && length_size == 8, "HDF5 offsets of other than 64 bits are");
    block.skip(1);
    leaf_entries_ = 2U * block.number<std::uint16_t>();
    node_entries_ = 2U * block.number<std::uint16_t>();
    require(leaf_entries_ > 0 && node_entries_ > 0, "B-trees without entries");
    require(block.number<std::uint32_t>() == 0, "not closed by its writer");
    require(block.number<std::uint64_t>() == 0, "a base address other than 0");
    require(block.number<std::uint64_t>() == undefined_address, "a table of free space");
    file_.end_at(block.number<std::uint64_t>());
    require(block.number<std::uint64_t>() == undefined_address, "a driver's own block");
    block.skip(8);
    symbol(block);
    root_ = pending_.at(0);
  }

  /// The rest of a symbol table entry, behind its name.
  void symbol(piece& entry) {
    const auto address = entry.number<std::uint64_t>();
    const auto cache = entry.number<std::uint32_t>();
    entry.skip(4);
    const auto tree = entry.number<std::uint64_t>();
    const auto heap = entry.number<std::uint64_t>();
    report_.support(cache != 2, "HDF5 links are");
    require(cache <= 1, "an unknown kind of symbol");
    if (cache == 1) cached_.emplace_back(address, symbol_table(tree, heap));
    pending_.push_back(address);
  }

  void object(std::uint64_t address) {
    piece prefix(file_.claim(address, 16));
    require(prefix.number<std::uint8_t>() == 1, "an object header of another version than 1");
    prefix.skip(7);
    const auto size = prefix.number<std::uint32_t>();
    header facts;
    std::vector<piece> chunks{file_.claim(address + 16, size)};
    while (!chunks.empty()) {
      piece chunk = chunks.back();
      chunks.pop_back();
      while (chunk.left() > 0) {
        const auto type = chunk.number<std::uint16_t>();
        const auto length = chunk.number<std::uint16_t>();
        const auto flags = chunk.number<std::uint8_t>();
        chunk.skip(3);
        require(length % 8 == 0, "a message that is not aligned");
        constexpr int constant = 1, not_to_share = 4;
        report_.support((flags & ~(constant | not_to_share)) == 0, "shared HDF5 messages are");
        piece body = chunk.part(length);
        constexpr int continuation = 0x10;
        if (type == continuation) {
          const auto at = body.number<std::uint64_t>();
          chunks.push_back(file_.claim(at, body.number<std::uint64_t>()));
        } else {
          message(facts, type, body);
        }
      }
    }
    finish(address, facts);
  }

  void message(header& facts, int type, piece& body) {
    enum : int {
      nil = 0x00,
      dataspace = 0x01,
      data_type = 0x03,
      old_fill_value = 0x04,
      fill_value = 0x05,
      layout = 0x08,
      attribute = 0x0c,
      table = 0x11,
      modification_time = 0x12
    };
    if (type == nil) return;
    if (type == attribute) return check_attribute(body);
    require(facts.found.insert(type).second, "a message comes twice");
    switch (type) {
      case dataspace: facts.elements = read_dataspace(body, report_); break;
      case data_type: facts.type = read_datatype(body, report_); break;
      case old_fill_value: {
        const auto size = body.number<std::uint32_t>();
        body.skip(size);
        facts.fills.insert(size);
        break;
      }
      case fill_value: facts.fills.insert(read_fill_value(body, report_)); break;
      case layout: facts.storage = read_layout(body); break;
      case table: {
        const auto tree = body.number<std::uint64_t>();
        facts.table = {tree, body.number<std::uint64_t>()};
        break;
      }
      case modification_time:
        require(body.left() >= 8 && body.number<std::uint8_t>() == 1, "a bad time");
        break;
      default: report_.support(false, fmt::format("HDF5 header messages of type {:#x} are", type));
    }
  }

  std::uint64_t read_layout(piece& body) {
    const auto version = body.number<std::uint8_t>();
    const auto layout_class = body.number<std::uint8_t>();
    report_.support(version == 3, fmt::format("HDF5 data layouts of version {} are", version));
    report_.support(layout_class <= 1, "HDF5 datasets that are chunked, compressed or virtual are");
    if (layout_class == 0) {
      const auto size = body.number<std::uint16_t>();
      body.skip(size);
      return size;
    }
    const auto address = body.number<std::uint64_t>();
    const auto size = body.number<std::uint64_t>();
    report_.support(size == 0 || address != undefined_address, "HDF5 datasets without data are");
    if (size > 0) (void)file_.claim(address, size);
    return size;
  }

  void check_attribute(piece& body) {
    const auto version = body.number<std::uint8_t>();
    const auto flags = body.number<std::uint8_t>();
    report_.support(version >= 1 && version <= 3,
                    fmt::format("HDF5 attributes of version {} are", version));
    report_.support(version == 1 || flags == 0, "shared HDF5 datatypes are");
    const auto name_size = body.number<std::uint16_t>();
    const auto type_size = body.number<std::uint16_t>();
    const auto space_size = body.number<std::uint16_t>();
    if (version == 3) require(body.number<std::uint8_t>() <= 1, "a name in unknown characters");
    const auto padded = [&](std::uint64_t size) {
      return version == 1 ? (size + 7) / 8 * 8 : size;
    };
    const std::string_view name = body.bytes(padded(name_size)).substr(0, name_size);
    require(name_size > 1 && name.find('\0') == name_size - 1U, "an attribute's name has no end");
    piece type_part = body.part(padded(type_size));
    const datatype type = read_datatype(type_part, report_);
    const std::uint64_t elements = read_dataspace(body.part(padded(space_size)), report_);
    piece values = body.part(product(elements, type.size, report_));
    if (!type.variable_string) return;
    std::uint64_t total = 0;
    for (std::uint64_t i = 0; i < elements; ++i) total += heaps_.string_length(values);
    constexpr std::uint64_t longest_list = std::uint64_t{1} << 20;  // strings may share their bytes
    require(elements <= 1 || total <= longest_list, "a list of strings is too long");
  }

  void finish(std::uint64_t address, const header& facts) {
    if (facts.table) {
      require(facts.found.size() == 1, "an object is a group and more");
      groups_.emplace(address, *facts.table);
      group(facts.table->first, facts.table->second);
      return;
    }
    require(address != root_, "the root is no group");
    require(facts.elements && facts.type && facts.storage, "an object is no group and no dataset");
    report_.support(!facts.type->variable_string, "HDF5 datasets of variable strings are");
    require(*facts.storage == product(*facts.elements, facts.type->size, report_),
            "a dataset's size is not that of its shape");
    for (const std::uint64_t size : facts.fills) {
      require(size == 0 || size == facts.type->size, "a fill value of another type");
    }
  }

  void group(std::uint64_t tree, std::uint64_t heap) {
    tree_node(tree, local_heap(file_, heap), std::nullopt);
  }

  /// A name of any length would be searched for its end once for each entry that shares it.
  void require_name(std::uint64_t offset, std::string_view names) const {
    constexpr std::size_t longest = std::size_t{1} << 16;
    require(offset < names.size() && names.substr(offset, longest).find('\0') != names.npos,
            "a name has no end");
  }

  void tree_node(std::uint64_t address, std::string_view names, std::optional<int> expected_level) {
    piece node = file_.claim(address, 32 + 16 * node_entries_);
    require(node.bytes(4) == "TREE" && node.number<std::uint8_t>() == 0, "a bad B-tree");
    const int level = node.number<std::uint8_t>();
    require(!expected_level || level == *expected_level, "a B-tree of uneven height");
    const auto used = node.number<std::uint16_t>();
    require(used <= node_entries_, "a bad B-tree");
    node.skip(16);
    for (std::size_t i = 0; i < used; ++i) {
      require_name(node.number<std::uint64_t>(), names);
      const auto child = node.number<std::uint64_t>();
      if (level > 0) {
        tree_node(child, names, level - 1);
      } else {
        symbol_node(child, names);
      }
    }
    if (used > 0) require_name(node.number<std::uint64_t>(), names);
  }

  void symbol_node(std::uint64_t address, std::string_view names) {
    piece node = file_.claim(address, 8 + 40 * leaf_entries_);
    require(node.bytes(4) == "SNOD" && node.number<std::uint8_t>() == 1, "a bad symbol table");
    node.skip(1);
    const auto used = node.number<std::uint16_t>();
    require(used <= leaf_entries_, "a bad symbol table");
    for (std::size_t i = 0; i < used; ++i) {
      require_name(node.number<std::uint64_t>(), names);
      symbol(node);
    }
  }

  parts file_;
  global_heaps heaps_;
  const reporter& report_;
  std::uint64_t root_ = 0;
  std::uint64_t leaf_entries_ = 0;
  std::uint64_t node_entries_ = 0;
  std::set<std::uint64_t> seen_;
  std::vector<std::uint64_t> pending_;
  std::map<std::uint64_t, symbol_table> groups_;
  std::vector<std::pair<std::uint64_t, symbol_table>> cached_;
};

}  // namespace detail::hdf5

/// Throws data_error naming `source` unless `bytes` are an HDF5 file of the kind described above.
inline void check_hdf5_structure(std::string_view bytes, const std::string& source) {
  detail::hdf5::structure(bytes, source).check();
}

}  // namespace sweepnet
