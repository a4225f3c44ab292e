// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// A plot with two axes: ticks, a brush that narrows the selection, and the run under the pointer.

inline constexpr std::string_view script_frame = R"page(
const charWidth = 6.3;
const reach = 14;  // pixels within which the pointer means a mark

// Two axes around a canvas. `x` and `y` are columns, or what has a name and a scale alone. Of the
// options, paint(frame, surface) draws the marks, nearest(frame, x, y) tells the run whose mark is
// near, markOf(frame, run) are the shapes that mark a run, placed(frame) is told of a new size, and
// move(frame, place, key) lets a keyboard's cursor go from mark to mark.
class Frame {
  constructor(parent, options) {
    Object.assign(this, {height: 210, caption: null, brush: null, many: runCount > 300, ruled: true}, options);
    this.canvas = element("canvas", {"aria-hidden": "true"});
    this.svg = shape("svg", this.move ? {"aria-hidden": "true"} : {role: "img", "aria-label": tidy(this.label, 300)});
    this.axes = this.svg.appendChild(shape("g"));
    this.extras = this.svg.appendChild(shape("g"));
    this.brushes = this.svg.appendChild(shape("rect", {class: "brush", visibility: "hidden"}));
    this.marks = this.svg.appendChild(shape("g"));
    this.stage = element("div", {class: this.brush ? "stage brushed" : "stage"}, this.canvas, this.svg);
    this.stage.style.minHeight = `${this.height}px`;
    this.figure = element("figure", {class: "plot"}, this.stage);
    if (this.caption) this.figure.prepend(element("figcaption", {}, this.caption));
    parent.append(this.figure);
    this.surface = new Surface(this.canvas, this.many);
    this.#listen();
    if (this.move) new Cursor(this);
    hoverers.push((run) => this.mark(run));
    relayers.push(() => { this.width = 0; });
    this.view = addView(this.stage, (fresh) => this.draw(fresh));
  }

  // To be called when an axis was changed.
  change(axes) {
    Object.assign(this, axes);
    this.width = 0;
    redraw(this.view);
  }

  draw(fresh) {
    const width = Math.max(160, this.stage.clientWidth);
    if (width !== this.width) this.#lay(width);
    this.surface.start(this.width, this.height, fresh);
    for (const at of this.rules) this.surface.box(this.left(0), this.top(at) - 0.5, this.inner.width, 1, paints.rule);
    const more = this.paint(this, this.surface, fresh);
    this.surface.finish();
    this.#showBrush();
    this.mark(hovered);
    return more;
  }

  left(t) { return this.margin.left + t * this.inner.width; }
  top(t) { return this.margin.top + (1 - t) * this.inner.height; }

  #lay(width) {
    this.width = width;
    this.stage.style.setProperty("--drawn", `${width}px`);
    const yTicks = this.y.scale.ticks(Math.max(2, Math.floor(this.height / 42)));
    const longest = Math.max(2, ...yTicks.map(({text}) => Math.min(14, text.length)));
    this.margin = {left: Math.ceil(longest * charWidth) + 11, right: 12, top: 20, bottom: 36};
    this.inner = {width: width - this.margin.left - this.margin.right,
      height: this.height - this.margin.top - this.margin.bottom};
    this.svg.setAttribute("viewBox", `0 0 ${width} ${this.height}`);
    const bottom = this.top(0);
    this.rules = this.ruled ? yTicks.map(({at}) => at) : [];
    const parts = [];
    for (const {at, text} of yTicks) {
      parts.push(shape("text", {x: this.left(0) - 6, y: this.top(at) + 4, "text-anchor": "end"}, tidy(text, 14)));
    }
    for (const {at, text} of this.#xTicks()) {
      const over = this.left(at) + text.length * charWidth / 2 > width;
      parts.push(shape("line", {class: "edge", x1: this.left(at), x2: this.left(at), y1: bottom, y2: bottom + 4}),
        shape("text", {x: over ? width : this.left(at), y: bottom + 16, "text-anchor": over ? "end" : "middle"}, text));
    }
    const room = Math.floor(width / charWidth);
    parts.push(shape("line", {class: "edge", x1: this.left(0), x2: this.left(1), y1: bottom, y2: bottom}),
      shape("text", {class: "axis-name", x: 2, y: 11}, tidy(this.y.name, room)),
      shape("text", {class: "axis-name", x: this.left(1), y: this.height - 4, "text-anchor": "end"},
        tidy(this.x.name + (this.x.scale.log ? " (log)" : ""), room)));
    this.axes.replaceChildren(...parts);
    if (this.placed) this.placed(this);
  }

  // Labels that have room; of too many choices some go unnamed.
  #xTicks() {
    const {scale, labels} = this.x;
    const ticks = scale.ticks(Math.max(2, Math.floor(this.inner.width / 75)));
    if (!labels) {
      let end = -Infinity;
      return ticks.filter(({at, text}) => {
        const half = text.length * charWidth / 2;
        if (this.left(at) - half < end + 5) return false;
        end = this.left(at) + half;
        return true;
      });
    }
    const slot = this.inner.width / labels.length;
    const every = Math.ceil(28 / slot);
    return ticks.filter((_, i) => i % every === 0)
      .map(({at, text}) => ({at, text: tidy(text, Math.max(3, Math.floor(slot * every / charWidth) - 1))}));
  }

  // Where every run stands, once for a size.
  place() {
    const along = ({scale, values, labels}, run) => {
      const shift = labels ? (Math.imul(run + 1, 2654435761) >>> 8) / 2 ** 24 - 0.5 : 0;
      return scale.at(values[run] + 0.55 * shift);
    };
    this.xs = Float32Array.from({length: runCount}, (_, run) => this.left(along(this.x, run)));
    this.ys = Float32Array.from({length: runCount}, (_, run) => this.top(along(this.y, run)));
  }

  #listen() {
    const {svg} = this;
    const at = (event) => {
      const box = svg.getBoundingClientRect();
      return {x: (event.clientX - box.left) * this.width / box.width, y: (event.clientY - box.top) * this.height / box.height};
    };
    let start = null;
    let moved = false;
    svg.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      start = at(event);
      moved = false;
      urgent = this.view;
      svg.setPointerCapture(event.pointerId);
      event.preventDefault();
    });
    svg.addEventListener("pointermove", (event) => {
      const here = at(event);
      if (start && this.brush) {
        moved ||= Math.hypot(here.x - start.x, here.y - start.y) > 4;
        if (moved) {
          hideTip();
          this.brushTo(start, here);
        }
        return;
      }
      const run = this.nearest(this, here.x, here.y);
      hover(run);
      if (run < 0) hideTip();
      else showTip(event, this.tell ? this.tell(this, run, here) : describeRun(run));
    });
    svg.addEventListener("pointerup", (event) => {
      if (start && !moved) {
        const run = this.nearest(this, start.x, start.y);
        if (run >= 0) pick(run, event.shiftKey || event.ctrlKey || event.metaKey);
        else this.#unbrush();
      }
      start = null;
    });
    svg.addEventListener("pointercancel", () => { start = null; });
    svg.addEventListener("pointerleave", () => {
      hover(-1);
      hideTip();
    });
  }

  // A drag that hardly leaves its line or column means a range of one axis.
  brushTo(from, to) {
    const span = (a, b, forward) => [a, b].map(forward).sort((p, q) => p - q).map((t) => Math.min(1, Math.max(0, t)));
    const xs = span(from.x, to.x, (x) => (x - this.margin.left) / this.inner.width);
    const ys = span(from.y, to.y, (y) => 1 - (y - this.margin.top) / this.inner.height);
    const wide = Math.abs(to.x - from.x) >= 9;
    const tall = this.brush === "xy" && Math.abs(to.y - from.y) >= 9;
    if (this.onBrush) return this.onBrush(this, xs, ys);
    const limit = (of, [low, high]) => {
      const slack = of.labels ? 0.3 : 0;
      constrainRange(of, of.scale.back(low) - slack, of.scale.back(high) + slack);
    };
    if (wide || !tall) limit(this.x, xs);
    if (tall) limit(this.y, ys);
    if (tall && !wide && this.x.key) constrain(this.x.key, null);
  }

  #unbrush() {
    if (!this.brush) return;
    for (const {key} of [this.x, this.y, this]) if (key) constrain(key, null);
  }

  // The shaded part is what x and y are narrowed to, wherever that was done.
  #showBrush() {
    const spanOf = (of) => {
      const constraint = constraints.get(of.key);
      if (!constraint) return null;
      if (constraint.allowed) {
        const chosen = constraint.allowed.map((yes, i) => yes ? i : -1).filter((i) => i >= 0);
        return [chosen[0] / of.labels.length, (chosen[chosen.length - 1] + 1) / of.labels.length];
      }
      const {low, high} = constraint;
      return [low === -Infinity ? 0 : of.scale.at(low), high === Infinity ? 1 : of.scale.at(high)];
    };
    const own = this.key ? constraints.get(this.key) : null;
    const [x, y] = own ? [own.xs, own.ys] : this.brush ? [spanOf(this.x), spanOf(this.y)] : [null, null];
    this.brushes.setAttribute("visibility", x || y ? "visible" : "hidden");
    if (!x && !y) return;
    const [[x0, x1], [y0, y1]] = [x ?? [0, 1], y ?? [0, 1]];
    this.brushes.setAttribute("x", this.left(x0));
    this.brushes.setAttribute("y", this.top(y1));
    this.brushes.setAttribute("width", Math.max(1, this.left(x1) - this.left(x0)));
    this.brushes.setAttribute("height", Math.max(1, this.top(y0) - this.top(y1)));
  }

  mark(run) {
    if (!this.width) return;
    this.marks.replaceChildren(...(run < 0 ? [] : this.markOf(this, run)));
  }
}

// What a plot of dots is made of; a frame takes these by name.
const dots = {
  placed: (frame) => frame.place(),
  paint: (frame, surface) => {
    const size = frame.size ?? (runCount > 3000 ? 1.8 : runCount > 300 ? 2.6 : 3.6);
    const all = !anythingSelected();
    if (!all) {
      for (const run of drawOrder) {
        if (!lit[run]) surface.dot(frame.xs[run], frame.ys[run], paints.faint, size * 0.8, runs.sweep[run] === 1);
      }
    }
    for (const run of drawOrder) {
      if (lit[run]) surface.dot(frame.xs[run], frame.ys[run], paintOf[run], size, runs.sweep[run] === 1);
    }
  },
  // Runs that are not lit are passed over where one is near that is.
  nearest: (frame, x, y) => {
    let best = -1;
    let least = reach * reach;
    for (let run = 0; run < runCount; ++run) {
      const distance = (frame.xs[run] - x) ** 2 + (frame.ys[run] - y) ** 2 + (lit[run] ? 0 : 60);
      if (distance < least) [best, least] = [run, distance];
    }
    return best;
  },
  // Left and right by the values across, up and down by those upwards, of the runs that are lit.
  move: (frame, place, key) => {
    const there = [];
    for (let run = 0; run < runCount; ++run) {
      if ((lit[run] || run === place?.run) && !Number.isNaN(frame.xs[run] + frame.ys[run])) there.push(run);
    }
    const upwards = key === "ArrowUp" || key === "ArrowDown";
    const run = nextAlong(there, place?.run ?? null, key, upwards ? (each) => -frame.ys[each] : (each) => frame.xs[each]);
    return run < 0 ? null : {run, x: frame.xs[run], y: frame.ys[run]};
  },
  markOf: (frame, run) => Number.isNaN(frame.xs[run] + frame.ys[run]) ? []
    : [shape("circle", {class: "hover", cx: frame.xs[run], cy: frame.ys[run], r: 6})],
};
)page";
