// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// libhdf5's identifiers, owned, and its errors as exceptions.

#include <hdf5.h>

#include <mutex>
#include <string>
#include <utility>

#include "sweepnet/core/error.hpp"

namespace sweepnet::detail::hdf5 {

/// Owns an HDF5 identifier of any kind.
class handle {
 public:
  handle(hid_t id, const std::string& what) : id_(id) {
    if (id < 0) throw data_error(what);
  }
  handle(handle&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)) {}
  handle(const handle&) = delete;  // one owner gives the reference back
  handle& operator=(const handle&) = delete;
  handle& operator=(handle&&) = delete;
  ~handle() {
    if (id_ >= 0) H5Idec_ref(id_);
  }
  operator hid_t() const { return id_; }  // NOLINT: HDF5's functions take the bare identifier

 private:
  hid_t id_;
};

/// Sole use of libhdf5, which threads may not enter together as distributions build it; and keeps
/// it from printing its own error stack: every failure becomes an exception here.
class quiet {
 public:
  quiet() : alone_(library()) {
    H5Eget_auto2(H5E_DEFAULT, &function_, &data_);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  }
  quiet(const quiet&) = delete;  // restores the handler once
  quiet& operator=(const quiet&) = delete;
  ~quiet() { H5Eset_auto2(H5E_DEFAULT, function_, data_); }

 private:
  static std::mutex& library() {
    static std::mutex one;
    return one;
  }

  std::lock_guard<std::mutex> alone_;
  H5E_auto2_t function_ = nullptr;
  void* data_ = nullptr;
};

inline void check(herr_t status, const std::string& what) {
  if (status < 0) throw data_error(what);
}

}  // namespace sweepnet::detail::hdf5
