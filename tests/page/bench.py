# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""How long the page of 10,000 runs takes to load, and to answer when a brush is drawn over each axis.

  bench.py WRITE_PAGE

A brush's answer is measured from the time stamp of the mouse's movement, as Chromium received it, to
the begin of the frame after the one that shows the new selection: what was drawn is with the
compositor by then. Leave the machine alone while it runs.
"""

import os
import sys
import tempfile

from browser import Browser, missing_tools
from page_test import Pages, axes, count

# What else is in view is drawn, too: the window holds the parallel coordinates and their neighbours.
WATCH = """
    window.answers = [];
    document.querySelector("#parallel .stage svg").addEventListener("pointermove", (event) => {
      requestAnimationFrame(() => requestAnimationFrame(() => answers.push(performance.now() - event.timeStamp)));
    }, true);"""
MOVES = 40


def quantile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def main(write_page):
    if missing := missing_tools():
        print(f"skipped: {' and '.join(missing)} not here")
        return 0
    with tempfile.TemporaryDirectory() as folder, Browser(1400, 1000) as browser:
        pages = Pages(write_page, folder)
        for name, runs in (("thousand", 1000), ("many", 10_000)):
            path = pages.path(name)
            browser.open(path)
            browser.settle()
            ready = browser.run("return performance.getEntriesByType('navigation')[0].loadEventEnd")
            places = axes(browser)
            browser.run_async("setTimeout(done, 2000);")  # until all lines are drawn
            browser.run(WATCH)
            fewest = runs
            for x, top, bottom in places:
                steps = [("move", x, bottom - (0.05 + 0.9 * i / MOVES) * (bottom - top)) for i in range(MOVES + 1)]
                browser.pointer(steps[0], ("down",), *steps[1:], ("up",))
                fewest = min(fewest, count(browser))
                browser.press("Escape")
            answers = browser.run("return answers")
            print(f"{runs} runs: {os.path.getsize(path) / 1e6:.2f} MB, ready after {ready:.0f} ms; {len(answers)} movements of a brush over "
                  f"{len(places)} axes: median {quantile(answers, 0.5):.0f} ms, 95% {quantile(answers, 0.95):.0f} ms, "
                  f"99% {quantile(answers, 0.99):.0f} ms, longest {max(answers):.0f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
