// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The hashes that S3 speaks, by OpenSSL: SHA-256 and its HMAC for signatures and content, MD5 for
// ETags.

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "sweepnet/core/format.hpp"

namespace sweepnet::storage {

[[nodiscard]] inline std::string hexadecimal(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return text;
}

/// A hash of bytes that come piece by piece.
class hasher {
 public:
  explicit hasher(const EVP_MD* algorithm) : state_(EVP_MD_CTX_new()) {
    check(state_ != nullptr && EVP_DigestInit_ex(state_.get(), algorithm, nullptr) == 1);
  }

  void add(std::string_view bytes) {
    check(EVP_DigestUpdate(state_.get(), bytes.data(), bytes.size()) == 1);
  }

  /// The hash's bytes; call once, after everything was added.
  [[nodiscard]] std::string finish() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned size = 0;
    check(EVP_DigestFinal_ex(state_.get(), bytes.data(), &size) == 1);
    return {reinterpret_cast<const char*>(bytes.data()), size};
  }

 private:
  static void check(bool worked) {
    if (!worked) throw std::runtime_error("OpenSSL cannot hash");
  }
  struct deleter {
    void operator()(EVP_MD_CTX* state) const { EVP_MD_CTX_free(state); }
  };
  std::unique_ptr<EVP_MD_CTX, deleter> state_;
};

/// In hexadecimal digits.
[[nodiscard]] inline std::string sha256(std::string_view bytes) {
  hasher hash(EVP_sha256());
  hash.add(bytes);
  return hexadecimal(hash.finish());
}

/// Raw bytes, because one HMAC keys the next.
[[nodiscard]] inline std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> result{};
  unsigned size = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), result.data(),
           &size) == nullptr) {
    throw std::runtime_error("OpenSSL cannot compute an HMAC");
  }
  return {reinterpret_cast<const char*>(result.data()), size};
}

}  // namespace sweepnet::storage
