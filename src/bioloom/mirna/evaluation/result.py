"""What an evaluation on labelled pairs found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bioloom.mirna.evaluation.audit import PROBES, Verdict
from bioloom.result import Result
from bioloom.run.words import counted
from bioloom.statistics.intervals import Estimate

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["measure", "family", "audit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How well a number ranks real pairs above others.

    Parameters
    ----------
    kind
        "measure": energy, ratio or score on all pairs; "family": the score within a
        miRNA family; "audit": something that should say nothing.
    name
        Of the measure, the family or the probe.
    n, n_positive
        Pairs, and real ones among them.
    roc_auc, average_precision
        With 95 % intervals.
    verdict
        Of an audit: "leak" if it has half of the score's skill or more, "note" if a
        tenth, else "silent"; empty elsewhere.
    """

    kind: Kind
    name: str
    n: int
    n_positive: int
    roc_auc: Estimate
    average_precision: Estimate
    verdict: Verdict | Literal[""] = ""


@dataclass(frozen=True, slots=True, repr=False)
class Evaluation(Result):
    """Energy, ratio and score on labelled pairs, and the audit of the pairs.

    Parameters
    ----------
    rows
        Measures, families, probes.
    n, n_positive
        Pairs that were used, and real ones among them.
    n_without_site
        Pairs on which nothing binds; they rank last.
    n_trained
        Pairs with a site that the score was trained on.
    skipped
        Rows that were left out, by reason.
    """

    rows: tuple[Quality, ...]
    n: int
    n_positive: int
    n_without_site: int
    n_trained: int
    skipped: Mapping[str, int]

    def of(self, kind: Kind) -> tuple[Quality, ...]:
        """Rows of one kind."""
        return tuple(row for row in self.rows if row.kind == kind)

    def summary(self) -> str:
        """Number of pairs, and the score's ROC-AUC."""
        score = next(row for row in self.of("measure") if row.name == "score")
        leaks = ", ".join(r.name for r in self.of("audit") if r.verdict == "leak")
        return (
            f"{self.n:,} pairs, {self.n_positive:,} real; score ROC "
            f"{score.roc_auc.value:.3f}; leaks: {leaks or 'none'}"
        )

    def warnings(self) -> list[str]:
        """One sentence for each leak, with its cure, and on rows left out."""
        score = next(row for row in self.of("measure") if row.name == "score")
        sentences = []
        for row in self.of("audit"):
            if row.verdict != "leak":
                continue
            probe = PROBES[row.name]
            sentences.append(
                f"{probe.what[0].upper()}{probe.what[1:]} alone has ROC "
                f"{row.roc_auc.value:.3f} (the score {score.roc_auc.value:.3f}): these "
                "labels can be predicted without looking at the binding, so a high "
                f"figure on them means little. {probe.cure}"
            )
        sentences += [
            f"{counted(n, 'row')} left out: {reason}."
            for reason, n in self.skipped.items()
        ]
        if self.n_trained:
            n = counted(self.n_trained, "pair")
            sentences.append(
                f"The score was trained on the sites of {n}: its figures flatter."
            )
        if self.n_without_site:
            n = counted(self.n_without_site, "pair")
            sentences.append(f"{n} without any site rank last.")
        return sentences

    def to_frame(self) -> pd.DataFrame:
        """One row per measure, family and probe."""
        import pandas as pd

        return pd.DataFrame([_cells(row) for row in self.rows])

    def to_text(self) -> str:
        """The table for a terminal; warnings apart."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"{self.n:,} pairs, {self.n_positive:,} real"
        titles = {
            "measure": "all pairs",
            "family": "score within a family",
            "audit": "audit, cross-fitted",
        }
        for kind, title in titles.items():
            rows = [row for row in self.rows if row.kind == kind]
            if not rows:
                continue
            yield ""
            yield f"{title:28} {'pairs':>7} {'ROC-AUC':>20} {'average precision':>20}"
            for row in rows:
                roc, precision = map(_shown, (row.roc_auc, row.average_precision))
                end = f"  {row.verdict}" if row.verdict not in ("", "silent") else ""
                yield f"  {row.name:26} {row.n:>7,} {roc:>20} {precision:>20}{end}"


def _shown(estimate: Estimate) -> str:
    return f"{estimate.value:.3f} ({estimate.low:.3f}-{estimate.high:.3f})"


def _cells(row: Quality) -> dict[str, object]:
    return {
        "kind": row.kind,
        "name": row.name,
        "n": row.n,
        "n_positive": row.n_positive,
        "roc_auc": row.roc_auc.value,
        "roc_auc_low": row.roc_auc.low,
        "roc_auc_high": row.roc_auc.high,
        "average_precision": row.average_precision.value,
        "average_precision_low": row.average_precision.low,
        "average_precision_high": row.average_precision.high,
        "verdict": row.verdict,
    }
