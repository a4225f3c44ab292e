// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Objects of a program's own that files hold by their names alone: whoever reads the file passes
// them.

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <typeindex>
#include <utility>
#include <vector>

#include "sweepnet/core/text.hpp"

namespace sweepnet {

/// Objects by their type and name. What may be added is for derived classes to say.
class named_objects {
 public:
  /// The object of type T with that name in any letter case; null if there is none.
  template <class T> [[nodiscard]] std::shared_ptr<const T> find(std::string_view name) const {
    const auto found = objects_.find({std::type_index(typeid(T)), lowercase(name)});
    if (found == objects_.end()) return nullptr;
    return std::static_pointer_cast<const T>(found->second.object);
  }

  /// The names of all objects of type T. They live as long as these objects do.
  template <class T> [[nodiscard]] std::vector<std::string_view> names() const {
    std::vector<std::string_view> names;
    for (const auto& [key, value] : objects_) {
      if (key.first == std::type_index(typeid(T))) names.push_back(value.name);
    }
    return names;
  }

 protected:
  /// False if there is one of that type and name already, which stays.
  template <class T> bool insert(const std::string& name, std::shared_ptr<const T> object) {
    return objects_
        .try_emplace({std::type_index(typeid(T)), lowercase(name)},
                     entry{.name = name, .object = std::move(object)})
        .second;
  }

 private:
  struct entry {
    std::string name;
    std::shared_ptr<const void> object;
  };
  std::map<std::pair<std::type_index, std::string>, entry> objects_{};  // by name in lower case
};

}  // namespace sweepnet
