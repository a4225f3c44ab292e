// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The numbers of the fields that this library writes, by message, and of the types that they name.
// Source: onnx/onnx.proto3 (1.8).

#include <cstdint>

namespace sweepnet::detail::onnx {

inline constexpr std::int64_t ir_version = 7;
inline constexpr std::int64_t opset_version = 13;

namespace data_type {
inline constexpr std::int64_t float_32 = 1;
}
namespace attribute_type {
inline constexpr std::int64_t real = 1, integer = 2;
}

namespace model_proto {
enum : int {
  ir_version = 1,
  producer_name = 2,
  producer_version = 3,
  graph = 7,
  opset_import = 8,
  metadata_props = 14
};
}
namespace operator_set_proto {
enum : int { domain = 1, version = 2 };
}
namespace string_entry_proto {
enum : int { key = 1, value = 2 };
}
namespace graph_proto {
enum : int { node = 1, name = 2, initializer = 5, input = 11, output = 12 };
}
namespace node_proto {
enum : int { input = 1, output = 2, name = 3, op_type = 4, attribute = 5 };
}
namespace attribute_proto {
enum : int { name = 1, real = 2, integer = 3, type = 20 };
}
namespace tensor_proto {
enum : int { dims = 1, data_type = 2, name = 8, raw_data = 9 };
}
namespace value_info_proto {
enum : int { name = 1, type = 2 };
}
namespace type_proto {
enum : int { tensor = 1 };
}
namespace tensor_type_proto {
enum : int { element = 1, shape = 2 };
}
namespace shape_proto {
enum : int { dimension = 1 };
}
namespace dimension_proto {
enum : int { value = 1, parameter = 2 };
}

}  // namespace sweepnet::detail::onnx
