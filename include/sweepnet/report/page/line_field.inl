// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Thousands of lines: where hundreds cross, a pixel tells their mean value and how many they are.

inline constexpr std::string_view script_line_field = R"page(
// A pixel holds an amount of lines, times oneLine, and the sum of their levels in steps of levelStep, of
// which there are 16. The amount has room for 16,383: as many lines, or an eighth of that where they are
// smoothed, by eighths. Colours of no ramp have no mean, and a layer each.
const oneLine = 1 << 18;
const levelStep = 4;
const mostLines = 16383;
const smoothing = runCount < mostLines / 8 ? 8 : 1;

class LineField {
  constructor(width, height) {
    this.width = width;
    this.height = height;
    this.layers = new Map();
  }

  // What is faint lies under everything, whatever is selected, and stays.
  clear() {
    for (const [paint, added] of this.layers) if (paint !== paints.faint) added.fill(0);
  }

  #layer(paint) {
    const key = paint < rampLevels ? 0 : paint;
    if (!this.layers.has(key)) this.layers.set(key, new Int32Array(this.width * this.height));
    return this.layers.get(key);
  }

  // One pixel in each column, or in each row where the line is steep; that of the end is the next
  // segment's. Where it is smoothed, the neighbour has what it lacks. The other place is in 16.16 fixed
  // point.
  add(xs, ys, from, to, scale, paint, dashed) {
    const {width} = this;
    const added = this.#layer(paint);
    const amount = oneLine + (paint < rampLevels ? Math.floor(paint / levelStep) : 0);
    const right = width - 3;
    const bottom = this.height - 3;
    let x0 = NaN;
    let y0 = NaN;
    for (let i = from; i < to; ++i) {
      const x1 = Math.min(right, Math.max(1, xs[i] * scale));
      const y1 = Math.min(bottom, Math.max(1, ys[i] * scale));
      const dx = x1 - x0;
      const dy = y1 - y0;
      if (Math.abs(dx) >= Math.abs(dy)) {  // as nothing is that has a NaN
        const slope = dx === 0 ? 0 : dy / dx;
        const start = Math.round(Math.min(x0, x1));
        const end = Math.round(Math.max(x0, x1));
        const step = slope * 65536 | 0;
        let y = (y0 + (start - x0) * slope + (smoothing > 1 ? 0 : 0.5)) * 65536 | 0;
        for (let x = start; x < end; ++x, y += step) {
          if (dashed && x & 4) continue;
          const at = (y >> 16) * width + x;
          if (smoothing > 1) {
            const next = y >> 13 & 7;
            added[at] += (8 - next) * amount;
            added[at + width] += next * amount;
          } else {
            added[at] += amount;
          }
        }
      } else if (Math.abs(dx) < Math.abs(dy)) {
        const slope = dx / dy;
        const start = Math.round(Math.min(y0, y1)) * width;
        const end = Math.round(Math.max(y0, y1)) * width;
        const step = slope * 65536 | 0;
        let x = (x0 + (start / width - y0) * slope + (smoothing > 1 ? 0 : 0.5)) * 65536 | 0;
        for (let row = start; row < end; row += width, x += step) {
          if (dashed && row / width & 4) continue;
          const at = row + (x >> 16);
          if (smoothing > 1) {
            const next = x >> 13 & 7;
            added[at] += (8 - next) * amount;
            added[at + 1] += next * amount;
          } else {
            added[at] += amount;
          }
        }
      }
      x0 = x1;
      y0 = y1;
    }
  }

  layOver(pixels) {
    // Opacity of an amount of lines, of 256: that of one line is less where there are many.
    const one = Math.max(0.3, 1.15 - 0.2 * Math.log10(runCount));
    const full = Math.log(2 + runCount / 30);
    const opacity = Uint16Array.from({length: 4096}, (_, amount) => {
      const lines = amount / smoothing;
      return Math.round(256 * Math.min(1, lines < 1 ? lines * one : one + (1 - one) * Math.log(lines) / full));
    });
    const {bits} = palette;
    for (const layer of [paints.faint, paints.stopped, paints.none, paints.first, paints.second, 0]) {
      const added = this.layers.get(layer);
      if (!added) continue;
      for (let at = 0; at < added.length; ++at) {
        const amount = added[at];
        if (amount === 0) continue;
        const lines = amount >>> 18;
        const paint = layer === 0 ? (amount & oneLine - 1) * levelStep / lines + 2 | 0 : layer;
        pixels[at] = blend(pixels[at], bits[paint], opacity[lines < 4095 ? lines : 4095]);
      }
    }
  }
}

// Every run once, neighbours far apart: the first lines that are drawn stand for all of them.
const shuffled = (() => {
  const order = Uint32Array.from({length: runCount}, (_, run) => run);
  let state = 1;
  for (let i = runCount - 1; i > 0; --i) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = state % (i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order.subarray(0, mostLines);
})();

// Draws a line for each run by draw(run, paint, width): those that are lit in colour, the others faint.
// Of many lines as many as a frame has time for, and the rest in the frames that follow.
class LineQueue {
  constructor(surface, draw, paintOfLine) {
    Object.assign(this, {surface, draw, paintOfLine, faintDone: 0, field: null});
  }

  // Whether lines are left for the next frame.
  advance(fresh) {
    const width = runCount > 200 ? 1 : 1.4;
    const selected = anythingSelected();
    if (!this.surface.many) {
      if (selected) for (const run of drawOrder) if (!lit[run]) this.draw(run, paints.faint, 0.8);
      const later = (run) => this.paintOfLine(run) !== paints.stopped;
      for (const run of drawOrder) if (lit[run] && !later(run)) this.draw(run, paints.stopped, width);
      for (const run of drawOrder) if (lit[run] && later(run)) this.draw(run, this.paintOfLine(run), width);
      return false;
    }
    if (this.field !== this.surface.field) [this.field, this.faintDone] = [this.surface.field, 0];
    if (fresh) this.litDone = 0;
    const {length} = shuffled;
    const until = printing ? Infinity : performance.now() + 6;
    const late = (done) => (done & 31) === 0 && performance.now() > until;
    while (this.litDone < length && !late(this.litDone + 1)) {
      const run = shuffled[this.litDone++];
      if (lit[run]) this.draw(run, this.paintOfLine(run), width);
    }
    while (selected && this.litDone === length && this.faintDone < length && !late(this.faintDone + 1)) {
      this.draw(shuffled[this.faintDone++], paints.faint, 1);
    }
    return this.litDone < length || (selected && this.faintDone < length);
  }
}
)page";
