"""Which pictures and labels are learnt from where a picture can have several."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bioloom.images.dataset.admitting import (
    MIN_PER_CLASS,
    same_content,
    shown_groups,
    size_notes,
    without_contrary,
)
from bioloom.images.dataset.data import UNLABELLED, Pictures
from bioloom.images.dataset.scan import Scan
from bioloom.images.errors import BadPictures
from bioloom.images.files.files import printable
from bioloom.label_sets import cells_of
from bioloom.run.words import counted

_TRAIN = "train"


def admitted_labels(
    pictures: Pictures,
    scanned: Scan,
    *,
    min_per_class: int = 1,
    keep_contrary: bool = False,
) -> Pictures:
    """The data with labels that cannot be learnt left out, and notes that say so.

    Parameters
    ----------
    pictures, scanned
        The files and their scan.
    min_per_class
        Labels that fewer readable pictures have are left out; the pictures stay.
    keep_contrary
        Whether files of a table with the same bytes and different labels are kept. In
        class folders such files have the labels of all of them.

    Returns
    -------
    The same files; `y` is -1 where they are left out.

    Raises
    ------
    BadPictures
        If fewer than two labels have five pictures, and five others do not.
    """
    if pictures.adds_up:
        pictures = _added_up(pictures, scanned)
    pictures = without_contrary(pictures, scanned, keep=keep_contrary)
    is_trained = pictures.y >= 0
    if pictures.is_split:
        is_trained &= pictures.given == _TRAIN
    counts = pictures.has_label.sum(axis=0)
    n_trained = pictures.has_label[is_trained].sum(axis=0)
    n_others = int(is_trained.sum()) - n_trained
    keep = (counts >= max(1, min_per_class)) & (n_trained > 0) & (n_others > 0)
    _require_two(pictures, keep & (counts >= MIN_PER_CLASS))
    everywhere = (n_others == 0) & (counts > 0)
    notes = [*pictures.notes, *_everywhere_notes(pictures, everywhere)]
    names = [pictures.class_names[k] for k in np.flatnonzero(~everywhere).tolist()]
    notes += size_notes("Labels", names, counts[~everywhere], keep[~everywhere])
    return _with_labels(replace(pictures, notes=tuple(notes)), keep)


def _everywhere_notes(
    pictures: Pictures, everywhere: NDArray[np.bool_]
) -> Iterator[str]:
    if everywhere.any():
        names = [pictures.class_names[k] for k in np.flatnonzero(everywhere).tolist()]
        yield (
            "Labels left out, because all training pictures have them: "
            f"{', '.join(names)}."
        )


def _with_labels(pictures: Pictures, keep: NDArray[np.bool_]) -> Pictures:
    """The pictures with some of their labels alone."""
    if pictures.members is None or keep.all():
        return pictures
    names = tuple(np.array(pictures.class_names, dtype=object)[keep].tolist())
    return replace(pictures, members=pictures.members[:, keep], class_names=names)


def _added_up(pictures: Pictures, scanned: Scan) -> Pictures:
    """The pictures, each content once, with the labels of all its files."""
    several = [x for x in same_content(pictures, scanned) if len(x) > 1]
    if pictures.members is None or not several:
        return pictures
    members, y = pictures.members.copy(), pictures.y.copy()
    for group in several:
        members[group] = members[group].any(axis=0)
        first = min(group, key=lambda place: (pictures.given[place] != _TRAIN, place))
        y[[place for place in group if place != first]] = UNLABELLED
    known = pictures.y >= 0
    cells, numbers = np.unique(
        cells_of(members, pictures.class_names).astype(str), return_inverse=True
    )
    y = np.where(y >= 0, numbers.ravel(), UNLABELLED)
    labels = [
        printable(str(cells[number])) if is_known else ""
        for number, is_known in zip(numbers.ravel().tolist(), known, strict=True)
    ]
    note = _added_note(pictures, several)
    return replace(
        pictures,
        members=members,
        y=y,
        labels=tuple(labels),
        notes=(*pictures.notes, note),
    )


def _added_note(pictures: Pictures, several: list[list[int]]) -> str:
    n_files = sum(map(len, several))
    return (
        f"The same content several times: {counted(n_files, 'file')} are "
        f"{counted(len(several), 'picture')}, each learnt once with the labels of all "
        f"its folders ({shown_groups(pictures, several)})."
    )


def _require_two(pictures: Pictures, enough: NDArray[np.bool_]) -> None:
    n_pictures = int((pictures.y >= 0).sum())
    others = n_pictures - pictures.has_label.sum(axis=0)
    n = int((enough & (others >= MIN_PER_CLASS)).sum())
    if n < 2:
        raise BadPictures(
            where=f"{pictures.folder}: --multilabel",
            found=f"{counted(n, 'label')} with enough pictures, of "
            f"{len(pictures.class_names):,}, in {counted(n_pictures, 'picture')}",
            expected=f"two that at least {MIN_PER_CLASS} readable pictures have, and "
            f"{MIN_PER_CLASS} others have not",
            advice="Add pictures; with one label alone, give two classes without "
            "--multilabel.",
        )
