// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The words over the leaderboard: what contains them, or passes tests such as learning_rate<0.01.

inline constexpr std::string_view script_filter = R"page(
// Columns that a test may name. A parameter goes by its whole name, or by what follows its last dot.
const testable = new Map();
for (const {name, values} of [
  ...everyParameter.map((each) => ({name: each.raw.split(".").at(-1), values: each.values})),
  ...everyParameter.map((each) => ({name: each.raw, values: each.values})),
  {name: "index", values: runs.index}, {name: "run", values: runs.index},
  {name: "value", values: runs.value}, {name: metricName, values: runs.value},
  {name: "best_epoch", values: runs.bestEpoch}, {name: "epochs", values: runs.epochs},
  {name: "seconds", values: runs.seconds}, {name: "worker", values: runs.worker},
  {name: "rank", values: rankOf},
]) testable.set(name.toLowerCase(), values);

const comparisons = {
  "<": (a, b) => a < b, "<=": (a, b) => a <= b, ">": (a, b) => a > b, ">=": (a, b) => a >= b,
  "=": (a, b) => a === b, "!=": (a, b) => a !== b,
};

let haystacks = null;
function haystack(run) {
  haystacks ??= new Array(runCount);
  haystacks[run] ??= [runName(run), stateNames[runs.state[run]], sweepNames[runs.sweep[run]],
    ...everyParameter.filter((each) => !Number.isNaN(each.values[run])).map((each) => `${each.name}=${each.text(run)}`),
    tidy(detailOf(run), 300)].join("\n").toLowerCase();
  return haystacks[run];
}

// What tells whether a run passes one word.
function wordTest(word) {
  const [, name, sign, limit] = word.match(/^(.+?)(<=|>=|!=|<|>|=)(.+)$/) ?? [];
  const values = testable.get(name);
  if (values && Number.isFinite(Number(limit))) {
    const compare = comparisons[sign];
    const bound = Number(limit);
    return (run) => compare(values[run], bound);
  }
  return (run) => haystack(run).includes(word);
}

function filterBy(text) {
  const words = text.toLowerCase().split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return constrain("words", null);
  const tests = words.map(wordTest);
  constrain("words", {text: `“${tidy(text, 40)}”`, forget: clearFilter, admits: (run) => tests.every((test) => test(run))});
}

function clearFilter() {
  byId("words").value = "";
}

function filterControls() {
  const words = element("input", {
    type: "search", id: "words", placeholder: "Filter: relu learning_rate<0.01", autocomplete: "off", spellcheck: "false",
    "aria-label": "Filter: words, or tests such as learning_rate<0.01", oninput: () => filterBy(words.value),
  });
  const chosen = new Set();
  const buttons = stateNames.map((state, at) => [at, runs.state.reduce((sum, each) => sum + (each === at), 0)])
    .filter(([, there]) => there > 0)
    .map(([at, there]) => element("button", {
      type: "button", "aria-pressed": "false", "data-state": stateNames[at],
      onclick: (event) => {
        if (!chosen.delete(at)) chosen.add(at);
        event.currentTarget.setAttribute("aria-pressed", String(chosen.has(at)));
        constrain("states", chosen.size === 0 ? null : {
          text: [...chosen].map((each) => stateNames[each]).join(", "),
          forget, admits: (run) => chosen.has(runs.state[run]),
        });
      },
    }, `${stateNames[at]} ${formatCount(there)}`));
  const forget = () => {
    chosen.clear();
    for (const button of buttons) button.setAttribute("aria-pressed", "false");
  };
  clearers.push(clearFilter, forget);
  return [words, ...(buttons.length > 1 ? [element("span", {class: "controls", role: "group", "aria-label": "States"}, ...buttons)] : [])];
}
)page";
