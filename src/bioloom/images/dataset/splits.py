"""Split of the pictures by class; a group is never on two sides."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from bioloom.images.dataset.class_groups import class_groups
from bioloom.images.errors import BadPictures
from bioloom.label_sets import iterative_parts

SPLITS = ("train", "val", "test")
SHARES = (0.8, 0.1, 0.1)
_AIMS = np.array(SHARES)
_TRAIN = 0


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
        If no class can be on all three sides, or a class cannot be trained on.

    Notes
    -----
    Large groups are placed first, each on the side where its classes are missing most.
    Classes of fewer than three groups go to training as a whole.
    """
    chosen = np.full(len(y), "", dtype="U5")
    used = np.flatnonzero(y >= 0)
    members = _members(groups, used)
    totals = np.bincount(y[used], minlength=len(class_names))
    lacking = np.maximum(np.outer(totals, _AIMS), 1)  # one picture of each, at least
    small = _small_classes(y, groups)
    for key in _in_order(members, rng_seed):
        counts = np.bincount(y[members[key]], minlength=len(class_names))
        is_small = set(y[members[key]].tolist()) <= small
        place = _TRAIN if is_small else _side_that_lacks_most(lacking, counts)
        lacking[:, place] -= counts
        chosen[members[key]] = SPLITS[place]
    _fill_sides(chosen, y, members, small)
    _check_sides(chosen, y, class_names)
    return chosen


def split_by_labels(
    members: NDArray[np.bool_],
    groups: NDArray[np.int64],
    used: NDArray[np.bool_],
    *,
    rng_seed: int,
) -> NDArray[np.str_]:
    """Split pictures with several labels 80/10/10, every label as nearly as can be.

    Parameters
    ----------
    members
        Whether each picture has each label, shape (n, labels).
    groups
        Pictures with the same number stay together.
    used
        Whether each picture is split.
    rng_seed
        Equal seeds give equal splits.

    Returns
    -------
    "train", "val", "test" or "" of each picture.

    Raises
    ------
    BadPictures
        If there are fewer than three groups.

    Notes
    -----
    Groups are dealt out by iterative stratification. Those with a label that fewer
    than three groups have go to training.
    """
    chosen = np.full(len(members), "", dtype="U5")
    _, number = np.unique(groups[used], return_inverse=True)
    has = any_of_group(members[used], number)
    is_rare = has[:, has.sum(axis=0) < len(SPLITS)].any(axis=1)
    part = np.full(len(has), _TRAIN)
    rng = np.random.Generator(np.random.SFC64(rng_seed))
    if (~is_rare).sum() >= len(SPLITS):
        part[~is_rare] = iterative_parts(has[~is_rare], SHARES, rng=rng)
    chosen[used] = np.array(SPLITS)[part[number]]
    if len(set(part.tolist())) < len(SPLITS):
        raise _too_alike(where="pictures", side="test")
    return chosen


def any_of_group(
    members: NDArray[np.bool_], number: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Whether any picture of a group has a label, shape (groups, labels).

    Parameters
    ----------
    members
        Whether each picture has each label.
    number
        Group of each picture, from 0 without gaps.
    """
    has = np.zeros((int(number.max(initial=-1)) + 1, members.shape[1]), dtype=bool)
    np.logical_or.at(has, number, members)
    return has


def taken_from_training(
    y: NDArray[np.int64],
    given: NDArray[np.str_],
    divide: Callable[[NDArray[np.int64]], NDArray[np.str_]],
) -> NDArray[np.str_]:
    """A given split whose missing sides are taken from its training pictures.

    Parameters
    ----------
    y
        Class of each picture; -1 leaves it out.
    given
        Side of each picture; "" leaves it out.
    divide
        Splits pictures by their classes, or raises an error.
    """
    chosen = np.where(y >= 0, given, "").astype("U5")
    missing = [side for side in SPLITS if not (chosen == side).any()]
    if missing:
        divided = divide(np.where(chosen == "train", y, -1))
        taken = np.isin(divided, missing)
        chosen[taken] = divided[taken]
    return chosen


def can_be_split(y: NDArray[np.int64], groups: NDArray[np.int64]) -> bool:
    """Whether a class has a group for each side."""
    return len(_small_classes(y, groups)) < len(np.unique(y[y >= 0]))


def missing_sides(
    chosen: NDArray[np.str_], has_label: NDArray[np.bool_], class_names: Sequence[str]
) -> dict[str, list[str]]:
    """Names of the classes that are not on a side, by side."""
    found: dict[str, list[str]] = {side: [] for side in SPLITS}
    for number, name in enumerate(class_names):
        there = set(chosen[has_label[:, number]].tolist())
        for side in SPLITS:
            if side not in there:
                found[side].append(name)
    return found


def _members(
    groups: NDArray[np.int64], used: NDArray[np.int64]
) -> dict[int, list[int]]:
    members: dict[int, list[int]] = {}
    for place in used.tolist():
        members.setdefault(int(groups[place]), []).append(place)
    return members


def _in_order(members: dict[int, list[int]], rng_seed: int) -> list[int]:
    """Groups by size, those of one size in random order."""
    rng = np.random.Generator(np.random.SFC64(rng_seed))
    keys = list(members)
    order = [keys[x] for x in rng.permutation(len(keys))]
    return sorted(order, key=lambda key: -len(members[key]))


def _small_classes(y: NDArray[np.int64], groups: NDArray[np.int64]) -> set[int]:
    """Classes with fewer groups than there are sides."""
    classes, n_groups = class_groups(y, groups)
    return set(classes[n_groups < len(SPLITS)].tolist())


def _side_that_lacks_most(
    lacking: NDArray[np.float64], counts: NDArray[np.int64]
) -> int:
    """Side whose squared distance to its target shrinks most, relative to its share."""
    after = lacking - counts[:, None]
    gain = ((lacking**2 - after**2) / _AIMS).sum(axis=0)
    return int(np.argmax(gain))


def _fill_sides(
    chosen: NDArray[np.str_],
    y: NDArray[np.int64],
    members: dict[int, list[int]],
    small: set[int],
) -> None:
    """Give each side a group of each class that is on none of its: the smallest."""
    for number in np.unique(y[y >= 0]).tolist():
        own = [x for x in members.values() if {number} == set(y[x].tolist())]
        for side in SPLITS if number not in small else ():
            if (chosen[y == number] == side).any():
                continue
            giver = max(SPLITS, key=lambda s: sum(chosen[x[0]] == s for x in own))
            there = [x for x in own if chosen[x[0]] == giver]
            if len(there) > 1:
                chosen[min(there, key=len)] = side


def _check_sides(
    chosen: NDArray[np.str_], y: NDArray[np.int64], class_names: Sequence[str]
) -> None:
    there = [k for k in range(len(class_names)) if (y == k).any()]
    sides = {k: set(chosen[y == k].tolist()) for k in there}
    untrained = [k for k in there if "train" not in sides[k]]
    if not untrained and any(len(sides[k]) == len(SPLITS) for k in there):
        return
    name = class_names[next(iter(untrained), there[0])]
    lost = next(side for side in SPLITS if side not in sides[class_names.index(name)])
    where = f"class {name}"
    raise _too_alike(where=where, side=lost)


def _too_alike(*, where: str, side: str) -> BadPictures:
    return BadPictures(
        where=where,
        found=f"pictures too similar to be split: none for {side}",
        expected="at least three groups that are not near-duplicates",
        advice="Add different pictures, use --near hash or none, or a --group-by-name "
        "that forms smaller groups.",
    )
