"""A coding model of one's own transcripts, beside the packaged kind of model.

    python benchmarks/coding_own.py DATA MORE MODELS [--species cow human "C. elegans"]

DATA and MORE hold the labelled transcripts of benchmarks/coding_sets.py, MODELS the
models of benchmarks/coding_unseen.py --models, which never saw the species. Half of
the species' genes are one's own, with 60, 100, 300 or all of the transcripts of each
class; the other half is judged

- by the model that never saw the species,
- by that model adapted to the own half (`coding_model: adapted`),
- by a model trained on the own half that starts from it (`bioloom lincrna train`).

Prints sensitivity, specificity, their mean and the AUC.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from coding_potential import halved
from coding_sets import cleaned

from bioloom.lincrna.coding import potential
from bioloom.lincrna.coding.adapting import labelled_usage
from bioloom.lincrna.training.evaluation import auc
from bioloom.lincrna.training.examples import Example
from bioloom.lincrna.training.fit import train

SIZES = (60, 100, 300, None)
SPECIES = ("cow", "human", "C. elegans")


def drawn(examples: Sequence[Example], n: int | None) -> list[Example]:
    rng, chosen = np.random.default_rng(0), []
    for kind in (True, False):
        of_kind = [one for one in examples if one.is_coding == kind]
        chosen += [of_kind[row] for row in rng.permutation(len(of_kind))[:n].tolist()]
    return chosen


def report(title: str, model: potential.CodingModel, judged: Sequence[Example]) -> None:
    sequences = [one.sequence for one in judged]
    scores = potential.score_many(sequences, ["+"] * len(sequences), model)
    p = np.array([one.probability for one in scores])
    labels = np.array([one.is_coding for one in judged])
    sensitivity = (p[labels] >= model.threshold).mean()
    specificity = (p[~labels] < model.threshold).mean()
    print(
        f"{title:42} sens {sensitivity:.4f}  spec {specificity:.4f}  "
        f"mean {(sensitivity + specificity) / 2:.4f}  AUC {auc(p, labels):.4f}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("data", "more", "models"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--species", nargs="+", default=SPECIES)
    options = parser.parse_args()
    examples = cleaned(options.data, options.more).real
    for species in options.species:
        own, judged = halved([one for one in examples if one.source == species])
        name = f"without_{species.replace('. ', '_')}.json"
        before = potential.load_model(options.models / name)
        report(f"{species}: never saw it", before, judged)
        for n in SIZES:
            some, size = drawn(own, n), f"{n or 'all'} of a class"
            usage = labelled_usage(
                [one.sequence for one in some if one.is_coding],
                [one.sequence for one in some if not one.is_coding],
            )
            report(f"  {size}: adapted", usage.fitted(before, to=species), judged)
            trained = train(some, name=species, prior=before)
            share = trained.evaluation["own_share"]
            report(f"  {size}: trained, own share {share}", trained, judged)


if __name__ == "__main__":
    main()
