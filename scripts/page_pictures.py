"""Pictures of pages of every kind: wide, narrow, dark, Chinese, printed.

    python scripts/page_pictures.py build/pages [KIND ...]
    python scripts/page_pictures.py build/pages --docs

The first makes a page of each kind with bioloom's own commands and takes its pictures
in headless Chromium at three widths, light and dark, in English and Chinese, and as
printed (PDF); index.html shows them side by side. What a page complains of, or what is
wider than the screen, is printed, and the exit code is 1. With --docs the pictures that
the documentation shows are taken anew, into docs/images. Both take minutes.
"""

import base64
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from scripts.pages_to_show import KINDS, Pages
from tests.app.devtools import Page, chromium

WIDTHS = (360, 1280, 1920)
MOST_HIGH = 5_000
DOCS = {  # picture: kind of page, width, height
    "report.png": ("lincrna", 1200, 1500),
    "images_report.png": ("images", 900, 1445),
}
_HEIGHT = "document.documentElement.scrollHeight"
_TOO_WIDE = "document.documentElement.scrollWidth > innerWidth + 1"
SHOWN = (
    "document.querySelectorAll('.live[role=table]').length >= "
    "document.querySelectorAll('table[data-sortable]').length"
)


def take(page: Page, stem: Path, width: int, *, dark: bool) -> list[str]:
    """Take a picture of a page that is open; what is wrong with it."""
    page.send("Emulation.setScrollbarsHidden", hidden=True)
    page.size(width, 1000, dark=dark)
    high = min(page.evaluate(_HEIGHT), MOST_HIGH)
    page.size(width, high, dark=dark)
    name = f"{stem.name}-{width}{'-dark' if dark else ''}.png"
    page.picture(stem.with_name(name), beyond=False)
    return [f"wider than {width} px"] if page.evaluate(_TOO_WIDE) else []


def print_to(page: Page, path: Path) -> None:
    """Print a page as a browser does, to PDF."""
    told = page.send("Page.printToPDF", printBackground=False)
    path.write_bytes(base64.b64decode(told["data"]))


def show(browser, name: str, pages: Pages, out: Path) -> list[str]:
    """Take every picture of a kind of page; what is wrong with them."""
    faults = []
    for language, path in pages.items():
        page = browser.page()
        page.goto(
            path.as_uri()
            + ("#lang=zh" if name == "lesson" and language == "zh" else "")
        )
        page.wait(SHOWN)
        stem = out / f"{name}-{language}"
        for width in WIDTHS:
            for dark in (False, True):
                faults += take(page, stem, width, dark=dark)
        print_to(page, stem.with_suffix(".pdf"))
        faults += page.complaints
    return [f"{name}: {fault}" for fault in faults]


def index(out: Path) -> None:
    """Write the page that shows all pictures."""
    pictures = "".join(
        f'<figure><a href="{one.name}"><img src="{one.name}" height="420" alt=""></a>'
        f"<figcaption>{one.stem}</figcaption></figure>\n"
        for one in sorted(out.glob("*.png"))
    )
    style = "body{display:flex;flex-wrap:wrap;gap:1em;font:14px sans-serif}"
    (out / "index.html").write_text(
        f"<!doctype html><title>Pages</title><style>{style}</style>\n{pictures}"
    )


def made(name: str, out: Path) -> Pages:
    """Pages of a kind, made once: an earlier run of this script is used again."""
    folder = out / "made" / name
    found = folder / "pages"
    if not found.exists():
        folder.mkdir(parents=True, exist_ok=True)
        pages = KINDS[name](folder)
        found.write_text("".join(f"{key}\t{path}\n" for key, path in pages.items()))
    rows = (line.split("\t") for line in found.read_text().splitlines())
    return {language: Path(path) for language, path in rows}


def main(out: Path, kinds: list[str]) -> int:
    """Take the pictures that are asked for."""
    out.mkdir(parents=True, exist_ok=True)
    faults = []
    with chromium(out / "profile") as browser:
        if kinds == ["--docs"]:
            for picture, (name, width, height) in DOCS.items():
                page = browser.page()
                page.goto(made(name, out)["en"].as_uri())
                page.wait(SHOWN)
                page.send("Emulation.setScrollbarsHidden", hidden=True)
                page.size(width, height)
                page.picture(Path("docs/images") / picture, beyond=False)
            return 0
        for name in kinds or KINDS:
            found = show(browser, name, made(name, out), out)
            sys.stdout.write("\n  ".join([name, *found]) + "\n")
            faults += found
    index(out)
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve(), sys.argv[2:]))
