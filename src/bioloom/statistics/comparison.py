"""Two classifiers on the same examples.

References
----------
McNemar Q. (1947) Psychometrika 12:153. doi:10.1007/BF02295996
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from bioloom.statistics.intervals import Estimate
from bioloom.statistics.runs import mean_of_runs

Floats = NDArray[np.floating]


def mcnemar(only_first_wrong: int, only_second_wrong: int) -> float:
    """Exact p-value of McNemar's test that both classifiers are equally good.

    Parameters
    ----------
    only_first_wrong, only_second_wrong
        Examples that only the first, or only the second, gets wrong.

    Returns
    -------
    Two-sided probability of a split of the disagreements this uneven; 1 without any.

    Examples
    --------
    >>> round(mcnemar(1, 9), 4)  # 2 (1 + 10) / 1024
    0.0215
    """
    n = only_first_wrong + only_second_wrong
    fewer = min(only_first_wrong, only_second_wrong)
    return float(binomtest(fewer, n).pvalue) if n else 1.0


def mean_difference(differences: Sequence[float] | Floats) -> Estimate:
    """Mean of paired differences, with Student's 95 % interval.

    Parameters
    ----------
    differences
        One per pair: of each example, or of each run.

    Returns
    -------
    With one pair the ends are NaN.

    Examples
    --------
    >>> str(mean_difference([1.0, 0.0, 1.0, 0.0]))
    '50.0 % (-41.9 to 141.9)'
    """
    mean = mean_of_runs(differences, are_shares=False)
    return Estimate(mean.mean, mean.low, mean.high, "Student")
