// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// safetensors: u64 little-endian N; N bytes of JSON; the tensors' bytes.
// Source: huggingface/safetensors, README section "Format", and its reader's checks.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/describe/encode.hpp"
#include "sweepnet/describe/untrusted_json.hpp"

namespace sweepnet {

static_assert(std::endian::native == std::endian::little,
              "safetensors are little-endian: this code copies bytes as they are");

struct safetensor {
  std::string name;
  std::string dtype;  ///< "F32", "U8", ...
  std::vector<std::int64_t> shape;
  std::string bytes;  ///< row-major, little-endian

  /// The elements; T must be as wide as the dtype.
  template <class T> [[nodiscard]] std::vector<T> values() const {
    std::vector<T> elements(bytes.size() / sizeof(T));
    if (!elements.empty()) std::memcpy(elements.data(), bytes.data(), elements.size() * sizeof(T));
    return elements;
  }
};

struct safetensors_file {
  std::vector<safetensor> tensors;
  std::map<std::string, std::string> metadata;

  /// The tensor of that name, or nullptr.
  [[nodiscard]] const safetensor* find(std::string_view name) const {
    const auto found = std::ranges::find(tensors, name, &safetensor::name);
    return found == tensors.end() ? nullptr : &*found;
  }
};

namespace detail {

/// Bytes of one element, or nothing for an unknown type.
inline std::optional<std::uint64_t> dtype_size(std::string_view dtype) {
  constexpr std::array<std::pair<std::string_view, std::uint64_t>, 13> sizes{{{"F64", 8},
                                                                              {"I64", 8},
                                                                              {"U64", 8},
                                                                              {"F32", 4},
                                                                              {"I32", 4},
                                                                              {"U32", 4},
                                                                              {"F16", 2},
                                                                              {"BF16", 2},
                                                                              {"I16", 2},
                                                                              {"U16", 2},
                                                                              {"I8", 1},
                                                                              {"U8", 1},
                                                                              {"BOOL", 1}}};
  for (const auto& [name, size] : sizes) {
    if (name == dtype) return size;
  }
  return std::nullopt;
}

}  // namespace detail

/// The file's bytes. Tensors are sorted by descending element size, then by name, and the header
/// padded so that they lie at a multiple of 8.
[[nodiscard]] inline std::string write_safetensors(safetensors_file file) {
  std::ranges::sort(file.tensors, [](const safetensor& a, const safetensor& b) {
    const auto left = detail::dtype_size(a.dtype);
    const auto right = detail::dtype_size(b.dtype);
    return left != right ? left > right : a.name < b.name;
  });
  json header = json::object();
  if (!file.metadata.empty()) header["__metadata__"] = file.metadata;
  std::uint64_t offset = 0;
  for (const safetensor& t : file.tensors) {
    header[t.name] = {{"dtype", t.dtype},
                      {"shape", t.shape},
                      {"data_offsets", {offset, offset + t.bytes.size()}}};
    offset += t.bytes.size();
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');
  std::string bytes(sizeof(std::uint64_t), '\0');
  const std::uint64_t length = text.size();
  std::memcpy(bytes.data(), &length, sizeof length);
  bytes += text;
  for (const safetensor& t : file.tensors) bytes += t.bytes;
  return bytes;
}

/// The tensors in `bytes`, in the order of their data. Throws data_error naming `source` unless the
/// header is well-formed and the tensors fill the data exactly, without holes or overlap.
[[nodiscard]] inline safetensors_file read_safetensors(std::string_view bytes,
                                                       const std::string& source) {
  const auto fail = [&](const std::string& what) -> void {
    throw data_error(source + ": " + what);
  };
  constexpr std::uint64_t longest_header = 100'000'000;
  std::uint64_t length = 0;
  if (bytes.size() < sizeof length) fail("too short for a safetensors file");
  std::memcpy(&length, bytes.data(), sizeof length);
  if (length > longest_header || length > bytes.size() - sizeof length) {
    fail(fmt::format("the header's length {} does not fit the file", length));
  }
  const std::string_view text = bytes.substr(sizeof length, length);
  if (!text.starts_with('{')) fail("the header does not begin with '{'");
  // Keys in a search tree, because a header may name any number of tensors.
  constexpr json_limits limits{.nesting = 8, .keys = longest_header};
  const auto header = parse_untrusted_json<nlohmann::json>(text, source + ": the header", limits);
  if (!header.is_object()) fail("the header is not a JSON object");
  const std::string_view data = bytes.substr(sizeof length + length);

  struct placed {
    std::uint64_t begin;
    std::uint64_t end;
    safetensor tensor;
  };
  safetensors_file file;
  std::vector<placed> entries;
  for (const auto& item : header.items()) {
    const std::string& name = item.key();
    const nlohmann::json& entry = item.value();
    if (name == "__metadata__") {
      if (!entry.is_object()) fail("__metadata__ must be an object");
      for (const auto& [key, value] : entry.items()) {
        if (!value.is_string()) fail("__metadata__ must hold strings only");
        file.metadata[key] = value.get<std::string>();
      }
      continue;
    }
    const auto bad = [&](const std::string& what) {
      fail(fmt::format("tensor '{}': {}", name, what));
    };
    if (!entry.is_object() || !entry.contains("dtype") || !entry.contains("shape") ||
        !entry.contains("data_offsets") || !entry["dtype"].is_string() ||
        !entry["shape"].is_array() || !entry["data_offsets"].is_array() ||
        entry["data_offsets"].size() != 2) {
      bad("must have dtype, shape and data_offsets");
    }
    const std::string dtype = entry["dtype"].get<std::string>();
    const auto element = detail::dtype_size(dtype);
    if (!element) bad("unknown dtype '" + dtype + "'");
    const auto size_of = [&](const nlohmann::json& value) -> std::uint64_t {
      if (!value.is_number_unsigned()) bad("sizes and offsets must be integers from 0");
      return value.get<std::uint64_t>();
    };
    std::uint64_t expected = *element;
    safetensor tensor{.name = name, .dtype = dtype, .shape = {}, .bytes = {}};
    constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
    for (const nlohmann::json& size : entry["shape"]) {
      const std::uint64_t n = size_of(size);
      if (n > most || (n != 0 && expected > most / n)) bad("size overflows");
      expected *= n;
      tensor.shape.push_back(static_cast<std::int64_t>(n));
    }
    const std::uint64_t begin = size_of(entry["data_offsets"][0]);
    const std::uint64_t end = size_of(entry["data_offsets"][1]);
    if (begin > end || end > data.size()) {
      bad(fmt::format("offsets [{}, {}) lie outside the {} bytes of data", begin, end,
                      data.size()));
    }
    if (end - begin != expected) {
      bad(fmt::format("its shape needs {} bytes, its offsets give {}", expected, end - begin));
    }
    entries.push_back({begin, end, std::move(tensor)});
  }
  std::ranges::stable_sort(entries, [](const placed& a, const placed& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  std::uint64_t covered = 0;
  for (const placed& entry : entries) {
    if (entry.begin != covered) {
      fail(fmt::format("tensors leave a hole or overlap at byte {}", covered));
    }
    covered = entry.end;
  }
  if (covered != data.size()) {
    fail(fmt::format("{} bytes follow the last tensor", data.size() - covered));
  }
  for (placed& entry : entries) {  // only now, because overlapping tensors would multiply the data
    entry.tensor.bytes = data.substr(entry.begin, entry.end - entry.begin);
    file.tensors.push_back(std::move(entry.tensor));
  }
  return file;
}

}  // namespace sweepnet
