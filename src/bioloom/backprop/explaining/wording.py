"""Numbers and tables as all workings of the room show them."""

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from bioloom.explain import Quantity
from bioloom.run.language import tr

MOST_LINES = 24
MOST_TERMS = 5


def number(value: float) -> str:
    """A number with six digits."""
    return f"{value + 0.0:.6g}"  # -0 is 0


def quantity(value: float) -> Quantity:
    """A number with seven decimals, or none where it is whole."""
    if value == round(value):
        return Quantity(value + 0.0)
    return Quantity(value, "", 7 if abs(value) >= 1e-4 else None)


def plain(symbol: str) -> str:
    """A LaTeX symbol inside a sentence."""
    return symbol.replace("{", "").replace("}", "").replace("^", "")


def factor(value: float) -> str:
    """A number of a product, in brackets if it is negative."""
    return f"({number(value)})" if value < 0 else number(value)


def power(value: float) -> str:
    """A small number as LaTeX: -1.88 · 10^{-5}."""
    if value == 0 or 1e-3 <= abs(value) < 1e4:
        return f"{value:.3g}"
    mantissa, exponent = f"{value:.2e}".split("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}"


def cut(lines: Iterator[str]) -> tuple[str, ...]:
    """The first lines, and a sign that there are more."""
    shown = tuple(islice(lines, MOST_LINES + 1))
    return shown if len(shown) <= MOST_LINES else (*shown[:MOST_LINES], "…")


class Shown(NamedTuple):
    """Units of a layer that are shown, and a line on the others; "" if there are none.

    Parameters
    ----------
    places
        Of the shown units, from 0.
    rest
        How many are left out, in words.
    """

    places: range
    rest: str


def few(n: int) -> Shown:
    """Choose which of n units are shown."""
    if n <= MOST_TERMS + 1:
        return Shown(range(n), "")
    return Shown(range(MOST_TERMS), tr("… and {n:,} more", n=n - MOST_TERMS))
