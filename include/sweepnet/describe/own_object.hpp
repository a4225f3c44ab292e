// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The check of an object of a program's own that stands where a built-in one would.

#include <string>

#include "sweepnet/core/error.hpp"

namespace sweepnet::detail {

/// Throws argument_error, its text beginning with `where`, for a null pointer, and for an object
/// whose name() is empty or is_built_in(name). `what` it is: "activation".
template <class Object, class IsBuiltIn>
void require_own(const Object* object, const std::string& what, const IsBuiltIn& is_built_in,
                 const std::string& where = "") {
  if (object == nullptr) {
    throw argument_error(where + what + " must be an object, got a null pointer");
  }
  const std::string name = object->name();
  if (!name.empty() && !is_built_in(name)) return;
  throw argument_error(where + "an own " + what + " must have a name of its own, got '" + name +
                       "'" + (name.empty() ? "" : ", which is a built-in one's"));
}

}  // namespace sweepnet::detail
