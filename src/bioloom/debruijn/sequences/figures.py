"""Figures of a De Bruijn sequence: its graph with the walk numbered, and the wheel."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from bioloom.debruijn.errors import BadWords
from bioloom.debruijn.sequences.walk import DeBruijnSequence
from bioloom.draw import INK, ON_LIGHT, PALETTE, new_figure, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_DRAWN = 64

_NAMED = 16  # beyond this many edges or sectors, labels are shorter
_BEND = 0.2  # height of an arrow's control point over its length
_LABEL_AT = 0.42  # share of an arrow's length, so that labels of crossing arrows differ


class Point(NamedTuple):
    """A place in a figure."""

    x: float
    y: float

    def moved(self, by: Point) -> Point:
        """The place at a distance from this one."""
        return Point(self.x + by.x, self.y + by.y)


CENTRE = Point(0.0, 0.0)


def graph_figure(sequence: DeBruijnSequence) -> Figure:
    """The De Bruijn graph; each edge has its number in the walk.

    With up to 16 edges, the window of each is beside its number.

    Raises
    ------
    BadWords
        If the sequence has more than 64 letters.
    """
    _check(sequence)
    nodes = sequence.nodes
    is_small = len(sequence.turns) <= _NAMED
    side = 4.2 + 0.5 * max(0, len(nodes) - 4)
    with style():
        figure = new_figure(side, side)
        axes = _round_axes(figure, 1.25 + 3 * min(0.2, 1.2 / len(nodes)))
        places = dict(zip(nodes, _on_circle(len(nodes)), strict=True))
        radius = min(0.2, 1.2 / len(nodes))
        for number, turn in enumerate(sequence.turns, 1):
            label = f"{number}: {turn.window}" if is_small else str(number)
            begin, end = places[turn.source], places[turn.target]
            if begin == end:
                _loop(axes, begin, label, radius)
            else:
                _arrow(axes, _Edge(begin, end), label, radius)
        for name, place in places.items():
            _node(axes, place, name or "·", radius)
        axes.set_title(f"Walk of {len(sequence.turns)} edges: {_broken(sequence.text)}")
    return figure


def wheel_figure(sequence: DeBruijnSequence) -> Figure:
    """The wheel: its letters, the window at the top, and the order of the turns.

    Raises
    ------
    BadWords
        If the sequence has more than 64 letters.
    """
    from matplotlib.patches import Wedge

    _check(sequence)
    n, order = len(sequence.text), min(sequence.words.order, len(sequence.text))
    side = 3.4 + 0.05 * n
    with style():
        figure = new_figure(side, side)
        axes = _round_axes(figure, 1.32)
        sector = 360 / n
        for i, letter in enumerate(sequence.text):
            middle = 90 - (i - (order - 1) / 2) * sector
            edges = (middle - sector / 2, middle + sector / 2)
            number = sequence.words.letters.index(letter)
            axes.add_patch(
                Wedge((0, 0), 1, *edges, width=0.42, fc=_tint(number), ec="white", lw=2)
            )
            place = _polar(middle, 0.79)
            axes.text(*place, letter, ha="center", va="center", color=ON_LIGHT)
            axes.text(
                *_polar(middle - (order - 1) / 2 * sector, 0.45),
                str(i + 1) if n <= 2 * _NAMED else "",
                ha="center",
                va="center",
                fontsize=7,
                color=PALETTE["grey"],
            )
        reach = (90 - order / 2 * sector, 90 + order / 2 * sector)
        frame = Wedge((0, 0), 1.05, *reach, width=0.52, fill=False, lw=2.2)
        frame.set_edgecolor(PALETTE["red"])
        axes.add_patch(frame)
        axes.text(
            0, 1.12, f"window {sequence.turns[0].window}", ha="center", va="bottom"
        )
        axes.text(0, 0, f"{n} turns", ha="center", va="center")
    return figure


def _check(sequence: DeBruijnSequence) -> None:
    if len(sequence.text) > MOST_DRAWN:
        raise BadWords(
            where=f"order {sequence.words.order}",
            found=f"{len(sequence.text)} edges",
            expected=f"at most {MOST_DRAWN}, to be drawn",
            advice="Give a lower order or fewer letters.",
        )


def _round_axes(figure: Figure, reach: float) -> Axes:
    axes = figure.add_subplot()
    axes.set_axis_off()
    axes.set_aspect("equal")
    axes.set_xlim(-reach, reach)
    axes.set_ylim(-reach, reach)
    return axes


def _on_circle(n: int) -> list[Point]:
    """Places in the order of the walk, clockwise from the left."""
    if n == 1:
        return [CENTRE]
    return [_polar(180 - 360 * i / n, 1) for i in range(n)]


def _polar(degrees: float, radius: float) -> Point:
    angle = math.radians(degrees)
    return Point(radius * math.cos(angle), radius * math.sin(angle))


def _node(axes: Axes, place: Point, name: str, radius: float) -> None:
    from matplotlib.patches import Circle

    axes.add_patch(Circle(place, radius, fc="white", ec=INK, lw=1.2, zorder=3))
    axes.text(*place, name, ha="center", va="center", zorder=4, fontweight="bold")


class _Edge(NamedTuple):
    """Both ends of an arrow."""

    begin: Point
    end: Point


def _arrow(axes: Axes, edge: _Edge, label: str, radius: float) -> None:
    """A bent arrow; the bend separates it from the opposite one."""
    from matplotlib.patches import FancyArrowPatch

    (x0, y0), (x1, y1) = edge
    shrink = radius * 72 * _inches_per_unit(axes)
    axes.add_patch(
        FancyArrowPatch(
            *edge,
            connectionstyle=f"arc3,rad={_BEND}",
            arrowstyle="-|>",
            mutation_scale=12,
            shrinkA=shrink,
            shrinkB=shrink,
            color=PALETTE["blue"],
            lw=1.3,
        )
    )
    near, far = (1 - _LABEL_AT) ** 2, _LABEL_AT**2
    between = 1 - near - far
    bend = Point((x0 + x1) / 2 + _BEND * (y1 - y0), (y0 + y1) / 2 - _BEND * (x1 - x0))
    middle = Point(
        near * x0 + between * bend.x + far * x1,
        near * y0 + between * bend.y + far * y1,
    )
    _label(axes, middle, label)


def _loop(axes: Axes, place: Point, label: str, radius: float) -> None:
    """An edge from a node to itself, drawn outwards as a circle with a head."""
    from matplotlib.patches import Arc, FancyArrowPatch

    outwards = math.atan2(place.y, place.x) if place != CENTRE else math.pi / 2
    turn = math.degrees(outwards)
    n_before = sum(isinstance(patch, Arc) for patch in axes.patches)
    turn += 360 / 8 * n_before if place == CENTRE else 0
    size = max(radius, 0.1)
    middle = place.moved(_polar(turn, radius + 0.8 * size))
    axes.add_patch(Arc(middle, 2 * size, 2 * size, color=PALETTE["blue"], lw=1.3))
    begin, end = (_polar(turn - angle, size) for angle in (117, 127))
    axes.add_patch(
        FancyArrowPatch(
            middle.moved(begin),
            middle.moved(end),
            arrowstyle="-|>",
            mutation_scale=12,
            lw=0,
            color=PALETTE["blue"],
            zorder=4,
        )
    )
    _label(axes, place.moved(_polar(turn, radius + 1.8 * size)), label)


def _label(axes: Axes, place: Point, label: str) -> None:
    axes.text(
        *place,
        label,
        ha="center",
        va="center",
        fontsize=8,
        zorder=5,
        bbox={"fc": "white", "ec": "none", "pad": 0.8, "alpha": 0.9},
    )


def _inches_per_unit(axes: Axes) -> float:
    low, high = axes.get_xlim()
    return float(axes.figure.get_size_inches()[0]) / (high - low)  # type: ignore[union-attr]


def _tint(number: int) -> str:
    tints = ("#CFE4F2", "#FBE7C0", "#C9EBDF", "#F6D3BF", "#EFDDE7", "#DDEFFA")
    return tints[number % len(tints)]


def _broken(text: str) -> str:
    return text if len(text) <= 32 else text[:31] + "…"
