"""What the audit flags, beside what a model makes of it: planted traces, raw and cured.

    python benchmarks/images_audit.py [--plants FOLDER] [--shuffles 300] [--threads 1]

FOLDER holds NAME/CLASS/*.png, one trace in the second class of each; drawn anew by the
script beside the cases if it is missing. For each trace and cure: the audit's alarm
and its strongest probe, and the accuracy of a linear head on EfficientNet-Lite0's
features in five grouped folds (95 % interval). It is right if it names something,
as an alarm or a note, where the head is better than guessing, and is silent where it is
not; a head below 65 % is let pass. Then the share of sets with shuffled
labels in which any probe has an alarm or a note. Prints the figures of
`docs/images.md`.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from bioloom.images.auditing.audit import audit_folder
from bioloom.images.auditing.findings import MAX_P, WEAK, score_of
from bioloom.images.auditing.judging import judge
from bioloom.images.auditing.probes import PROBES, probe_values
from bioloom.images.dataset.data import read_folder
from bioloom.images.dataset.scan import scan
from bioloom.images.demonstration.creatures import draw_sources
from bioloom.images.files.view import Conversion
from bioloom.images.settings import Settings
from bioloom.images.training_run import train_classifier
from bioloom.statistics.intervals import clopper_pearson

SCRIPT = Path(__file__).parents[2] / "shared" / "cases" / "images" / "plants.py"
CURES = {
    "raw": {},
    "--neutralise": {"neutralise": True},
    "--neutralise --equalise": {"neutralise": True, "equalise": True},
}


def row(folder: Path, cure: str, threads: int) -> tuple[str, bool]:
    """One line of the table, and whether the audit is right."""
    settings = Settings(side=224, near="hash", threads=threads, **CURES[cure])
    found = audit_folder(folder, conversion=settings.conversion, threads=threads)
    with tempfile.TemporaryDirectory() as out:
        training = train_classifier(folder, Path(out) / "run", settings)
    head = training.inflation.grouped
    flagged = [
        finding
        for finding in found.of("picture")
        if finding.verdict != "silent" and not PROBES[finding.probe].may_be_subject
    ]
    level = {"shortcut": "ALARM", "note": "note"}
    said = level[flagged[0].verdict] if flagged else "silent"
    strongest = flagged[0] if flagged else found.of("picture")[0]
    is_used = head.low > 0.5  # two classes of equal size
    is_right = is_used == bool(flagged) or (is_used and head.value < 0.65)
    line = (
        f"{folder.name:12s} {cure:24s} {said:7s} "
        f"{strongest.probe:11s} {100 * strongest.balanced_accuracy:5.1f}   "
        f"{100 * head.value:5.1f} ({100 * head.low:.1f}-{100 * head.high:.1f})  "
        f"{'right' if is_right else 'WRONG'}"
    )
    return line, is_right


def two_sources(n: int, threads: int) -> None:
    """The same creatures cut out as PNG, and on white as JPEG: audit and accuracy."""
    folder = Path(tempfile.mkdtemp())
    draw_sources(folder, n=n, rng_seed=5)
    for cure in CURES:
        print(row(folder, cure, threads)[0], flush=True)
    shutil.rmtree(folder)


def false_alarms(folder: Path, n: int, threads: int) -> None:
    """Shuffle the labels of one set n times."""
    pictures = read_folder(folder)
    pixels = np.zeros((len(pictures.files), 224, 224, 3), dtype=np.uint8)
    scanned = scan(
        pictures.paths, pixels, conversion=Conversion(side=224), threads=threads
    )
    found = {
        (of, name): values
        for of, name, values in probe_values(scanned.looks, pictures.names)
        if name != "name"  # the names do not change with the labels, but are numbered
    }
    n_low = n_flagged = 0
    groups = np.arange(len(pictures.y))
    for seed in range(n):
        y = np.random.default_rng(1000 + seed).permutation(pictures.y)
        judged = judge(found, y, groups, rng_seed=seed, threads=threads)
        low = [key for key, each in judged.items() if each.p <= MAX_P]
        n_low += bool(low)
        n_flagged += any(
            score_of(judged[key], y, groups).lowest_skill >= WEAK for key in low
        )
    print(f"{n} sets with shuffled labels, any of {len(found)} probes:")
    print(f"  p <= .05: {clopper_pearson(n_low, n)}")
    print(f"  note or alarm: {clopper_pearson(n_flagged, n)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plants", type=Path)
    parser.add_argument("--shuffles", type=int, default=300)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    folder = options.plants or Path(tempfile.mkdtemp())
    if not options.plants:
        subprocess.run(
            [sys.executable, SCRIPT.name, str(folder)], cwd=SCRIPT.parent, check=True
        )
    print(f"{'trace':12s} {'cure':24s} audit   strongest      %    head, five folds")
    n_right = n = 0
    for path in sorted(folder.iterdir()):
        for cure in CURES:
            line, is_right = row(path, cure, options.threads)
            print(line, flush=True)
            n, n_right = n + 1, n_right + is_right
    print(f"{n_right} of {n} right")
    two_sources(150, options.threads)
    false_alarms(folder / "none", options.shuffles, options.threads)
    if not options.plants:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
