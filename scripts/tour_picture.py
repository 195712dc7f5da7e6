"""Draw the animated tour of a report for the documentation.

    python scripts/tour_picture.py build/pages docs/images/tour.gif

Needs headless Chromium. The report is that of `page_pictures.py`, made if it is not
there; each frame is the page as a reader sees it after one more step.
"""

import sys
from io import BytesIO
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from PIL import Image
from scripts.animation import write_gif
from scripts.page_pictures import SHOWN, made
from tests.app.devtools import Page, chromium

WIDTH, HEIGHT = 1000, 640
FRAME_MS = 2200
COLOURS = 64
_TYPE = """(() => { const one = document.getElementById("candidates-table-search");
  one.scrollIntoView();
  one.value = "MSTRG";
  one.dispatchEvent(new Event("input")); })()"""
_OPEN = """(() => { const one = [...document.querySelectorAll("details[id^=wc]")]
    .find((each) => each.checkVisibility());
  one.open = true; one.scrollIntoView(); })()"""
_DOWN = "scrollBy({ top: 560, behavior: 'instant' })"
_SECTIONS = ("flow", "together", "candidates")
STEPS = (
    "scrollTo(0, 0)",
    *(f"document.getElementById('{name}').scrollIntoView()" for name in _SECTIONS),
    _TYPE,
    _OPEN,
    _DOWN,
    _DOWN,
    _DOWN,
    "document.getElementById('paper').scrollIntoView()",
)


def frame(page: Page, step: str, folder: Path) -> Image.Image:
    """The window after one more step."""
    page.evaluate(step)
    page.evaluate("new Promise((done) => setTimeout(done, 400))")
    shot = folder / "tour.png"
    page.picture(shot, beyond=False)
    with Image.open(BytesIO(shot.read_bytes())) as whole:
        return whole.convert("RGB")


def main(folder: Path, out: Path) -> None:
    """Write the picture."""
    with chromium(folder / "profile-tour") as browser:
        page = browser.page()
        page.size(WIDTH, HEIGHT)
        page.send("Emulation.setScrollbarsHidden", hidden=True)
        page.goto(made("lincrna", folder)["en"].as_uri())
        page.wait(SHOWN)
        frames = [frame(page, step, folder) for step in STEPS]
    write_gif(frames, out, frame_ms=FRAME_MS, palette_of=1, n_colours=COLOURS)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]))
