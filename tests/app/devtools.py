"""Chromium driven as a person would: clicks, keys, what is seen (DevTools protocol)."""

import base64
import json
import os
import subprocess
import sys
import time
from collections import deque
from contextlib import contextmanager
from select import select

from tests.report.browsing import CHROMIUM, QUIET

WAIT_S = 60
# Chromium reads commands from the file 3 and answers into the file 4
AT_3_AND_4 = """
import fcntl, os, sys
ends = [fcntl.fcntl(int(one), fcntl.F_DUPFD, 20) for one in sys.argv[1:3]]
for end, number in zip(ends, (3, 4)):
    os.dup2(end, number)
os.execvp(sys.argv[3], sys.argv[3:])
"""


class Page:
    """A tab."""

    def __init__(self, chromium, target):
        self.chromium, self.target = chromium, target
        attached = {"targetId": target, "flatten": True}
        self.session = chromium.send("Target.attachToTarget", attached)["sessionId"]
        self.complaints = []
        for domain in ("Page", "Runtime", "Log"):
            self.send(f"{domain}.enable")

    def send(self, method, **params):
        return self.chromium.send(method, params, self.session)

    def goto(self, address):
        self.send("Page.navigate", url=address)
        self.settle()

    def settle(self):
        """Wait until the page that is being loaded is there."""
        ready = "document.readyState === 'complete' && location.href !== 'about:blank'"
        self.wait(ready)

    def evaluate(self, script):
        """What an expression comes to, a promise too."""
        told = self.send(
            "Runtime.evaluate",
            expression=script,
            returnByValue=True,
            awaitPromise=True,
            userGesture=True,
        )
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def wait(self, script, seconds=WAIT_S):
        """Wait until an expression is true; the page may change meanwhile."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                if found := self.evaluate(script):
                    return found
            except (AssertionError, RuntimeError):
                pass  # the page was just leaving
            time.sleep(0.1)
        raise AssertionError(f"{script}: not in {seconds} s; {self.text()[:2000]}")

    def text(self):
        return self.evaluate("document.body.innerText")

    def find(self, selector, text=""):
        """An element that is visible, as an expression."""
        return (
            f"[...document.querySelectorAll({json.dumps(selector)})].find((one) => "
            f"one.checkVisibility() && one.textContent.includes({json.dumps(text)}))"
        )

    def click(self, selector, text=""):
        """Press the mouse on the middle of an element."""
        found = self.find(selector, text)
        self.wait(f"!!{found}")
        place = self.evaluate(
            f"(() => {{ const one = {found}; one.scrollIntoView({{block: 'center', "
            "behavior: 'instant'}); const box = one.getClientRects()[0]; "
            "return [box.x + box.width / 2, box.y + box.height / 2]; })()"
        )
        mouse = {"x": place[0], "y": place[1], "button": "left", "clickCount": 1}
        for kind in ("mousePressed", "mouseReleased"):
            self.send("Input.dispatchMouseEvent", type=kind, **mouse)

    def leave(self, selector, text=""):
        """Click on what leads to another page, and wait for that."""
        self.evaluate("window.wasHere = true")
        self.click(selector, text)
        self.wait("!window.wasHere")
        self.settle()

    def type(self, selector, text):
        """Put the cursor into a field and type in place of what it holds."""
        focus = "one.focus(); one.select();"
        self.evaluate(f"(() => {{ const one = {self.find(selector)}; {focus} }})()")
        self.send("Input.insertText", text=text)
        time.sleep(0.5)  # a form looks at itself once the typing pauses
        self.wait("!document.querySelector('.htmx-request')")

    def size(self, width, height=1000, *, dark=False):
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.send("Emulation.setEmulatedMedia", features=[scheme])

    def picture(self, path, *, beyond=True):
        """Take a picture of the page, or of the window alone."""
        told = self.send("Page.captureScreenshot", captureBeyondViewport=beyond)
        path.write_bytes(base64.b64decode(told["data"]))


class Chromium:
    """A headless browser at the end of two pipes."""

    def __init__(self, process, to, back):
        self.process, self.to, self.back = process, to, back
        self.pages, self.events = {}, deque()
        self.n_sent, self.read = 0, b""

    def send(self, method, params=None, session=None):
        self.n_sent += 1
        message = {"id": self.n_sent, "method": method, "params": params or {}}
        if session:
            message["sessionId"] = session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            told = self._next(deadline)
            if told.get("id") == self.n_sent:
                if "error" in told:
                    raise RuntimeError(f"{method}: {told['error']['message']}")
                return told["result"]
            self._note(told)
        raise AssertionError(f"Chromium does not answer to {method}")

    def _next(self, deadline):
        while b"\0" not in self.read:
            left = max(0, deadline - time.monotonic())
            if not select([self.back], [], [], left)[0]:
                raise AssertionError("Chromium is silent")
            self.read += os.read(self.back, 1 << 20)
        message, _, self.read = self.read.partition(b"\0")
        return json.loads(message)

    def _note(self, event):
        """Keep what a page complains of: its scripts, or what its policy stops."""
        page = self.pages.get(event.get("sessionId"))
        params = event.get("params", {})
        if page and event["method"] == "Runtime.exceptionThrown":
            page.complaints.append(json.dumps(params["exceptionDetails"])[:500])
        if page and event["method"] == "Log.entryAdded":
            entry = params["entry"]
            if entry["level"] == "error" or entry["source"] in (
                "security",
                "violation",
            ):
                page.complaints.append(entry["text"])

    def page(self):
        return self._attached(
            self.send("Target.createTarget", {"url": "about:blank"})["targetId"]
        )

    def newest(self, known):
        """The tab that a page has opened."""
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            for target in self.send("Target.getTargets")["targetInfos"]:
                if target["type"] == "page" and target["targetId"] not in known:
                    page = self._attached(target["targetId"])
                    page.settle()
                    return page
            time.sleep(0.1)
        raise AssertionError("no new tab")

    def targets(self):
        told = self.send("Target.getTargets")["targetInfos"]
        return {one["targetId"] for one in told}

    def _attached(self, target):
        page = Page(self, target)
        self.pages[page.session] = page
        return page


@contextmanager
def chromium(profile):
    """A browser with an empty profile."""
    assert CHROMIUM, "Chromium is missing; `make test` installs it"
    read_commands, to = os.pipe()
    back, write_answers = os.pipe()
    words = [
        *(CHROMIUM, *QUIET, "--disable-gpu", "--remote-debugging-pipe"),
        f"--user-data-dir={profile}",
    ]
    ends = map(str, (read_commands, write_answers))
    launcher = [sys.executable, "-c", AT_3_AND_4, *ends]
    process = subprocess.Popen(
        [*launcher, *words],
        pass_fds=[read_commands, write_answers],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(read_commands)
    os.close(write_answers)
    try:
        yield Chromium(process, to, back)
    finally:
        os.close(to)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        os.close(back)
