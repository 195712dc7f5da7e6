"""What --mirror gains on emoji of two vendors, picture by picture in the same folds.

    python benchmarks/images_mirror.py [--data FOLDER] [--side 224]
        [--backbones efficientnet-lite0,lite-ensemble] [--rng-seeds 42,43,44]

FOLDER as for `images_emoji.py`, and the same groups: both vendors' picture of a thing,
and near-duplicates. Each backbone's head is cross-validated in five grouped folds with
plain and with mirrored views; the difference of their accuracies has a 95 % interval of
1,000 draws of the groups, the same ones for both. Prints the figures of
`docs/images.md`.
"""

import argparse
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from images_emoji import BY_THING, DATA, class_folders

from bioloom.images.dataset.admitting import admitted
from bioloom.images.dataset.data import groups_of, read_folder
from bioloom.images.dataset.scan import scan
from bioloom.images.models.head import cross_validated
from bioloom.images.models.scoring import scored_by
from bioloom.images.models.weights import load_weights
from bioloom.images.settings import Settings
from bioloom.images.training.preparing import new_classifier
from bioloom.statistics.intervals import Estimate, accuracy_interval, bootstrap


def features_of(settings: Settings, pixels):
    model = new_classifier(settings, 2)
    load_weights(model, settings.weights, rng_seed=0)
    return scored_by(model, pixels, threads=settings.threads).features


def gain(plain, mirrored, groups) -> Estimate:
    """Difference of two shares of correct predictions of the same pictures."""
    shifted = bootstrap(
        lambda one, other: float((1 + other.mean() - one.mean()) / 2),
        plain.astype(float),
        mirrored.astype(float),
        groups=groups,
    )
    ends = (2 * end - 1 for end in (shifted.value, shifted.low, shifted.high))
    return Estimate(*ends, shifted.method)


def compare(settings: Settings, pictures, scanned, seeds) -> None:
    used = pictures.y >= 0
    y, pixels = pictures.y[used], scanned.pixels[used]
    begin = time.process_time()
    plain = features_of(settings, pixels)
    middle = time.process_time()
    mirrored = features_of(replace(settings, mirror=True), pixels)
    print(
        f"{settings.backbone}: features {middle - begin:.0f} CPU s, mirrored "
        f"{time.process_time() - middle:.0f}",
        flush=True,
    )
    whole = np.zeros((len(used), plain.shape[1]), dtype=np.float32)
    whole[used] = plain
    groups = groups_of(pictures, scanned, features=whole, name_pattern=BY_THING)[used]
    for seed in seeds:
        right = {}
        for name, x in (("plain", plain), ("mirrored", mirrored)):
            predicted = cross_validated(x, y, groups=groups, rng_seed=seed)
            right[name] = predicted == y
            share = accuracy_interval(predicted, y, groups=groups)
            print(f"  folds {seed}, {name:8s} {share}", flush=True)
        found = gain(right["plain"], right["mirrored"], groups)
        print(
            f"  folds {seed}, gain {100 * found.value:+.1f} points "
            f"({100 * found.low:+.1f} to {100 * found.high:+.1f})",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--side", type=int, default=224)
    parser.add_argument("--backbones", default="efficientnet-lite0,lite-ensemble")
    parser.add_argument("--rng-seeds", default="42,43,44")
    options = parser.parse_args()
    seeds = [int(seed) for seed in options.rng_seeds.split(",")]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        class_folders(options.data, folder)
        pictures = read_folder(folder)
        shape = (len(pictures.files), options.side, options.side, 3)
        first = Settings(side=options.side, name_pattern=BY_THING)
        scanned = scan(
            pictures.paths,
            np.zeros(shape, dtype=np.uint8),
            conversion=first.conversion,
            audited=np.zeros(len(pictures.files), dtype=bool),
        )
        pictures = admitted(pictures, scanned)
        for backbone in options.backbones.split(","):
            settings = replace(first, backbone=backbone)
            compare(settings, pictures, scanned, seeds)


if __name__ == "__main__":
    main()
