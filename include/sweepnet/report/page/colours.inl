// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Colours for what canvases draw, and the switch between light and dark.

inline constexpr std::string_view script_colours = R"page(
// Viridis, in the order in which the best stands out most from the paper; told apart by colour-blind
// eyes and in grey.
const ramps = {
  light: ["#c9dc3c", "#7ad151", "#3dbc74", "#22a884", "#21918c", "#2a788e", "#355f8d", "#414487", "#440154"],
  dark: ["#4b3a86", "#3f5490", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725"],
};
const rampLevels = 64;
// What follows the levels of the ramp in the palette.
const paints = {none: 64, first: 65, second: 66, stopped: 67, faint: 68, rule: 69, card: 70};
const palette = {css: new Array(71), bits: new Uint32Array(71)};

const probe = element("i", {hidden: true});
document.body.append(probe);

// [red, green, blue] of a colour of the style sheet in the theme that is shown.
function channels(colour) {
  probe.style.color = colour;
  return getComputedStyle(probe).color.match(/[\d.]+/g).slice(0, 3).map(Number);
}

const isDark = () => {
  const forced = document.documentElement.dataset.theme;
  return forced ? forced === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
};

function fillPalette() {
  const set = (at, [red, green, blue]) => {
    palette.css[at] = `rgb(${Math.round(red)},${Math.round(green)},${Math.round(blue)})`;
    palette.bits[at] = (255 << 24 | Math.round(blue) << 16 | Math.round(green) << 8 | Math.round(red)) >>> 0;
  };
  const stops = ramps[isDark() ? "dark" : "light"].map(channels);
  for (let level = 0; level < rampLevels; ++level) {
    const place = level / (rampLevels - 1) * (stops.length - 1);
    const below = Math.min(Math.floor(place), stops.length - 2);
    set(level, stops[below].map((x, i) => x + (place - below) * (stops[below + 1][i] - x)));
  }
  set(paints.none, channels("var(--soft)"));
  set(paints.first, channels("var(--first)"));
  set(paints.second, channels("var(--second)"));
  set(paints.stopped, channels("var(--stopped)"));
  set(paints.faint, channels("var(--grey)"));
  set(paints.rule, channels("var(--rule)"));
  set(paints.card, channels("var(--card)"));
}

// The ramp ends at the best value. Its first colour has what is worse than nine tenths of the runs, or
// than half of them where the better half is looked at.
let betterHalf = false;
let rampWorst = 0;
let rampBest = 1;

function levelOf(value) {
  if (!Number.isFinite(value)) return paints.none;
  if (rampWorst === rampBest) return rampLevels - 1;
  const share = (value - rampWorst) / (rampBest - rampWorst);
  return Math.round(Math.min(1, Math.max(0, share)) * (rampLevels - 1));
}

// Of two sweeps each has its colour; of one, values have.
const paintOf = new Uint8Array(runCount);

function spreadColours() {
  const sorted = runs.value.filter(Number.isFinite).sort();
  const worst = betterHalf ? 0.5 : 0.9;
  if (sorted.length > 0) {
    [rampWorst, rampBest] = goal === "minimize" ? [quantile(sorted, worst), sorted[0]]
      : [quantile(sorted, 1 - worst), sorted[sorted.length - 1]];
  }
  for (let run = 0; run < runCount; ++run) {
    paintOf[run] = comparing ? paints.first + Math.min(1, runs.sweep[run]) : levelOf(runs.value[run]);
  }
}
spreadColours();

// What lays axes of the metric out anew.
const relayers = [];

// Where some runs went nowhere, good ones differ by little beside them: a closer look at the better half.
function lookAtBetterHalf(closer) {
  betterHalf = closer;
  [valueColumn.low, valueColumn.high] = shownRange(runs.value, goal, closer);
  valueColumn.scale = numberScale(valueColumn.low, valueColumn.high);
  spreadColours();
  for (const relay of relayers) relay();
  for (const view of views) redraw(view);
}

// In which marks are drawn: what is later lies above. Each of two sweeps is a layer.
const drawOrder = comparing ? [...worstFirst].sort((a, b) => runs.sweep[a] - runs.sweep[b]) : worstFirst;

// What the colours mean.
function legend() {
  const closer = element("button", {type: "button", id: "closer", "aria-pressed": "false",
    title: "Spread axes and colours of the metric over the better half of the runs",
    onclick: () => {
      lookAtBetterHalf(!betterHalf);
      closer.setAttribute("aria-pressed", String(betterHalf));
    }}, "Better half");
  if (comparing) {
    return element("span", {class: "ramp"}, ...sweepNames.map((name, s) =>
      element("span", {}, swatch(s === 0 ? "--first" : "--second", s === 1), name)), closer);
  }
  const worst = element("span");
  const strip = element("canvas", {width: rampLevels, height: 1, "aria-hidden": "true"});
  addView(strip, () => {
    const pen = strip.getContext("2d");
    for (let level = 0; level < rampLevels; ++level) {
      pen.fillStyle = palette.css[level];
      pen.fillRect(level, 0, 1, 1);
    }
    worst.textContent = formatValue(rampWorst);
  });
  return element("span", {class: "ramp"}, element("span", {class: "metric"}, metricName), worst, strip, formatValue(rampBest), closer);
}

function swatch(variable, triangle = false) {
  const mark = element("span", {class: triangle ? "swatch triangle" : "swatch", "aria-hidden": "true"});
  mark.style.background = `var(${variable})`;
  return mark;
}

function startTheme() {
  const button = byId("theme");
  const themes = ["auto", "light", "dark"];
  let at = 0;
  const refresh = () => {
    fillPalette();
    for (const view of views) redraw(view);
  };
  const show = () => {
    button.textContent = `Theme: ${themes[at]}`;
    if (at === 0) delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = themes[at];
    refresh();
  };
  button.addEventListener("click", () => {
    at = (at + 1) % themes.length;
    show();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", refresh);
  // Paper is light, and plots that were never seen are printed, too.
  addEventListener("beforeprint", () => {
    document.documentElement.dataset.theme = "light";
    printing = true;
    refresh();
    for (const view of views) drawView(view);
  });
  addEventListener("afterprint", () => {
    printing = false;
    show();
  });
  show();
}
)page";
