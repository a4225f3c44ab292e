// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Shared libraries that are looked for when they are first needed. A program built with CUDA so
// starts on a machine that has neither a driver nor cuBLAS.

#include <dlfcn.h>

#include <string>

#include "sweepnet/core/error.hpp"

namespace sweepnet::cuda {

/// An open library. It is never closed: what it made may be destroyed when the program ends, after
/// any object of ours. Throws configuration_error, with the loader's own words, if it or a function
/// of it is not there.
class shared_library {
 public:
  explicit shared_library(const char* name) : name_(name), handle_(::dlopen(name, RTLD_NOW)) {
    if (handle_ == nullptr) throw configuration_error(::dlerror());
  }

  /// The function of that name; F is its type.
  template <class F> [[nodiscard]] F* function(const char* name) const {
    void* address = ::dlsym(handle_, name);
    if (address == nullptr) throw configuration_error(name_ + " has no " + name);
    return reinterpret_cast<F*>(address);
  }

 private:
  std::string name_;
  void* handle_;
};

}  // namespace sweepnet::cuda
