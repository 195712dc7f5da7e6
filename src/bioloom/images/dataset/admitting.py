"""Which pictures are learnt from: those that can be read and have one label."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bioloom.images.dataset.data import UNLABELLED, Pictures
from bioloom.images.dataset.scan import Scan
from bioloom.images.errors import BadPictures
from bioloom.run.text import warn_input
from bioloom.run.words import counted

MIN_PER_CLASS = 5
"""Readable pictures that at least two classes need."""


def admitted(
    pictures: Pictures,
    scanned: Scan,
    *,
    min_per_class: int = 1,
    keep_contrary: bool = False,
) -> Pictures:
    """The data with what cannot be learnt from left out, and notes that say so.

    Parameters
    ----------
    pictures, scanned
        The files and their scan.
    min_per_class
        Classes with fewer readable pictures are left out.
    keep_contrary
        Whether files with the same bytes under several labels are kept. All but one of
        the labels are wrong, and nothing says which.

    Returns
    -------
    The same files; `y` is -1 where they are left out.

    Raises
    ------
    BadPictures
        If fewer than two classes have five pictures.
    """
    consistent = without_contrary(pictures, scanned, keep=keep_contrary)
    y, notes = consistent.y, list(consistent.notes)
    counts = np.bincount(y[y >= 0], minlength=len(pictures.class_names))
    n_trained = _training_counts(pictures, y)
    keep = (counts >= max(1, min_per_class)) & (n_trained > 0)
    _require_enough(pictures, scanned, counts * keep)
    notes += size_notes("Classes", pictures.class_names, counts, keep)
    numbers = np.append(np.where(keep, np.cumsum(keep) - 1, UNLABELLED), UNLABELLED)
    return replace(
        pictures,
        y=numbers[y],
        class_names=tuple(
            name for name, kept in zip(pictures.class_names, keep, strict=True) if kept
        ),
        notes=tuple(notes),
    )


def without_contrary(pictures: Pictures, scanned: Scan, *, keep: bool) -> Pictures:
    """The data without unreadable files and, unless kept, contrary labels."""
    notes = list(pictures.notes)
    y = np.where(scanned.is_readable, pictures.y, UNLABELLED)
    if twice := contrary_groups(pictures, scanned):
        places = [place for group in twice for place in group]
        n = counted(len(places), "file")
        what = "kept" if keep else "left out"
        shown = shown_groups(pictures, twice)
        notes.append(f"The same content under several labels: {n}, {what} ({shown}).")
        if not keep:
            y[places] = UNLABELLED
    return replace(pictures, y=y, notes=tuple(notes))


def tell_notes(pictures: Pictures) -> None:
    """Say what was decided about a data set."""
    for text in pictures.notes:
        warn_input(text)


def contrary_groups(pictures: Pictures, scanned: Scan) -> list[list[int]]:
    """Places of labelled files with the same bytes and different labels."""
    return [
        group
        for group in same_content(pictures, scanned)
        if len({pictures.y[x] for x in group}) > 1
    ]


def same_content(pictures: Pictures, scanned: Scan) -> list[list[int]]:
    """Places of labelled files, those with the same bytes together."""
    alike: dict[str, list[int]] = defaultdict(list)
    for place in np.flatnonzero(pictures.y >= 0).tolist():
        if facts := scanned.facts(place):
            alike[facts.sha1].append(place)
    return list(alike.values())


def shown_groups(pictures: Pictures, groups: Sequence[Sequence[int]]) -> str:
    """The files of the first group, and a sign that there are more."""
    first = " = ".join(pictures.names[place] for place in groups[0])
    return f"{first}{'' if len(groups) == 1 else ', …'}"


def _training_counts(pictures: Pictures, y: NDArray[np.int64]) -> NDArray[np.int64]:
    """Pictures of each class that a training may use."""
    if pictures.is_split:
        y = y[pictures.given == "train"]
    return np.bincount(y[y >= 0], minlength=len(pictures.class_names))


def _require_enough(pictures: Pictures, scan: Scan, counts: NDArray[np.int64]) -> None:
    if (counts >= MIN_PER_CLASS).sum() >= 2:
        return
    place = int(np.argsort(-counts, kind="stable")[1])
    name = pictures.class_names[place]
    members = np.flatnonzero(pictures.y == place).tolist()
    reasons = Counter(reason for x in members if (reason := scan.reasons[x]))
    why = ", ".join(f"{n:,} {reason}" for reason, n in sorted(reasons.items()))
    raise BadPictures(
        where=f"{pictures.folder}: class {name}",
        found=f"{counts[place]} pictures to learn from, of {len(members)}"
        + (f" ({why})" if why else ""),
        expected=f"at least {MIN_PER_CLASS} that can be read, in at least two classes, "
        "to train on some and test on others",
        advice="Add pictures; `bioloom images inspect` lists those that cannot be "
        "used, and why.",
    )


def size_notes(
    what: str,
    names: Sequence[str],
    counts: NDArray[np.int64],
    keep: NDArray[np.bool_],
) -> list[str]:
    """Notes on classes, or labels, that are left out or small."""
    notes = []
    out = [f"{names[k]} ({counts[k]:,})" for k in np.flatnonzero(~keep).tolist()]
    if out:
        notes.append(f"{what} left out, with too few pictures: {', '.join(out)}.")
    few = np.flatnonzero(keep & (counts < MIN_PER_CLASS)).tolist()
    if few:
        shown = ", ".join(f"{names[k]} ({counts[k]:,})" for k in few)
        notes.append(
            f"{what} with fewer than {MIN_PER_CLASS} pictures, learnt from hardly "
            f"anything: {shown}. --min-per-class {MIN_PER_CLASS} leaves them out."
        )
    return notes
