// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where AWS' keys come from: environment, web identity, profile files, container, EC2's metadata
// service, in botocore's order. Nothing here prints or keeps a secret in a message.

#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "sweepnet/core/environment.hpp"
#include "sweepnet/storage/aws/credential_service.hpp"
#include "sweepnet/storage/aws/sigv4.hpp"
#include "sweepnet/storage/web/http.hpp"
#include "sweepnet/storage/web/retry.hpp"

namespace sweepnet::storage {

/// STS' host: AWS_ENDPOINT_URL_STS before AWS_ENDPOINT_URL before the region's. Throws
/// configuration_error.
[[nodiscard]] std::string sts_endpoint(const environment_map& environment);

/// Finds credentials and keeps them until shortly before they expire. Safe to use from any thread.
class credential_chain {
 public:
  explicit credential_chain(environment_map environment)
      : credential_chain(std::move(environment), {.attempts = 3}) {}
  /// `local` is how the services on this machine are asked again.
  credential_chain(environment_map environment, retry_policy local);

  /// Throws configuration_error, saying where it looked, if there are none or a source that is set
  /// up does not give any; service_unavailable if a service that should give them does not answer.
  /// While the keys at hand have not expired, a failure to renew them is no error: it is tried
  /// again a minute later.
  [[nodiscard]] aws_keys get();

  /// Forgets them: the service said that they have expired.
  void discard();

  /// Whence the keys in use came.
  [[nodiscard]] std::string source();

 private:
  using optional_credentials = std::optional<aws_credentials>;

  [[nodiscard]] std::string variable(const char* name) const {
    return variable_or_empty(environment_, name);
  }

  aws_credentials find() const;

  optional_credentials from_environment() const;

  /// STS' AssumeRoleWithWebIdentity, as on EKS.
  optional_credentials from_web_identity(const std::string& token_file, const std::string& role,
                                         std::string session) const;

  optional_credentials from_profile() const;

  /// The endpoint that ECS, Batch and EKS Pod Identity give a container.
  optional_credentials from_container() const;

  /// EC2's metadata service, version 2: first a token, then role and keys. Nothing where no such
  /// service answers, unless it has answered before.
  optional_credentials from_instance() const;

  static std::string first_line(const std::string& path);

  environment_map environment_;
  http_client http_;      ///< to services on this machine
  http_client sts_http_;  ///< to others
  retry_policy retry_;
  retry_policy local_retry_;
  std::mutex mutex_;
  optional_credentials found_;
  std::string source_;         ///< whence the last ones came
  time_point next_renewal_{};  ///< not before, while the keys at hand are good
};

}  // namespace sweepnet::storage

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/storage/aws/credentials.inl"
#endif
