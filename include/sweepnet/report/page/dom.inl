// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Nodes, made so that text from files can only become text.

inline constexpr std::string_view script_dom = R"page(
// element("td", {class: "number"}, "text"): whatever is no node becomes a text node. Attributes that
// are false or undefined are left out; "onclick" and its like take functions.
function element(tag, attributes = {}, ...children) {
  return furnish(document.createElement(tag), attributes, children);
}

function shape(tag, attributes = {}, ...children) {
  return furnish(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function furnish(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== undefined && child !== null));
  return node;
}

const byId = (id) => document.getElementById(id);

function pair(name, value) {
  return element("div", {}, element("dt", {}, name), element("dd", {}, value));
}

function option(value, text, selected) {
  return element("option", {value, selected}, text);
}

// What may be wider than the window, for keyboards, too.
function scroller(label, ...children) {
  return element("div", {class: "scroll", tabindex: 0, role: "group", "aria-label": label}, ...children);
}

// A table that is built only when it is asked for: what a plot shows, for those who do not see it.
function tableInstead(title, rows) {
  const details = element("details", {class: "notes"}, element("summary", {}, title));
  details.addEventListener("toggle", () => {
    if (!details.open || details.children.length > 1) return;
    const [head, ...body] = rows();
    details.append(scroller(title,
      element("table", {},
        element("thead", {}, element("tr", {}, ...head.map((text) => element("th", {scope: "col"}, text)))),
        element("tbody", {}, ...body.map((row) => element("tr", {},
          ...row.map((text) => element("td", {}, text))))))));
  });
  return details;
}

// Texts from files may hold anything and be of any length: what would break or reorder a line is
// replaced, and what is longer than `most` is cut. Files that are downloaded get the whole text.
function tidy(text, most = 120) {
  const start = String(text).slice(0, most + 1)
    .replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, "\ufffd");
  return start.length > most ? start.slice(0, most - 1) + "…" : start;
}

const tip = byId("tip");

// Lines beside the pointer, the first one bold.
function showTip(event, lines) {
  tip.replaceChildren(...lines.map((line, i) => i === 0 ? element("b", {}, line) : element("div", {}, line)));
  tip.hidden = false;
  const box = tip.getBoundingClientRect();
  const left = event.clientX + 16 + box.width > innerWidth ? event.clientX - box.width - 12 : event.clientX + 16;
  const top = Math.min(event.clientY + 14, innerHeight - box.height - 4);
  tip.style.transform = `translate(${Math.max(4, left)}px, ${Math.max(4, top)}px)`;
}

function hideTip() {
  tip.hidden = true;
}

// It would stay where its mark was.
addEventListener("scroll", hideTip, {passive: true});

function save(name, type, text) {
  const address = URL.createObjectURL(new Blob([text], {type}));
  element("a", {href: address, download: name}).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
)page";
