"""Copies and near-duplicates of a data set: within and across labels and sides."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.images.dataset.data import UNLABELLED, Pictures
from bioloom.images.dataset.partners import NONE, hashes_of, nearest_partners
from bioloom.images.dataset.scan import Scan
from bioloom.images.inspection.outliers import blank_places
from bioloom.images.inspection.problems import Problem


class Marks(NamedTuple):
    """Places, labels, sides and contents of the pictures that are compared."""

    places: NDArray[np.int64]
    labels: NDArray[np.int64]
    sides: NDArray[np.str_]
    contents: NDArray[np.int64]


def marks_of(pictures: Pictures, scanned: Scan) -> Marks:
    """What copies are compared by; blank pictures, all alike, are left out."""
    places = np.flatnonzero(scanned.is_readable & ~blank_places(scanned))
    looks = (scanned.looks[place] for place in places.tolist())
    sha1 = [look.facts.sha1 for look in looks if look is not None]
    _, contents = np.unique(np.array(sha1, dtype="U40"), return_inverse=True)
    return Marks(places, pictures.y[places], pictures.given[places], contents)


def copies(pictures: Pictures, marks: Marks) -> Iterator[Problem]:
    """Files with the same bytes as another one."""
    groups: dict[int, list[int]] = defaultdict(list)
    for row, content in enumerate(marks.contents.tolist()):
        groups[content].append(row)
    for rows in groups.values():
        yield from _of_group(pictures, marks, rows)


def _of_group(
    pictures: Pictures, marks: Marks, rows: Sequence[int]
) -> Iterator[Problem]:
    for number, row in enumerate(rows):
        other_label = _first(rows, _differ(marks.labels, UNLABELLED, row))
        other_side = _first(rows, _differ(marks.sides, "", row))
        if other_label is not None:
            kind, other = "contrary", other_label
            detail = f"the same bytes have the label {_label(pictures, marks, other)}"
        elif other_side is not None:
            kind, other = "duplicate_other_side", other_side
            detail = f"{marks.sides[row]}; the same bytes are in {marks.sides[other]}"
        elif number:
            kind, other, detail = "duplicate", rows[0], "the same bytes"
        else:
            continue
        yield _paired(pictures, marks, kind, (row, other), detail=detail, score=1.0)


def _differ(
    values: NDArray[Any], missing: object, rows: int | slice
) -> NDArray[np.bool_]:
    """Whether each picture's value is another than that of some, both being known."""
    own = values[rows] if isinstance(rows, int) else values[rows, None]
    differ: NDArray[np.bool_] = (values != own) & (values != missing) & (own != missing)
    return differ


def _first(rows: Sequence[int], wanted: NDArray[np.bool_]) -> int | None:
    return next((row for row in rows if wanted[row]), None)


def _label(pictures: Pictures, marks: Marks, row: int) -> str:
    return pictures.label(int(marks.places[row])) or "(none)"


def near_pairs(
    pictures: Pictures,
    scanned: Scan,
    marks: Marks,
    features: NDArray[np.float32] | None,
) -> Iterator[Problem]:
    """Each picture and its nearest near-duplicate: other label, other side, neither.

    A pair of pictures that are each other's nearest is given once.
    """
    hashes = hashes_of(scanned, marks.places)
    chosen = None if features is None else features[marks.places]
    labels, sides, contents = marks.labels, marks.sides, marks.contents

    def allowed(
        *, same_label: bool | None, same_side: bool | None
    ) -> Callable[[slice], NDArray[np.bool_]]:
        def of_rows(rows: slice) -> NDArray[np.bool_]:
            found: NDArray[np.bool_] = contents[rows, None] != contents[None, :]
            if same_label is not None:
                found &= _differ(labels, UNLABELLED, rows) != same_label
            if same_side is not None:
                found &= _differ(sides, "", rows) != same_side
            return found

        return of_rows

    for kind, same_label, same_side in (
        ("near_other_label", False, None),
        ("near_other_side", True, False),
        ("near_duplicate", True, True),
    ):
        partners = nearest_partners(
            hashes,
            allowed(same_label=same_label, same_side=same_side),
            features=chosen,
        )
        for row in np.flatnonzero(partners.place != NONE).tolist():
            other = int(partners.place[row])
            if partners.place[other] == row and other < row:
                continue
            score = float(partners.closeness[row])
            yield _paired(
                pictures,
                marks,
                kind,
                (row, other),
                detail=_near_detail(pictures, marks, kind, (row, other)),
                score=score,
            )


def _near_detail(
    pictures: Pictures, marks: Marks, kind: str, rows: tuple[int, int]
) -> str:
    row, other = rows
    if kind == "near_other_label":
        return f"nearly the same has the label {_label(pictures, marks, other)}"
    if kind == "near_other_side":
        return f"{marks.sides[row]}; nearly the same is in {marks.sides[other]}"
    return "nearly the same"


def _paired(
    pictures: Pictures,
    marks: Marks,
    kind: str,
    rows: tuple[int, int],
    *,
    detail: str,
    score: float,
) -> Problem:
    place, other = (int(marks.places[row]) for row in rows)
    return Problem(
        path=pictures.names[place],
        label=pictures.label(place),
        problem=kind,
        detail=detail,
        other=pictures.names[other],
        score=score,
        place=place,
        other_place=other,
    )
