"""CPU time to plan a merge, against jdupes finding the same duplicates.

    python benchmarks/images_merge.py [--files 100000] [--repeats 5]

Files of 2 to 32 kB, about a quarter of them copies, some of one size and other bytes;
all in the page cache. Whole commands in turn, from their start to their end: jdupes
(`jdupes -r -q`) and `bioloom images merge --dry-run --check ...`, whose plan is printed
as jdupes prints its groups. Both compare every byte of equal files. `--check none` does
what jdupes does; `header` opens every file as well and gives SHA-1s; `full` decodes
every picture (those of `--pictures`, JPEG), which jdupes does not. User and system
time, best and middle of all repeats; the wall time beside it. Prints the figures of
`docs/images.md`.
"""

import argparse
import io
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image


class Spent(NamedTuple):
    """Duplicates found; seconds of the processor, and on the clock."""

    n: int
    cpu: float
    wall: float


def make_tree(folder: Path, n_files: int) -> None:
    """Write the files; every ending a picture's."""
    rng = np.random.Generator(np.random.SFC64(1))
    kept = []
    for number in range(n_files):
        place = folder / f"f{number % 40:02d}"
        place.mkdir(exist_ok=True)
        draw = rng.random()
        if kept and draw < 0.27:
            content = kept[rng.integers(len(kept))]
        else:
            size = int(rng.integers(2_000, 32_000))
            if kept and draw < 0.35:  # as long as another, and different
                size = len(kept[rng.integers(len(kept))])
            content = b"\xff\xd8\xff" + rng.bytes(size - 3)
            kept.append(content)
        (place / f"{number:05d}.jpg").write_bytes(content)


def make_pictures(folder: Path, n_files: int) -> None:
    """Write pictures of 320 x 320, a quarter of them copies."""
    rng = np.random.Generator(np.random.SFC64(2))
    kept = []
    for number in range(n_files):
        if not kept or rng.random() > 0.25:
            small = rng.integers(0, 256, (20, 20, 3), dtype=np.uint8)
            stream = io.BytesIO()
            Image.fromarray(small).resize((320, 320)).save(stream, "JPEG", quality=85)
            kept.append(stream.getvalue())
        content = kept[rng.integers(len(kept))]
        (folder / f"{number:05d}.jpg").write_bytes(content)


def run(command: list[str]) -> tuple[str, float, float]:
    """Output, CPU seconds and seconds of a command."""
    used, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    wall, after = time.monotonic() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime - used.ru_utime + after.ru_stime - used.ru_stime
    return told, cpu, wall


def jdupes(folder: Path) -> Spent:
    told, cpu, wall = run(["jdupes", "-r", "-q", str(folder)])
    n = sum(len(group.splitlines()) - 1 for group in told.strip().split("\n\n"))
    return Spent(n, cpu, wall)


def ours(folder: Path, check: str) -> Spent:
    words = ["images", "merge", str(folder), "--into", str(folder / "none")]
    command = [sys.executable, "-m", "bioloom", *words, "--dry-run", "--check", check]
    told, cpu, wall = run(command)
    return Spent(told.count("\nduplicate\t"), cpu, wall)


def compare(folder: Path, checks: list[str], repeats: int) -> None:
    """Run all in turn and print their times and ratios."""
    jdupes(folder)  # into the page cache
    runs: dict[str, list[Spent]] = {"jdupes": [], **{check: [] for check in checks}}
    for _ in range(repeats):
        runs["jdupes"].append(jdupes(folder))
        for check in checks:
            runs[check].append(ours(folder, check))
    theirs = runs["jdupes"]
    for name, spent in runs.items():
        assert {one.n for one in spent} == {theirs[0].n}
        best = min(one.cpu for one in spent)
        middle = statistics.median(one.cpu for one in spent)
        ratio = best / min(one.cpu for one in theirs)
        ratio_middle = middle / statistics.median(one.cpu for one in theirs)
        wall = min(one.wall for one in spent)
        print(
            f"  {name:8} {spent[0].n} duplicates, CPU {best:.2f} s (middle "
            f"{middle:.2f}), wall {wall:.2f} s; CPU ratio {ratio:.2f} "
            f"(middle {ratio_middle:.2f})"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--pictures", type=int, default=5_000)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        make_tree(Path(folder), options.files)
        print(f"{options.files:,} files of 2 to 32 kB")
        compare(Path(folder), ["none", "header"], options.repeats)
    with tempfile.TemporaryDirectory() as folder:
        make_pictures(Path(folder), options.pictures)
        print(f"{options.pictures:,} JPEGs of 320 x 320 pixels")
        compare(Path(folder), ["none", "full"], options.repeats)


if __name__ == "__main__":
    main()
