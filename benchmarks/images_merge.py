"""CPU time to plan a merge of 20,000 files, against jdupes finding their duplicates.

    python benchmarks/images_merge.py [--files 20000] [--repeats 5]

Files of 2 to 32 kB, about a quarter of them copies, some of one size and other bytes;
all in the page cache. User and system time of one thread, best of each; jdupes 1.21
(`jdupes -r -q`) compares every byte, as we do. Prints the figures of `docs/images.md`.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

PLAN = """
import resource, sys
from pathlib import Path
from bioloom.images.merging.plan import plan_merge
def spent():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
begin = spent()
plan = plan_merge([Path(sys.argv[1])], Path(sys.argv[2]), check=sys.argv[3])
print(plan.n_of("duplicate"), spent() - begin)
"""


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


def children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def jdupes(folder: Path) -> tuple[int, float]:
    """Duplicates, and CPU seconds of the whole program."""
    begin = children_seconds()
    command = ["jdupes", "-r", "-q", str(folder)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    n = sum(len(group.splitlines()) - 1 for group in told.strip().split("\n\n"))
    return n, children_seconds() - begin


def ours(folder: Path, check: str) -> tuple[int, float, float]:
    """Duplicates, CPU seconds of the plan, and of the whole process."""
    begin = children_seconds()
    command = [sys.executable, "-c", PLAN, str(folder), str(folder / "none"), check]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    n, seconds = told.split()
    return int(n), float(seconds), children_seconds() - begin


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        make_tree(tree, options.files)
        jdupes(tree)  # into the page cache
        theirs, plans = [], {"none": [], "header": []}
        for _ in range(options.repeats):
            theirs.append(jdupes(tree))
            for check, runs in plans.items():
                runs.append(ours(tree, check))
    n, best = theirs[0][0], min(seconds for _, seconds in theirs)
    print(f"jdupes: {n} duplicates, {best:.3f} CPU s")
    for check, runs in plans.items():
        plan, whole = (min(run[place] for run in runs) for place in (1, 2))
        assert runs[0][0] == n
        print(
            f"plan, check={check}: {runs[0][0]} duplicates, {plan:.3f} CPU s, ratio "
            f"{plan / best:.2f}; with Python's start {whole:.3f}, {whole / best:.2f}"
        )


if __name__ == "__main__":
    main()
