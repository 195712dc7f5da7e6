"""Coding models of CDS in place of whole mRNAs: what UTRs of shuffled sequence save.

    python benchmarks/lincrna_cds.py DATA

DATA is a folder of coding_potential sets. For human and C. elegans, half of the genes
train and the other half, whole mRNAs and lncRNAs, is judged: by a model of the whole
mRNAs, by one of their longest ORFs (CDS), and by one of these with made-up UTRs, as
`bioloom lincrna train` makes them; each with lncRNAs, and without.
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from coding_sets import MIN_NT, labelled

from bioloom.lincrna.coding import potential
from bioloom.lincrna.coding.orf import longest_orfs
from bioloom.lincrna.training.examples import Example
from bioloom.lincrna.training.fit import train
from bioloom.lincrna.training.utrs import with_utrs
from bioloom.statistics.ranking import roc_auc

MAX_NONCODING = 1500


def cds_of(example: Example) -> Example:
    orf = longest_orfs(example.sequence, "+").longest
    if not example.is_coding or orf is None:
        return example
    cds = example.sequence[orf.start : orf.start + orf.length_nt]
    return replace(example, sequence=cds)


def judged(title: str, training: Sequence[Example], test: Sequence[Example]) -> None:
    model = train(training, name=title)
    sequences = [one.sequence for one in test]
    kinds = np.array([one.is_coding for one in test])
    scores = potential.score_many(sequences, ["+"] * len(test), model)
    probability = np.array([score.probability for score in scores])
    called = probability >= model.threshold
    print(
        f"  {title:24} AUC {roc_auc(probability, kinds):.3f}, "
        f"sensitivity {called[kinds].mean():.3f}, "
        f"specificity {(~called[~kinds]).mean():.3f}",
        flush=True,
    )


def halves(examples: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    rng = np.random.default_rng(0)
    genes = sorted({one.group for one in examples})
    chosen = set(rng.permutation(genes)[: len(genes) // 2])
    training = [one for one in examples if one.group in chosen]
    return training, [one for one in examples if one.group not in chosen]


def species(examples: Sequence[Example]) -> None:
    training, test = halves(examples)
    rng = np.random.default_rng(0)
    mrnas = [one for one in training if one.is_coding]
    others = [one for one in training if not one.is_coding]
    others = [others[i] for i in rng.permutation(len(others))[:MAX_NONCODING]]
    for kind, noncoding in (("", others), (", no lncRNAs", [])):
        cds = [*map(cds_of, mrnas), *noncoding]
        judged(f"whole mRNAs{kind}", [*mrnas, *noncoding], test)
        judged(f"CDS{kind}", cds, test)
        judged(f"CDS, made UTRs{kind}", with_utrs(cds, "", rng).examples, test)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    every = [*labelled(parser.parse_args().data)]
    for name in ("C. elegans", "human"):
        held = [e for e in every if e.source == name and len(e.sequence) >= MIN_NT]
        print(f"{name}: {len(held):,} transcripts, half of the genes train")
        species(held)


if __name__ == "__main__":
    main()
