"""Columns on what lies around a site; each is asked for, none is part of the score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.context.accessibility import opening_energies, require_vienna
from bioloom.mirna.context.alignments import TargetAlignment, read_alignments
from bioloom.mirna.sites.hits import Hits
from bioloom.mirna.sites.seeds import SeedMatches
from bioloom.seq.alphabet import SeqCodes

CONTEXT_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "opening_energy": "energy that frees all bases of the site from the target's "
        "own structure, kcal/mol (ViennaRNA; windows of 80 nt, pairs up to 40 nt)",
        "mfe_and_opening": "mfe + opening_energy, kcal/mol",
        "end_distance": "bases between the site and the nearest end of the target",
        "relative_position": "middle of the site: 0 at the target's 5' end, 1 at 3'",
        "aligned_species": "other species aligned to every base of the seed match; "
        "empty where there is no alignment or no seed",
        "seed_conservation": "share of them whose bases there are the same",
        "conservation": "mean of the bigWig over the bases of the seed match",
    }
)


@dataclass(frozen=True, slots=True)
class Context:
    """What is to be said of the surroundings of sites.

    Parameters
    ----------
    accessibility
        Whether to compute opening energies, which needs ViennaRNA.
    position
        Whether to give distances to the target's ends.
    alignments
        Other species beside targets, by name; None for none.
    """

    accessibility: bool = False
    position: bool = False
    alignments: Mapping[str, TargetAlignment] | None = None

    def columns(
        self,
        hits: Hits,
        seeds: SeedMatches,
        target: SeqCodes,
        *,
        name: str,
        is_circular: bool = False,
    ) -> dict[str, NDArray]:
        """Columns of the sites on one target; see `CONTEXT_COLUMNS`.

        Parameters
        ----------
        hits, seeds
            The sites, and their seed classes.
        target, name
            Codes of the target, and its name.
        is_circular
            Whether the target is a circle, which has no ends.

        Raises
        ------
        PackageMissing
            If ViennaRNA is needed and not installed.
        """
        found: dict[str, NDArray] = {}
        if self.accessibility:
            opening = opening_energies(target, hits.start, hits.end)
            found["opening_energy"] = opening
            found["mfe_and_opening"] = hits.mfe + opening
        if self.position:
            found |= _position(hits, len(target), is_circular=is_circular)
        if self.alignments is not None:
            found |= _conservation(self.alignments.get(name), seeds)
        return found


def _position(hits: Hits, n: int, *, is_circular: bool) -> dict[str, NDArray]:
    if is_circular:
        unknown = np.full(len(hits), np.nan)
        return {"end_distance": unknown, "relative_position": unknown.copy()}
    return {
        "end_distance": np.minimum(hits.start, n - hits.end),
        "relative_position": (hits.start + hits.end) / (2 * max(n, 1)),
    }


def context_of(
    *, accessibility: bool, position: bool, alignments: Path | None
) -> Context | None:
    """What a user asks for; None if that is nothing.

    Parameters
    ----------
    accessibility, position
        As for `Context`.
    alignments
        File of alignments; see `read_alignments`.

    Raises
    ------
    PackageMissing
        If ViennaRNA is needed and not installed.
    MissingFile, BadInput
        If the alignments cannot be read.
    """
    if accessibility:
        require_vienna()
    if not (accessibility or position or alignments):
        return None
    species = read_alignments(alignments) if alignments else None
    return Context(accessibility, position, species)


def _conservation(
    alignment: TargetAlignment | None, seeds: SeedMatches
) -> dict[str, NDArray]:
    if alignment is None:
        unknown = np.full(len(seeds.start), np.nan)
        return {"aligned_species": unknown, "seed_conservation": unknown.copy()}
    n_aligned, n_identical = alignment.conserved(seeds.start, seeds.end)
    share = np.where(n_aligned > 0, n_identical / np.maximum(n_aligned, 1), np.nan)
    return {
        "aligned_species": np.where(n_aligned >= 0, n_aligned, np.nan),
        "seed_conservation": share,
    }
