"""Draw the animated picture of README: a lesson's thresholds as they are moved.

    python scripts/lesson_picture.py docs/images/lesson.gif

Needs headless Chromium. Each frame is the lincrna lesson with another state in its
address, as a reader would see it.
"""

import subprocess
import sys
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from PIL import Image
from scripts.animation import write_gif

import bioloom as bl

WIDTH, HEIGHT = 1080, 1000
TOP = 255  # what is above "Try it"
FRAME_MS = 600
STATES = (
    *(f"orf={limit}" for limit in (100, 80, 60, 50, 40, 60, 80, 100, 160, 240, 340)),
    *(f"orf=340&cod={limit}" for limit in (0.6, 0.81, 0.99, 0.36)),
    *("", "rule=0", "rule=0", "", ""),
)
COMMAND = ("chromium", "--headless", "--no-sandbox", "--disable-gpu")
COLOURS = 48


def frame(page: Path, state: str, folder: Path) -> Image.Image:
    """A picture of a page in a state."""
    shot = folder / "shot.png"
    subprocess.run(
        [
            *COMMAND,
            "--hide-scrollbars",
            f"--window-size={WIDTH},{TOP + HEIGHT}",
            f"--screenshot={shot}",
            f"{page.as_uri()}#lang=en&{state}",
        ],
        check=True,
        capture_output=True,
    )
    with Image.open(BytesIO(shot.read_bytes())) as whole:
        return whole.convert("RGB").crop((0, TOP, WIDTH, TOP + HEIGHT))


def main() -> None:
    """Write the picture."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        page = bl.lesson.write("lincrna", out=folder / "lincrna.html")
        frames = [frame(page, state, folder) for state in STATES]
    out = Path(sys.argv[1])
    write_gif(frames, out, frame_ms=FRAME_MS, palette_of=-1, n_colours=COLOURS)


if __name__ == "__main__":
    main()
