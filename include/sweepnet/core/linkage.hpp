// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where functions are compiled that are no templates and too long for every unit. X.hpp declares
// them and X.inl defines them, each marked SWEEPNET_INLINE. X.hpp ends with
//
//   #if !defined(SWEEPNET_COMPILED)
//   #include "sweepnet/room/X.inl"
//   #endif
//
// so that by default the headers are all there is. Units built with SWEEPNET_COMPILED see
// declarations alone and link the library sweepnet::compiled, which has a unit for each .inl.
// Virtual functions are marked where they are declared, too: else each unit would hold their
// class's table, and all that is in it.

#if defined(SWEEPNET_COMPILED)
#define SWEEPNET_INLINE
#else
#define SWEEPNET_INLINE inline
#endif
