"""From labelled pairs to the quality of energy, ratio and score."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.evaluation.audit import PROBES, cross_fitted, verdict_of
from bioloom.mirna.evaluation.pairs import Pairs, read_pairs
from bioloom.mirna.evaluation.result import Evaluation, Kind, Quality
from bioloom.mirna.ranking.model import packaged, scores, site_digest
from bioloom.mirna.search.best_energies import perfect_energies
from bioloom.mirna.search.searcher import Searcher
from bioloom.mirna.sites.hits import MirnaTable, padded
from bioloom.mirna.sites.seeds import seed_matches
from bioloom.run.progress import OnStep, silent
from bioloom.run.table_reader import TableSource
from bioloom.seq.alphabet import encode
from bioloom.statistics.intervals import Estimate, stratified_bootstrap
from bioloom.statistics.ranking import average_precision, roc_auc

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FEWEST = 20
"""Pairs of either label that a family needs for a row of its own."""


class Measures(NamedTuple):
    """Energy, ratio and score of each pair's best site; NaN without a site."""

    mfe: Floats
    ratio: Floats
    score: Floats


def evaluate_pairs(source: TableSource, on_step: OnStep = silent) -> Evaluation:
    """Evaluate on labelled pairs; see `bioloom.mirna.evaluate`."""
    pairs = read_pairs(source)
    measures = measured(pairs, on_step)
    known = packaged().training_sites
    ranked = {
        "energy": _last_if_missing(-measures.mfe),
        "energy ratio": _last_if_missing(measures.ratio),
        "score": _last_if_missing(measures.score),
    }
    rows = [_quality("measure", name, values, pairs) for name, values in ranked.items()]
    rows += _by_family(pairs, ranked["score"])
    rows += _audited(pairs, rows[2].roc_auc.value)
    return Evaluation(
        rows=tuple(rows),
        n=len(pairs),
        n_positive=int(pairs.is_positive.sum()),
        n_without_site=int(np.isnan(measures.mfe).sum()),
        n_trained=sum(site_digest(site) in known for site in pairs.sites),
        skipped=pairs.skipped,
    )


def measured(pairs: Pairs, on_step: OnStep = silent) -> Measures:
    """Energy, ratio and score of the best site of each pair.

    Parameters
    ----------
    pairs
        What is measured.
    on_step
        Called after each miRNA.
    """
    found = Measures(*(np.full(len(pairs), np.nan) for _ in Measures._fields))
    names = sorted(set(pairs.mirnas))
    codes = [encode(name) for name in names]
    perfect = perfect_energies(codes)
    which = np.searchsorted(names, pairs.mirnas)
    for number, mirna in enumerate(codes):
        table = MirnaTable(
            names=np.array(names[number : number + 1]),
            codes=padded([mirna]),
            lengths=np.array([len(mirna)]),
            perfect=perfect[number : number + 1],
        )
        searcher = Searcher([mirna])
        for row in np.flatnonzero(which == number).tolist():
            target = encode(pairs.sites[row])
            hits = searcher.search(target)
            if len(hits):
                seeds = seed_matches(hits, table.codes, target)
                found.mfe[row] = hits.mfe[0]
                found.ratio[row] = hits.units[0] / table.perfect[0]
                found.score[row] = scores(hits, seeds, table, target)[0]
        on_step("miRNAs", number + 1, len(codes))
    return found


def _last_if_missing(values: Floats) -> Floats:
    is_missing = np.isnan(values)
    lowest = 0.0 if is_missing.all() else float(values[~is_missing].min())
    return np.where(is_missing, lowest - 1, values)


def _quality(
    kind: Kind, name: str, values: Floats, pairs: Pairs, *, rows: Ints | None = None
) -> Quality:
    rows = np.arange(len(pairs)) if rows is None else rows
    is_positive, chosen = pairs.is_positive[rows], values[rows]

    def interval(measure: Callable[[Floats, NDArray[np.bool_]], float]) -> Estimate:
        return stratified_bootstrap(
            lambda drawn: measure(chosen[drawn], is_positive[drawn]), is_positive
        )

    return Quality(
        kind=kind,
        name=name,
        n=len(rows),
        n_positive=int(is_positive.sum()),
        roc_auc=interval(roc_auc),
        average_precision=interval(average_precision),
    )


def _by_family(pairs: Pairs, score: Floats) -> Iterator[Quality]:
    """The score within each family that is large enough, the largest first."""
    names, which = np.unique(np.array(pairs.families), return_inverse=True)
    sizes = np.bincount(which)
    for number in np.argsort(-sizes, kind="stable").tolist():
        rows = np.flatnonzero(which == number)
        n_positive = int(pairs.is_positive[rows].sum())
        if min(n_positive, len(rows) - n_positive) >= FEWEST:
            yield _quality("family", str(names[number]), score, pairs, rows=rows)


def _audited(pairs: Pairs, score_roc: float) -> Iterator[Quality]:
    for probe in PROBES.values():
        values = cross_fitted(probe, pairs)
        row = _quality("audit", probe.name, values, pairs)
        roc = row.roc_auc
        yield replace(row, verdict=verdict_of(roc.value, roc.low, score_roc))
