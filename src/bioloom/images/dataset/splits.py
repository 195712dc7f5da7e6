"""Split of the pictures by class; a group is never on two sides."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bioloom.images.errors import BadPictures

SPLITS = ("train", "val", "test")
SHARES = (0.8, 0.1, 0.1)
_AIMS = np.array(SHARES)


def split_pictures(
    y: NDArray[np.int64],
    groups: NDArray[np.int64],
    *,
    rng_seed: int,
    class_names: Sequence[str],
) -> NDArray[np.str_]:
    """Split pictures 80/10/10 in each class, as far as groups allow.

    Parameters
    ----------
    y
        Class of each picture; -1 leaves it out.
    groups
        Pictures with the same number stay together.
    rng_seed
        Equal seeds give equal splits.
    class_names
        For messages.

    Returns
    -------
    "train", "val", "test" or "" of each picture.

    Raises
    ------
    BadPictures
        If a class has too few groups to be on all three sides.

    Notes
    -----
    Large groups are placed first, each on the side where its classes are missing most.
    """
    chosen = np.full(len(y), "", dtype="U5")
    used = np.flatnonzero(y >= 0)
    members: dict[int, list[int]] = {}
    for place in used.tolist():
        members.setdefault(int(groups[place]), []).append(place)
    rng = np.random.Generator(np.random.SFC64(rng_seed))
    keys = list(members)
    order = [keys[x] for x in rng.permutation(len(keys))]
    order.sort(key=lambda key: -len(members[key]))
    totals = np.bincount(y[used], minlength=len(class_names))
    lacking = np.maximum(np.outer(totals, _AIMS), 1)  # one picture of each, at least
    for key in order:
        counts = np.bincount(y[members[key]], minlength=len(class_names))
        place = _side_that_lacks_most(lacking, counts)
        lacking[:, place] -= counts
        chosen[members[key]] = SPLITS[place]
    _check_sides(chosen, y, class_names)
    return chosen


def _side_that_lacks_most(
    lacking: NDArray[np.float64], counts: NDArray[np.int64]
) -> int:
    """Side whose squared distance to its target shrinks most, relative to its share."""
    after = lacking - counts[:, None]
    gain = ((lacking**2 - after**2) / _AIMS).sum(axis=0)
    return int(np.argmax(gain))


def _check_sides(
    chosen: NDArray[np.str_], y: NDArray[np.int64], class_names: Sequence[str]
) -> None:
    for number, name in enumerate(class_names):
        sides = set(chosen[y == number].tolist())
        if missing := [side for side in SPLITS if side not in sides]:
            raise BadPictures(
                where=f"class {name}",
                found=f"pictures too similar to be split: none for {missing[0]}",
                expected="at least three groups that are not near-duplicates",
                advice="Add different pictures, use --near hash, or a --group-by-name "
                "that forms smaller groups.",
            )
