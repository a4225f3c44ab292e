// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// What is done to the elements of a layer: dropout masks, activations, and the optimizer.

struct element_kernels {
  /// Keeps of some elements, counted over the rows of `keep`, what it has and the draw keeps too.
  /// Elements that share a byte with them may change.
  [[gnu::flatten]] static void narrow(const keep_mask& keep, const mask_draw& draw,
                                      index_range elements) {
    constexpr std::uint32_t lanes = 16;
    const auto end = static_cast<std::uint32_t>((elements.last + 7) / 8);
    for (auto b = static_cast<std::uint32_t>(elements.first / 8); b < end; b += lanes) {
      std::uint32_t words[4][lanes];
      dropout_blocks(draw, b, words);
      std::uint32_t kept[lanes];
      for (std::uint32_t i = 0; i < lanes; ++i) {
        const random_block block{{words[0][i], words[1][i], words[2][i], words[3][i]}};
        kept[i] = 0;
        for (std::uint32_t k = 0; k < dropout_lanes; ++k) {
          kept[i] |= static_cast<std::uint32_t>(is_kept(block, k, draw.threshold)) << k;
        }
      }
      for (std::uint32_t i = 0; i < std::min(lanes, end - b); ++i) {
        keep.bytes[b + i] &= static_cast<std::uint8_t>(kept[i]);
      }
    }
  }

  /// See finish_view. Nothing where f takes whole rows.
  static void finish(const activation& a, const finish_view& v, index_range rows) {
    visit_alternative(
        [&]<class F>(const F& f) {
          if constexpr (elementwise_activation<F>) finish_with(f, v, rows);
          if constexpr (std::same_as<F, activations::custom>) finish_with_own(*f.object, v, rows);
        },
        a.function);
  }

  /// The update of a rule.
  static update_function updating(const optimizer_rule& rule) {
    return visit_alternative([](const auto& r) { return update_of(r); }, rule);
  }

  /// How a rule rests; null if it does not.
  static rest_function resting(const optimizer_rule& rule) {
    return visit_alternative([](const auto& r) { return rest_of(r); }, rule);
  }

  /// An update that changes no weight and stores the gradients.
  static void store(const update_view& u, std::int64_t offset, float* g, std::int64_t count,
                    const weight_penalty& penalty) {
    add_penalty(penalty, u.weights + offset, g, count);
    std::copy_n(g, count, u.gradients + offset);
  }

  /// values *= kept, for `count` values of row r, from column `column` on.
  static void drop(const keep_mask& keep, std::int64_t r, std::int64_t column, std::int64_t count,
                   float* values) {
    for (std::int64_t j = 0; j < count; j += part) {
      const std::uint32_t bits = keep.bits(r, column + j);
      const std::int64_t n = std::min<std::int64_t>(part, count - j);
      for (std::int64_t i = 0; i < n; ++i) {
        values[j + i] = (bits >> i & 1U) != 0 ? values[j + i] * keep.scale : 0.0F;
      }
    }
  }

  /// a *= b, `columns` values of some rows.
  static void multiply(const columns_view& a, const columns_view& b, std::int64_t columns,
                       index_range rows) {
    for (std::int64_t r = rows.first; r < rows.last; ++r) {
      float* to = a.row(r);
      const float* by = b.row(r);
      for (std::int64_t j = 0; j < columns; ++j) to[j] *= by[j];
    }
  }

 private:
  static constexpr std::int64_t part = 32;  // columns that one word of a mask decides
  static constexpr std::int64_t widest_panel = 64;

  template <class F>
  [[gnu::flatten]] static void finish_with(const F f, const finish_view v, index_range rows) {
    const lanes scale = v.keep.scale;
    for (std::int64_t r = rows.first; r < rows.last; ++r) {
      float* output = v.output.row(r);
      float* gate = v.gate.data != nullptr ? v.gate.row(r) : nullptr;
      for (std::int64_t j = 0; j < v.columns; j += part) {
        std::uint32_t bits = v.keep.bits(r, v.first_column + j);
        const std::int64_t end = std::min(j + part, v.columns);
        for (std::int64_t i = j; i < end; i += vec::lanes) {
          const lanes kept = vec::kept(bits, scale.v);
          const lanes z = lanes(vec::load(output + i)) + vec::load(v.bias + i);
          const lanes y = value_of(f, z);
          vec::store(output + i, (y * kept).v);
          if (gate != nullptr) vec::store(gate + i, (derivative_of(f, z, y) * kept).v);
          bits >>= vec::lanes;
        }
      }
    }
  }

  /// The same with a program's own function, which gets a row of the panel at a time.
  static void finish_with_own(const custom_activation& f, const finish_view& v, index_range rows) {
    alignas(64) float z[widest_panel];
    const auto n = static_cast<std::size_t>(v.columns);
    for (std::int64_t r = rows.first; r < rows.last; ++r) {
      float* output = v.output.row(r);
      for (std::int64_t j = 0; j < v.columns; ++j) z[j] = output[j] + v.bias[j];
      f.apply({z, n}, {output, n});
      if (v.gate.data != nullptr) {
        float* gate = v.gate.row(r);
        f.differentiate({z, n}, {output, n}, {gate, n});
        drop(v.keep, r, v.first_column, v.columns, gate);
      }
      drop(v.keep, r, v.first_column, v.columns, output);
    }
  }

  template <class Rule> static update_function update_of(const Rule& rule) {
    return update_for<typename Rule::template step<float>>(rule.slots(),
                                                           typename Rule::slot_counts{});
  }
  static update_function update_of(const rules::custom&) { return update_by_own; }

  template <class Step, int... Slots>
  static update_function update_for(int slots, std::integer_sequence<int, Slots...>) {
    update_function found = nullptr;
    ((slots == Slots ? void(found = update<Step, Slots>) : void()), ...);
    return found;
  }

  /// Whole vectors: what pads a panel's rows is updated like the rest.
  template <class Step, int Slots>
  [[gnu::flatten]] static void update(const update_view& u, std::int64_t offset, float* g,
                                      std::int64_t count, const weight_penalty& penalty) {
    complete(u, offset, g, count, penalty);
    const Step step = u.step.as<Step>();
    const lanes decay = u.step.decay;
    float* w = u.weights + offset;
    float* slots[std::size_t{Slots > 0 ? Slots : 1}];
    for (int k = 0; k < Slots; ++k) slots[k] = u.slots[static_cast<std::size_t>(k)] + offset;
    for (std::int64_t i = 0; i < count; i += vec::lanes) {
      slot_values<lanes, Slots> slot;
      for (int k = 0; k < Slots; ++k) slot[k] = vec::load(slots[k] + i);
      lanes weight = vec::load(w + i);
      weight -= weight * decay;
      update_weight(step, weight, lanes(vec::load(g + i)), slot);
      vec::store(w + i, weight.v);
      for (int k = 0; k < Slots; ++k) vec::store(slots[k] + i, slot[k].v);
    }
  }

  template <class Rule> static rest_function rest_of(const Rule& rule) {
    if constexpr (requires { rule.rests(); }) {
      if (rule.rests()) {
        return rest_for<typename Rule::template step<float>>(rule.slots(),
                                                             typename Rule::slot_counts{});
      }
    }
    return nullptr;
  }

  template <class Step, int... Slots>
  static rest_function rest_for(int slots, std::integer_sequence<int, Slots...>) {
    rest_function found = nullptr;
    ((slots == Slots ? void(found = rest<Step, Slots>) : void()), ...);
    return found;
  }

  template <class Step, int Slots>
  [[gnu::flatten]] static void rest(const update_view& u, std::int64_t offset, std::int64_t count,
                                    std::uint64_t steps) {
    if constexpr (Slots > 0) {
      constexpr std::int64_t together = 4;
      std::int64_t i = offset;
      for (; i + together * vec::lanes <= offset + count; i += together * vec::lanes) {
        rest_together<Step, Slots, together>(u, i, steps);
      }
      for (; i < offset + count; i += vec::lanes) rest_together<Step, Slots, 1>(u, i, steps);
    }
  }

  /// Several vectors side by side, because one alone waits for its own products.
  template <class Step, int Slots, int Vectors>
  SWEEPNET_ALWAYS_INLINE static void rest_together(const update_view& u, std::int64_t offset,
                                                   std::uint64_t steps) {
    using all_slots = slot_values<lanes, Slots>[std::size_t{Vectors}];
    const Step step = u.step.as<Step>();
    const auto place = [&](int k, int v) {
      return u.slots[static_cast<std::size_t>(k)] + offset + v * vec::lanes;
    };
    all_slots slots;
    for (int v = 0; v < Vectors; ++v) {
      for (int k = 0; k < Slots; ++k) slots[v][k] = vec::load(place(k, v));
    }
    const auto take = [&]() __attribute__((always_inline)) {
      SWEEPNET_UNROLL
      for (int v = 0; v < Vectors; ++v) {
        lanes weight = 0;  // which nobody reads
        update_weight(step, weight, lanes(0), slots[v]);
      }
    };
    // Slots soon come to where they stay: looked at now and then.
    constexpr std::uint64_t unseen = 15;
    for (std::uint64_t changed = 1; steps > 0 && changed != 0; --steps) {
      for (std::uint64_t s = std::min(unseen, steps - 1); s > 0; --s, --steps) take();
      all_slots before;
      std::copy_n(slots, Vectors, before);
      take();
      changed = 0;
      for (int v = 0; v < Vectors; ++v) {
        for (int k = 0; k < Slots; ++k) {
          changed |= vec::nonzeros((slots[v][k] - before[v][k]).v);
        }
      }
    }
    for (int v = 0; v < Vectors; ++v) {
      for (int k = 0; k < Slots; ++k) vec::store(place(k, v), slots[v][k].v);
    }
  }

  /// The same by a program's own rule.
  static void update_by_own(const update_view& u, std::int64_t offset, float* g, std::int64_t count,
                            const weight_penalty& penalty) {
    complete(u, offset, g, count, penalty);
    const auto slot = [&](std::size_t k) {
      return u.slots[k] != nullptr ? u.slots[k] + offset : nullptr;
    };
    apply_step(u.step.as<rules::custom::step<float>>(), u.step.decay, u.weights + offset, g,
               slot(0), slot(1), slot(2), count);
  }

  /// What a gradient is before the rule gets it: with the penalty's, and within the limit.
  [[gnu::noinline]] static void complete(const update_view& u, std::int64_t offset, float* g,
                                         std::int64_t count, const weight_penalty& penalty) {
    add_penalty(penalty, u.weights + offset, g, count);
    if (u.limit < std::numeric_limits<float>::infinity()) {
      const float limit = u.limit;
      for (std::int64_t i = 0; i < count; ++i) g[i] = std::clamp(g[i], -limit, limit);
    }
  }

  SWEEPNET_ALWAYS_INLINE static void add_penalty(const weight_penalty& penalty, const float* w,
                                                 float* g, std::int64_t count) {
    if (penalty.is_zero()) return;
    const weight_penalty p = penalty;
    for (std::int64_t i = 0; i < count; ++i) g[i] += p.gradient(w[i]);
  }

  /// words[k][i] = random_at(..., first + i).word[k]: Philox4x32-10 on many counters, which are
  /// held as 64-bit lanes because a round is two products of 32 by 32 bits. Source: Salmon et al.,
  /// Parallel random numbers: as easy as 1, 2, 3 (SC 2011).
  template <std::uint32_t Count>
  SWEEPNET_ALWAYS_INLINE static void dropout_blocks(const mask_draw& draw, std::uint32_t first,
                                                    std::uint32_t (&words)[4][Count]) {
    using wide = vec::wide;
    constexpr int lanes = sizeof(wide) / sizeof(std::uint64_t);
    constexpr int groups = static_cast<int>(Count) / lanes;
    const wide low = vec::all_wide(0xffffffffU);
    wide c[4][std::size_t{groups}];
    SWEEPNET_UNROLL
    for (int g = 0; g < groups; ++g) {
      for (int l = 0; l < lanes; ++l) {
        c[0][g][l] = first + static_cast<std::uint32_t>(g * lanes + l);
      }
      c[1][g] = vec::all_wide(draw.step);
      c[2][g] =
          vec::all_wide(static_cast<std::uint32_t>(random_stream::dropout) << 16 | draw.layer);
      c[3][g] = vec::all_wide(random_format_version);
    }
    auto key_0 = static_cast<std::uint32_t>(draw.seed);
    auto key_1 = static_cast<std::uint32_t>(draw.seed >> 32);
    for (int round = 0; round < 10; ++round) {
      SWEEPNET_UNROLL
      for (int g = 0; g < groups; ++g) {
        const wide p = vec::multiply(c[0][g], vec::all_wide(0xD2511F53U));
        const wide q = vec::multiply(c[2][g], vec::all_wide(0xCD9E8D57U));
        c[0][g] = (q >> 32) ^ c[1][g] ^ vec::all_wide(key_0);
        c[1][g] = q & low;
        c[2][g] = (p >> 32) ^ c[3][g] ^ vec::all_wide(key_1);
        c[3][g] = p & low;
      }
      key_0 += 0x9E3779B9U;
      key_1 += 0xBB67AE85U;
    }
    for (int k = 0; k < 4; ++k) {
      std::uint64_t out[std::size_t{Count}];
      std::memcpy(out, c[k], sizeof out);
      for (std::uint32_t i = 0; i < Count; ++i) words[k][i] = static_cast<std::uint32_t>(out[i]);
    }
  }
};
