"""CPU time to read a picture completely, beside Pillow alone.

    python benchmarks/images_reading.py [--repeats 7]

Pictures are drawn with noise; JPEG at quality 85, of 320 and 1,600 pixels, WebP, PNG of
8 and 16 bits. "Pillow" opens, decodes and converts to RGB, without any check; bioloom
also hashes the file, checks its structure, and refuses what libjpeg only warns of. Best
of all repeats, one thread. Prints the figures of `docs/images.md`.
"""

import argparse
import io
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from bioloom.images.files.reading import read_picture

AT_LEAST = 224


def drawn(side: int) -> Image.Image:
    """Discs on white, with noise."""
    rng = np.random.default_rng(1)
    y, x = np.mgrid[:side, :side] / side
    pixels = np.full((side, side, 3), 255.0)
    for _ in range(8):
        (left, top), colour = rng.random(2), rng.integers(30, 220, 3)
        pixels[(x - left) ** 2 + (y - top) ** 2 < 0.03] = colour
    noise = rng.normal(0, 6, pixels.shape)
    return Image.fromarray((pixels + noise).clip(0, 255).astype(np.uint8))


def write_pictures(folder: Path) -> list[Path]:
    small, large = drawn(320), drawn(1600)
    deep = (np.asarray(small.convert("L"), dtype=np.uint16) << 4) + 7
    display_p3 = {"icc_profile": _wide_profile()}
    files = {
        "320.jpg": (small, "JPEG", {"quality": 85}),
        "320_progressive.jpg": (small, "JPEG", {"quality": 85, "progressive": True}),
        "320_profile.jpg": (small, "JPEG", {"quality": 85, **display_p3}),
        "1600.jpg": (large, "JPEG", {"quality": 85}),
        "320.png": (small, "PNG", {}),
        "320_deep.png": (Image.fromarray(deep), "PNG", {}),
        "320.webp": (small, "WEBP", {}),
    }
    for name, (image, form, options) in files.items():
        stream = io.BytesIO()
        image.save(stream, form, **options)
        (folder / name).write_bytes(stream.getvalue())
    return [folder / name for name in files]


def _wide_profile() -> bytes:
    """Of sRGB with red and green exchanged, which is converted as any other."""
    from PIL import ImageCms

    content = bytearray(
        ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    )
    red, green = content.find(b"rXYZ"), content.find(b"gXYZ")
    content[red : red + 4], content[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(content)


def plain(path: Path, at_least: int) -> None:
    with Image.open(path) as image:
        if at_least:
            image.draft("RGB", (2 * at_least, 2 * at_least))
        image.convert("RGB")


def whole(path: Path, at_least: int) -> None:
    read_picture(str(path), at_least=at_least)


def best_ms(
    read: Callable[[Path, int], None], path: Path, at_least: int, *, repeats: int
) -> float:
    n = 20
    times = []
    for _ in range(repeats):
        begin = time.process_time()
        for _ in range(n):
            read(path, at_least)
        times.append((time.process_time() - begin) / n)
    return 1000 * min(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(f"{'file':22}{'at least':>9}{'Pillow':>9}{'bioloom':>9}  ms")
        for path in write_pictures(Path(folder)):
            for at_least in (0, AT_LEAST):
                theirs = best_ms(plain, path, at_least, repeats=options.repeats)
                ours = best_ms(whole, path, at_least, repeats=options.repeats)
                print(f"{path.name:22}{at_least:>9}{theirs:>9.2f}{ours:>9.2f}")


if __name__ == "__main__":
    main()
