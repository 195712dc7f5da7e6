"""What to look for: helix, loop limits, how many sites, from which energy on."""

from dataclasses import dataclass

from bioloom.errors import BadInput

MAX_LOOP = 15
"""Longest side of an interior loop or bulge that the energy tables hold, nt."""


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """Rules of a search.

    Parameters
    ----------
    max_hits
        Most sites per target and miRNA; None for all up to `max_mfe`. Sites do not
        overlap: each is sought after the earlier ones were masked.
    max_mfe
        Weakest energy that is reported, kcal/mol; sites of exactly that energy are.
        (RNAhybrid keeps its limit in single precision and misses some of those.)
    helix
        First and last base of the miRNA, counted from 1 at its 5' end, that must be
        paired without a gap; None for no such rule.
    allow_gu
        Whether G:U pairs may stand in that helix.
    max_loop, max_bulge
        Longest side of an interior loop and longest bulge, nt, at most 15.

    Raises
    ------
    BadInput
        If a limit is out of range.
    """

    max_hits: int | None = 1
    max_mfe: float = 0.0
    helix: tuple[int, int] | None = None
    allow_gu: bool = True
    max_loop: int = MAX_LOOP
    max_bulge: int = MAX_LOOP

    def __post_init__(self) -> None:
        for name in ("max_loop", "max_bulge"):
            _check(name, getattr(self, name), (0, MAX_LOOP))
        if self.max_hits is not None:
            _check("max_hits", self.max_hits, (1, None))
        if self.helix is not None:
            first, last = self.helix
            _check("helix start", first, (1, None))
            _check("helix end", last, (first, None))

    def helix_rows(self, length: int) -> tuple[int, int] | None:
        """First and last row of the helix, counted from 0 at the miRNA's 3' end.

        Parameters
        ----------
        length
            Of the miRNA, nt.
        """
        if self.helix is None:
            return None
        first, last = self.helix
        return length - last, length - first


def _check(name: str, value: int, limits: tuple[int, int | None]) -> None:
    low, high = limits
    if value < low or (high is not None and value > high):
        expected = f"at least {low}" if high is None else f"{low} to {high}"
        raise BadInput(
            where=name,
            found=str(value),
            expected=f"a whole number, {expected}",
            advice="Give a number within these limits.",
        )
