"""Sets of classes that hold the true one with a stated probability.

Split conformal prediction: the threshold is a quantile of the scores of held-out
examples. If these and the new ones are exchangeable, a new set holds the true class
with at least the stated probability, whatever the model.

References
----------
Vovk V., Gammerman A., Shafer G. (2005) Algorithmic learning in a random world.
doi:10.1007/b106715
Sadinle M., Lei J., Wasserman L. (2019) J Am Stat Assoc 114:223.
doi:10.1080/01621459.2017.1395341
"""

import numpy as np
from numpy.typing import NDArray

COVERAGE = 0.9
Floats = NDArray[np.floating]


def conformal_threshold(
    chances: Floats, y: NDArray[np.int64], *, coverage: float = COVERAGE
) -> float:
    """Least probability of a class that is in the set.

    Parameters
    ----------
    chances
        Probabilities of held-out examples, shape (n, num_classes).
    y
        Their classes.
    coverage
        Probability that a set holds the true class.

    Returns
    -------
    The k-th smallest probability of a true class, k = ⌊(n + 1)(1 - coverage)⌋; 0, which
    puts every class into the set, if there are too few examples to promise anything.

    Examples
    --------
    >>> chances = np.array([[k / 20, 1 - k / 20] for k in range(1, 20)])
    >>> conformal_threshold(chances, np.zeros(19, dtype=np.int64))
    0.1
    """
    n = len(y)
    # (n + 1)(1 - coverage) without its rounding error
    k = int(np.floor((n + 1) * (1 - coverage) + 1e-9))
    if k < 1:
        return 0.0
    return float(np.sort(chances[np.arange(n), y])[k - 1])


def in_sets(chances: Floats, threshold: float) -> NDArray[np.bool_]:
    """Which classes are in the set of each example, shape (n, num_classes)."""
    members: NDArray[np.bool_] = np.asarray(chances) >= threshold
    return members
