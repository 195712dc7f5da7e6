"""Shares, sources and formulas that several workings use."""

from decimal import Decimal

from bioloom.bounds.representative import percent
from bioloom.explain import Quantity
from bioloom.run.language import tr
from bioloom.statistics.intervals import Estimate

SHALEV = "Shalev-Shwartz & Ben-David 2014, lemma 4.2, doi:10.1017/CBO9781107298019"
HOEFFDING = "Hoeffding 1963, doi:10.1080/01621459.1963.10500830"
SERFLING = "Serfling 1974, doi:10.1214/aos/1176342611"
VC = "Vapnik & Chervonenkis 1971, doi:10.1137/1116025"
CLOPPER_PEARSON = "Clopper & Pearson 1934, doi:10.1093/biomet/26.4.404"
MCNEMAR = "McNemar 1947, doi:10.1007/BF02295996"
BOOTSTRAP = "Efron & Tibshirani 1993, chapter 13, doi:10.1201/9780429246593"
_MANY_NINES = 1e-15
CP_FORMULA = r"P(X \geq k; n, p_{low}) = \frac{\alpha}{2} = P(X \leq k; n, p_{high})"


def points(share: float) -> Quantity:
    """A share or a difference of shares in per cent."""
    return Quantity(100 * share, "%", None)


def tex(share: float) -> str:
    """A share in per cent inside a formula."""
    return percent(share).replace(" %", r"\%")


def level_of(failure_prob: float) -> str:
    """Confidence level in per cent with all its nines.

    Examples
    --------
    >>> level_of(0.05), level_of(1e-9)
    ('95 %', '99.9999999 %')
    """
    if failure_prob < _MANY_NINES:
        return f"1 - {failure_prob:g}"
    return f"{(100 - 100 * Decimal(str(failure_prob))).normalize():f} %"


def ends(estimate: Estimate) -> str:
    """An interval in words."""
    return tr("{low} to {high}", low=percent(estimate.low), high=percent(estimate.high))
