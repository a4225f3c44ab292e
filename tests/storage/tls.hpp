// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Certificates of a test's own, and https for its servers.

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "catch.hpp"
#include "storage/loopback.hpp"

namespace testing {

struct openssl_deleter {
  void operator()(EVP_PKEY* each) const { EVP_PKEY_free(each); }
  void operator()(X509* each) const { X509_free(each); }
  void operator()(X509_EXTENSION* each) const { X509_EXTENSION_free(each); }
  void operator()(SSL_CTX* each) const { SSL_CTX_free(each); }
  void operator()(SSL* each) const { SSL_free(each); }
  void operator()(BIO* each) const { BIO_free_all(each); }
};
template <class T> using openssl_owner = std::unique_ptr<T, openssl_deleter>;

/// A key and its certificate for an hour: an authority's own, or one that an authority gave to the
/// server on 127.0.0.1, also called localhost.
class certificate {
 public:
  explicit certificate(const certificate* authority = nullptr)
      : key_(EVP_EC_gen("P-256")), x509_(X509_new()) {
    REQUIRE((key_ && x509_));
    const certificate& issuer = authority != nullptr ? *authority : *this;
    X509_set_version(x509_.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x509_.get()), authority != nullptr ? 2 : 1);
    X509_gmtime_adj(X509_getm_notBefore(x509_.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x509_.get()), 3600);
    X509_set_pubkey(x509_.get(), key_.get());
    static std::atomic<int> made{0};  // a name of its own each
    const std::string name = "certificate " + std::to_string(++made) + " of a test";
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x509_.get()), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509_set_issuer_name(x509_.get(), X509_get_subject_name(issuer.x509_.get()));
    if (authority == nullptr) {
      extend(NID_basic_constraints, "critical,CA:TRUE");
    } else {
      extend(NID_subject_alt_name, "IP:127.0.0.1,DNS:localhost");
    }
    REQUIRE(X509_sign(x509_.get(), issuer.key_.get(), EVP_sha256()) > 0);
  }

  [[nodiscard]] std::string pem() const {
    const openssl_owner<BIO> memory(BIO_new(BIO_s_mem()));
    REQUIRE(PEM_write_bio_X509(memory.get(), x509_.get()) == 1);
    char* text = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &text);
    return {text, static_cast<std::size_t>(size)};
  }

  [[nodiscard]] openssl_owner<SSL_CTX> server_context() const {
    openssl_owner<SSL_CTX> context(SSL_CTX_new(TLS_server_method()));
    REQUIRE(SSL_CTX_use_certificate(context.get(), x509_.get()) == 1);
    REQUIRE(SSL_CTX_use_PrivateKey(context.get(), key_.get()) == 1);
    return context;
  }

 private:
  void extend(int what, const char* value) {
    const openssl_owner<X509_EXTENSION> extension(
        X509V3_EXT_conf_nid(nullptr, nullptr, what, value));
    REQUIRE(X509_add_ext(x509_.get(), extension.get(), -1) == 1);
  }

  openssl_owner<EVP_PKEY> key_;
  openssl_owner<X509> x509_;
};

class tls_stream : public stream {
 public:
  tls_stream(int socket, SSL_CTX* context) : stream(socket), tls_(SSL_new(context)) {
    SSL_set_fd(tls_.get(), socket);
    agreed_ = SSL_accept(tls_.get()) == 1;
  }
  ~tls_stream() override {
    if (agreed_) SSL_shutdown(tls_.get());
  }

  /// Whether the client trusted the certificate.
  [[nodiscard]] bool agreed() const { return agreed_; }
  long receive(char* to, std::size_t size) override {
    return SSL_read(tls_.get(), to, static_cast<int>(size));
  }
  long send(std::string_view bytes) override {
    return SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()));
  }

 private:
  openssl_owner<SSL> tls_;
  bool agreed_ = false;
};

/// A loopback_server that speaks https; `identity` is the server's certificate.
class https_server {
 public:
  https_server(const certificate& identity, loopback_server::handler handle)
      : context_(identity.server_context()),
        server_(std::move(handle), "https", [this](int socket) {
          auto peer = std::make_unique<tls_stream>(socket, context_.get());
          return peer->agreed() ? std::move(peer) : nullptr;
        }) {}

  [[nodiscard]] const loopback_server* operator->() const { return &server_; }

 private:
  openssl_owner<SSL_CTX> context_;
  loopback_server server_;
};

}  // namespace testing
