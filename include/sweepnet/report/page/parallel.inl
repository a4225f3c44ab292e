// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Parallel coordinates: an axis for each parameter, the metric last, a line for each run.

inline constexpr std::string_view script_parallel = R"page(
// Values that a run does not have stand below the axis.
class Parallel {
  constructor(parent, columns) {
    this.columns = columns;
    this.height = 360;
    this.canvas = element("canvas", {"aria-hidden": "true"});
    this.svg = shape("svg", {role: "group", "aria-label": "Parallel coordinates: on each axis, sliders or choices narrow the selection"});
    this.axes = this.svg.appendChild(shape("g"));
    this.marks = this.svg.appendChild(shape("g"));
    this.stage = element("div", {class: "stage brushed"}, this.canvas, this.svg);
    this.stage.style.minHeight = `${this.height}px`;
    this.scroller = scroller("Axes", element("figure", {class: "plot"}, this.stage));
    parent.append(this.scroller);
    this.surface = new Surface(this.canvas, runCount > 60);
    this.lacking = columns.some(({values}) => values.some(Number.isNaN));
    this.#listen();
    hoverers.push((run) => this.#mark(run));
    relayers.push(() => { this.width = 0; });
    const line = (run, paint, thick) => {
      // The places of a run are next to each other in ys; xs are the same for every run.
      const n = columns.length;
      for (let i = 0; i < n; ++i) this.one[i] = this.ys[run * n + i];
      this.surface.line(this.xs, this.one, 0, n, paint, thick, comparing && runs.sweep[run] === 1);
    };
    this.queue = new LineQueue(this.surface, line, (run) => paintOf[run]);
    this.view = addView(this.scroller, (fresh) => this.#draw(fresh));
  }

  #draw(fresh) {
    const labels = this.columns.map((each) => each.labels ? Math.max(...each.labels.map((text) => Math.min(14, text.length))) * charWidth : 44);
    const first = 16 + labels[0];
    const least = first + (this.columns.length - 1) * 92 + 60;
    const width = Math.max(least, this.scroller.clientWidth);
    if (width !== this.width) this.#lay(width, first);
    this.surface.start(this.width, this.height, fresh);
    const more = this.queue.advance(fresh);
    this.surface.finish();
    this.#showBrushes();
    this.#mark(hovered);
    return more;
  }

  y(t) { return this.top + (1 - t) * this.length; }

  #lay(width, first) {
    this.width = width;
    this.stage.style.minWidth = `${width}px`;
    this.top = 42;
    this.length = this.height - this.top - (this.lacking ? 34 : 14);
    this.svg.setAttribute("viewBox", `0 0 ${width} ${this.height}`);
    const step = (width - first - 58) / Math.max(1, this.columns.length - 1);
    this.xs = Float32Array.from(this.columns, (_, i) => first + i * step);
    const n = this.columns.length;
    this.one = new Float32Array(n);
    this.ys = new Float32Array(runCount * n);
    this.columns.forEach(({values, scale, labels}, i) => {
      for (let run = 0; run < runCount; ++run) {
        const jitter = labels ? ((Math.imul(run + 1, 2654435761) >>> 8) / 2 ** 24 - 0.5) * 0.35 : 0;
        this.ys[run * n + i] = Number.isNaN(values[run]) ? this.height - 10 : this.y(scale.at(values[run] + jitter));
      }
    });
    this.parts = this.columns.map((each, i) => this.#axis(each, i, step));
    this.axes.replaceChildren(...this.parts.map(({group}) => group));
    if (this.lacking) this.axes.append(shape("text", {x: 2, y: this.height - 7}, "none"));
  }

  #axis(of, i, step) {
    const x = this.xs[i];
    const last = i === this.columns.length - 1;
    const room = Math.max(6, Math.floor(step / charWidth) - 2);
    const short = tidy(of.short, room);
    const [nameX, anchor] = i === 0 ? [2, "start"] : last ? [this.width - 4, "end"] : [x, "middle"];
    const group = shape("g", {class: "axis"},
      shape("line", {class: "edge", x1: x, x2: x, y1: this.y(0), y2: this.y(1)}),
      shape("text", {class: "axis-name", x: nameX, y: i % 2 && step < 130 ? 26 : 12, "text-anchor": anchor},
      shape("title", {}, of.name + (of.scale.log ? ", log" : "")), short));
    const brush = group.appendChild(shape("rect", {class: "brush", x: x - 9, width: 18, visibility: "hidden"}));
    if (of.labels) return {group, brush, choices: this.#choices(group, of, x, last)};
    for (const {at, text} of of.scale.ticks(6)) {
      group.append(shape("line", {class: "edge", x1: x - 3, x2: x + 3, y1: this.y(at), y2: this.y(at)}),
        shape("text", {x: last ? x + 8 : x - 7, y: this.y(at) + 4, "text-anchor": last ? "start" : "end",
          class: "over"}, text));
    }
    return {group, brush, handles: [0, 1].map((end) => this.#handle(group, of, x, end))};
  }

  // Of too many choices some have no button: words find their runs, too.
  #choices(group, of, x, last) {
    const every = Math.ceil(of.labels.length / 24);
    const slot = every * this.length / of.labels.length;
    return of.labels.flatMap((text, choice) => {
      if (choice % every) return [];
      const shown = tidy(text, 14);
      const wide = shown.length * charWidth + 8;
      const left = last ? x + 4 : x - wide - 4;
      const y = this.y(of.scale.at(choice));
      const toggle = () => {
        const allowed = constraints.get(of.key)?.allowed.slice() ?? of.labels.map(() => false);
        allowed[choice] = !allowed[choice];
        constrainChoices(of, allowed);
      };
      const button = shape("g", {class: "choice", role: "button", tabindex: 0, "aria-pressed": "false", "aria-label": `${of.name}: ${text}`,
        onclick: toggle,
        onkeydown: (event) => {
          if (event.key !== "Enter" && event.key !== " ") return;
          event.preventDefault();
          toggle();
        }},
      shape("rect", {x: left, y: y - Math.min(9, slot / 2), width: wide, height: Math.min(18, slot), rx: 3}),
      shape("text", {x: left + 4, y: y + 4}, shown));
      group.append(button);
      return [{choice, button}];
    });
  }

  // One end of a brush, for the keyboard: arrows move it, Delete gives the axis free.
  #handle(group, of, x, end) {
    const {scale} = of;
    const handle = shape("circle", {class: "handle", r: 6, cx: x, tabindex: 0, role: "slider", "aria-orientation": "vertical",
      "aria-label": `${of.name}, ${end ? "highest" : "lowest"}`, "aria-valuemin": scale.low, "aria-valuemax": scale.high,
      onkeydown: (event) => {
        const [low, high] = this.#limits(of);
        const now = end ? high : low;
        const steps = {ArrowUp: 0.02, ArrowRight: 0.02, ArrowDown: -0.02, ArrowLeft: -0.02, PageUp: 0.1, PageDown: -0.1};
        if (event.key in steps) this.#limit(of, end, now + steps[event.key]);
        else if (event.key === "Home") this.#limit(of, end, end ? low : 0);
        else if (event.key === "End") this.#limit(of, end, end ? 1 : high);
        else if (event.key === "Delete" || event.key === "Backspace") constrain(of.key, null);
        else return;
        event.preventDefault();
      }});
    group.append(handle);
    return handle;
  }

  // Both ends of an axis' brush, as shares of the axis.
  #limits(of) {
    const {low = -Infinity, high = Infinity} = constraints.get(of.key) ?? {};
    return [low === -Infinity ? 0 : of.scale.at(low), high === Infinity ? 1 : of.scale.at(high)];
  }

  #limit(of, end, to) {
    let [low, high] = this.#limits(of);
    if (end) high = Math.min(1, Math.max(to, low));
    else low = Math.max(0, Math.min(to, high));
    constrainRange(of, of.scale.back(low), of.scale.back(high));
  }

  #showBrushes() {
    this.columns.forEach((of, i) => {
      const {brush, handles, choices} = this.parts[i];
      const constraint = constraints.get(of.key);
      if (choices) {
        for (const {choice, button} of choices) button.setAttribute("aria-pressed", String(constraint?.allowed[choice] ?? false));
        return;
      }
      const [low, high] = this.#limits(of);
      brush.setAttribute("visibility", constraint ? "visible" : "hidden");
      brush.setAttribute("y", this.y(high));
      brush.setAttribute("height", Math.max(2, this.y(low) - this.y(high)));
      handles.forEach((handle, end) => {
        const at = end ? high : low;
        handle.setAttribute("cy", this.y(at));
        handle.setAttribute("aria-valuenow", of.scale.back(at));
        handle.setAttribute("aria-valuetext", of.format(of.scale.back(at)));
      });
    });
  }

  #listen() {
    const {svg} = this;
    const at = (event) => {
      const box = svg.getBoundingClientRect();
      return {x: (event.clientX - box.left) * this.width / box.width, y: (event.clientY - box.top) * this.height / box.height};
    };
    // The axis whose line is near the pointer; -1: none.
    const axisAt = (x) => this.xs.findIndex((each) => Math.abs(each - x) < 22);
    let start = null;
    let moved = false;
    svg.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || event.target.closest(".choice")) return;
      start = {...at(event), axis: axisAt(at(event).x)};
      moved = false;
      urgent = this.view;
      svg.setPointerCapture(event.pointerId);
      event.preventDefault();
    });
    svg.addEventListener("pointermove", (event) => {
      const here = at(event);
      if (start) {
        moved ||= Math.abs(here.y - start.y) > 4;
        if (moved && start.axis >= 0) {
          hideTip();
          this.#brushTo(this.columns[start.axis], start.y, here.y);
        }
        return;
      }
      const run = this.#nearest(here);
      hover(run);
      if (run < 0) hideTip();
      else showTip(event, describeRun(run));
    });
    svg.addEventListener("pointerup", () => {
      if (start && !moved) this.#click(start);
      start = null;
    });
    svg.addEventListener("pointercancel", () => { start = null; });
    svg.addEventListener("pointerleave", () => {
      hover(-1);
      hideTip();
    });
  }

  #click(place) {
    const run = this.#nearest(place);
    if (place.axis >= 0 && constraints.has(this.columns[place.axis].key)) constrain(this.columns[place.axis].key, null);
    else if (run >= 0) pick(run, false);
  }

  #brushTo(of, from, to) {
    const [low, high] = [from, to].map((y) => Math.min(1, Math.max(0, 1 - (y - this.top) / this.length))).sort((a, b) => a - b);
    const slack = of.labels ? 0.3 : 0;
    constrainRange(of, of.scale.back(low) - slack, of.scale.back(high) + slack);
  }

  #nearest({x, y}) {
    const {xs, ys} = this;
    const n = xs.length;
    const i = Math.max(0, Math.min(n - 2, xs.findLastIndex((each) => each <= x)));
    const share = (x - xs[i]) / (xs[i + 1] - xs[i]);
    if (share < -0.1 || share > 1.1) return -1;
    let best = -1;
    let least = 10;
    for (let run = 0; run < runCount; ++run) {
      const [a, b] = [ys[run * n + i], ys[run * n + i + 1]];
      const distance = Math.abs(a + share * (b - a) - y) + (lit[run] ? 0 : 6);
      if (distance < least) [best, least] = [run, distance];
    }
    return best;
  }

  #mark(run) {
    if (!this.width) return;
    if (run < 0) return this.marks.replaceChildren();
    const n = this.xs.length;
    const d = Array.from(this.xs, (x, i) => `${i ? "L" : "M"}${x.toFixed(1)},${this.ys[run * n + i].toFixed(1)}`).join("");
    this.marks.replaceChildren(shape("path", {class: "halo", d}), shape("path", {class: "trace", d}));
  }
}

function startParallel() {
  const section = byId("parallel");
  if (parameters.length === 0 || !runs.value.some(Number.isFinite)) return section.remove();
  section.append(element("p", {class: "hint"},
    "Drag along an axis to narrow the selection; click a line to pick its run. With the keyboard, Tab reaches both ends of each axis, and arrows move them."));
  new Parallel(section, [...parameters, valueColumn]);
}
)page";
