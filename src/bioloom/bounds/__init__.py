"""What a sample, a test set or a table of predictions proves.

If the loss of every hypothesis on the sample is within `tolerance` / 2 of its loss on
all data, the hypothesis that is best on the sample is within `tolerance` of the best
there is. `check` asks whether that holds, `samples` how many examples guarantee it,
`simulate` how often it happens in one's own data, and `report` what a table of
predictions proves.

Terms, each with one meaning: `tolerance` is how much worse than the best one may be,
`epsilon` the largest allowed gap between the two losses of a hypothesis (`tolerance` /
2), `failure_prob` the probability that a guarantee fails. (Texts call the first or the
last δ.)

References
----------
Shalev-Shwartz S., Ben-David S. (2014) Understanding machine learning, chapter 4.
doi:10.1017/CBO9781107298019
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bioloom.bounds.api import check as check
    from bioloom.bounds.api import explain as explain
    from bioloom.bounds.api import report as report
    from bioloom.bounds.api import samples as samples
    from bioloom.bounds.api import simulate as simulate

__all__ = ["check", "explain", "report", "samples", "simulate"]


def __getattr__(name: str) -> Any:
    """Import the API when it is first used (PEP 562)."""
    from bioloom.run.lazy import public

    return public(__name__, name, __all__)


def __dir__() -> list[str]:
    """The public functions."""
    return sorted(__all__)
