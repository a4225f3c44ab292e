# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""The page of a report in a real Chromium, by mouse and keyboard.

  page_test.py WRITE_PAGE [TEST...]    all tests, or those that are named
  page_test.py WRITE_PAGE --pages DIR  only writes the pages, to be looked at
"""

import csv
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time

import make_data
from browser import Browser, DriverError, missing_tools

REPORTS = make_data.all_reports()


class Pages:
    """Pages by name, each written once."""

    def __init__(self, write_page, folder):
        self.write_page = write_page
        self.folder = folder
        self.data = {}

    def path(self, name):
        file = os.path.join(self.folder, name + ".html")
        if name not in self.data:
            self.data[name] = REPORTS[name]()
            with open(file, "wb") as out:
                subprocess.run([self.write_page], check=True, stdout=out,
                               input=json.dumps(self.data[name], separators=(",", ":")).encode())
        return file


def equal(found, expected, what):
    assert found == expected, f"{what}: expected {expected!r}, found {found!r}"


def show(browser, pages, name):
    """Opens a page; nothing may be said on the console or asked of the network."""
    path = pages.path(name)
    check_quiet(browser, name)  # of the page before
    browser.open(path)
    browser.settle()
    return pages.data[name]["sweeps"]


def check_quiet(browser, name):
    said = [f"{entry['level']}: {entry['message']}" for entry in browser.log()]
    equal(said, [], f"{name}: console")
    asked = []
    for entry in browser.log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            asked.append(message["params"]["request"]["url"][:80])
    beyond = [url for url in asked if not url.startswith(("file:///", "data:", "blob:"))]
    equal(beyond, [], f"{name}: requests")
    documents = [url for url in asked if url.startswith("file:")]
    assert len(documents) <= 1, f"{name}: requests: {documents}"


def text(browser, selector):
    return browser.run("return document.querySelector(arguments[0]).textContent", selector)


def count(browser):
    """How many runs are selected, from what is told to screen readers."""
    said = text(browser, "#count").replace("\u202f", "")
    return int(said.split()[1 if said.startswith("All") else 0])


def column(browser, head):
    """The texts of one column of the leaderboard's page."""
    return browser.run("""
        const heads = [...document.querySelectorAll("#runs thead th")];
        const at = heads.findIndex((each) => each.textContent === arguments[0]);
        return [...document.querySelectorAll("#runs tbody tr")].map((row) => row.cells[at].textContent);""", head)


def sort_by(browser, head):
    at = browser.run("""
        return [...document.querySelectorAll("#runs thead th")]
          .findIndex((each) => each.textContent === arguments[0]) + 1;""", head)
    assert at > 0, f"no column {head}"
    browser.click(f"#runs thead th:nth-child({at}) button")
    return browser.run("return document.querySelector(arguments[0]).getAttribute('aria-sort')",
                       f"#runs thead th:nth-child({at})")


def picture(browser, section):
    return browser.run("return document.querySelector(arguments[0]).toDataURL()", f"{section} canvas")


def drag(browser, start, end, steps=6):
    browser.pointer(("move", *start), ("down",),
                    *[("move", start[0] + (end[0] - start[0]) * i / steps, start[1] + (end[1] - start[1]) * i / steps)
                      for i in range(1, steps + 1)], ("up",))


def axes(browser):
    """Of each axis of the parallel coordinates: x, top and bottom in the window."""
    browser.box("#parallel .stage svg")
    return browser.run("""
        return [...document.querySelectorAll("#parallel .axis > line:first-child")].map((line) => {
          const box = line.getBoundingClientRect();
          return [box.left, box.top, box.bottom];
        });""")


def test_every_page_loads_without_an_error_or_a_request(browser, pages):
    expected = {
        "empty": ["leaderboard"],
        "failed": ["leaderboard", "importance", "timeline"],
        "bare": ["leaderboard", "progress"],
    }
    everything = ["leaderboard", "progress", "curves", "parallel", "slices", "importance", "map", "timeline", "best"]
    for name in REPORTS:
        if name in ("hostile", "thousand"):  # the one has a test of its own, the other is between those here
            continue
        sweeps = show(browser, pages, name)
        sections = browser.run("return [...document.querySelectorAll('main section')].map((each) => each.id)")
        wanted = expected.get(name, everything if sweeps[0]["best"] else everything[:-1])
        equal(sections, wanted, f"{name}: sections")
        # Down to the end and back: each plot is drawn when it is near.
        for share in (0.25, 0.5, 0.75, 1, 0):
            browser.run("scrollTo(0, arguments[0] * document.documentElement.scrollHeight)", share)
            browser.settle()
        check_quiet(browser, name)
        equal(count(browser), sum(len(sweep["runs"]["index"]) for sweep in sweeps), f"{name}: runs")
    show(browser, pages, "empty")
    assert "No run has left a result yet." in text(browser, "#leaderboard")
    show(browser, pages, "two")
    assert "Importance needs 20 runs that are done: there are 2." in text(browser, "#importance")
    show(browser, pages, "running")
    assert "38 of 60" in text(browser, "#head"), text(browser, "#head")


def test_the_table_sorts_filters_turns_its_pages_and_is_saved(browser, pages):
    (sweep,) = show(browser, pages, "hundred")
    runs = sweep["runs"]
    values = runs["value"]
    best_first = sorted(range(100), key=lambda run: -values[run])
    equal([float(each) for each in column(browser, "val_accuracy")], [values[run] for run in best_first[:10]], "best first")
    equal(sort_by(browser, "val_accuracy"), "ascending", "a second click")
    equal([float(each) for each in column(browser, "val_accuracy")], [values[run] for run in best_first[::-1][:10]], "worst first")
    equal(sort_by(browser, "learning_rate"), "ascending", "a number")
    rates = runs["values"][0]
    equal([float(each) for each in column(browser, "learning_rate")],
          [float(f"{rate:.4g}") for rate in sorted(rates)[:10]], "least first")
    equal(sort_by(browser, "activation"), "ascending", "a text")
    equal(column(browser, "activation"), ["gelu"] * 10, "in the order of the alphabet")
    browser.click("#leaderboard .pager button:nth-of-type(2)")
    assert "11 to 20 of 100 runs" in text(browser, "#leaderboard .pager")

    browser.type("#words", "relu learning_rate<0.01")
    wanted = [run for run in range(100) if runs["values"][3][run] == 0 and rates[run] < 0.01]
    equal(count(browser), len(wanted), "words")
    browser.click("#leaderboard [data-state=stopped]")
    wanted = [run for run in wanted if sweep["states"][runs["state"][run]] == "stopped"]
    equal(count(browser), len(wanted), "words and a state")
    sort_by(browser, "run")
    equal([int(each) for each in column(browser, "run")], wanted[:10], "rows that are left")

    folder = tempfile.mkdtemp(dir=pages.folder)
    browser.devtools("Browser.setDownloadBehavior", behavior="allow", downloadPath=folder)
    browser.click("#csv")
    file = os.path.join(folder, "leaderboard.csv")
    for _ in range(100):
        if os.path.exists(file):
            break
        time.sleep(0.05)
    with open(file, newline="") as lines:
        rows = list(csv.DictReader(lines))
    equal([int(row["run"]) for row in rows], wanted, "rows of the file")
    for row, run in zip(rows, wanted):
        equal(float(row["optimizer.learning_rate"]), rates[run], "to the digit")
        equal(float(row["val_accuracy"]), values[run], "to the digit")
        equal(row["note"], runs["detail"][run], "note")
        equal(row["command"], sweep["command"].replace("{index}", str(run)), "command")

    browser.devtools("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
    browser.click("#runs tbody tr button")
    equal(text(browser, "#runs tbody tr button"), "Copied", "the button says so")
    equal(browser.run_async("navigator.clipboard.readText().then(done, (refused) => done(String(refused)))"),
          sweep["command"].replace("{index}", str(wanted[0])), "the clipboard")


def test_repeats_are_summed_up_by_point(browser, pages):
    (sweep,) = show(browser, pages, "repeats")
    values = sweep["runs"]["value"]
    means = []
    for point in range(12):
        own = values[5 * point:5 * point + 5]
        means.append((statistics.mean(own), statistics.stdev(own), f"{5 * point}–{5 * point + 4}"))
    means.sort(reverse=True)
    equal(column(browser, "mean ± sd (n)"), [f"{mean:.4f} ± {deviation:.4f} (5)" for mean, deviation, _ in means[:10]], "means")
    equal(column(browser, "runs"), [runs for _, _, runs in means[:10]], "runs of a point")
    browser.click("#grouped")
    assert "1 to 10 of 60 runs" in text(browser, "#leaderboard .pager")
    first, last = means[0][2].split("–")
    browser.click("#grouped")
    browser.click("#runs tbody tr td")
    equal(count(browser), 5, "a point is all of its repeats")
    assert text(browser, "#leaderboard .run h3").startswith(f"run {first} "), text(browser, "#leaderboard .run h3")


def test_plots_and_table_share_one_selection(browser, pages):
    (sweep,) = show(browser, pages, "hundred")
    runs = sweep["runs"]
    before = {section: picture(browser, section) for section in ("#progress", "#curves")}
    x, top, bottom = axes(browser)[0]
    drag(browser, (x, bottom - 0.3 * (bottom - top)), (x, bottom - 0.7 * (bottom - top)))
    # The axis is logarithmic, from 1e-4 to 1e-1; the mouse stands on whole pixels.
    low, high = (10 ** (-4 + 3 * share) for share in (0.3, 0.7))
    sure = [run for run in range(100) if low * 1.02 < runs["values"][0][run] < high / 1.02]
    perhaps = [run for run in range(100) if low / 1.02 <= runs["values"][0][run] <= high * 1.02]
    assert len(sure) <= count(browser) <= len(perhaps), f"{len(sure)}, {count(browser)}, {len(perhaps)}"
    selected = count(browser)
    told = text(browser, "#chips").split()
    assert told[0] == "learning_rate" and math.isclose(float(told[1]), low, rel_tol=0.02), told
    browser.run("document.querySelector('#progress').scrollIntoView({behavior: 'instant'})")
    browser.settle()
    browser.settle()
    assert f"of {selected} runs" in text(browser, "#leaderboard .pager"), "the table shows them alone"
    for section, drawn in before.items():
        assert picture(browser, section) != drawn, f"{section} was not drawn anew"
    equal(browser.run("return document.querySelector('#slices .brush').getAttribute('visibility')"), "visible",
          "the same range in the slice of that parameter")

    # A box in a slice, of both its axes; and a choice.
    left, up, wide, high = browser.box("#slices figure:nth-child(3) svg")
    drag(browser, (left + 60, up + 15), (left + wide - 20, up + high * 0.3))
    assert "val_accuracy ≥" in text(browser, "#chips"), text(browser, "#chips")
    assert count(browser) < selected, "a second brush narrows"
    narrower = count(browser)
    browser.click("#chips li:first-child button")
    assert count(browser) > narrower, "a chip takes its part away"
    browser.press("Escape")
    equal(count(browser), 100, "Escape clears")
    equal(browser.run("return document.querySelectorAll('#chips li').length"), 0, "chips")

    # Curves that pass through a box; over time; in the order of runs.
    left, up, wide, high = browser.box("#curves .stage svg")
    drag(browser, (left + wide * 0.8, up + 15), (left + wide * 0.9, up + high * 0.5))
    done = sum(1 for state in runs["state"] if sweep["states"][state] == "done")
    assert 0 < count(browser) <= done, f"{count(browser)} of {done} curves"
    browser.press("Escape")
    left, up, wide, high = browser.box("#timeline .stage svg")
    drag(browser, (left + wide * 0.3, up + 22), (left + wide * 0.5, up + high - 40))
    assert 0 < count(browser) < 100
    browser.press("Escape")
    left, up, wide, high = browser.box("#progress .stage svg")
    drag(browser, (left + wide * 0.2, up + high * 0.5), (left + wide * 0.6, up + high * 0.5))
    assert 25 < count(browser) < 60, count(browser)
    browser.press("Escape")

    # Hover names the run, everywhere; a click picks it.
    left, up, wide, high = browser.box("#curves .stage svg")
    for y in range(20, int(high), 4):
        browser.pointer(("move", left + wide * 0.9, up + y))
        if not browser.run("return document.getElementById('tip').hidden"):
            break
    named = text(browser, "#tip b")
    assert named.startswith("run ") and "epoch 2" in text(browser, "#tip"), text(browser, "#tip")
    equal(browser.run("return document.querySelectorAll('#parallel .trace').length"), 1, "its line in the parallel coordinates")
    browser.pointer(("down",), ("up",))
    equal(count(browser), 1, "a click picks")
    run = named.split()[1]
    browser.box("#runs")
    equal(browser.run("return [...document.querySelectorAll('#runs tr[aria-selected=true]')].map((row) => row.dataset.run)"),
          [run], "its row, on the page of the table that has it")
    assert f"--index {run} " in text(browser, "#leaderboard .command")
    browser.press("Escape")
    browser.pointer(("move", 5, 5))
    browser.box("#curves .stage svg")

    was = [picture(browser, section) for section in ("#curves", "#progress")]
    browser.click("#closer")
    browser.box("#progress .stage svg")
    browser.box("#curves .stage svg")
    now = [picture(browser, section) for section in ("#curves", "#progress")]
    assert was[0] != now[0] and was[1] != now[1], "the better half has the axes"
    middle = statistics.median(runs["value"])
    assert f"{middle:.4f}" in text(browser, "#bar .ramp"), text(browser, "#bar .ramp")
    browser.click("#closer")

    was = picture(browser, "#curves")
    browser.run("""const select = document.querySelector("#curves select");
        select.value = "loss"; select.dispatchEvent(new Event("change"));""")
    browser.settle()
    assert picture(browser, "#curves") != was, "another metric"
    was = picture(browser, "#curves")
    browser.click("#curves input")
    assert picture(browser, "#curves") != was, "a log axis"
    check_quiet(browser, "hundred")


def test_the_keyboard_reaches_all_of_it(browser, pages):
    show(browser, pages, "hundred")
    browser.press("Tab")
    equal(browser.run("return document.activeElement.className"), "skip", "what Tab reaches first")
    browser.run("document.querySelector('#runs thead th:nth-child(2) button').focus()")
    browser.press("Enter")
    equal(browser.run("return document.querySelector('#runs thead th:nth-child(2)').getAttribute('aria-sort')"), "ascending", "Enter sorts")

    browser.run("document.querySelector('#runs tbody tr').focus()")
    browser.press("ArrowDown", "ArrowDown")
    focused = "return Number(document.activeElement.dataset.run)"
    equal(browser.run(focused), 2, "arrows")
    equal(browser.run("return document.querySelectorAll('#progress .hover').length"), 3, "what has the focus is marked in plots")
    browser.press("Enter")
    equal(count(browser), 1, "Enter picks")
    browser.press("ArrowDown", "Space")
    equal(count(browser), 2, "Space adds")
    equal(browser.run(focused), 3, "the focus stays")
    browser.press("PageDown")
    equal(browser.run(focused), 10, "the next page")
    browser.press("ArrowUp")
    equal(browser.run(focused), 9, "and back")
    browser.press("Escape")
    equal(count(browser), 100, "Escape")

    axes(browser)
    handle = "#parallel .axis:first-of-type .handle"
    browser.run("document.querySelector(arguments[0]).focus()", handle)
    equal(browser.run("return document.activeElement.getAttribute('aria-label')"), "optimizer.learning_rate, lowest", "its name")
    browser.press(*["ArrowUp"] * 10)
    now = float(browser.run("return document.activeElement.getAttribute('aria-valuenow')"))
    assert math.isclose(now, 10 ** (-4 + 3 * 0.2), rel_tol=1e-6), now
    assert count(browser) < 100
    browser.press("Delete")
    equal(count(browser), 100, "Delete frees the axis")
    browser.run("document.querySelector('#parallel .choice').focus()")
    browser.press("Enter")
    equal(browser.run("return document.activeElement.getAttribute('aria-pressed')"), "true", "a choice")
    assert 0 < count(browser) < 100
    browser.run("document.querySelector('#chips button').focus()")
    browser.press("Enter")
    equal(count(browser), 100, "a chip")
    equal(browser.run("""return [...document.querySelectorAll("svg[role=img], [role=group], [role=slider], [role=grid]")]
        .filter((each) => !each.getAttribute("aria-label") && !each.getAttribute("aria-labelledby")).length"""), 0, "without a name")


def cursor(browser, section):
    """Puts the focus on the first plot of a section; gives what reads its cursor aloud."""
    browser.box(f"{section} .stage")
    browser.run("document.querySelector(arguments[0]).focus()", f"{section} .stage")
    return lambda: text(browser, f"{section} .stage [role=status]")


def test_the_keyboard_reads_and_draws_boxes_in_plots(browser, pages):
    (sweep,) = show(browser, pages, "hundred")
    runs = sweep["runs"]
    best = max(range(100), key=lambda run: runs["value"][run])
    curves = [curve["values"][3] for curve in sweep["curves"]["runs"]]
    said = cursor(browser, "#curves")
    browser.press("ArrowRight")
    at = runs["best_epoch"][best]
    assert said().startswith(f"run {best} ") and f"epoch {at}: val_accuracy {curves[best][at - 1]:.5g}" in said(), said()
    browser.press("Home")
    assert f"epoch 1: val_accuracy {curves[best][0]:.5g}" in said(), said()
    browser.press("ArrowRight", "ArrowRight")
    assert f"run {best} " in said() and f"epoch 3: val_accuracy {curves[best][2]:.5g}" in said(), said()
    equal(browser.run("return document.getElementById('tip').hidden"), False, "the readout is seen, too")
    above = sorted((curve[2], run) for run, curve in enumerate(curves) if curve[2] > curves[best][2])
    below = sorted((curve[2], run) for run, curve in enumerate(curves) if curve[2] < curves[best][2])
    browser.press("ArrowDown")
    assert said().startswith(f"run {below[-1][1]} "), f"{said()}, not {below[-1]}"
    browser.press("ArrowUp")
    assert said().startswith(f"run {best} "), said()
    if above:
        browser.press("ArrowUp")
        assert said().startswith(f"run {above[0][1]} "), said()
        browser.press("ArrowDown")
    browser.press("Enter")
    equal(count(browser), 1, "Enter picks the run")
    browser.press("Escape")
    equal(count(browser), 100, "Escape clears")

    # A box from the third epoch to the fifth around the best curve.
    browser.press("Space", "ArrowRight", "ArrowRight")
    narrowed = count(browser)
    assert 1 <= narrowed < 100, narrowed
    assert text(browser, "#chips").startswith("curves through epochs 2.") or text(browser, "#chips").startswith("curves through epochs 3"), text(browser, "#chips")
    browser.press("Space", "Home")
    equal(count(browser), narrowed, "the box is drawn, and stays")
    browser.press("Escape")
    equal(count(browser), 100, "Escape clears the box")

    # Dots: along the axis, by value; in the slice of a parameter.
    said = cursor(browser, "#slices")
    browser.press("Home")
    rates = runs["values"][0]
    least = min(range(100), key=lambda run: rates[run])
    assert said().startswith(f"run {least} "), said()
    browser.press("Space", *["ArrowRight"] * 9)
    limit = sorted(rates)[9]
    assert count(browser) >= 1 and "learning_rate" in text(browser, "#chips"), text(browser, "#chips")
    equal(browser.run("return document.querySelectorAll('#chips li').length"), 2, "a box of both axes")
    browser.press("Space", "Escape")
    said = cursor(browser, "#timeline")
    browser.press("End")
    last = max(range(100), key=lambda run: runs["began"][run])
    assert said().startswith(f"run {last} "), said()
    browser.press("ArrowUp")
    assert not said().startswith(f"run {last} "), "another worker"
    browser.press("Tab")
    equal(browser.run("return document.getElementById('tip').hidden"), True, "what has lost the focus tells nothing")
    check_quiet(browser, "hundred")


def test_scores_are_shown_as_shares_by_choice(browser, pages):
    (sweep,) = show(browser, pages, "hundred")
    values, choices = sweep["runs"]["value"], sweep["runs"]["values"][3]
    browser.box("#progress figure:nth-child(3) svg")
    paths = "return [...document.querySelectorAll('#progress figure:nth-child(3) path.step')].map((each) => (each.getAttribute('d').match(/H/g) ?? []).length - 1)"
    equal(browser.run(paths), [sum(value is not None for value in values)], "a step a run")
    browser.run("""const select = document.querySelector("#progress header select");
        select.value = [...select.options].find((each) => each.textContent.endsWith("activation")).value;
        select.dispatchEvent(new Event("change"));""")
    browser.settle()
    names = sweep["parameters"][3]["choices"]
    sizes = [choices.count(i) for i in range(len(names))]
    equal(browser.run(paths), sizes, "a line a choice")
    equal(browser.run("return [...document.querySelectorAll('#progress .key li')].map((each) => each.textContent)"),
          [f"{name} ({size})" for name, size in zip(names, sizes)], "its name")
    browser.run("document.querySelector('#progress details:last-of-type summary').click()")
    browser.settle()
    rows = browser.run("""return [...document.querySelectorAll("#progress details:last-of-type tbody tr")]
        .map((row) => [...row.cells].map((cell) => cell.textContent));""")
    equal(rows[0][:2] + rows[0][3:4], ["all runs", "100", f"{statistics.median(values):.4f}"], "the middle of all")
    relu = statistics.median(value for value, choice in zip(values, choices) if choice == 0)
    equal(rows[1][0].split(": ")[1] + rows[1][3], f"{names[0]}{relu:.4f}", "the middle of one choice")
    left, up, wide, high = browser.box("#progress figure:nth-child(3) svg")
    drag(browser, (left + wide * 0.6, up + high * 0.5), (left + wide - 4, up + high * 0.5))
    assert 0 < count(browser) < 100 and text(browser, "#chips").startswith("val_accuracy ≥"), text(browser, "#chips")
    check_quiet(browser, "hundred")


def test_importance_says_why_it_is_silent(browser, pages):
    show(browser, pages, "stopped")
    told = text(browser, "#importance")
    assert "Importance needs 20 runs that are done: there are" in told and "that a rule stopped do not count" in told, told
    show(browser, pages, "hundred")
    told = text(browser, "#importance")
    assert "Of the runs that are done; the 52 that a rule stopped do not count." in told, told


def test_best_models_of_many_classes(browser, pages):
    show(browser, pages, "classes")
    browser.box("#best")
    assert "The most frequent confusions of 1\u202f000 classes." in text(browser, "#best"), text(browser, "#best")
    equal(browser.run("return document.querySelectorAll('#best tbody tr').length"), 25, "rows")
    assert "sure" not in text(browser, "#best .mistakes") and "Calibration" not in text(browser, "#best"), "no certainty"
    equal(browser.run("return [...document.querySelectorAll('#best img')].filter((each) => each.naturalWidth !== 28).length"), 0, "pictures")


def test_dark_narrow_and_printed(browser, pages):
    show(browser, pages, "hundred")
    paper = "return getComputedStyle(document.body).backgroundColor"
    light = browser.run(paper)
    bright = picture(browser, "#progress")
    browser.media(prefers_color_scheme="dark")
    dark = browser.run(paper)
    assert light != dark, light
    assert picture(browser, "#progress") != bright, "canvases have the theme's colours"
    browser.click("#theme")
    equal(browser.run(paper), light, "light by choice")
    browser.click("#theme")
    equal(browser.run(paper), dark, "dark by choice")
    browser.media(prefers_color_scheme="light")
    equal(browser.run(paper), dark, "whatever the system says")
    browser.click("#theme")
    equal(browser.run(paper), light, "as the system says")

    browser.devtools("Emulation.setDeviceMetricsOverride", width=400, height=800, deviceScaleFactor=1, mobile=False)
    for name in ("hundred", "compare", "repeats", "some_failed"):
        show(browser, pages, name)
        equal(browser.run("return document.documentElement.scrollWidth"), 400, f"{name}: nothing sticks out")
    browser.devtools("Emulation.clearDeviceMetricsOverride")

    show(browser, pages, "hundred")
    empty = browser.run("return document.querySelector('#timeline canvas').width")
    file = os.path.join(pages.folder, "page.pdf")
    browser.print_pdf(file)
    assert os.path.getsize(file) > 20_000
    assert browser.run("return document.querySelector('#timeline canvas').width") > empty, "what was never seen is printed"


def test_texts_stay_texts(browser, pages):
    show(browser, pages, "hostile")
    browser.click("#leaderboard details.notes summary, #head details.notes summary")
    browser.click("#runs tbody tr td")
    browser.type("#words", "<script>alert(1)</script>")
    browser.press("Escape")
    left, up, wide, high = browser.box("#curves .stage svg")
    for share in (0.2, 0.5, 0.8):
        browser.pointer(("move", left + wide * share, up + high * 0.3))
    for share in (0.3, 0.6, 1):
        browser.run("scrollTo(0, arguments[0] * document.documentElement.scrollHeight)", share)
        browser.settle()
    equal(browser.run("return String(window.hurt)"), "undefined", "what ran")
    equal(browser.run("return document.scripts.length"), 2, "scripts")
    equal(browser.run("""return [...document.images].map((each) => each.src)
        .filter((each) => !each.startsWith("data:image/png;base64,"))"""), [], "pictures")
    equal(browser.run("""return [...document.querySelectorAll("*")]
        .filter((each) => [...each.attributes].some(({name}) => name.startsWith("on"))).length"""), 0, "handlers")
    longest = browser.run("return Math.max(...[...document.querySelectorAll('main *')].map((each) => each.textContent.length))")
    assert longest < 200_000, f"{longest} characters in a section"
    check_quiet(browser, "hostile")


TESTS = {name.removeprefix("test_"): function for name, function in sorted(globals().items()) if name.startswith("test_")}


def main(write_page, *chosen):
    if chosen[:1] == ("--pages",):
        pages = Pages(write_page, chosen[1])
        for name in REPORTS:
            pages.path(name)
        return 0
    if missing := missing_tools():
        print(f"skipped: {' and '.join(missing)} not here")
        return 0
    failed = 0
    with tempfile.TemporaryDirectory() as folder, Browser() as browser:
        pages = Pages(write_page, folder)
        for name in chosen or TESTS:
            began = time.monotonic()
            try:
                TESTS[name](browser, pages)
                print(f"passed: {name.replace('_', ' ')} ({time.monotonic() - began:.1f} s)", flush=True)
            except (AssertionError, DriverError) as failure:
                failed += 1
                line = failure.__traceback__.tb_next.tb_lineno
                print(f"failed: {name.replace('_', ' ')}: line {line}: {failure}", flush=True)
                browser.log()
                browser.log("performance")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
