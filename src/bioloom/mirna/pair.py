"""One miRNA on one target: a site explained, or drawn."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from bioloom.mirna.chance.laws import AUTOMATIC, LawSource, laws_of
from bioloom.mirna.errors import NoSite
from bioloom.mirna.inputs.records import (
    chosen_mirna,
    chosen_target,
    read_mirnas,
    read_targets,
)
from bioloom.mirna.inputs.targets import Targets, held_targets
from bioloom.mirna.options import SearchOptions
from bioloom.mirna.output.explain import explain
from bioloom.mirna.prediction import predict_records
from bioloom.seq.sources import SequenceSource, is_path, records_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bioloom.explain import Explanation

MAP_MAX_MFE = -15.0
"""Highest energy of a site in a map, kcal/mol."""


def explain_pair(
    mirnas: SequenceSource,
    targets: SequenceSource,
    options: SearchOptions,
    *,
    mirna: str | None = None,
    target: str | None = None,
    site: int = 1,
    law_source: LawSource = AUTOMATIC,
    accessibility: bool = False,
) -> Explanation:
    """Explain one site; see `bioloom.mirna.explain`."""
    chosen = chosen_mirna(mirnas, mirna)
    targets = _readable(targets)
    on_target = chosen_target(targets, target)
    every = held_targets([on_target])
    if law_source.calibration is None and law_source.p_values == "auto":
        every = _streamed(targets)  # their composition matters
    laws = laws_of((chosen,), every, options, law_source)
    law = laws.law(0, on_target.codes)
    return explain(
        chosen,
        on_target,
        options,
        number=site,
        law=law,
        accessibility=accessibility,
    )


def _readable(source: SequenceSource) -> SequenceSource:
    """A source that can be read twice: a file, or records in memory."""
    is_file = is_path(source) and Path(cast("str | PathLike[str]", source)).is_file()
    return source if is_file else tuple(records_of(source))


def _streamed(source: SequenceSource) -> Targets:
    """Targets of a source, of which only the bases matter."""
    return Targets(partial(read_targets, source), np.empty(0, dtype=np.int64))


def draw_site(
    mirnas: SequenceSource,
    targets: SequenceSource,
    options: SearchOptions,
    *,
    mirna: str | None = None,
    target: str | None = None,
    site: int = 1,
) -> Figure:
    """Draw one duplex base by base; see `bioloom.mirna.draw`."""
    from bioloom.mirna.output.figures import site_figure

    chosen = chosen_mirna(mirnas, mirna)
    rules = replace(options, top=site)
    [sites] = predict_records([chosen], [chosen_target(targets, target)], rules).sites
    if len(sites) < site:
        raise NoSite(chosen.name, sites.target)
    return site_figure(sites, site - 1)


def draw_map(
    mirnas: SequenceSource,
    targets: SequenceSource,
    options: SearchOptions,
    *,
    mirna: str | None = None,
    target: str | None = None,
    max_mfe: float | None = None,
) -> Figure:
    """Draw all sites along one target; see `bioloom.mirna.draw`."""
    from bioloom.mirna.output.figures import map_figure

    searched = (chosen_mirna(mirnas, mirna),) if mirna else read_mirnas(mirnas)
    rules = replace(options, top=None, max_mfe=max_mfe or MAP_MAX_MFE)
    [sites] = predict_records(searched, [chosen_target(targets, target)], rules).sites
    if not len(sites):
        raise NoSite(searched[0].name, sites.target)
    return map_figure(sites)
