"""How many independent groups of pictures each class has."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class ClassGroups(NamedTuple):
    """Numbers of the classes that have pictures, and the groups of each."""

    classes: NDArray[np.int64]
    n_groups: NDArray[np.int64]

    @property
    def fewest(self) -> int:
        """Groups of the class that has the fewest."""
        return int(self.n_groups.min())


def class_groups(y: NDArray[np.int64], groups: NDArray[np.int64]) -> ClassGroups:
    """Count the groups of each class.

    Parameters
    ----------
    y
        Class of each picture; -1 leaves it out.
    groups
        Pictures with the same number are in the same fold, or on the same side.

    Examples
    --------
    >>> y, groups = np.array([0, 0, 1, 1, -1]), np.array([7, 7, 8, 9, 9])
    >>> class_groups(y, groups).n_groups.tolist()
    [1, 2]
    """
    pairs = np.unique(np.stack([y, groups])[:, y >= 0], axis=1)
    return ClassGroups(*np.unique(pairs[0], return_counts=True))
