"""Size of a large report, and the time in which headless Chromium opens it.

    python benchmarks/report_pages.py [--candidates 3000] [--repeats 3] [--keep FOLDER]

Candidates of a simulated run are repeated until the page lists as many as asked for;
the workings are as many as a real page holds. Time is from the start of navigation
to the second frame after the page's script has shown the last table: reading, style,
layout, script and painting are in it. Prints one line for each language.
"""

import argparse
import itertools
import re
import shutil
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path
from statistics import median
from unittest import mock

from bioloom.lincrna.filtering import run_filter
from bioloom.lincrna.inputs.files import FilterInputs
from bioloom.lincrna.page.building import MAX_WORKINGS, run_page
from bioloom.lincrna.page.model import RunPage
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.simulate import simulate
from bioloom.report.lincrna import write_report
from bioloom.report.page import PAGES

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
OPTIONS = ("--headless", "--no-sandbox", "--disable-gpu", "--window-size=1280,900")
LOGGED = ("--enable-logging=stderr", "--v=0", "--remote-debugging-port=0")
OPENED = re.compile(r"opened ([\d.]+) (\d+) ([\d.]+)\.")
# two frames after the last table is shown by the page's script
TIMER = """<script>
(function wait() {
  var n = document.querySelectorAll("table[data-sortable]").length;
  var shown = document.querySelectorAll(".live[role=table]").length;
  if (shown < n) { return setTimeout(wait); }
  requestAnimationFrame(function () { requestAnimationFrame(function () {
    var opened = performance.now(), size = document.querySelectorAll("*").length;
    var table = document.querySelector(".live[aria-labelledby^=candidates-table]");
    var start = performance.now();
    table.querySelector(".tabulator-col button").click();
    document.body.getBoundingClientRect();
    var sort = performance.now() - start;
    console.log("opened " + opened + " " + size + " " + sort + ".");
  }); });
})();
</script></body>"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--candidates", type=int, default=3000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="folder for the pages")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = options.keep or Path(name)
        large_report(folder, options.candidates)
        for page in PAGES.values():
            told(folder / "run" / page, options.repeats, Path(name))


def large_report(folder: Path, n_candidates: int) -> None:
    """A run folder whose report lists many candidates."""

    def larger(*given, **named) -> RunPage:
        page = run_page(*given, **named)
        many = itertools.islice(itertools.cycle(page.candidates), n_candidates)
        rows = [
            replace(
                row,
                transcript_id=f"{row.transcript_id}.{place}",
                working=row.working if place < MAX_WORKINGS else None,
            )
            for place, row in enumerate(many)
        ]
        return replace(page, candidates=rows)

    true = simulate(folder / "simulated", scale=1)
    inputs = FilterInputs(
        assembly=true.models_path,
        genome=true.genome_path,
        annotation=true.annotation_path,
        domains=true.domains_path,
    )
    with mock.patch("bioloom.report.lincrna.run_page", larger):
        run_filter(inputs, FilterSettings(), out=folder / "run", report=write_report)


def told(page: Path, repeats: int, folder: Path) -> None:
    """Print what one page weighs and takes."""
    found = [opened(page, folder / f"{page.stem}-{n}") for n in range(repeats)]
    times = [time_s for time_s, *_ in found]
    sorts = [sort_s for *_, sort_s in found]
    print(
        f"{page.name}: {page.stat().st_size / 1e6:.2f} MB, opened in "
        f"{median(times):.2f} s (median of {repeats}, at most {max(times):.2f} s), "
        f"{found[0][1]:,} elements; sorted in {median(sorts):.3f} s"
    )


def opened(page: Path, folder: Path) -> tuple[float, int, float]:
    """Seconds until the page is painted, its elements then, and seconds of a sort."""
    folder.mkdir(parents=True)
    copy = folder / page.name
    policy = r'<meta http-equiv="Content-Security-Policy"[^>]*>'
    text = re.sub(policy, "", page.read_text("utf-8"))
    copy.write_text(text.replace("</body>", TIMER), "utf-8")
    command = [CHROMIUM, *OPTIONS, *LOGGED, f"--user-data-dir={folder / 'profile'}"]
    with subprocess.Popen(
        [*command, copy.as_uri()], stderr=subprocess.PIPE, text=True
    ) as browser:
        found = next(filter(None, map(OPENED.search, browser.stderr)))
        browser.terminate()
    return float(found[1]) / 1000, int(found[2]), float(found[3]) / 1000


if __name__ == "__main__":
    main()
