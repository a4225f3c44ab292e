// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The one selection that all plots and the table share, and when they are drawn.

inline constexpr std::string_view script_selection = R"page(
// What narrows the selection, by its place: a range or some choices of a column, a box drawn in a
// plot, the words and states of the leaderboard. A run is kept if all of them admit it. Runs that were
// picked one by one stand out from what is kept. Lit is what plots show in colour.
const constraints = new Map();
const picked = new Set();
const kept = new Uint8Array(runCount).fill(1);
const lit = new Uint8Array(runCount).fill(1);
const count = {kept: runCount, lit: runCount};
const anythingSelected = () => constraints.size > 0 || picked.size > 0;

const views = [];
let frameAsked = false;

// A part of the page that shows the selection. It is drawn before it is seen, not while it is far
// away. draw(fresh) is told whether anything changed since it was called last, and returns whether it
// has more to draw in the next frame.
function addView(node, draw) {
  const view = {node, draw, near: false, stale: true, more: false};
  views.push(view);
  new IntersectionObserver((entries) => {
    view.near = entries[entries.length - 1].isIntersecting;
    if (view.near && (view.stale || view.more)) askFrame();
  }, {rootMargin: "100px"}).observe(node);
  new ResizeObserver(() => redraw(view)).observe(node);
  return view;
}

function redraw(view) {
  view.stale = true;
  askFrame();
}

function askFrame() {
  if (frameAsked) return;
  frameAsked = true;
  requestAnimationFrame(() => {
    frameAsked = false;
    drawFrame();
  });
}

// Before printing all is drawn at once, however long it takes, and finer.
let printing = false;

// The plot under the pointer has its turn in every frame, as the number of what is selected has; the
// others take turns, as many as there is time for.
let urgent = null;
let turn = 0;
const frameTime = 12;  // milliseconds

function drawFrame() {
  const until = performance.now() + frameTime;
  for (const view of [views[0], urgent]) if (view) drawView(view);
  for (let i = 0; i < views.length; ++i) {
    const view = views[(turn + i) % views.length];
    if (!view.near || !drawView(view) || performance.now() < until) continue;
    turn = (turn + i + 1) % views.length;
    return askFrame();
  }
}

// Whether there was anything to draw.
function drawView(view) {
  if (!view.stale && !view.more) return false;
  const fresh = view.stale;
  view.stale = false;
  view.more = view.draw(fresh) === true;
  if (view.more) askFrame();
  return true;
}

function selectionChanged() {
  const tests = [...constraints.values()];
  count.kept = 0;
  for (let run = 0; run < runCount; ++run) {
    let admitted = 1;
    for (const {mask} of tests) admitted &= mask[run];
    kept[run] = admitted;
    count.kept += admitted;
  }
  count.lit = 0;
  for (let run = 0; run < runCount; ++run) {
    lit[run] = kept[run] && (picked.size === 0 || picked.has(run)) ? 1 : 0;
    count.lit += lit[run];
  }
  for (const view of views) view.stale = true;
  askFrame();
}

// constraint: {text, admits(run), ...what its plot draws it from}, or null for none.
function constrain(key, constraint) {
  if (constraint === null) {
    if (!constraints.delete(key)) return;
  } else {
    constraint.mask = new Uint8Array(runCount);
    for (let run = 0; run < runCount; ++run) constraint.mask[run] = constraint.admits(run) ? 1 : 0;
    constraints.set(key, constraint);
  }
  selectionChanged();
}

// Limits beyond what the axis shows do not bind: values that stand at its end are meant, too.
function constrainRange(of, low, high) {
  const {scale, values} = of;
  if (of.labels) {
    const allowed = of.labels.map((_, i) => i >= low && i <= high);
    return constrainChoices(of, allowed);
  }
  const slack = 1e-9 * (scale.high - scale.low);
  if (low <= scale.low + slack) low = -Infinity;
  if (high >= scale.high - slack) high = Infinity;
  if (low === -Infinity && high === Infinity) return constrain(of.key, null);
  const text = low === -Infinity ? `${of.short} ≤ ${of.format(high)}`
    : high === Infinity ? `${of.short} ≥ ${of.format(low)}`
    : `${of.short} ${of.format(low)} to ${of.format(high)}`;
  constrain(of.key, {text, low, high, admits: (run) => values[run] >= low && values[run] <= high});
}

function constrainChoices(of, allowed) {
  const chosen = of.labels.filter((_, i) => allowed[i]);
  if (chosen.length === 0 || chosen.length === allowed.length) return constrain(of.key, null);
  const text = `${of.short}: ${chosen.slice(0, 4).join(", ")}${chosen.length > 4 ? ", …" : ""}`;
  constrain(of.key, {text, allowed, admits: (run) => allowed[of.values[run]] === true});
}

function pick(run, add) {
  const only = picked.size === 1 && picked.has(run);
  if (add) {
    if (!picked.delete(run)) picked.add(run);
  } else {
    picked.clear();
    if (!only) picked.add(run);
  }
  selectionChanged();
}

const clearers = [];
function clearSelection() {
  for (const clear of clearers) clear();
  constraints.clear();
  picked.clear();
  selectionChanged();
}

// The run under the pointer, or with the focus in the table; every plot marks it.
let hovered = -1;
const hoverers = [];
function hover(run) {
  if (run === hovered) return;
  hovered = run;
  for (const mark of hoverers) mark(run);
}

function startSelection() {
  const chips = byId("chips");
  const said = byId("count");
  const clear = byId("clear");
  clear.addEventListener("click", clearSelection);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && anythingSelected()) clearSelection();
  });
  let before = "";
  addView(byId("bar"), () => {
    const text = !anythingSelected() ? `All ${several(runCount, "run")}`
      : `${formatCount(count.lit)} of ${several(runCount, "run")} selected`;
    if (text !== said.textContent) said.textContent = text;
    clear.hidden = !anythingSelected();
    byId("bar").classList.toggle("narrowed", anythingSelected());
    const names = [...constraints].map(([key, {text: what}]) => [key, what]);
    if (JSON.stringify(names) === before) return;
    before = JSON.stringify(names);
    chips.replaceChildren(...names.map(([key, what]) => element("li", {}, element("button", {
      type: "button", title: what, "aria-label": `No longer: ${what}`,
      onclick: () => {
        constraints.get(key)?.forget?.();
        constrain(key, null);
      },
    }, what + " ✕"))));
  });
}
)page";
