// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The page of the leaderboard that is shown, and its keys.

inline constexpr std::string_view script_leaderboard_page = R"page(
function startLeaderboard() {
  const section = byId("leaderboard");
  if (runCount === 0) {
    section.append(element("p", {class: "soft"}, "No run has left a result yet."));
    return;
  }
  const head = element("tr");
  const body = element("tbody");
  const table = element("table", {id: "runs", role: "grid", "aria-multiselectable": "true", "aria-labelledby": "leaderboard-name"},
    element("thead", {}, head), body);
  const panels = element("div");
  const place = element("span");
  const turn = (by) => {
    board.page += by;
    redraw(view);
  };
  const before = element("button", {type: "button", onclick: () => turn(-1)}, "Previous");
  const after = element("button", {type: "button", onclick: () => turn(1)}, "Next");
  const size = element("select", {"aria-label": "Rows on a page", onchange: () => {
    board.size = Number(size.value);
    board.page = 0;
    frame.style.minHeight = "";
    redraw(view);
  }}, ...[10, 25, 100, 500].map((rows) => option(rows, `${rows} rows`, rows === board.size)));
  const download = element("button", {type: "button", id: "csv", onclick: () => save("leaderboard.csv", "text/csv", csvOfBoard())}, "Download CSV");
  const group = repeated ? element("label", {}, element("input", {type: "checkbox", id: "grouped", checked: board.grouped, onchange: (event) => {
    board.grouped = event.target.checked;
    setColumns();
    redraw(view);
  }}), " repeats together") : null;
  section.querySelector("header").append(element("div", {class: "controls"}, ...filterControls(), group, download));
  const frame = scroller("Leaderboard", table);
  section.append(frame,
    element("div", {class: "pager"}, place, before, after, size), panels);

  function setColumns() {
    board.columns = tableColumns(board.grouped);
    board.sortBy = null;
    sortBy(board.columns.find(({name, bestFirst}) => bestFirst && (!board.grouped || name.startsWith("mean"))));
    head.replaceChildren(...board.columns.map((each) => element("th", {scope: "col", class: each.number ? "number" : ""},
      element("button", {type: "button", title: each.title ?? each.name, onclick: () => {
        sortBy(each);
        redraw(view);
      }}, element("span", {}, each.name)))),
    hasCommands ? element("th", {scope: "col", class: "command-column"}, element("span", {class: "unseen"}, "Command")) : "");
  }

  // The keyboard goes through the rows, and on to the next page; what has the focus is marked in all plots.
  function moveFocus(to) {
    const rows = body.rows;
    const last = Math.ceil(board.shown.length / board.size) - 1;
    if (to < 0 && board.page > 0) board.page -= 1;
    else if (to >= rows.length && board.page < last) board.page += 1;
    else return rows[Math.max(0, Math.min(rows.length - 1, to))]?.focus();
    drawPage();
    body.rows[to < 0 ? body.rows.length - 1 : 0].focus();
  }

  body.addEventListener("keydown", (event) => {
    const row = event.target;
    if (row.parentNode !== body) return;
    const at = row.sectionRowIndex;
    const moves = {ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: body.rows.length - 1,
      PageDown: body.rows.length, PageUp: -1};
    if (event.key in moves) moveFocus(moves[event.key]);
    else if (event.key === "Enter") pickRow(Number(row.dataset.run), false);
    else if (event.key === " ") pickRow(Number(row.dataset.run), true);
    else return;
    event.preventDefault();
  });

  function drawPage() {
    board.shown = board.order.filter(shownInTable);
    const pages = Math.max(1, Math.ceil(board.shown.length / board.size));
    board.page = Math.max(0, Math.min(board.page, pages - 1));
    const from = board.page * board.size;
    const entries = board.shown.slice(from, from + board.size);
    const focused = body.contains(document.activeElement) ? document.activeElement.closest("tr").dataset.run : null;
    body.replaceChildren(...entries.map(tableRow));
    const again = focused === null ? null : [...body.rows].find((row) => row.dataset.run === focused);
    (again ?? body.rows[0])?.setAttribute("tabindex", "0");
    again?.focus({preventScroll: true});
    place.textContent = entries.length === 0 ? "No run is selected"
      : `${formatCount(from + 1)} to ${formatCount(from + entries.length)} of ${several(board.shown.length, board.grouped ? "point" : "run")}`;
    before.disabled = board.page === 0;
    after.disabled = board.page === pages - 1;
    board.columns.forEach((each, i) => {
      if (each === board.sortBy) head.cells[i].setAttribute("aria-sort", board.descending ? "descending" : "ascending");
      else head.cells[i].removeAttribute("aria-sort");
    });
    // What is below stays in its place while rows come and go.
    if (entries.length === board.size && board.size <= 25) frame.style.minHeight = `${frame.offsetHeight}px`;
    panels.replaceChildren(...[...picked].slice(0, 3).map(runPanel),
      picked.size > 3 ? element("p", {class: "soft"}, `and ${picked.size - 3} more picked`) : "");
    markRow(hovered);
  }

  // A run that is picked in a plot is looked up in the table.
  let lastPicked = -1;
  function drawBoard() {
    const newest = [...picked].at(-1) ?? -1;
    if (newest !== lastPicked && newest >= 0) {
      const at = board.order.filter(shownInTable).findIndex((run) => run === newest
        || (board.grouped && pointOf[run] === pointOf[newest]));
      if (at >= 0) board.page = Math.floor(at / board.size);
    }
    lastPicked = newest;
    drawPage();
  }

  function markRow(run) {
    for (const row of body.rows) row.classList.toggle("hovered", Number(row.dataset.run) === run);
  }

  const view = addView(section, drawBoard);
  hoverers.push(markRow);
  setColumns();
}
)page";
