// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Thousands of lines: where hundreds cross, a pixel tells their mean value and how many they are.

inline constexpr std::string_view script_line_field = R"page(
// A pixel holds a number of lines, times oneLine, and the sum of their levels in steps of levelStep:
// 16,383 lines at most, of 16 levels. Colours of no ramp have no mean, and a layer each.
const oneLine = 1 << 18;
const levelStep = 4;
const mostLines = 16383;

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
  // segment's. The other place is in 16.16 fixed point.
  add(xs, ys, from, to, scale, paint) {
    const {width} = this;
    const added = this.#layer(paint);
    const amount = oneLine + (paint < rampLevels ? Math.floor(paint / levelStep) : 0);
    const right = width - 2;
    const bottom = this.height - 2;
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
        let y = (y0 + (start - x0) * slope + 0.5) * 65536 | 0;
        for (let x = start; x < end; ++x, y += step) added[(y >> 16) * width + x] += amount;
      } else if (Math.abs(dx) < Math.abs(dy)) {
        const slope = dx / dy;
        const start = Math.round(Math.min(y0, y1)) * width;
        const end = Math.round(Math.max(y0, y1)) * width;
        const step = slope * 65536 | 0;
        let x = (x0 + (start / width - y0) * slope + 0.5) * 65536 | 0;
        for (let row = start; row < end; row += width, x += step) added[row + (x >> 16)] += amount;
      }
      x0 = x1;
      y0 = y1;
    }
  }

  layOver(pixels) {
    // Opacity of so many lines, of 256.
    const full = Math.log(2 + runCount / 30);
    const opacity = Uint16Array.from({length: 512}, (_, lines) =>
      Math.round(256 * Math.min(1, 0.35 + 0.65 * Math.log(Math.max(1, lines)) / full)));
    for (const layer of [paints.faint, paints.stopped, paints.none, paints.first, paints.second, 0]) {
      const added = this.layers.get(layer);
      if (!added) continue;
      for (let at = 0; at < added.length; ++at) {
        const amount = added[at];
        if (amount === 0) continue;
        const lines = amount >>> 18;
        const paint = layer === 0 ? Math.round((amount & oneLine - 1) / lines * levelStep) + 1 : layer;
        const above = palette.bits[paint];
        const below = pixels[at];
        const much = opacity[lines < 511 ? lines : 511];
        const odd = ((above & 0xff00ff) * much + (below & 0xff00ff) * (256 - much)) >>> 8 & 0xff00ff;
        const even = ((above & 0xff00) * much + (below & 0xff00) * (256 - much)) >>> 8 & 0xff00;
        pixels[at] = 0xff000000 | odd | even;
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
    const until = drawingAll ? Infinity : performance.now() + 9;
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
