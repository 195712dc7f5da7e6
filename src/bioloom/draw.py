"""Figures of one family: palette, sizes, and files that repeat byte for byte."""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

from bioloom.run.output import write_text, written_aside

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Okabe & Ito's colours, which colour-blind readers can distinguish too
PALETTE: Mapping[str, str] = MappingProxyType(
    {
        "blue": "#0072B2",
        "orange": "#E69F00",
        "green": "#009E73",
        "red": "#D55E00",
        "purple": "#CC79A7",
        "sky": "#56B4E9",
        "yellow": "#F0E442",
        "grey": "#8A8A8A",
    }
)
INK = "#222222"
_STYLE: Mapping[str, Any] = MappingProxyType(
    {
        "font.family": "sans-serif",
        "font.sans-serif": ["DejaVu Sans"],
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": INK,
        "axes.labelcolor": INK,
        "axes.titlelocation": "left",
        "axes.titlesize": 10,
        "text.color": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "legend.frameon": False,
        "figure.facecolor": "white",
        "svg.fonttype": "path",
        "svg.hashsalt": "bioloom",
    }
)


@contextmanager
def style() -> Iterator[None]:
    """Make figures inside this block look like bioloom's."""
    import matplotlib as mpl

    with mpl.rc_context(cast(Any, dict(_STYLE))):
        yield


def new_figure(width_in: float = 7.2, height_in: float = 4.0) -> "Figure":
    """An empty figure, size in inches; no window and no global state.

    Jupyter shows it as SVG.
    """
    from matplotlib.figure import Figure

    class ShownFigure(Figure):
        def _repr_svg_(self) -> str:
            return to_svg(self)

    return ShownFigure(figsize=(width_in, height_in), layout="constrained")


def to_svg(figure: "Figure") -> str:
    """A figure as SVG text, the same for the same content."""
    stream = io.StringIO()
    with style():
        figure.savefig(stream, format="svg", metadata={"Date": None})
    text = stream.getvalue()
    return text[text.index("<svg") :]


def save(figure: "Figure", stem: Path) -> str:
    """Write ``stem.svg`` and ``stem.png`` (200 dpi) and return the SVG text."""
    stem.parent.mkdir(parents=True, exist_ok=True)
    svg = to_svg(figure)
    write_text(stem.with_suffix(".svg"), '<?xml version="1.0"?>\n' + svg)
    with style(), written_aside(stem.with_suffix(".png")) as aside:
        figure.savefig(aside, format="png", dpi=200, metadata={"Software": None})
    return svg
