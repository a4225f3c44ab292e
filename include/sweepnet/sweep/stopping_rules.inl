// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/sweep/stopping_rules.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include "sweepnet/core/linkage.hpp"
#include "sweepnet/sweep/search_stages.hpp"

namespace sweepnet {

SWEEPNET_INLINE std::vector<std::int64_t> bands_of(const early_terminations::wandb_hyperband& rule,
                                                   std::int64_t longest) {
  std::vector<std::int64_t> bands;
  const auto add = [&](double band) {
    const auto epoch = static_cast<std::int64_t>(band);
    if (bands.empty() || bands.back() != epoch) bands.push_back(epoch);
  };
  if (rule.max_iter && rule.s) {
    auto band = static_cast<double>(*rule.max_iter);
    for (std::int64_t i = 0; i < *rule.s && (band /= rule.eta) >= 1; ++i) add(band);
    std::ranges::reverse(bands);
    std::erase_if(bands, [&](std::int64_t epoch) { return epoch > longest; });
    return bands;
  }
  constexpr int most = 100;
  auto band = static_cast<double>(rule.min_iter.value_or(1));
  for (int i = 0; i < most && band < static_cast<double>(longest) + 1; ++i, band *= rule.eta) {
    add(band);
  }
  return bands;
}

SWEEPNET_INLINE std::vector<std::int64_t> halving_rungs(std::int64_t min_epochs, double eta,
                                                        std::int64_t max_epochs) {
  std::vector<std::int64_t> rungs;
  auto rung = static_cast<double>(min_epochs);
  for (; std::floor(rung + 0.5) < static_cast<double>(max_epochs); rung *= eta) {
    const auto epoch = static_cast<std::int64_t>(std::floor(rung + 0.5));
    if (rungs.empty() || rungs.back() != epoch) rungs.push_back(epoch);
  }
  return rungs;
}

SWEEPNET_INLINE std::size_t survivors_of(std::size_t runs, double eta) {
  return static_cast<std::size_t>(std::ceil(static_cast<double>(runs) / eta));
}

SWEEPNET_INLINE std::vector<hyperband_bracket> brackets_of(
    const early_terminations::hyperband& rule, std::int64_t max_epochs, std::size_t runs) {
  const auto longest = static_cast<double>(max_epochs);
  std::vector<double> powers{1};  // eta^s
  while (static_cast<double>(rule.min_epochs) * powers.back() * rule.eta <= longest) {
    powers.push_back(powers.back() * rule.eta);
  }
  std::vector<double> ends;  // of the brackets, in runs of the whole table
  double sum = 0;
  for (std::size_t s = powers.size(); s-- > 0;) {
    const double count = static_cast<double>(powers.size()) / static_cast<double>(s + 1);
    ends.push_back(sum += std::ceil(count * powers[s]));
  }
  std::vector<hyperband_bracket> brackets;
  for (std::size_t i = 0; i < ends.size(); ++i) {
    const std::size_t s = powers.size() - 1 - i;
    const double share = ends[i] == sum ? 1 : ends[i] / sum;
    hyperband_bracket bracket{
        .number = static_cast<std::int64_t>(s),
        .first = brackets.empty() ? 0 : brackets.back().last,
        .last = static_cast<std::size_t>(std::floor(static_cast<double>(runs) * share + 0.5))};
    double rung = std::floor(longest / powers[s]);
    for (std::size_t k = 0; k < s; ++k, rung *= rule.eta) {
      bracket.rungs.push_back(static_cast<std::int64_t>(std::floor(rung + 0.5)));
    }
    brackets.push_back(std::move(bracket));
  }
  return brackets;
}

namespace detail {

/// NaN behind all else.
inline double comparable(double loss) {
  return std::isfinite(loss) ? loss : std::numeric_limits<double>::infinity();
}

inline double loss_at(const compared_run& run, std::int64_t epoch) {
  return run.losses[static_cast<std::size_t>(epoch) - 1];
}

/// The best of some losses, NaN if none is finite.
inline double best_of(std::span<const double> losses) {
  double best = std::nan("");
  for (const double loss : losses) {
    if (std::isfinite(loss) && !(loss >= best)) best = loss;
  }
  return best;
}

/// The mean of those that are finite, NaN if none is.
inline double mean_of(std::span<const double> losses) {
  double sum = 0;
  std::size_t count = 0;
  for (const double loss : losses) {
    if (!std::isfinite(loss)) continue;
    sum += loss;
    ++count;
  }
  return count == 0 ? std::nan("") : sum / static_cast<double>(count);
}

}  // namespace detail

SWEEPNET_INLINE std::vector<judgement> judge_by_bands(
    const early_terminations::wandb_hyperband& rule, std::span<const compared_run> runs) {
  std::int64_t longest = 0;
  for (const compared_run& run : runs) longest = std::max(longest, std::ssize(run.losses));
  const std::vector<std::int64_t> bands = bands_of(rule, longest);
  std::vector<double> thresholds;
  for (const std::int64_t band : bands) {
    std::vector<double> losses;
    for (const compared_run& run : runs) {
      if (std::ssize(run.losses) < band) continue;
      losses.push_back(detail::comparable(detail::loss_at(run, band)));
    }
    std::ranges::sort(losses);
    const double place = 1 / rule.eta * static_cast<double>(losses.size());
    thresholds.push_back(losses[std::min(static_cast<std::size_t>(place), losses.size() - 1)]);
  }
  std::vector<judgement> stopped;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const compared_run& run = runs[i];
    const auto above = std::ranges::upper_bound(bands, std::ssize(run.losses));
    if (!run.running || above == bands.begin()) continue;
    const auto which = static_cast<std::size_t>(above - bands.begin()) - 1;
    const double last = detail::loss_at(run, bands[which]);
    const double loss = rule.strict ? last : detail::best_of(run.losses);
    if (std::isfinite(last) && !(loss > thresholds[which])) continue;
    stopped.push_back({.run = i, .band = bands[which], .loss = std::isfinite(last) ? loss : last});
    if (std::isfinite(thresholds[which])) stopped.back().threshold = thresholds[which];
  }
  return stopped;
}

SWEEPNET_INLINE std::vector<judgement> judge_by_rank(std::span<const compared_run> runs,
                                                     std::int64_t rung, std::size_t keep) {
  const auto loss = [&](std::size_t i) { return detail::at_epoch(runs[i].losses, rung); };
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (std::isfinite(loss(i))) order.push_back(i);
  }
  std::ranges::stable_sort(order, {}, loss);
  std::vector<bool> kept(runs.size());
  for (std::size_t place = 0; place < std::min(keep, order.size()); ++place) {
    kept[order[place]] = true;
  }
  std::optional<double> threshold;
  if (!order.empty() && keep > 0) threshold = loss(order[std::min(keep, order.size()) - 1]);
  std::vector<judgement> stopped;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (kept[i] || !runs[i].running) continue;
    stopped.push_back({.run = i, .band = rung, .loss = loss(i), .threshold = threshold});
  }
  return stopped;
}

SWEEPNET_INLINE std::vector<judgement> judge_by_median(const early_terminations::median& rule,
                                                       std::span<const compared_run> runs,
                                                       std::int64_t epoch) {
  const auto up_to = [&](std::size_t i) {
    return runs[i].losses.first(static_cast<std::size_t>(epoch));
  };
  std::vector<double> own(runs.size(), std::nan(""));
  std::vector<double> means;  // of all, ascending
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (std::ssize(runs[i].losses) < epoch) continue;
    own[i] = detail::mean_of(up_to(i));
    if (std::isfinite(own[i])) means.push_back(own[i]);
  }
  std::ranges::sort(means);
  std::vector<judgement> stopped;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (!runs[i].running || std::ssize(runs[i].losses) < epoch) continue;
    const double last = detail::loss_at(runs[i], epoch);
    const bool counted = std::isfinite(own[i]);
    const std::size_t others = means.size() - (counted ? 1 : 0);
    const auto place = static_cast<std::size_t>(
        counted ? std::ranges::lower_bound(means, own[i]) - means.begin() : std::ssize(means));
    const auto other = [&](std::size_t k) { return means[k < place ? k : k + 1]; };
    std::optional<double> threshold;
    if (others > 0) threshold = (other((others - 1) / 2) + other(others / 2)) / 2;
    const double best = detail::best_of(up_to(i));
    const bool enough = static_cast<std::int64_t>(others) >= rule.min_runs;
    if (std::isfinite(last) && !(enough && best > *threshold)) continue;
    stopped.push_back({.run = i,
                       .band = epoch,
                       .loss = std::isfinite(last) ? best : last,
                       .threshold = threshold});
  }
  return stopped;
}

}  // namespace sweepnet
