"""Figures of one family: palette, sizes, and files that repeat byte for byte."""

import io
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

from bioloom.run.output import write_text, written_aside
from bioloom.run.text import warn_input

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

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
ON_LIGHT, ON_DARK = "#222221", "#fffffe"
"""Of labels on a coloured ground: on a dark page greys change, these two do not."""
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


_CJK_FONTS = (
    *("Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans SC", "Source Han Sans SC"),
    *("WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Droid Sans Fallback", "SimHei"),
    *("PingFang SC", "Hiragino Sans GB", "Heiti SC", "Microsoft YaHei", "SimSun"),
    *("AR PL UMing CN", "AR PL UKai CN", "Arial Unicode MS", "Unifont"),
)
"""Fonts with Chinese and Japanese characters, the plainest first."""


@contextmanager
def style() -> Iterator[None]:
    """Make figures inside this block look like bioloom's."""
    import matplotlib as mpl

    chosen = dict(_STYLE)
    chosen["font.sans-serif"] = [*_STYLE["font.sans-serif"], *_installed_cjk()]
    with mpl.rc_context(cast(Any, chosen)):
        yield


@cache
def _installed_cjk() -> tuple[str, ...]:
    """The first of the fonts that is installed; characters fall back to it."""
    from matplotlib import font_manager

    installed = {font.name for font in font_manager.fontManager.ttflist}
    return tuple(name for name in _CJK_FONTS if name in installed)[:1]


@contextmanager
def _missing_glyphs_said_once() -> Iterator[None]:
    """One note for all characters that no font has, not a warning for each."""
    with warnings.catch_warnings(record=True) as raised:
        warnings.simplefilter("always")
        yield
    is_glyph = [str(each.message).startswith("Glyph ") for each in raised]
    for each, is_missing in zip(raised, is_glyph, strict=True):
        if not is_missing:
            warnings.warn_explicit(
                each.message, each.category, each.filename, each.lineno
            )
    if any(is_glyph):
        warn_input(
            "a figure has characters that no installed font can draw; for Chinese and "
            "Japanese install one, such as fonts-noto-cjk or fonts-wqy-microhei"
        )


def distinct_colours(start: Sequence[str], n: int) -> tuple[str, ...]:
    """Colours that stay apart: those given, then ever the farthest from all before.

    Parameters
    ----------
    start
        The first colours.
    n
        How many are needed.

    Notes
    -----
    Distances are those of Oklab, to white and light grey too.

    References
    ----------
    Ottosson B. (2020) A perceptual color space for image processing.
    """
    import numpy as np
    from matplotlib.colors import to_hex, to_rgb

    if n <= len(start):
        return tuple(start[:n])
    steps = np.linspace(0.05, 0.95, 10)
    candidates = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(-1, 3)
    light = candidates @ [0.3, 0.6, 0.1]
    candidates = candidates[light < _MOST_LIGHT]  # to be seen on white
    chosen = [to_rgb(colour) for colour in start]
    known = _oklab(np.array([*chosen, (1.0, 1.0, 1.0), to_rgb("#bbbbbb")]))
    places = _oklab(candidates)
    distance = np.linalg.norm(places[:, None] - known[None], axis=2).min(axis=1)
    while len(chosen) < n:
        farthest = int(distance.argmax())
        chosen.append(tuple(candidates[farthest]))
        apart = np.linalg.norm(places - places[farthest], axis=1)
        distance = np.minimum(distance, apart)
    return tuple(to_hex(colour) for colour in chosen)


def _oklab(rgb: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Oklab coordinates of sRGB colours, shape (n, 3)."""
    import numpy as np

    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    cones = np.cbrt(linear @ np.array(_TO_CONES).T)
    places: NDArray[np.float64] = cones @ np.array(_TO_OKLAB).T
    return places


_MOST_LIGHT = 0.82
_TO_CONES = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_TO_OKLAB = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)


class Wording(str):
    """Words of bioloom's own in a figure; see `wording`.

    Made so directly, they are not collected for the catalogues: a word that has more
    than one sense stands in `bioloom.report.figure_words`.
    """

    __slots__ = ()

    def __str__(self) -> "Wording":
        return self  # matplotlib keeps what this gives, so it stays told from data


def wording(text: str) -> str:
    """Words of bioloom's own for a figure: pages in other languages translate them.

    Names from data are drawn as they are, so that they are never translated, be they
    called "test" or "true".

    Parameters
    ----------
    text
        In English.
    """
    return Wording(text)


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
    _name_wordings(figure)
    with style(), _missing_glyphs_said_once():
        figure.savefig(stream, format="svg", metadata={"Date": None})
    text = stream.getvalue()
    return text[text.index("<svg") :]


def _name_wordings(figure: "Figure") -> None:
    """Give bioloom's own words ids that tell so, and how they are aligned."""
    from matplotlib.text import Text

    texts = [each for each in figure.findobj(Text) if isinstance(each, Text)]
    own = [text for text in texts if isinstance(text.get_text(), Wording)]
    for number, text in enumerate(own, 1):
        text.set_gid(f"own-{text.get_horizontalalignment()}-{number}")


def save(figure: "Figure", stem: Path, *, dpi: int = 200) -> str:
    """Write ``stem.svg`` and ``stem.png`` and return the SVG text."""
    stem.parent.mkdir(parents=True, exist_ok=True)
    svg = to_svg(figure)
    folder, name = stem.parent, stem.name  # a name may have points in it
    write_text(folder / f"{name}.svg", '<?xml version="1.0"?>\n' + svg)
    png = folder / f"{name}.png"
    with style(), written_aside(png) as aside, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph ")  # said with the SVG
        figure.savefig(aside, format="png", dpi=dpi, metadata={"Software": None})
    return svg
