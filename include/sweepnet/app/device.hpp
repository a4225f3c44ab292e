// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which device trains: --device auto|cpu|cuda[:N] and --precision.

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>

#include "sweepnet/app/context.hpp"
#include "sweepnet/backend/cpu/executor.hpp"
#include "sweepnet/backend/cuda/options.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/data/dataset.hpp"
#include "sweepnet/describe/names.hpp"
#include "sweepnet/training/executor.hpp"
#include "sweepnet/training/executor_group.hpp"

namespace sweepnet::app {

struct device_settings {
  std::string device = "auto";
  std::string precision = "fp32";
};

/// The device that a job trains on.
struct chosen_device {
  std::optional<cuda_options> gpu{};  ///< none: the CPU
  std::string reason{};               ///< why `auto` did not take a GPU
};

namespace detail {

/// N of "cuda:N", 0 of "cuda". Throws usage_error for any other text.
inline int gpu_number(const std::string& device) {
  if (device == "cuda") return 0;
  const std::string prefix = "cuda:";
  const auto number = device.starts_with(prefix)
                          ? parse_number<int>(std::string_view(device).substr(prefix.size()))
                          : std::nullopt;
  if (!number || *number < 0) {
    throw usage_error(fmt::format("--device must be auto, cpu, cuda or cuda:N, got '{}'", device));
  }
  return *number;
}

}  // namespace detail

/// Throws usage_error for an unknown device or precision, or one that the CPU lacks;
/// configuration_error if the GPU that was asked for cannot be used.
[[nodiscard]] inline chosen_device choose_device(const context& world,
                                                 const device_settings& settings) {
  const auto precision = from_name<sweepnet::precision>(settings.precision);
  if (!precision) {
    throw usage_error(
        fmt::format("--precision must be fp32 or tf32, got '{}'", settings.precision));
  }
  const bool automatic = settings.device == "auto";
  chosen_device chosen;
  if (settings.device != "cpu") {
    const int number = automatic ? 0 : detail::gpu_number(settings.device);
    chosen.reason = world.gpu ? world.gpu->why_unusable(number)
                              : std::string("this program was built without CUDA");
    if (chosen.reason.empty()) {
      chosen.gpu = cuda_options{.device = number, .precision = *precision};
    } else if (!automatic) {
      throw configuration_error(fmt::format("--device {}: {}", settings.device, chosen.reason));
    }
  }
  if (!chosen.gpu && *precision != sweepnet::precision::fp32) {
    throw usage_error(
        fmt::format("--precision {} needs a GPU; the CPU trains in fp32{}", settings.precision,
                    chosen.reason.empty() ? "" : ", and no GPU can be used: " + chosen.reason));
  }
  return chosen;
}

/// Leaves a GPU that was not asked for to tasks that it can learn. Throws configuration_error for
/// one that was, and usage_error for a precision that the CPU lacks.
inline void settle_device(chosen_device& device, const device_settings& settings,
                          const dataset& data) {
  const task t = data.task;
  if (!device.gpu || (t == task::multiclass && data.train.weights.empty())) return;
  const std::string why =
      t == task::multiclass
          ? "a GPU knows no weights of rows"
          : fmt::format(
                "a GPU learns multiclass tasks alone, the data's is {}{}", name_of(t),
                t == task::binary ? " (--task multiclass gives each of the two an output)" : "");
  if (settings.device != "auto") {
    throw configuration_error(fmt::format("--device {}: {}", settings.device, why));
  }
  device.gpu.reset();
  device.reason = why;
  if (settings.precision != name_of(sweepnet::precision::fp32)) {
    throw usage_error(fmt::format("--precision {} needs a GPU; the CPU trains in fp32, and {}",
                                  settings.precision, why));
  }
}

/// Makes executors on that device; the CPU's have `threads` threads, or as many as there are
/// processors.
[[nodiscard]] inline executor_factory executors_on(const chosen_device& device,
                                                   const context& world, int threads) {
  if (device.gpu) {
    return [make = world.gpu->make, options = *device.gpu](
               const model_spec& model, const training_options& training, const dataset& data) {
      return make(model, training, data, options);
    };
  }
  return [threads](const model_spec& model, const training_options& training,
                   const dataset& data) -> std::unique_ptr<executor> {
    return std::make_unique<cpu_executor>(model, training, data, cpu_options{.threads = threads});
  };
}

/// Makes groups of executors on that GPU; none, if its backend has no groups.
[[nodiscard]] inline executor_group_factory group_on(const cuda_options& gpu,
                                                     const context& world) {
  if (!world.gpu->make_group) return {};
  return [make = world.gpu->make_group, gpu](const dataset& data) { return make(data, gpu); };
}

inline void add_device_options(CLI::App& command, device_settings& settings) {
  command
      .add_option("--device", settings.device,
                  "auto (a usable GPU, else the CPU), cpu, cuda or cuda:N; default auto")
      ->type_name("DEVICE");
  command
      .add_option("--precision", settings.precision,
                  "of products on a GPU: fp32 or tf32; default fp32")
      ->type_name("NAME");
}

}  // namespace sweepnet::app
