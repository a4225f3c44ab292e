// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/sweep/sweep_file.hpp"

#include "sweepnet/core/linkage.hpp"
#include "sweepnet/sweep/yaml_reader.hpp"

namespace sweepnet {

SWEEPNET_INLINE void detail::for_each_item(std::string_view text, const std::string& source,
                                           const decoder& decode,
                                           const std::function<void(const parsed_node&)>& visit) {
  bool any = false;
  const auto document = read_document(text, decode, [&](const parsed_node& item) {
    any = true;
    visit(item);
  });
  if (document && document->type != node_type::list && document->type != node_type::null) {
    decode.fail(*document,
                "a sweep must be a list of paramsets (- key: value ...), got " + found(*document));
  }
  if (!any) {
    throw data_error(source + ":1:1: expected a list of paramsets (- key: value ...), found none");
  }
}

SWEEPNET_INLINE std::string display_name(const storage::location& where) {
  const bool is_stream = where.type == storage::location::kind::standard_stream;
  return is_stream ? "standard input" : where.shown();
}

}  // namespace sweepnet
