// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/model/safetensors/container.hpp"

#include <algorithm>
#include <deque>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/describe/json.hpp"
#include "sweepnet/describe/untrusted_json.hpp"

namespace sweepnet {

SWEEPNET_INLINE const safetensor* safetensors_file::find(std::string_view name) const {
  const auto found = std::ranges::find(tensors, name, &safetensor::name);
  return found == tensors.end() ? nullptr : &*found;
}

SWEEPNET_INLINE std::vector<safetensor_view> views_of(const safetensors_file& file) {
  std::vector<safetensor_view> views;
  for (const safetensor& t : file.tensors) {
    views.push_back({.name = t.name, .dtype = t.dtype, .shape = t.shape, .bytes = t.bytes});
  }
  return views;
}

namespace detail {

/// Bytes of one element, or nothing for an unknown type.
inline std::optional<std::uint64_t> dtype_size(std::string_view dtype) {
  struct known_dtype {
    std::string_view name;
    std::uint64_t size;
  };
  static constexpr known_dtype known[] = {
      {"F64", 8},  {"I64", 8}, {"U64", 8}, {"F32", 4}, {"I32", 4}, {"U32", 4},  {"F16", 2},
      {"BF16", 2}, {"I16", 2}, {"U16", 2}, {"I8", 1},  {"U8", 1},  {"BOOL", 1},
  };
  for (const auto& [name, size] : known) {
    if (name == dtype) return size;
  }
  return std::nullopt;
}

}  // namespace detail

namespace detail {

inline std::string safetensors_header(const std::vector<safetensor_view>& tensors,
                                      const safetensors_metadata& metadata) {
  ordered_json header = ordered_json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::uint64_t offset = 0;
  for (const safetensor_view& t : tensors) {
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
  return bytes + text;
}

}  // namespace detail

SWEEPNET_INLINE void write_safetensors(
    std::vector<safetensor_view> tensors, const safetensors_metadata& metadata,
    const std::function<void(std::span<const std::string_view>)>& take) {
  std::ranges::sort(tensors, [](const safetensor_view& a, const safetensor_view& b) {
    const auto left = detail::dtype_size(a.dtype);
    const auto right = detail::dtype_size(b.dtype);
    return left != right ? left > right : a.name < b.name;
  });
  // Small tensors are copied behind what stands before them, so that a small file is one piece.
  constexpr std::size_t small = std::size_t{64} << 10;
  std::deque<std::string> copied{detail::safetensors_header(tensors, metadata)};
  std::vector<std::string_view> pieces{copied.back()};
  for (const safetensor_view& t : tensors) {
    if (t.bytes.size() > small) {
      pieces.push_back(t.bytes);
      continue;
    }
    if (pieces.back().data() != copied.back().data()) pieces.emplace_back(copied.emplace_back());
    copied.back() += t.bytes;
    pieces.back() = copied.back();
  }
  take(pieces);
}

SWEEPNET_INLINE std::string write_safetensors(std::vector<safetensor_view> tensors,
                                              const safetensors_metadata& metadata) {
  std::string bytes;
  write_safetensors(std::move(tensors), metadata, [&](std::span<const std::string_view> pieces) {
    std::size_t size = 0;
    for (const std::string_view piece : pieces) size += piece.size();
    bytes.reserve(size);
    for (const std::string_view piece : pieces) bytes += piece;
  });
  return bytes;
}

SWEEPNET_INLINE std::string write_safetensors(const safetensors_file& file) {
  return write_safetensors(views_of(file), file.metadata);
}

namespace detail {

/// A tensor, and where its bytes lie in the data.
struct placed_tensor {
  std::uint64_t begin;
  std::uint64_t end;
  safetensor_view tensor;
};

/// Header and data of a file.
struct safetensors_parts {
  nlohmann::json header;  ///< keys in a search tree: a header may name any number of tensors
  std::string_view data;
};

inline safetensors_parts split_safetensors(std::string_view bytes, const std::string& source) {
  const auto require = [&](bool holds, const std::string& what) {
    if (!holds) throw data_error(source + ": " + what);
  };
  constexpr std::uint64_t longest_header = 100'000'000;
  std::uint64_t length = 0;
  require(bytes.size() >= sizeof length, "too short for a safetensors file");
  std::memcpy(&length, bytes.data(), sizeof length);
  require(length <= longest_header && length <= bytes.size() - sizeof length,
          fmt::format("the header's length {} does not fit the file", length));
  const std::string_view text = bytes.substr(sizeof length, length);
  require(text.starts_with('{'), "the header does not begin with '{'");
  constexpr std::size_t most_keys = 1'000'000;
  constexpr json_limits limits{
      .nesting = 8, .keys = most_keys, .values = 8 * most_keys, .containers = 4 * most_keys};
  auto header = parse_untrusted_json<nlohmann::json>(text, source + ": the header", limits);
  require(header.is_object(), "the header is not a JSON object");
  return {.header = std::move(header), .data = bytes.substr(sizeof length + length)};
}

inline std::map<std::string, std::string> parse_metadata(const nlohmann::json& entry,
                                                         const std::string& source) {
  if (!entry.is_object()) throw data_error(source + ": __metadata__ must be an object");
  std::map<std::string, std::string> metadata;
  for (const auto& [key, value] : entry.items()) {
    if (!value.is_string()) throw data_error(source + ": __metadata__ must hold strings only");
    metadata[key] = value.get<std::string>();
  }
  return metadata;
}

/// A header's entry of a tensor. Throws data_error naming `source` unless it has all of its parts
/// and its shape fills its share of the data.
inline placed_tensor parse_tensor(const std::string& name, const nlohmann::json& entry,
                                  std::uint64_t data_size, const std::string& source) {
  const auto fail = [&](const std::string& what) {
    throw data_error(fmt::format("{}: tensor '{}': {}", source, name, what));
  };
  const auto size_of = [&](const nlohmann::json& value) {
    if (!value.is_number_unsigned()) fail("sizes and offsets must be integers from 0");
    return value.get<std::uint64_t>();
  };
  if (!entry.is_object() || !entry.contains("dtype") || !entry.contains("shape") ||
      !entry.contains("data_offsets") || !entry["dtype"].is_string() ||
      !entry["shape"].is_array() || !entry["data_offsets"].is_array() ||
      entry["data_offsets"].size() != 2) {
    fail("must have dtype, shape and data_offsets");
  }
  safetensor_view tensor{
      .name = name, .dtype = entry["dtype"].get<std::string>(), .shape = {}, .bytes = {}};
  const auto element = dtype_size(tensor.dtype);
  if (!element) fail("unknown dtype '" + tensor.dtype + "'");

  std::uint64_t needed = *element;
  constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
  for (const nlohmann::json& size : entry["shape"]) {
    const std::uint64_t n = size_of(size);
    if (n > most || (n != 0 && needed > most / n)) fail("size overflows");
    needed *= n;
    tensor.shape.push_back(static_cast<std::int64_t>(n));
  }
  const std::uint64_t begin = size_of(entry["data_offsets"][0]);
  const std::uint64_t end = size_of(entry["data_offsets"][1]);
  if (begin > end || end > data_size) {
    fail(fmt::format("offsets [{}, {}) lie outside the {} bytes of data", begin, end, data_size));
  }
  if (end - begin != needed) {
    fail(fmt::format("its shape needs {} bytes, its offsets give {}", needed, end - begin));
  }
  return {.begin = begin, .end = end, .tensor = std::move(tensor)};
}

/// Throws data_error unless tensors, in the order of their data, fill them without holes or
/// overlap.
inline void check_coverage(const std::vector<placed_tensor>& tensors, std::uint64_t data_size,
                           const std::string& source) {
  std::uint64_t covered = 0;
  for (const placed_tensor& each : tensors) {
    if (each.begin != covered) {
      throw data_error(
          fmt::format("{}: tensors leave a hole or overlap at byte {}", source, covered));
    }
    covered = each.end;
  }
  if (covered != data_size) {
    throw data_error(
        fmt::format("{}: {} bytes follow the last tensor", source, data_size - covered));
  }
}

}  // namespace detail

SWEEPNET_INLINE safetensors_view view_safetensors(std::string_view bytes,
                                                  const std::string& source) {
  const auto [header, data] = detail::split_safetensors(bytes, source);
  safetensors_view file;
  std::vector<detail::placed_tensor> tensors;
  for (const auto& item : header.items()) {
    if (item.key() == "__metadata__") {
      file.metadata = detail::parse_metadata(item.value(), source);
    } else {
      tensors.push_back(detail::parse_tensor(item.key(), item.value(), data.size(), source));
    }
  }
  std::ranges::stable_sort(
      tensors, {}, [](const detail::placed_tensor& t) { return std::pair(t.begin, t.end); });
  detail::check_coverage(tensors, data.size(), source);
  for (detail::placed_tensor& each : tensors) {
    each.tensor.bytes = data.substr(each.begin, each.end - each.begin);
    file.tensors.push_back(std::move(each.tensor));
  }
  return file;
}

SWEEPNET_INLINE safetensors_file read_safetensors(std::string_view bytes,
                                                  const std::string& source) {
  safetensors_view view = view_safetensors(bytes, source);  // overlapping ones would multiply data
  safetensors_file file{.tensors = {}, .metadata = std::move(view.metadata)};
  for (safetensor_view& t : view.tensors) {
    file.tensors.push_back({.name = std::move(t.name),
                            .dtype = std::move(t.dtype),
                            .shape = std::move(t.shape),
                            .bytes = std::string(t.bytes)});
  }
  return file;
}

}  // namespace sweepnet
