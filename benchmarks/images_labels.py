"""Planted label errors that `bioloom images inspect` finds.

    python benchmarks/images_labels.py [--data FOLDER] [--share 0.05] [--rng-seed 1]

FOLDER holds VENDOR/GROUP/*.png, as for `images_emoji.py`; the groups are the labels.
A share of the pictures is moved to another label, drawn at random. Prints how many of
them the doctor lists, and how many of those it lists were planted, also on drawn
creatures (two families), beside the figures of a plainer rule. They are those of
`docs/images.md`.
"""

import argparse
import shutil
import tempfile
from pathlib import Path

import numpy as np
from images_emoji import DATA, class_folders

from bioloom.images.demonstration.creatures import draw_families
from bioloom.images.inspection.inspecting import Inspect, inspect_data


def plant(folder: Path, share: float, rng: np.random.Generator) -> set[str]:
    """Move pictures to other classes; their new paths."""
    classes = sorted(path for path in folder.iterdir() if path.is_dir())
    files = sorted(path for each in classes for path in each.iterdir())
    moved = set()
    for place in rng.permutation(len(files))[: round(share * len(files))]:
        path = files[place]
        others = [each for each in classes if each != path.parent]
        target = others[rng.integers(len(others))] / f"moved_{path.name}"
        shutil.move(path, target)
        moved.add(f"{target.parent.name}/{target.name}")
    return moved


def tell(name: str, folder: Path, share: float, rng_seed: int) -> None:
    moved = plant(folder, share, np.random.default_rng(rng_seed))
    found = inspect_data(folder, Inspect(near="hash"))
    listed = [one.path for one in found.of("label")]
    hits = [path in moved for path in listed]
    first = hits[: len(moved)]
    print(
        f"{name}: {found.n_judged} judged, {len(moved)} planted, {len(listed)} listed; "
        f"recall {100 * sum(hits) / len(moved):.1f} %, precision "
        f"{100 * np.mean(hits):.1f} %; of the first {len(first)}: "
        f"{100 * np.mean(first):.1f} %",
        flush=True,
    )
    other = [found.pictures.names[x] for x in np.flatnonzero(found.margins < 0)]
    hits = [path in moved for path in other]
    print(
        f"  every label that the head does not predict: {len(other)} listed; recall "
        f"{100 * sum(hits) / len(moved):.1f} %, precision {100 * np.mean(hits):.1f} %",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--share", type=float, default=0.05)
    parser.add_argument("--rng-seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = draw_families(Path(name), n=150, rng_seed=1)
        tell("creatures", folder, options.share, options.rng_seed)
    with tempfile.TemporaryDirectory() as name:
        class_folders(options.data, Path(name))
        tell("emoji", Path(name), options.share, options.rng_seed)


if __name__ == "__main__":
    main()
