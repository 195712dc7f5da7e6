"""Figures of an audit: how well each probe alone predicts the class, and where."""

from typing import TYPE_CHECKING

import numpy as np

from bioloom.draw import INK, PALETTE, Wording, new_figure, style, wording
from bioloom.images.auditing.audit import AuditResult
from bioloom.images.auditing.findings import STRONG, Finding
from bioloom.images.auditing.where import Where

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLOUR_OF = {
    "shortcut": "red",
    "note": "orange",
    "remains": "orange",
    "differs": "blue",
    "cured": "green",
    "silent": "grey",
}
_FAINTEST = 0.2  # share of spread that the scale reaches at least
_HEADS = {
    "picture": wording("what the model gets"),
    "before the cure": wording("before the cure"),
    "usual script": wording("the usual script"),
    "file": wording("the file, not the picture"),
}


def audit_figure(audit: AuditResult, accuracy: float | None = None) -> "Figure":
    """How well each probe alone predicts the class, with 95 % intervals.

    Parameters
    ----------
    audit
        Of a folder.
    accuracy
        Balanced accuracy of a model, to compare with.
    """
    rows: list[Finding | str] = []
    for of, head in _HEADS.items():
        found = [finding for finding in audit.findings if finding.of == of]
        rows += [head, *found] if found else []
    with style():
        figure = new_figure(7.2, 0.9 + 0.24 * len(rows))
        axes = figure.subplots()
        for height, finding in enumerate(rows):
            if isinstance(finding, Finding):
                _draw(axes, height, finding)
        chance = audit.findings[0].chance
        _lines(axes, chance, accuracy)
        labels = [row if isinstance(row, str) else f"  {row.probe}" for row in rows]
        axes.set_yticks(range(len(rows)), labels)
        for label, row in zip(axes.get_yticklabels(), rows, strict=True):
            label.set_fontweight("bold" if isinstance(row, str) else "normal")
        axes.set(xlim=(0, 1.02), ylim=(len(rows) - 0.5, -1.4))
        axes.set_xlabel(wording("balanced accuracy of this alone, cross-validated"))
    return figure


def _draw(axes: "Axes", row: int, finding: Finding) -> None:
    colour = PALETTE[_COLOUR_OF[finding.verdict]]
    axes.plot([finding.low, finding.high], [row, row], color=colour, lw=1.5)
    axes.plot(finding.balanced_accuracy, row, "o", color=colour, ms=5)


def _lines(axes: "Axes", chance: float, accuracy: float | None) -> None:
    """Guessing, the threshold of a shortcut, and the model."""
    strong = chance + STRONG * (1 - chance)
    axes.axvline(chance, color=INK, lw=0.8, ls=":")
    axes.axvline(strong, color=PALETTE["red"], lw=0.8, ls="--")
    axes.text(chance, -0.9, Wording(" guessing"), va="center")
    if accuracy is not None:
        blue = PALETTE["blue"]
        axes.axvline(accuracy, color=blue, lw=1.2)
        axes.text(
            accuracy, -0.9, Wording("model "), color=blue, ha="right", va="center"
        )


def where_figure(where: Where) -> "Figure":
    """Mean picture of each class, and where their lightness and fineness differ."""
    side = where.means.shape[1]
    panels = [*where.means, where.light, where.texture]
    most = max(_FAINTEST, float(where.light.max()), float(where.texture.max()))
    titles = [wording(f"mean of {name}") for name in where.class_names]
    titles += [wording("lightness differs"), wording("fineness differs")]
    with style():
        figure = new_figure(1.9 * len(panels) + 0.4, 2.4)
        for axes, panel, title in zip(
            figure.subplots(1, len(panels)), panels, titles, strict=True
        ):
            if panel.ndim == 3:  # noqa: PLR2004 (a picture in colour)
                axes.imshow(panel)
            else:
                extent = (0, side, side, 0)
                shown = axes.imshow(
                    np.asarray(panel), vmin=0, vmax=most, cmap="magma", extent=extent
                )
            axes.set_title(title, fontsize="small")
            axes.set(xticks=[], yticks=[])
        figure.colorbar(
            shown, ax=axes, label=wording("share of spread"), fraction=0.046
        )
    return figure
