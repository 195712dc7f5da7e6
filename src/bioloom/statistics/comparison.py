"""Two classifiers on the same examples.

References
----------
McNemar Q. (1947) Psychometrika 12:153. doi:10.1007/BF02295996
"""

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest
from scipy.stats import t as student

from bioloom.statistics.intervals import FAILURE_PROB, Estimate

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


def mean_difference(differences: Floats) -> Estimate:
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
    >>> str(mean_difference(np.array([1.0, 0.0, 1.0, 0.0])))
    '50.0 % (-41.9 to 141.9)'
    """
    n, mean = len(differences), float(np.mean(differences))
    if n < 2:
        return Estimate(mean, np.nan, np.nan, "Student")
    spread = float(np.std(differences, ddof=1))
    half = float(student.ppf(1 - FAILURE_PROB / 2, n - 1)) * spread / np.sqrt(n)
    return Estimate(mean, mean - half, mean + half, "Student")
