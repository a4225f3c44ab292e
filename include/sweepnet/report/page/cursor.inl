// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// What the mouse does in a plot, done by keys: a cursor goes from mark to mark, is told, picks runs
// and draws boxes.

inline constexpr std::string_view script_cursor = R"page(
const cursorKeys = "Arrow keys go from mark to mark, Enter picks the run, Space begins and ends a box.";

// The plot's move(frame, place, key) gives the next place, {run, x, y} in the plot's pixels, of null
// the first one; null where there is none. `tell` is the frame's.
class Cursor {
  constructor(frame) {
    this.frame = frame;
    this.place = null;
    this.corner = null;  // where a box was begun
    this.said = element("p", {class: "unseen", role: "status"});
    const {stage} = frame;
    stage.append(this.said);
    for (const [name, value] of [["tabindex", "0"], ["role", "application"], ["aria-roledescription", "plot"],
      ["aria-label", tidy(frame.label, 300) + ". " + cursorKeys]]) stage.setAttribute(name, value);
    stage.addEventListener("keydown", (event) => {
      if (!event.altKey && !event.ctrlKey && !event.metaKey && this.#pressed(event)) event.preventDefault();
    });
    stage.addEventListener("blur", () => {
      if (this.place) this.#leave();
    });
  }

  // Whether the key means something here.
  #pressed(event) {
    const {frame} = this;
    if (!frame.width) frame.draw(true);
    if (/^(Arrow(Left|Right|Up|Down)|Home|End)$/.test(event.key)) {
      const next = frame.move(frame, this.place, event.key);
      if (next) this.#goTo(next);
      return true;
    }
    if (!this.place) return false;
    if (event.key === "Enter") {
      pick(this.place.run, event.shiftKey);
      return true;
    }
    if (event.key === " " && frame.brush) {
      this.corner = this.corner ? null : this.place;
      if (this.corner) this.#brush();
      this.said.textContent = this.corner ? "A box begins here." : `The box is drawn: ${byId("count").textContent}.`;
      return true;
    }
    if (event.key === "Escape" && this.corner) {
      this.corner = null;
      return false;  // what it had narrowed is cleared with all else
    }
    return false;
  }

  #goTo(place) {
    this.place = place;
    const {frame} = this;
    hover(place.run);
    frame.mark(place.run);  // as its place within the run may be another one
    frame.marks.append(shape("circle", {class: "hover", cx: place.x, cy: place.y, r: 4}));
    const lines = frame.tell ? frame.tell(frame, place.run, place) : describeRun(place.run);
    this.said.textContent = lines.join(", ");
    const box = frame.svg.getBoundingClientRect();
    const scale = box.width / frame.width;
    showTip({clientX: box.left + place.x * scale, clientY: box.top + place.y * scale}, lines);
    if (this.corner) this.#brush();
  }

  // A little wider than from mark to mark, so that both lie within.
  #brush() {
    const [a, b] = [this.corner, this.place];
    const slack = 5;
    this.frame.brushTo({x: Math.min(a.x, b.x) - slack, y: Math.min(a.y, b.y) - slack},
      {x: Math.max(a.x, b.x) + slack, y: Math.max(a.y, b.y) + slack});
  }

  #leave() {
    this.place = this.corner = null;
    this.said.textContent = "";
    hover(-1);
    this.frame.mark(-1);
    hideTip();
  }
}

// The next of `runs` in the direction of a key, by the place along its axis: where marks share one, by
// the run. `of` null is where the axis begins or ends.
function nextAlong(candidates, of, key, along) {
  const order = candidates.sort((a, b) => along(a) - along(b) || a - b);
  if (order.length === 0) return -1;
  if (key === "Home" || (of === null && key !== "End")) return order[0];
  if (key === "End") return order[order.length - 1];
  const forward = key === "ArrowRight" || key === "ArrowUp";
  const at = order.indexOf(of);
  if (at < 0) return order[0];
  return order[Math.min(order.length - 1, Math.max(0, at + (forward ? 1 : -1)))];
}
)page";
