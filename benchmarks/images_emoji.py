"""Accuracy on emoji of two vendors: groups kept together or torn, head or all weights.

    python benchmarks/images_emoji.py [--data FOLDER]
        [--jobs head-224,ensemble-224,head-128,all-128] [--batch-statistics]
        [--grouped-only] [--rng-seed 42]

FOLDER holds VENDOR/GROUP/*.png, one name for one thing in both vendors' folders. Four
groups are the classes. Grouped: both vendors' picture of a thing, and near-duplicates,
on one side of the split; naive: every picture for itself. Ensemble: a head on the
joined features of Lite0, Lite1 and Lite2; headmirror and ensemblemirror: with
--mirror. All weights: 5 epochs, first step 1e-4. With
--batch-statistics, batch normalisation uses each batch's statistics instead of those
that came with the weights. Prints the figures of `docs/images.md`.
"""

import argparse
import shutil
import tempfile
import time
from pathlib import Path
from unittest.mock import patch

import numpy as np

from bioloom.images.settings import Settings
from bioloom.images.training import finetune
from bioloom.images.training_run import train_classifier

DATA = Path(__file__).parents[2] / "shared" / "data" / "images" / "emoji"
BY_THING = "^(.+)_"


def class_folders(data: Path, into: Path) -> None:
    """One folder a class, THING_VENDOR.png in it."""
    for path in sorted(data.glob("*/*/*.png")):
        vendor, group = path.parts[-3:-1]
        (into / group).mkdir(exist_ok=True)
        shutil.copy(path, into / group / f"{path.stem}_{vendor}{path.suffix}")


def alone(pictures, *_args, **_options):
    """Every picture is a group of its own."""
    return np.arange(len(pictures.files))


def run(folder: Path, settings: Settings, *, is_naive: bool) -> None:
    begin = time.process_time()
    with tempfile.TemporaryDirectory() as out:
        if is_naive:
            with patch("bioloom.images.dataset.sides.groups_of", alone):
                result = train_classifier(folder, Path(out) / "run", settings)
        else:
            result = train_classifier(folder, Path(out) / "run", settings)
    words = f"{settings.fit:4s} {settings.backbone} {settings.side} px "
    words += "mirrored " if settings.mirror else ""
    words += "naive" if is_naive else "grouped"
    print(f"{words:42s} test {result.measures['accuracy']}", end="")
    if result.inflation and not is_naive and settings.fit == "head":
        told = result.inflation
        print(f"; five folds: grouped {told.grouped}, naive {told.naive}", end="")
    print(f"; {time.process_time() - begin:.0f} CPU s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--jobs", default="head-224,ensemble-224,head-128,all-128")
    parser.add_argument("--batch-statistics", action="store_true")
    parser.add_argument("--grouped-only", action="store_true")
    parser.add_argument("--rng-seed", type=int, default=42)
    options = parser.parse_args()
    if options.batch_statistics:
        finetune._Job._set_training = lambda job: job._whole.train()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        class_folders(options.data, folder)
        for job in options.jobs.split(","):
            fit, _, side = job.partition("-")
            is_joined = fit.startswith("ensemble")
            settings = Settings(
                fit="all" if fit == "all" else "head",
                mirror=fit.endswith("mirror"),
                backbone="lite-ensemble" if is_joined else "efficientnet-lite0",
                side=int(side),
                epochs=5,
                learning_rate=1e-4,
                name_pattern=BY_THING,
                rng_seed=options.rng_seed,
            )
            for is_naive in (False,) if options.grouped_only else (False, True):
                run(folder, settings, is_naive=is_naive)


if __name__ == "__main__":
    main()
