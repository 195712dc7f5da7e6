"""Several labels a picture on emoji: which of four groups are in a sheet of them.

    python benchmarks/images_multilabel.py [--data FOLDER] [--n 1200] [--side 224]

FOLDER as for `images_emoji.py`. A sheet has four places on a background of soft
colours, each empty or with an emoji; its labels are the groups of the emoji on it. The
things are divided first, seven tenths for training sheets, a tenth for validation, a
fifth for test: no thing, of either vendor, is in two of them. Beside `--multilabel`
stands scikit-learn's one-against-rest `LogisticRegressionCV` on the same features, its
thresholds one half, and the frequency of the labels. Test sheets share things among
each other, so that their intervals are somewhat narrow. Prints the figures of
`docs/images.md`.
"""

import argparse
import csv
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
from images_emoji import DATA
from PIL import Image
from sklearn import metrics
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegressionCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from bioloom.images.settings import Settings
from bioloom.images.training_run import train_classifier
from bioloom.run.arrays import load_arrays

CELL, FILLED = 112, 0.45
SHARES = {"train": 0.7, "val": 0.1, "test": 0.2}


def things_by_side(data: Path, rng) -> dict[str, list[Path]]:
    """Files of each side; both vendors' picture of a thing on the same."""
    names = sorted({path.stem for path in data.glob("*/*/*.png")})
    sides = rng.choice(list(SHARES), size=len(names), p=list(SHARES.values()))
    side_of = dict(zip(names, sides, strict=True))
    found = {side: [] for side in SHARES}
    for path in sorted(data.glob("*/*/*.png")):
        found[side_of[path.stem]].append(path)
    return found


def sheet(paths: list[Path], rng) -> tuple[Image.Image, set[str]]:
    """A sheet of emoji, and the groups that are on it."""
    colours = rng.integers(120, 256, (5, 5, 3), dtype=np.uint8)
    image = Image.fromarray(colours).resize((2 * CELL, 2 * CELL), Image.BICUBIC)
    groups = set()
    for place in range(4):
        if rng.random() > FILLED:
            continue
        path = paths[rng.integers(len(paths))]
        size = int(rng.integers(70, 100))
        with Image.open(path) as opened:
            thing = opened.convert("RGBA").resize((size, size))
        x, y = (int(rng.integers(0, CELL - size)) for _ in range(2))
        at = (place % 2 * CELL + x, place // 2 * CELL + y)
        image.paste(thing, at, thing)
        groups.add(path.parent.name)
    return image, groups


def draw_sheets(data: Path, folder: Path, n: int) -> Path:
    rng = np.random.default_rng(1)
    rows = []
    for side, paths in things_by_side(data, rng).items():
        for number in range(round(n * SHARES[side])):
            image, groups = sheet(paths, rng)
            name = f"{side}_{number:04}.png"
            image.save(folder / name)
            rows.append((name, "|".join(sorted(groups)) or "|", side))
    table = folder / "labels.csv"
    with table.open("w", newline="") as stream:
        csv.writer(stream).writerows([("path", "label", "split"), *rows])
    return table


def show(name: str, called, chances, has) -> None:
    micro, macro = (
        metrics.f1_score(has, called, average=average) for average in ("micro", "macro")
    )
    ap = metrics.average_precision_score(has, chances)
    right = metrics.accuracy_score(has, called)
    print(
        f"{name:34s} micro F1 {100 * micro:.1f}, macro F1 {100 * macro:.1f}, all right "
        f"{100 * right:.1f}, mean AP {100 * ap:.1f}"
    )


def peer(training, features) -> None:
    train, test = (training.split == side for side in ("train", "test"))
    model = make_pipeline(
        StandardScaler(),
        OneVsRestClassifier(LogisticRegressionCV(Cs=np.logspace(-5, 1, 12), cv=3)),
    )
    begin = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", FutureWarning)
        model.fit(features[train], training.members[train])
    chances = model.predict_proba(features[test])
    show("scikit-learn, one half", chances > 0.5, chances, training.members[test])
    print(f"  its fit took {time.process_time() - begin:.0f} CPU s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--n", type=int, default=1200)
    parser.add_argument("--side", type=int, default=224)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder, run = Path(name) / "sheets", Path(name) / "run"
        folder.mkdir()
        table = draw_sheets(options.data, folder, options.n)
        settings = Settings(side=options.side, multilabel=True, near="none")
        begin = time.process_time()
        training = train_classifier(table, run, settings)
        print(f"whole training {time.process_time() - begin:.0f} CPU s")
        for name_of, share in training.measures.items():
            print(f"  {name_of}: {share}")
        test = training.test
        has = training.members[test]
        show("bioloom", training.predicted[test], training.probabilities[test], has)
        half = training.probabilities[test] > 0.5
        show("the same, one half", half, training.probabilities[test], has)
        for each in training.baselines:
            print(f"{each.name}: micro F1 {100 * each.micro_f1:.1f}; lead {each.lead}")
        print(training.classes_frame().round(3).to_string())
        print(f"ECE of all pairs {training.calibration_error:.3f}")
        print(training.audit.summary())
        arrays, _ = load_arrays(run / "features.safetensors", command="")
        peer(training, arrays["features"])


if __name__ == "__main__":
    main()
