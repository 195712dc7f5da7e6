"""Pages in a real browser, driven from inside the page."""

import json
import os
import re
import shutil
import subprocess
from urllib.parse import unquote

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
NEEDS_CHROMIUM = [
    pytest.mark.tools,
    pytest.mark.skipif(
        CHROMIUM is None and not os.environ.get("CI"), reason="needs Chromium"
    ),
]
QUIET = (
    *("--headless", "--no-sandbox", "--disable-quic"),
    *("--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
LATER = "--virtual-time-budget=60000"
"""What a page does in its own time, such as showing its tables, is waited for."""
NO_WEBGL = ("--disable-gpu", "--disable-3d-apis")
SOFTWARE = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader")


def dump(path, profile, hash_="", options=("--disable-gpu",)):
    assert CHROMIUM, "Chromium is missing; `make test` installs it"
    command = [CHROMIUM, *QUIET, *options, f"--user-data-dir={profile}", "--dump-dom"]
    if "data-sortable" in path.read_text("utf-8"):
        command.append(LATER)
    done = subprocess.run(
        [*command, path.as_uri() + hash_], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def evaluated(page, script, folder, hash_="", options=("--disable-gpu",)):
    """What a script returns that is run inside a page's text."""
    told = f"JSON.stringify((function () {{ {LIVE_TABLES} {script} }})())"
    driver = f"document.body.dataset.found = encodeURIComponent({told});"
    return _driven(page, [_when_shown(driver)], folder, hash_, options)


def promised(page, library, script, folder, hash_="", options=("--disable-gpu",)):
    """What the promise that a script returns comes to, with a library at hand."""
    driver = (
        f"(function () {{ {script} }})().then((found) => {{"
        " document.body.dataset.found = encodeURIComponent(JSON.stringify(found)); });"
    )
    return _driven(
        page, [library, _when_shown(driver)], folder, hash_, (*options, LATER)
    )


LIVE_TABLES = """
function live(name) {
  return document.getElementById(name).closest(".scroll").parentElement
    .querySelector('.live[aria-labelledby="' + name + '-caption"]');
}
function headings(name) {
  return Array.from(live(name).querySelectorAll(".tabulator-col"));
}
function heading(name, label) {
  return headings(name).find(function (one) {
    return one.querySelector("button").textContent.trim() === label;
  });
}
function cellsOf(name) {
  return Array.from(live(name).querySelectorAll(".tabulator-row"), function (row) {
    return Array.from(row.querySelectorAll(".tabulator-cell"), function (cell) {
      return cell.textContent.trim();
    });
  });
}
function type(input, words) {
  input.value = words;
  input.dispatchEvent(new Event("input"));
}
function search(name, words) { type(document.getElementById(name + "-search"), words); }
"""
"""Functions that find what a reader sees of a table, by the name of the plain one."""


def _when_shown(driver):
    """A script that runs when the page's own has shown its tables."""
    return (
        "(function wait() {"
        " var n = document.querySelectorAll('table[data-sortable]').length;"
        " if (document.querySelectorAll('.live[role=table]').length < n) {"
        f" setTimeout(wait, 10); return; }} {driver} }})();"
    )


def _driven(page, scripts, folder, hash_, options):
    policy = r'<meta http-equiv="Content-Security-Policy"[^>]*>'
    text, n_policies = re.subn(policy, "", page)
    assert n_policies == 1
    path = folder / "page.html"
    added = "".join(f"<script>{script}</script>" for script in scripts)
    path.write_text(text.replace("</body>", f"{added}</body>"), "utf-8")
    found = re.search(r'data-found="([^"]*)"', dump(path, folder / "p", hash_, options))
    assert found, "the script did not run to its end"
    return json.loads(unquote(found[1]))
