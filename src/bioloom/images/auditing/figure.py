"""Figure of an audit: how well each probe alone predicts the class."""

from typing import TYPE_CHECKING

from bioloom.draw import INK, PALETTE, new_figure, style
from bioloom.images.auditing.audit import STRONG, AuditResult

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_COLOUR_OF = {"shortcut": "red", "note": "orange", "silent": "grey"}


def audit_figure(audit: AuditResult, accuracy: float | None = None) -> "Figure":
    """How well each probe alone predicts the class, with 95 % intervals.

    Parameters
    ----------
    audit
        Of a folder.
    accuracy
        Balanced accuracy of a model, to compare with.
    """
    findings = audit.findings
    with style():
        figure = new_figure(7.2, 0.9 + 0.28 * len(findings))
        axes = figure.subplots()
        for row, finding in enumerate(findings):
            colour = PALETTE[_COLOUR_OF[finding.verdict]]
            axes.plot([finding.low, finding.high], [row, row], color=colour, lw=1.5)
            axes.plot(finding.balanced_accuracy, row, "o", color=colour, ms=5)
        chance = findings[0].chance
        axes.axvline(chance, color=INK, lw=0.8, ls=":")
        axes.axvline(
            chance + STRONG * (1 - chance), color=PALETTE["red"], lw=0.8, ls="--"
        )
        if accuracy is not None:
            blue = PALETTE["blue"]
            axes.axvline(accuracy, color=blue, lw=1.2)
            axes.text(accuracy, -0.9, "model ", color=blue, ha="right", va="center")
        axes.text(chance, -0.9, " guessing", va="center")
        axes.set_yticks(range(len(findings)), [finding.probe for finding in findings])
        axes.set(xlim=(0, 1.02), ylim=(len(findings) - 0.5, -1.4))
        axes.set_xlabel("balanced accuracy of this alone, cross-validated")
    return figure
