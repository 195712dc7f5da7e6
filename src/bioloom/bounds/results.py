"""What the functions of `bioloom.bounds` return."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bioloom.bounds.explaining import (
    explain_check,
    explain_report,
    explain_samples,
    explain_simulation,
    sentences,
)
from bioloom.bounds.prediction_report import Report
from bioloom.bounds.representative import Check, percent
from bioloom.bounds.sample_sizes import SampleSizes
from bioloom.bounds.simulation import Simulation
from bioloom.explain import Explanation
from bioloom.result import Result, parts_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, slots=True, repr=False)
class CheckResult(Check, Result):
    """Whether a sample is representative: losses, gaps, the chain of inequalities."""

    @classmethod
    def of(cls, check: Check) -> CheckResult:
        """The same as a result."""
        return cls(**parts_of(check))

    def summary(self) -> str:
        """Verdict, number of hypotheses and largest gap."""
        verdict = "representative" if self.is_representative else "not representative"
        gap, epsilon = percent(float(self.gaps[self.worst])), percent(self.epsilon)
        return (
            f"{verdict}, {len(self.losses):,} hypotheses, largest gap {gap} "
            f"(allowed {epsilon})"
        )

    def sentences(self) -> tuple[str, ...]:
        """One sentence for each claim, to copy into a paper."""
        return sentences(self)

    def explain(self) -> Explanation:
        """The chain of inequalities with the numbers put in."""
        return explain_check(self)


@dataclass(frozen=True, slots=True, repr=False)
class SamplesResult(SampleSizes, Result):
    """How many examples suffice, by each bound."""

    @classmethod
    def of(cls, sizes: SampleSizes) -> SamplesResult:
        """The same as a result."""
        return cls(**parts_of(sizes))

    def summary(self) -> str:
        """Number of examples by method."""
        return ", ".join(f"{method} {n:,}" for method, n in self.sizes.items())

    def sentences(self) -> tuple[str, ...]:
        """One sentence for each claim, to copy into a paper."""
        return sentences(self)

    def explain(self) -> Explanation:
        """Each number with its formula."""
        return explain_samples(self)

    def plot(self) -> Figure:
        """Number of examples against the allowed gap, a curve for each bound."""
        from bioloom.bounds.figures import sizes_figure

        return sizes_figure(self.promise)


@dataclass(frozen=True, repr=False)
class SimulationResult(Simulation, Result):
    """How often training sets drawn from a table are not representative."""

    @classmethod
    def of(cls, simulation: Simulation) -> SimulationResult:
        """The same as a result."""
        return cls(**parts_of(simulation))

    def summary(self) -> str:
        """Draws and how many of them mislead."""
        kind = "all samples" if self.is_exact else "draws"
        missed = percent(self.missed.value)
        return f"{len(self.most):,} {kind}, {missed} not representative"

    def sentences(self) -> tuple[str, ...]:
        """One sentence for each claim, to copy into a paper."""
        return sentences(self)

    def explain(self) -> Explanation:
        """What was measured next to what each bound allows."""
        return explain_simulation(self)

    def plot(self) -> Figure:
        """Measured and guaranteed probability of a gap, and the excess loss."""
        from bioloom.bounds.figures import simulation_figure

        return simulation_figure(self)


@dataclass(frozen=True, slots=True, repr=False)
class ReportResult(Report, Result):
    """What tables of predictions prove, model by model."""

    title: str = ""

    @classmethod
    def of(cls, report: Report, *, title: str) -> ReportResult:
        """The same as a result."""
        return cls(**parts_of(report), title=title)

    def summary(self) -> str:
        """Test error of each model with its interval."""
        return "; ".join(
            f"{model.name}: test error {model.test.interval}" for model in self.models
        )

    def sentences(self) -> tuple[str, ...]:
        """One sentence for each claim, to copy into a paper."""
        return sentences(self)

    def explain(self) -> Explanation:
        """Each claim with its working."""
        return explain_report(self, title=self.title)

    def plot(self) -> Figure:
        """Errors with their intervals, and accuracy against confidence."""
        from bioloom.bounds.figures import report_figure

        return report_figure(self)
