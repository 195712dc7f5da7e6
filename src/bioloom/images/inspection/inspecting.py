"""Inspect a data set: read every picture once, compare, and judge the labels."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.draw import save
from bioloom.images.dataset.admitting import MIN_PER_CLASS
from bioloom.images.dataset.data import Pictures, pictures_of, require_data
from bioloom.images.dataset.listing import Listing, list_files
from bioloom.images.dataset.partners import hashes_of
from bioloom.images.dataset.scan import SIDE, Scan, pixels_on_disk, scan
from bioloom.images.files.files import printable
from bioloom.images.files.reading import REASONS
from bioloom.images.files.view import Conversion
from bioloom.images.inspection.copies import copies, marks_of, near_pairs
from bioloom.images.inspection.inspection import PictureInspection
from bioloom.images.inspection.judging import Judged, judged_labels, trained_features
from bioloom.images.inspection.outliers import outliers
from bioloom.images.inspection.problems import KINDS, Problem
from bioloom.images.inspection.tables import write_tables
from bioloom.images.merging.near import near_groups
from bioloom.images.settings import NearBy
from bioloom.run.progress import OnStep, silent
from bioloom.run.record import recorded_run
from bioloom.run.settings import RNG_SEED
from bioloom.run.words import counted, joined

COMMAND = "images inspect"
Report = Callable[[PictureInspection, str, Path], object]
_LITTLE_SKILL = 0.5  # halfway from guessing to certainty


class Inspect(NamedTuple):
    """How a data set is inspected.

    Parameters
    ----------
    near
        How near-duplicates are found.
    features
        Whether labels are judged, by features of a trained network.
    threads
        Processor threads to use.
    rng_seed
        Of the folds in which labels are judged.
    """

    near: NearBy = "hash"
    features: bool = True
    threads: int = 1
    rng_seed: int = RNG_SEED


def inspect_data(
    folder: Path,
    how: Inspect,
    *,
    out: Path | None = None,
    force: bool = False,
    report: Report | None = None,
    on_step: OnStep = silent,
) -> PictureInspection:
    """Find what is wrong with a data set; it is not changed.

    Parameters
    ----------
    folder
        As for `bioloom.images.dataset.data.read_folder`.
    how
        What is looked for.
    out
        Run folder to write; None for none.
    force
        Whether to replace a finished run.
    report
        Lays out the page: called with the inspection, the figure's SVG and the folder.
    on_step
        Called as work is done.

    Raises
    ------
    MissingFile, BadPictures, BadConfig
        If there is no such folder, its table cannot be read, or `out` lies in it.
    OutputExists
        If `out` holds a finished run and `force` is not set.
    PackageMissing
        If the network's weights are not installed.
    """
    require_data(folder, out=out)
    run = (
        nullcontext()
        if out is None
        else recorded_run(
            out,
            command=COMMAND,
            arguments={"data": str(folder), **how._asdict()},
            inputs=(),
            tools={},
            force=force,
            rng_seed=how.rng_seed,
        )
    )
    with run:
        found = _inspected(folder, how, out, on_step)
        if out is not None:
            write_tables(found, out)
            svg = save(found.plot(), out / "figures" / "problems")
            if report:
                report(found, svg, out)
    return found


def _inspected(
    folder: Path, how: Inspect, out: Path | None, on_step: OnStep
) -> PictureInspection:
    listing = list_files(folder) if folder.is_dir() else Listing()
    pictures = pictures_of(folder, listing)
    scanned = _scanned(pictures, how, out, on_step)
    needs_features = how.features or how.near == "features"
    features = None
    if needs_features and scanned.is_readable.any():
        features = trained_features(scanned, threads=how.threads, on_step=on_step)
    compared = features if how.near == "features" else None
    problems = [
        *_unread(pictures, scanned, listing),
        *outliers(pictures, scanned),
        *_copies(pictures, scanned, how, compared),
    ]
    notes = [*pictures.notes, *_class_notes(pictures, scanned)]
    margins = None
    if how.features and features is not None:
        judged = judged_labels(
            pictures,
            scanned,
            features,
            _groups(pictures, scanned, compared, is_near=how.near != "none"),
            rng_seed=how.rng_seed,
            on_step=on_step,
        )
        problems += judged.problems
        margins = judged.margins
        notes += _skill_notes(judged)
        if judged.left_out:
            notes.append(
                "Labels not judged, of classes with fewer than five pictures that "
                f"differ: {joined(judged.left_out)}."
            )
    order = {kind: number for number, kind in enumerate(KINDS)}
    problems.sort(key=lambda one: order[one.problem])
    return PictureInspection(
        pictures, scanned, listing, tuple(problems), margins, tuple(notes)
    )


def _scanned(
    pictures: Pictures, how: Inspect, out: Path | None, on_step: OnStep
) -> Scan:
    n = len(pictures.files)
    return scan(
        pictures.paths,
        pixels_on_disk(n, SIDE, folder=out),
        conversion=Conversion(side=SIDE),
        audited=np.zeros(n, dtype=bool),
        threads=how.threads,
        on_step=on_step,
    )


def _unread(pictures: Pictures, scanned: Scan, listing: Listing) -> Iterator[Problem]:
    """Files that cannot be read, and those whose format is not read."""
    for place, reason in enumerate(scanned.reasons):
        if reason:
            yield Problem(
                path=pictures.names[place],
                label=pictures.label(place),
                problem="unreadable",
                detail=f"{reason}: {REASONS[reason]}",
                place=place,
            )
    for name in listing.formats:
        yield Problem(
            path=printable(name),
            label="",
            problem="format",
            detail=name[name.rfind(".") :].lower(),
        )


def _copies(
    pictures: Pictures,
    scanned: Scan,
    how: Inspect,
    features: NDArray[np.float32] | None,
) -> Iterator[Problem]:
    marks = marks_of(pictures, scanned)
    yield from copies(pictures, marks)
    if how.near != "none":
        yield from near_pairs(pictures, scanned, marks, features)


def _groups(
    pictures: Pictures,
    scanned: Scan,
    features: NDArray[np.float32] | None,
    *,
    is_near: bool,
) -> NDArray[np.int64]:
    """Group of each picture, whatever its label: near ones are judged together.

    A picture's own near-duplicate must not vouch for its label, right or wrong.
    """
    groups = np.arange(len(pictures.files))
    places = np.flatnonzero(scanned.is_readable)
    if is_near and len(places):
        hashes = hashes_of(scanned, places)
        chosen = None if features is None else features[places]
        groups[places] = places[near_groups(hashes, features=chosen).numbers]
    return groups


def _skill_notes(judged: Judged) -> Iterator[str]:
    """What the list of label errors is worth, where the head knows little."""
    if judged.n and judged.skill < _LITTLE_SKILL:
        yield (
            f"The head predicts only {100 * judged.agreement:.0f} per cent of the "
            f"labels (mean of the classes; guessing {100 * judged.chance:.0f} %): its "
            "list of label errors is worth little here."
        )


def _class_notes(pictures: Pictures, scanned: Scan) -> Iterator[str]:
    y = pictures.y[scanned.is_readable & (pictures.y >= 0)]
    n = np.bincount(y, minlength=len(pictures.class_names))
    few = np.flatnonzero(n < MIN_PER_CLASS).tolist()
    if few:
        shown = joined([f"{pictures.class_names[k]} ({n[k]:,})" for k in few])
        yield f"Classes with fewer than {MIN_PER_CLASS} readable pictures: {shown}."
    if len(pictures.class_names) < 2:
        n_classes = counted(len(pictures.class_names), "label")
        yield f"There are pictures of {n_classes} only: nothing can be distinguished."
