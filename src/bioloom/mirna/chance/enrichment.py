"""How many sites overlap a peak, beside how many would at random positions."""

from dataclasses import dataclass

from bioloom.explain import Explanation, Quantity, Step
from bioloom.run.language import tr


@dataclass(frozen=True, slots=True)
class Enrichment:
    """How many sites overlap a peak, and how many would by chance.

    Parameters
    ----------
    n_sites
        Sites on targets that hold a peak.
    n_overlapping
        Those that overlap one.
    expected
        How many would at random positions of the same targets.
    p
        Probability of that many or more.
    """

    n_sites: int
    n_overlapping: int
    expected: float
    p: float

    @property
    def ratio(self) -> float:
        """Observed over expected; NaN if none is expected."""
        return self.n_overlapping / self.expected if self.expected else float("nan")

    def explain(self) -> Explanation:
        """The working: observed, expected, and the probability."""
        claim = tr(
            "Each site is moved to a random position of its own target: it overlaps a "
            "peak there with the share of positions at which it would. The shares add "
            "up to the expected number, and give the probability of the observed one "
            "or more (Poisson binomial)."
        )
        step = Step(
            claim=claim,
            formula=r"\frac{k}{\sum_s c_s}, \quad p = P(K \ge k)",
            substitution=rf"\frac{{{self.n_overlapping}}}{{{self.expected:.4g}}} = "
            rf"{self.ratio:.4g}, \quad p = {self.p:.4g}",
            value=Quantity(self.ratio, "", 4),
        )
        title = tr("Sites that overlap a peak, and by chance")
        inputs = {tr("sites on targets with a peak"): f"{self.n_sites:,}"}
        return Explanation(title, (step,), inputs)
