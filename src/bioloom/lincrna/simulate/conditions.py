"""Samples of two conditions, with known fold changes of some loci."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from bioloom.lincrna.simulate.genome import Genome
from bioloom.lincrna.simulate.locus import Locus
from bioloom.lincrna.simulate.reads import (
    Fragments,
    Library,
    cut_fragments,
    joined_fragments,
)

CONTROL: Literal["control"] = "control"
TREATED: Literal["treated"] = "treated"
CONDITIONS = (CONTROL, TREATED)
CHANGED_KINDS = ("coding", "known_lincrna", "novel_lincrna")
CHANGED_SHARE = 1 / 3
LOG2_FOLD_CHANGE = 2.0
LEAST_FOLD = 10.0
"""Coverage from which on a locus can change, and scatters over replicates."""

REPLICATES = tuple(
    Library(
        f"{condition}_{number}",
        "reverse",
        is_paired=False,
        condition=condition,
        depth=0.4,
    )
    for condition in CONDITIONS
    for number in (1, 2, 3)
)
"""Three replicates of two conditions, which scatter as biological ones do."""


def fold_changes(rng: np.random.Generator, loci: Sequence[Locus]) -> dict[str, float]:
    """Log2 fold change of each locus in treated samples.

    A third of the well-covered coding genes and lincRNAs changes fourfold, up and down
    in turn; everything else stays.

    Parameters
    ----------
    rng
        Source of randomness.
    loci
        In genome order.
    """
    able = [
        locus.locus_id
        for locus in loci
        if locus.kind.name in CHANGED_KINDS and locus.folds[0].stranded >= LEAST_FOLD
    ]
    n = round(CHANGED_SHARE * len(able))
    chosen = [able[row] for row in rng.permutation(len(able))[:n]]
    changes = dict.fromkeys((locus.locus_id for locus in loci), 0.0)
    for number, locus_id in enumerate(chosen):
        changes[locus_id] = LOG2_FOLD_CHANGE * (1 if number % 2 else -1)
    return changes


def shifted(
    rng: np.random.Generator,
    genome: Genome,
    parts: Mapping[str, Fragments],
    changes: Mapping[str, float],
) -> dict[str, Fragments]:
    """Fragments of a treated sample, made of those that it would have untreated.

    Parameters
    ----------
    rng
        Source of randomness.
    genome
        With the loci.
    parts
        Fragments by transcript_id.
    changes
        Log2 fold change by locus_id.
    """
    treated = dict(parts)
    for locus in genome.loci:
        factor = 2 ** changes[locus.locus_id]
        for transcript in locus.transcripts:
            own = parts.get(transcript.transcript_id)
            if own is None or factor == 1:
                continue
            n = len(own.n_bases)
            wanted = round(n * factor)
            if wanted <= n:
                rows = np.sort(rng.permutation(n)[:wanted])
                treated[transcript.transcript_id] = own.of(rows)
            else:
                more = cut_fragments(rng, genome.rna(transcript), wanted - n)
                treated[transcript.transcript_id] = joined_fragments([own, more])
    return treated


def scattered(rng: np.random.Generator, n: int, dispersion: float) -> int:
    """Fragments of a transcript in a replicate: negative binomial around `n`."""
    return int(rng.poisson(rng.gamma(1 / dispersion, n * dispersion)))


def write_fold_changes(changes: Mapping[str, float], path: Path) -> None:
    """Write one row per locus: its name and log2 fold change, treated over control."""
    lines = [f"{locus}\t{change:g}\n" for locus, change in changes.items()]
    path.write_text("locus_id\tlog2_fold_change\n" + "".join(lines), encoding="utf-8")
