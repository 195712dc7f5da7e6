"""Options of the commands: the rules of a search, and the words that options accept.

Light to import: the command line reads it for its help.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, NamedTuple

from annotated_types import Ge, Le

from bioloom.errors import BadInput
from bioloom.run.language import mark
from bioloom.run.settings import Changes, Setting, changed, setting, settings_of

MAX_LOOP = 15
"""Longest side of an interior loop or bulge that the energy tables hold, nt."""

PRIOR = 0.05
"""Share of predicted sites that are thought real, before anything is known of one."""

Preset = Literal["3utr_fly", "3utr_worm", "3utr_human"]
"""RNAhybrid's extreme-value laws."""
PValues = Literal["auto", "none", Preset]
"""Source of p-values: laws for targets of each composition, none, or a preset."""
Region = Literal["3utr", "5utr", "cds", "transcript"]
"""Part of a transcript."""
Format = Literal["tsv", "jsonl", "rnahybrid", "bed", "gff3", "parquet"]
"""File format of sites."""
OnBadRecord = Literal["skip", "stop"]
"""What to do with a record that cannot be used."""


class SeedRegion(NamedTuple):
    """First and last base of the miRNA, counted from 1 at its 5' end."""

    first: int
    last: int

    def __str__(self) -> str:
        """As typed, e.g. ``2-8``."""
        return f"{self.first}-{self.last}"


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """Rules of a search.

    Parameters
    ----------
    top
        Most sites per target and miRNA; None for all up to `max_mfe`. Sites do not
        overlap: each is searched for after the earlier ones were masked.
    max_mfe
        Weakest energy that is reported, kcal/mol; sites of exactly that energy are.
        (RNAhybrid keeps its limit in single precision and misses some of those.)
    seed_region
        miRNA bases that must be paired without a gap; None for no such rule.
    allow_gu
        Whether the seed region may contain G:U pairs.
    max_loop, max_bulge
        Longest side of an interior loop and longest bulge, nt, at most 15.
    all_seed_matches
        Whether sites are all matches of the seed, each with its own best energy,
        whether they overlap or not, instead of the best sites by energy.
    circular
        Whether targets are circles, on which sites may lie across the junction.
    plant
        Whether sites are near-perfect ones as in plants, by `max_expectation`.
    max_expectation
        Highest sum of penalties of a site of plants.
    min_mfe_ratio
        Lowest energy of a site as a share of that with the perfect complement.

    Raises
    ------
    BadInput
        If a limit is out of range.
    """

    top: Annotated[int | None, Ge(1)] = setting(
        1, mark("Sites per miRNA and target; all if the energy is limited.")
    )
    max_mfe: Annotated[float, Le(0)] = setting(
        0.0, mark("Highest energy of a site."), unit="kcal/mol"
    )
    seed_region: SeedRegion | None = setting(
        None, mark("miRNA bases that must form one helix, e.g. 2-8.")
    )
    allow_gu: bool = setting(
        True,  # noqa: FBT003 (a default)
        mark("G:U pairs allowed in the seed region."),
    )
    max_loop: Annotated[int, Ge(0), Le(MAX_LOOP)] = setting(
        MAX_LOOP, mark("Longest side of an interior loop."), unit="nt"
    )
    max_bulge: Annotated[int, Ge(0), Le(MAX_LOOP)] = setting(
        MAX_LOOP, mark("Longest bulge (unpaired bases on one side)."), unit="nt"
    )
    all_seed_matches: bool = setting(
        False,  # noqa: FBT003 (a default)
        mark("Every seed match, each with its own best energy."),
    )
    circular: bool = setting(
        False,  # noqa: FBT003 (a default)
        mark("Targets are circular RNAs: sites may lie across the junction."),
    )
    plant: bool = setting(
        False,  # noqa: FBT003 (a default)
        mark("Near-perfect sites as in plants, by penalties of mismatches."),
    )
    max_expectation: Annotated[float, Ge(0), Le(8)] = setting(
        4.0, mark("Highest sum of penalties of a site with --plant.")
    )
    min_mfe_ratio: Annotated[float, Ge(0), Le(1)] = setting(
        0.0, mark("Lowest energy of a site as a share of the perfect duplex's.")
    )

    def __post_init__(self) -> None:
        for rule in settings_of(SearchOptions):
            _check(rule, getattr(self, rule.name))
        if self.plant:
            _check_plant(self)
        if self.seed_region is not None:
            first, last = self.seed_region
            object.__setattr__(self, "seed_region", SeedRegion(first, last))
            if self.all_seed_matches:
                raise BadInput(
                    where="all_seed_matches",
                    found="a seed region too",
                    expected="one of the two",
                    advice="Every seed match is listed with its class: leave the seed "
                    "region out.",
                )
            if not 1 <= first <= last:
                raise BadInput(
                    where="seed_region",
                    found=f"{first}-{last}",
                    expected="two positions of the miRNA, the first from 1 on",
                    advice="Give the first and the last base, e.g. 2-8.",
                )

    def in_words(self) -> dict[str, str]:
        """Every rule and its value."""
        names = (rule.name for rule in settings_of(SearchOptions))
        return {name: str(getattr(self, name)) for name in names}

    def helix_rows(self, length: int) -> SeedRegion | None:
        """First and last row of the seed region, from 0 at the miRNA's 3' end.

        Parameters
        ----------
        length
            Of the miRNA, nt.
        """
        if self.seed_region is None:
            return None
        first, last = self.seed_region
        return SeedRegion(length - last, length - first)


def _check_plant(options: SearchOptions) -> None:
    """Refuse rules that have no meaning for sites of plants."""
    others = {
        "seed_region": options.seed_region is not None,
        "all_seed_matches": options.all_seed_matches,
        "circular": options.circular,
    }
    if clash := [name for name, is_set in others.items() if is_set]:
        raise BadInput(
            where="plant",
            found=f"{clash[0]} too",
            expected="one of the two",
            advice="Sites of plants pair over the whole miRNA on linear targets: leave "
            f"{clash[0]} out.",
        )


def search_options(
    *,
    top: int | None = None,
    max_mfe: float | None = None,
    seed_region: SeedRegion | str | None = None,
    allow_gu: bool = True,
    max_loop: int = MAX_LOOP,
    max_bulge: int = MAX_LOOP,
    all_seed_matches: bool = False,
    circular: bool = False,
    plant: bool = False,
    max_expectation: float | None = None,
    min_mfe_ratio: float | None = None,
) -> SearchOptions:
    """Rules as a user gives them.

    Parameters
    ----------
    top
        None is one site, or all where there is a limit on the energy.
    max_mfe
        None is no limit.
    seed_region
        Text is read as ``2-8``.
    allow_gu, max_loop, max_bulge, all_seed_matches, circular, plant
        As in `SearchOptions`.
    max_expectation, min_mfe_ratio
        None is the default.

    Examples
    --------
    >>> search_options(max_mfe=-20, seed_region="2-8").seed_region
    SeedRegion(first=2, last=8)
    """
    if isinstance(seed_region, str):
        seed_region = read_seed_region(seed_region)
    rules = {
        "top": top,
        "max_mfe": max_mfe,
        "allow_gu": allow_gu,
        "max_loop": max_loop,
        "max_bulge": max_bulge,
        "all_seed_matches": all_seed_matches or None,
        "circular": circular or None,
        "plant": plant or None,
        "max_expectation": max_expectation,
        "min_mfe_ratio": min_mfe_ratio,
    }
    changes = {name: value for name, value in rules.items() if value is not None}
    return options_with(changes, seed_region=seed_region)


def options_with(
    changes: Changes, *, seed_region: SeedRegion | None = None
) -> SearchOptions:
    """Default rules with other values by name.

    A limit on the energy, every seed match, or sites of plants ask for all sites.
    """
    asks_for_all = "max_mfe" in changes or any(
        changes.get(rule) for rule in ("all_seed_matches", "plant")
    )
    top = None if asks_for_all else SearchOptions().top
    return changed(SearchOptions(seed_region=seed_region), {"top": top, **changes})


def read_seed_region(text: str) -> SeedRegion:
    """Read ``2-8`` (or RNAhybrid's ``2,8``).

    Raises
    ------
    BadInput
        If it is not two positions.
    """
    first, _, last = text.replace(",", "-").partition("-")
    if first.isdecimal() and last.isdecimal() and 0 < int(first) <= int(last):
        return SeedRegion(int(first), int(last))
    raise BadInput(
        where="seed_region",
        found=repr(text),
        expected="two positions, as in 2-8",
        advice="Give the first and the last base of the miRNA that must pair.",
    )


def _check(rule: Setting, value: float | None) -> None:
    low, high = rule.limits.low, rule.limits.high
    if rule.kind not in (int, float) or value is None:
        return
    if (low is None or value >= low) and (high is None or value <= high):
        return
    limits = f"at least {low}" if high is None else f"{low} to {high}"
    if low is None:
        limits = f"at most {high}"
    kind = "a whole number" if rule.kind is int else "a number"
    raise BadInput(
        where=rule.name,
        found=str(value),
        expected=f"{kind}, {limits}",
        advice="Give a number within these limits.",
    )
