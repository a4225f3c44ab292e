// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Numbers as text, and axes: scales, their ticks, and columns of values that have one.

inline constexpr std::string_view script_numbers = R"page(
// Four significant digits; whole numbers exactly.
function formatNumber(x, digits = 4) {
  if (x === null || !Number.isFinite(x)) return "–";
  const size = Math.abs(x);
  if (Number.isInteger(x) && size < 1e7) return String(x);
  if (size < 1e-3 || size >= 1e7) return Number(x.toPrecision(digits)).toExponential().replace("e+", "e");
  return String(Number(x.toPrecision(digits)));
}

function formatSeconds(x) {
  if (x === null || !Number.isFinite(x)) return "–";
  if (x < 60) return `${formatNumber(x, 3)} s`;
  const two = (n) => String(Math.floor(n)).padStart(2, "0");
  if (x < 3600) return `${Math.floor(x / 60)} min ${two(x % 60)} s`;
  if (x < 86400) return `${Math.floor(x / 3600)} h ${two((x % 3600) / 60)} min`;
  return `${Math.floor(x / 86400)} d ${Math.floor((x % 86400) / 3600)} h`;
}

const formatCount = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, "\u202f");

const several = (n, one, many = one + "s") => `${formatCount(n)} ${n === 1 ? one : many}`;

function niceTicks(low, high, about) {
  const rough = (high - low) / Math.max(1, about);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999) * power;
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; ++i) {
    ticks.push(Number((i * step).toPrecision(12)));
  }
  return ticks;
}

// Powers of ten; 2 and 5 times them where there are few, every so many where there are a lot of them.
function logTicks(low, high, about) {
  const first = Math.floor(Math.log10(low) + 1e-9);
  const last = Math.ceil(Math.log10(high) - 1e-9);
  const decades = Math.log10(high / low);
  if (decades < 0.8) return niceTicks(low, high, about);
  const every = Math.max(1, Math.ceil(decades / Math.max(2, about)));
  const factors = decades <= about / 3 ? [1, 2, 5] : decades <= about / 2 ? [1, 3] : [1];
  const ticks = [];
  for (let power = first; power <= last; power += every) {
    for (const factor of factors) {
      const tick = Number(`${factor}e${power}`);
      if (tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)) ticks.push(tick);
    }
  }
  return ticks.length > 1 ? ticks : niceTicks(low, high, about);
}

// at(value) is 0 at the axis' start and 1 at its end, a little outside for values beyond; back() is
// its inverse. Of whole numbers no tick is a fraction.
function numberScale(low, high, {log = false, whole = false} = {}) {
  if (!(high > low)) {
    const margin = log ? 0 : Math.abs(low) * 0.1 || 1;
    [low, high] = log ? [low / 2, low * 2] : [low - margin, low + margin];
  }
  const bend = log ? Math.log : (x) => x;
  const start = bend(low);
  const length = bend(high) - start;
  return {
    low, high, log,
    at: (x) => Math.min(1.015, Math.max(-0.015, (log && x <= 0 ? -1 : (bend(x) - start) / length))),
    back: (t) => log ? Math.exp(start + t * length) : start + t * length,
    ticks: (about) => (log ? logTicks : niceTicks)(low, high, about)
      .filter((tick) => !whole || Number.isInteger(tick))
      .map((tick) => ({at: (bend(tick) - start) / length, text: formatNumber(tick)})),
  };
}

// Choices stand in the middle of slots of equal size.
function choiceScale(labels) {
  return {
    low: 0, high: labels.length - 1, log: false,
    at: (x) => (x + 0.5) / labels.length,
    back: (t) => t * labels.length - 0.5,
    ticks: () => labels.map((text, i) => ({at: (i + 0.5) / labels.length, text})),
  };
}

function quantile(sorted, share) {
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const next = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[next] - sorted[below]);
}

// The range that an axis shows: all of the values, but for those on the bad side that would squeeze
// the others into a corner, or for the worse half where only the better one is asked for. What is left
// out stands at the axis' end.
function shownRange(values, goal, betterHalf = false) {
  const sorted = values.filter(Number.isFinite).sort();
  if (sorted.length === 0) return [0, 1];
  let low = sorted[0];
  let high = sorted[sorted.length - 1];
  const middle = quantile(sorted, 0.9) - quantile(sorted, 0.1);
  if (betterHalf) {
    if (goal === "minimize") high = quantile(sorted, 0.5);
    else low = quantile(sorted, 0.5);
  } else if (sorted.length >= 10 && middle > 0) {
    if (goal === "minimize") high = Math.min(high, quantile(sorted, 0.9) + 3 * middle);
    else low = Math.max(low, quantile(sorted, 0.1) - 3 * middle);
  }
  const margin = (high - low) * 0.03;
  return [low - margin, high + margin];
}

// A column of values, one a run, NaN where a run has none. Choices are numbers into `labels`.
function column(key, name, values, options = {}) {
  const made = {key, name, short: name, values, log: false, whole: false, labels: null, format: formatNumber, ...options};
  made.scale = made.labels ? choiceScale(made.labels) : numberScale(made.low, made.high, made);
  made.text = (run) => {
    const x = values[run];
    if (Number.isNaN(x)) return "–";
    return made.labels ? made.labels[x] : made.format(x);
  };
  return made;
}
)page";
