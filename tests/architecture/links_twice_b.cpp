// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include <string>

#include "sweepnet/sweepnet.hpp"

std::string version_seen_by_the_other_unit();
std::string version_seen_by_the_other_unit() { return sweepnet::version; }
