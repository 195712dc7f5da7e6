"""Two classifiers on the same examples.

References
----------
McNemar Q. (1947) Psychometrika 12:153. doi:10.1007/BF02295996
"""

from scipy.stats import binomtest


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
