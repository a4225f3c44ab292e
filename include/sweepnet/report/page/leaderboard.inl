// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The leaderboard: sorted, paged, a row for each run or for each point with its repeats.

inline constexpr std::string_view script_leaderboard = R"page(
const meanText = ({count: n, mean, deviation}) => n === 0 ? "–"
  : `${formatValue(mean)}${n > 1 ? ` ± ${formatValue(deviation)}` : ""} (${n})`;

const rawNumber = (x) => Number.isNaN(x) ? "" : String(x);

// Columns of the table: key(run) sorts, text(run) is shown, raw(run) goes into the CSV file, under the
// column's name or as its `csv` says.
function tableColumns(grouped) {
  const numbers = (name, values, text = formatNumber, more = {}) => ({
    name, number: true, key: (run) => values[run], text: (run) => text(values[run]),
    raw: (run) => rawNumber(values[run]), ...more,
  });
  const states = {name: "state", key: (run) => runs.state[run], text: (run) => stateNames[runs.state[run]],
    raw: (run) => stateNames[runs.state[run]], swatch: (run) => "--" + stateNames[runs.state[run]]};
  const mean = {name: "mean ± sd (n)", number: true, bestFirst: true, key: (run) => pointOf[run].mean,
    text: (run) => meanText(pointOf[run]), csv: [["mean", (run) => rawNumber(pointOf[run].mean)],
      ["deviation", (run) => rawNumber(pointOf[run].deviation)], ["values", (run) => String(pointOf[run].count)]]};
  const members = {name: "runs", number: true, key: (run) => runs.index[run],
    text: (run) => spanOfRuns(pointOf[run].members), raw: (run) => spanOfRuns(pointOf[run].members)};
  const notes = {name: "note", key: (run) => detailOf(run), text: (run) => tidy(detailOf(run), 200), raw: detailOf};
  const hasNotes = sweeps.some((sweep) => sweep.runs.detail.some((text) => text));
  return [
    ...(grouped ? [] : [numbers("rank", rankOf)]),
    ...(comparing ? [{name: "sweep", key: (run) => runs.sweep[run], text: (run) => "AB"[runs.sweep[run]],
      raw: (run) => sweeps[runs.sweep[run]].name, swatch: (run) => runs.sweep[run] ? "--second" : "--first"}] : []),
    grouped ? members : numbers("run", runs.index),
    ...(grouped ? [] : [states]),
    ...(repeated ? [mean] : []),
    numbers(grouped ? `best ${metricName}` : metricName, runs.value, formatValue, {bestFirst: true}),
    numbers("best epoch", runs.bestEpoch),
    numbers("epochs", runs.epochs),
    numbers("time", runs.seconds, formatSeconds, {csv: [["seconds", (run) => rawNumber(runs.seconds[run])]]}),
    ...parameters.map((each) => each.labels
      ? {name: each.short, title: each.name, key: (run) => Number.isNaN(each.values[run]) ? "" : each.choices[each.values[run]],
        text: each.text, csv: [[each.raw, (run) => Number.isNaN(each.values[run]) ? "" : each.choices[each.values[run]]]]}
      : numbers(each.short, each.values, each.format, {title: each.name, csv: [[each.raw, (run) => rawNumber(each.values[run])]]})),
    ...(hasNotes ? [notes] : []),
  ];
}

function spanOfRuns(members) {
  const first = runs.index[members[0]];
  const last = runs.index[members[members.length - 1]];
  return first === last ? String(first) : `${first}–${last}`;
}

const board = {grouped: repeated, columns: [], sortBy: null, descending: false, order: [], shown: [], page: 0, size: 10};

// All entries in the order of the sort; numbers that are not there come last either way.
function sortBoard() {
  const {sortBy, descending} = board;
  const entries = board.grouped ? [...points.values()].map((members) => pointOf[members[0]].best)
    : Array.from({length: runCount}, (_, run) => run);
  const keys = new Array(runCount);
  for (const run of entries) keys[run] = sortBy.key(run);
  const sign = descending ? -1 : 1;
  const missing = (key) => key === "" || Number.isNaN(key);
  const collator = new Intl.Collator("en", {numeric: true});
  const compare = sortBy.number || typeof keys[entries[0]] === "number" ? (a, b) => a - b : collator.compare;
  board.order = entries.sort((a, b) => (missing(keys[a]) - missing(keys[b]))
    || (missing(keys[a]) ? 0 : sign * compare(keys[a], keys[b])) || rankOf[a] - rankOf[b]);
}

const shownInTable = (run) => board.grouped ? pointOf[run].members.some((each) => kept[each]) : kept[run] === 1;

function sortBy(chosen) {
  const first = chosen.bestFirst && goal !== "minimize";
  board.descending = board.sortBy === chosen ? !board.descending : first;
  board.sortBy = chosen;
  board.page = 0;
  sortBoard();
}

function csvOfBoard() {
  const quote = (text) => /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  const columns = [...board.columns.flatMap(({name, raw, csv}) => csv ?? [[name, raw]]),
    ...(hasCommands ? [["command", commandOf]] : [])];
  const lines = [columns.map(([name]) => quote(name)).join(",")];
  for (const run of board.shown) lines.push(columns.map(([, raw]) => quote(raw(run))).join(","));
  return lines.join("\r\n") + "\r\n";
}

async function copy(text, button) {
  let done = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {  // as where the page is shown in a frame
    const area = element("textarea", {});
    area.value = text;
    document.body.append(area);
    area.select();
    done = document.execCommand("copy");
    area.remove();
    button.focus();
  }
  const before = button.dataset.text ??= button.textContent;
  button.textContent = done ? "Copied" : "Not allowed";
  setTimeout(() => { button.textContent = before; }, 1500);
}

function copyButton(run, text = "Copy command") {
  const button = element("button", {
    type: "button", title: tidy(commandOf(run), 400), "aria-label": `Copy the command for ${runName(run)}`,
    onclick: (event) => {
      event.stopPropagation();
      copy(commandOf(run), button);
    },
  }, text);
  return button;
}

function pickRow(run, add) {
  const members = board.grouped ? pointOf[run].members : [run];
  const [first, ...others] = members;
  if (others.length === 0) return pick(first, add);
  const all = members.every((each) => picked.has(each));
  if (!add) picked.clear();
  for (const each of members) {
    if (all) picked.delete(each);
    else picked.add(each);
  }
  selectionChanged();
}

function tableRow(run) {
  const row = element("tr", {
    tabindex: -1, "data-run": run, "aria-selected": String(picked.has(run)), class: picked.has(run) ? "picked" : "",
    onclick: (event) => pickRow(run, event.shiftKey || event.ctrlKey || event.metaKey),
    onpointerenter: () => hover(run), onpointerleave: () => hover(-1), onfocus: () => hover(run), onblur: () => hover(-1),
  });
  for (const {number, text, swatch: colour} of board.columns) {
    row.append(element("td", {class: number ? "number" : "text"}, colour ? swatch(colour(run)) : null, text(run)));
  }
  if (hasCommands) row.append(element("td", {class: "command-column"}, commandOf(run) ? copyButton(run, "Copy") : null));
  return row;
}

// All of one run, for those that are picked.
function runPanel(run) {
  return element("div", {class: "run"},
    element("h3", {}, `${runName(run)} · ${stateNames[runs.state[run]]} · ${metricName} ${formatValue(runs.value[run])}`),
    detailOf(run) ? element("p", {}, tidy(detailOf(run), 1000)) : null,
    element("dl", {}, pair("rank", String(rankOf[run])), pair("best epoch", formatNumber(runs.bestEpoch[run])),
      pair("epochs", formatNumber(runs.epochs[run])), pair("time", formatSeconds(runs.seconds[run])),
      ...everyParameter.filter((each) => !Number.isNaN(each.values[run])).map((each) => pair(each.name, each.text(run)))),
    commandOf(run) ? element("div", {class: "command"}, element("code", {}, tidy(commandOf(run), 2000)), copyButton(run)) : null);
}
)page";
