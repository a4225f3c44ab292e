# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""A headless Chromium, driven as W3C WebDriver says, with Python's standard library alone."""

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {"Enter": "\ue007", "Escape": "\ue00c", "Tab": "\ue004", "Space": " ", "Shift": "\ue008",
        "ArrowLeft": "\ue012", "ArrowUp": "\ue013", "ArrowRight": "\ue014", "ArrowDown": "\ue015",
        "PageUp": "\ue00e", "PageDown": "\ue00f", "Home": "\ue011", "End": "\ue010", "Delete": "\ue017", "Control": "\ue009"}


def missing_tools():
    """Names of the programs that are not here; empty: a browser can be driven."""
    return [tool for tool in ("chromium", "chromedriver") if shutil.which(tool) is None]


class DriverError(Exception):
    pass


class Browser:
    """One window. Use it as a context; it ends the driver and the browser that it began."""

    def __init__(self, width=1400, height=1000):
        self.folder = tempfile.mkdtemp(prefix="sweepnet-page-")
        said = os.path.join(self.folder, "driver.txt")
        with open(said, "w") as out:
            self.driver = subprocess.Popen(
                ["chromedriver", "--port=0"], stdout=out, stderr=subprocess.STDOUT)
        self.address = f"http://127.0.0.1:{self._port(said)}"
        arguments = ["--headless=new", "--disable-gpu", "--disable-dev-shm-usage",
                     "--hide-scrollbars", "--force-color-profile=srgb", "--disable-background-networking",
                     f"--user-data-dir={self.folder}/profile", f"--window-size={width},{height}"]
        if hasattr(os, "geteuid") and os.geteuid() == 0:  # whom Chromium's sandbox refuses
            arguments.append("--no-sandbox")
        self.session = ""
        opened = self._send("POST", "/session", {"capabilities": {"alwaysMatch": {
            "browserName": "chrome", "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            "goog:chromeOptions": {"args": arguments, "binary": shutil.which("chromium")}}}})
        self.session = "/session/" + opened["sessionId"]
        self.command("POST", "/timeouts", {"script": 120000, "pageLoad": 120000, "implicit": 0})
        self.command("POST", "/url", {"url": "about:blank"})  # the browser's own first page asks for a lot
        self.settle()
        for kind in ("browser", "performance"):
            self.log(kind)

    def _port(self, said):
        for _ in range(200):
            with open(said) as lines:
                for line in lines:
                    if "successfully on port" in line:
                        return int(line.rstrip(" .\n").rsplit(" ", 1)[1])
            if self.driver.poll() is not None:
                break
            time.sleep(0.05)
        with open(said) as lines:
            raise DriverError("chromedriver did not start: " + lines.read())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.command("DELETE", "", None)
        finally:
            self.driver.terminate()
            self.driver.wait(20)
            shutil.rmtree(self.folder, ignore_errors=True)

    def _send(self, method, path, body):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.address + path, data=data, method=method,
                                         headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=180) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as failure:
            value = json.load(failure)["value"]
            raise DriverError(f"{path}: {value['error']}: {value['message']}") from None

    def command(self, method, path, body):
        return self._send(method, self.session + path, body)

    def open(self, file):
        self.command("POST", "/url", {"url": "file://" + os.path.abspath(file)})

    def run(self, script, *arguments):
        """What the body of a JavaScript function returns."""
        return self.command("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def run_async(self, script, *arguments):
        """What the script passes to its last argument, `done`."""
        return self.command("POST", "/execute/async", {
            "script": "const done = arguments[arguments.length - 1];" + script,
            "args": list(arguments)})

    def devtools(self, method, **parameters):
        return self.command("POST", "/goog/cdp/execute", {"cmd": method, "params": parameters})

    def settle(self):
        """Waits until what was asked for is drawn."""
        self.run_async("requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 30)));")

    def find(self, selector):
        return self.command("POST", "/element", {"using": "css selector", "value": selector})[ELEMENT]

    def click(self, selector):
        self.command("POST", f"/element/{self.find(selector)}/click", {})
        self.settle()

    def type(self, selector, text):
        self.command("POST", f"/element/{self.find(selector)}/value", {"text": text})
        self.settle()

    def press(self, *keys, held=()):
        """Presses keys one after the other, as a keyboard does, with others held down."""
        actions = [{"type": "keyDown", "value": KEYS.get(key, key)} for key in held]
        for key in keys:
            actions += [{"type": "keyDown", "value": KEYS.get(key, key)},
                        {"type": "keyUp", "value": KEYS.get(key, key)}]
        actions += [{"type": "keyUp", "value": KEYS.get(key, key)} for key in held]
        self.command("POST", "/actions", {"actions": [
            {"type": "key", "id": "keyboard", "actions": actions}]})
        self.settle()

    def pointer(self, *steps):
        """Each step: ("move", x, y) in the window's pixels, ("down",), ("up",)."""
        actions = []
        for kind, *place in steps:
            if kind == "move":
                actions.append({"type": "pointerMove", "duration": 20, "origin": "viewport",
                                "x": round(place[0]), "y": round(place[1])})
            else:
                actions.append({"type": "pointerDown" if kind == "down" else "pointerUp", "button": 0})
        self.command("POST", "/actions", {"actions": [
            {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"},
             "actions": actions}]})
        self.settle()

    def box(self, selector):
        """Left, top, width and height in the window, after the element was brought into it."""
        self.run("""document.querySelector(arguments[0])
            .scrollIntoView({block: "center", inline: "nearest", behavior: "instant"});""", selector)
        self.settle()
        return self.run("""
            const box = document.querySelector(arguments[0]).getBoundingClientRect();
            return [box.left, box.top, box.width, box.height];""", selector)

    def log(self, kind="browser"):
        """Entries since the last call: kind `browser` (console, errors) or `performance` (network)."""
        return self.command("POST", "/se/log", {"type": kind})

    def screenshot(self, file, whole=True):
        options = {"format": "png"}
        if whole:
            size = self.devtools("Page.getLayoutMetrics")["cssContentSize"]
            options |= {"captureBeyondViewport": True, "clip": {
                "x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}}
        with open(file, "wb") as out:
            out.write(base64.b64decode(self.devtools("Page.captureScreenshot", **options)["data"]))

    def print_pdf(self, file):
        with open(file, "wb") as out:
            out.write(base64.b64decode(
                self.devtools("Page.printToPDF", printBackground=True)["data"]))

    def media(self, **features):
        """E.g. media(prefers_color_scheme="dark")."""
        self.devtools("Emulation.setEmulatedMedia", features=[
            {"name": name.replace("_", "-"), "value": value} for name, value in features.items()])
        self.settle()
