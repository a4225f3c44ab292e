// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// TensorBoard's event files: records of TensorFlow's framing, each a protocol buffer.
//   record: u64 length, u32 masked check sum of these 8 bytes, the event, u32 masked check sum of
//   it,
//           little-endian; masked = rotate right by 15, + 0xa282ead8
// Sources: tensorflow/core/lib/io/record_writer.h, event.proto, summary.proto, and plugins/hparams
// of TensorBoard 2.20.

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sweepnet/describe/json.hpp"
#include "sweepnet/model/onnx/protobuf.hpp"
#include "sweepnet/report/crc32.hpp"

namespace sweepnet::report {

/// What became of a run, as the plugin HParams has it.
enum class session_status : std::int64_t { success = 1, failure = 2, running = 3 };

/// A parameter's name, and its value: a number, a text, true or false.
using hyperparameter = std::pair<std::string, ordered_json>;

/// The bytes of one event file. Times are in seconds of UNIX time.
class event_file {
 public:
  explicit event_file(double wall_time) {
    protobuf_message event = event_at(wall_time);
    event.add_bytes(3, "brain.Event:2");
    add(event);
  }

  /// Whoever reads drops what earlier files of the run say of this step and later ones.
  void add_restart(double wall_time, std::int64_t step) {
    protobuf_message log;
    log.add_integer(1, 1);  // START
    protobuf_message event = event_at(wall_time);
    event.add_integer(2, step);
    event.add_message(7, log);
    add(event);
  }

  void add_scalar(double wall_time, std::int64_t step, std::string_view tag, double value) {
    protobuf_message scalar;
    scalar.add_bytes(1, tag);
    scalar.add_real(2, static_cast<float>(value));
    add_summary(wall_time, step, scalar);
  }

  /// What the session is trained with; sessions of one group are shown as one, by their mean.
  void add_session_start(double wall_time, const std::vector<hyperparameter>& parameters,
                         std::string_view group) {
    protobuf_message start;
    for (const auto& [name, value] : parameters) {
      protobuf_message told;
      if (value.is_boolean()) {
        told.add_integer(4, value.get<bool>() ? 1 : 0);
      } else if (value.is_number()) {
        told.add_double(2, value.get<double>());
      } else {
        told.add_bytes(3, value.is_string() ? value.get<std::string>() : dump(value));
      }
      protobuf_message entry;
      entry.add_bytes(1, name);
      entry.add_message(2, told);
      start.add_message(1, entry);
    }
    start.add_bytes(4, group);
    start.add_double(5, wall_time);
    protobuf_message data;
    data.add_message(3, start);
    add_hparams(wall_time, "_hparams_/session_start_info", data);
  }

  void add_session_end(double wall_time, session_status status) {
    protobuf_message end;
    end.add_integer(1, static_cast<std::int64_t>(status));
    end.add_double(2, wall_time);
    protobuf_message data;
    data.add_message(4, end);
    add_hparams(wall_time, "_hparams_/session_end_info", data);
  }

  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  static protobuf_message event_at(double wall_time) {
    protobuf_message event;
    event.add_double(1, wall_time);
    return event;
  }

  void add_summary(double wall_time, std::int64_t step, const protobuf_message& value) {
    protobuf_message summary;
    summary.add_message(1, value);
    protobuf_message event = event_at(wall_time);
    if (step != 0) event.add_integer(2, step);
    event.add_message(5, summary);
    add(event);
  }

  /// A summary of the plugin: its data lie beside a tensor of no meaning.
  void add_hparams(double wall_time, std::string_view tag, const protobuf_message& data) {
    protobuf_message dimension;
    dimension.add_integer(1, 1);
    protobuf_message shape;
    shape.add_message(2, dimension);
    protobuf_message tensor;
    tensor.add_integer(1, 1);  // of floats
    tensor.add_message(2, shape);
    protobuf_message plugin;
    plugin.add_bytes(1, "hparams");
    plugin.add_bytes(2, data.bytes());
    protobuf_message metadata;
    metadata.add_message(1, plugin);
    metadata.add_integer(4, 2);  // a tensor
    protobuf_message value;
    value.add_bytes(1, tag);
    value.add_message(8, tensor);
    value.add_message(9, metadata);
    add_summary(wall_time, 0, value);
  }

  void add(const protobuf_message& event) {
    std::string length;
    for (int shift = 0; shift < 64; shift += 8) {
      length += static_cast<char>(std::uint64_t{event.bytes().size()} >> shift & 0xffU);
    }
    bytes_ += length;
    append_check_sum(length);
    bytes_ += event.bytes();
    append_check_sum(event.bytes());
  }

  void append_check_sum(std::string_view of) {
    constexpr std::uint32_t mask = 0xa282ead8;
    const std::uint32_t sum = std::rotr(crc32<crc_polynomial::castagnoli>(of), 15) + mask;
    for (int shift = 0; shift < 32; shift += 8) bytes_ += static_cast<char>(sum >> shift & 0xffU);
  }

  std::string bytes_;
};

}  // namespace sweepnet::report
