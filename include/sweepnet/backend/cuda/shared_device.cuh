// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What executors on one GPU and one data set share: the device, a stream, the libraries' handles
// and workspace, and the data. Work of one stream comes one after the other, whoever puts it there.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sweepnet/backend/cuda/device.cuh"
#include "sweepnet/backend/cuda/plain_network.cuh"
#include "sweepnet/backend/cuda/resources.cuh"
#include "sweepnet/backend/cuda/turns.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/data/dataset.hpp"

namespace sweepnet::cuda {

/// Labelled rows in device memory: one-hot columns multiplied out, as all products there are of
/// whole matrices.
class device_rows {
 public:
  device_rows(const labelled_rows& rows, const stream& on)
      : bytes_(rows.features.as<std::uint8_t>(), on),
        reals_(reals_of(rows, on)),
        labels_(std::span(rows.labels), on),
        scale_(rows.scale),
        width_(rows.width) {}

  [[nodiscard]] feature_rows features() const {
    return {.bytes = bytes_.get(), .reals = reals_.get(), .scale = scale_, .width = width_};
  }
  [[nodiscard]] const std::int32_t* labels() const { return labels_.get(); }
  [[nodiscard]] std::int64_t rows() const { return static_cast<std::int64_t>(labels_.size()); }

 private:
  /// None of bytes. Synchronises.
  static device_memory<float> reals_of(const labelled_rows& rows, const stream& on) {
    if (rows.features.one_hot() == nullptr) return {rows.features.as<float>(), on};
    device_memory<float> all = room_for(rows);
    const std::int64_t piece =
        std::max<std::int64_t>(1, (std::int64_t{1} << 22) / std::max<std::int64_t>(rows.width, 1));
    std::vector<float> some;
    for (std::int64_t first = 0; first < rows.rows(); first += piece) {
      const std::int64_t count = std::min(piece, rows.rows() - first);
      some.resize(static_cast<std::size_t>(count * rows.width));
      for (std::int64_t r = 0; r < count; ++r) {
        rows.copy_row(first + r, some.data() + r * rows.width);
      }
      copy_to_device(std::span<const float>(some), all, on, first * rows.width);
      on.synchronize();
    }
    return all;
  }

  static device_memory<float> room_for(const labelled_rows& rows) try {
    return device_memory<float>(static_cast<std::size_t>(rows.rows() * rows.width));
  } catch (const cuda_out_of_memory& e) {
    throw cuda_out_of_memory(
        fmt::format("{} rows of {} features, one-hot columns multiplied out: {}", rows.rows(),
                    rows.width, e.what()));
  }

  device_memory<std::uint8_t> bytes_;
  device_memory<float> reals_;
  device_memory<std::int32_t> labels_;
  double scale_;
  std::int64_t width_;
};

/// A GPU that can be used, and is this thread's current one as soon as it is selected.
class selected_device {
 public:
  explicit selected_device(int device) : device_(device) {
    if (const std::string reason = why_unusable(device); !reason.empty()) {
      throw configuration_error("cuda: " + reason);
    }
    select();
  }
  /// Again, as another executor may have selected another GPU, or another thread uses this one.
  void select() const { SWEEPNET_CUDA(cudaSetDevice(device_)); }
  [[nodiscard]] int number() const { return device_; }

 private:
  int device_;
};

class shared_device {
 public:
  /// Copies the data. Throws configuration_error if there is no such GPU, cuda_out_of_memory.
  shared_device(const dataset& data, int device)
      : selected_(device),
        train_(data.train, libraries_.on),
        validation_(data.validation, libraries_.on) {}
  shared_device(const shared_device&) = delete;  // executors hold addresses of its members
  shared_device& operator=(const shared_device&) = delete;

  void select() const { selected_.select(); }
  /// The device is the calling thread's, and its current one, while it holds this. All that puts
  /// work on the stream or uses a handle has a turn.
  [[nodiscard]] turns::turn take_turn() {
    turns::turn taken = turns_.take();
    select();
    return taken;
  }
  /// The same, once nobody else wants a turn.
  [[nodiscard]] turns::turn take_last_turn() {
    turns::turn taken = turns_.take_last();
    select();
    return taken;
  }

  [[nodiscard]] int number() const { return selected_.number(); }
  [[nodiscard]] const libraries& with() const { return libraries_; }
  [[nodiscard]] const stream& on() const { return libraries_.on; }
  [[nodiscard]] const device_rows& train() const { return train_; }
  [[nodiscard]] const device_rows& validation() const { return validation_; }

 private:
  selected_device selected_;
  libraries libraries_;
  device_rows train_;
  device_rows validation_;
  turns turns_;
};

}  // namespace sweepnet::cuda
