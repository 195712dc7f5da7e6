"""Coding potential of species that a model never saw, beside CPC2 and CPAT.

    python benchmarks/coding_unseen.py DATA MORE [--species human cow+human ...] \
        [--cpc2 PROGRAM] [--cpat PROGRAM] [--diamond PROGRAM] [--models FOLDER]

DATA and MORE hold the labelled transcripts of benchmarks/coding_sets.py. For each
species (or several with a plus between) the model is trained on all the others, and
tested as it is ("bioloom") and
fitted to the transcripts under test, without their labels ("adapted", `lincrna score
--adapt`). CPAT (3,000 transcripts of either class) is trained on the same species, with
the cutoff where sensitivity and specificity meet there; CPC2 is as published. Prints

- accuracy, AUC, sensitivity, specificity and what is kept at a leak of 1.3 %, on all
  and on a subset of equal lengths, and the paired differences with 95 % intervals;
- the specificity on plant lncRNAs that resemble no protein of the mRNAs (--diamond);
- the share of whole mRNAs called coding with bases lost and inserted, and with a TGA
  in frame, as in selenoproteins;
- the sensitivity for mRNAs whose longest ORF has 50 to 100 amino acids, at the
  specificity that CPC2 has.

--models keeps the trained models, and reads them where they are there.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from coding_potential import CPC2_CUTOFF, Scores, cpat, peer
from coding_sets import NOT_TRAINED_ON, cleaned, homologous, trained_on

from bioloom.lincrna.coding import potential
from bioloom.lincrna.coding.adapting import sure_usage
from bioloom.lincrna.coding.blocks import block_of
from bioloom.lincrna.coding.orf import longest_orfs
from bioloom.lincrna.training.copies import with_errors
from bioloom.lincrna.training.evaluation import auc, kept_at_leak, length_matched
from bioloom.lincrna.training.examples import Example
from bioloom.lincrna.training.fit import train
from bioloom.lincrna.training.prepared import looks_whole
from bioloom.statistics.intervals import stratified_bootstrap

ERROR_RATES = (0.002, 0.005, 0.01)
SHORT_AA = (50, 100)
N_SPOILT = 600
N_CPAT = 3000

Statistic = Callable[[np.ndarray, np.ndarray, float], float]


def accuracy(p: np.ndarray, labels: np.ndarray, cutoff: float) -> float:
    return float(((p >= cutoff) == labels).mean())


def auc_of(p: np.ndarray, labels: np.ndarray, _cutoff: float) -> float:
    return auc(p, labels)


def kept(p: np.ndarray, labels: np.ndarray, _cutoff: float) -> float:
    return kept_at_leak(p, labels)


STATISTICS: dict[str, Statistic] = {"acc": accuracy, "AUC": auc_of, "kept": kept}


@dataclass
class Tools:
    cpc2: Path | None
    cpat: Path | None


def scored(model: potential.CodingModel, sequences: Sequence[str]) -> np.ndarray:
    scores = potential.score_many(sequences, ["+"] * len(sequences), model)
    return np.array([one.probability for one in scores])


def cpc2_of(program: Path, examples: Sequence[Example]) -> Scores:
    return peer(
        *("CPC2", examples, CPC2_CUTOFF),
        lambda _: [program.absolute(), "-i", "in.fa", "-o", "out"],
        table="out.txt",
        columns=("#ID", "coding_probability"),
    )


def drawn(examples: Sequence[Example]) -> list[Example]:
    """As many of each class as CPAT's training takes in a few minutes."""
    rng, chosen = np.random.default_rng(42), []
    for kind in (True, False):
        of_kind = [one for one in examples if one.is_coding == kind]
        rows = rng.permutation(len(of_kind))[:N_CPAT]
        chosen += [of_kind[row] for row in rows.tolist()]
    return chosen


def shown(estimate: object) -> str:
    return f"{estimate.value:.4f} ({estimate.low:.4f}-{estimate.high:.4f})"


def both_classes(found: list[Scores], labels: np.ndarray, lengths: np.ndarray) -> None:
    matched = length_matched(labels, lengths)
    for title, rows in (("all", np.arange(len(labels))), ("length-matched", matched)):
        kinds = labels[rows]
        for tool in found:
            p = tool.probability[rows]
            parts = [
                f"{name} {shown(stratified_bootstrap(on(of, p, kinds, tool), kinds))}"
                for name, of in STATISTICS.items()
            ]
            called = p >= tool.cutoff
            parts.append(f"sens {called[kinds].mean():.4f}")
            parts.append(f"spec {(~called[~kinds]).mean():.4f}")
            print(f"  {title:15} n={len(rows):5} {tool.tool:8} {'  '.join(parts)}")
        differences(found, rows, kinds, title)


def on(
    of: Statistic, p: np.ndarray, kinds: np.ndarray, tool: Scores
) -> Callable[[np.ndarray], float]:
    return lambda i: of(p[i], kinds[i], tool.cutoff)


def differences(
    found: list[Scores], rows: np.ndarray, kinds: np.ndarray, title: str
) -> None:
    ours = [tool for tool in found if tool.tool in ("bioloom", "adapted")]
    for mine in ours:
        for tool in found:
            if tool in ours:
                continue
            for name, of in STATISTICS.items():
                one = on(of, mine.probability[rows], kinds, mine)
                other = on(of, tool.probability[rows], kinds, tool)
                less = stratified_bootstrap(
                    lambda i, one=one, other=other: one(i) - other(i), kinds
                )
                words = f"{mine.tool} less {tool.tool}, {name}"
                print(f"  {title:15} {words:32} {shown(less)}")


def one_class(found: list[Scores], labels: np.ndarray, keep: np.ndarray) -> None:
    kind = bool(labels[0])
    name = "sens" if kind else "spec"
    for tool in found:
        right = (tool.probability >= tool.cutoff) == kind
        parts = [f"{name} {shown(stratified_bootstrap(mean_of(right), labels))}"]
        if not keep.all():
            cleaner = right[keep]
            parts.append(f"like no protein (n={keep.sum()}) {cleaner.mean():.4f}")
        print(f"  {'all':15} n={len(labels):5} {tool.tool:8} {'  '.join(parts)}")


def mean_of(values: np.ndarray) -> Callable[[np.ndarray], float]:
    return lambda i: float(values[i].mean())


def spoilt_mrnas(
    models: dict[str, potential.CodingModel], mine: Sequence[Example], tools: Tools
) -> None:
    rng = np.random.default_rng(7)
    whole = [one.sequence for one in whole_mrnas(mine)[:N_SPOILT]]
    spoilt_by = {
        f"{100 * rate:.1f} % indels": [with_errors(one, rate, rng) for one in whole]
        for rate in (0.0, *ERROR_RATES)
    }
    spoilt_by["a TGA in frame"] = [with_tga(one, rng) for one in whole]
    for how, spoilt in spoilt_by.items():
        parts = [
            f"{name} {(scored(model, spoilt) >= model.threshold).mean():.3f}"
            for name, model in models.items()
        ]
        if tools.cpc2:
            examples = [Example(one, is_coding=True, group="") for one in spoilt]
            p = cpc2_of(tools.cpc2, examples).probability
            parts.append(f"CPC2 {(p >= CPC2_CUTOFF).mean():.3f}")
        words = f"{len(whole)} whole mRNAs, {how}"
        print(f"  {words:36} called coding: {'  '.join(parts)}")


def with_tga(sequence: str, rng: np.random.Generator) -> str:
    """TGA, as for selenocysteine, in place of one codon of the longest ORF."""
    orf = longest_orfs(sequence, "+").longest
    assert orf
    at = orf.start + 3 * int(rng.integers(1, orf.length_aa))
    return f"{sequence[:at]}TGA{sequence[at + 3 :]}"


def whole_mrnas(examples: Sequence[Example]) -> list[Example]:
    mrnas = [one for one in examples if one.is_coding]
    is_whole = looks_whole(block_of([one.sequence for one in mrnas]))
    return [one for one, whole in zip(mrnas, is_whole, strict=True) if whole]


def short_orfs(found: list[Scores], mine: Sequence[Example]) -> None:
    labels = np.array([one.is_coding for one in mine])
    is_whole = {id(one) for one in whole_mrnas(mine)}
    is_short = np.array(
        [
            id(one) in is_whole
            and SHORT_AA[0] <= longest_aa(one.sequence) < SHORT_AA[1]
            for one in mine
        ]
    )
    reference = next((one for one in found if one.tool == "CPC2"), found[0])
    specificity = (reference.probability[~labels] < reference.cutoff).mean()
    parts = []
    for tool in found:
        limit = np.quantile(tool.probability[~labels], specificity)
        at_equal = (tool.probability[is_short] > limit).mean()
        own = (tool.probability[is_short] >= tool.cutoff).mean()
        parts.append(f"{tool.tool} {at_equal:.3f} ({own:.3f} at its cutoff)")
    words = f"{is_short.sum()} mRNAs, ORF 50-100 aa, specificity {specificity:.3f}"
    print(f"  {words}: {'  '.join(parts)}")


def longest_aa(sequence: str) -> int:
    orf = longest_orfs(sequence, "+").longest
    return orf.length_aa if orf else 0


def model_without(
    species: str, examples: Sequence[Example], folder: Path | None
) -> potential.CodingModel:
    name = species.replace(". ", "_")
    path = folder / f"without_{name}.json" if folder else None
    if path and path.exists():
        return potential.load_model(path)
    others = [one for one in examples if one.source not in species.split("+")]
    model = train(trained_on(others), name=f"without {species}")
    if path:
        potential.save_model(model, path)
    return model


def unseen(
    species: str, examples: Sequence[Example], options: argparse.Namespace
) -> None:
    left_out = species.split("+")
    mine = [one for one in examples if one.source in left_out]
    sequences = [one.sequence for one in mine]
    labels = np.array([one.is_coding for one in mine])
    model = model_without(species, examples, options.models)
    usage = sure_usage(sequences, model)
    models = {"bioloom": model}
    if usage.is_enough:
        models["adapted"] = usage.fitted(model, to=species)
    print(
        f"{species}: {labels.sum():,} mRNAs, {(~labels).sum():,} lncRNAs; sure of "
        f"{usage.n_mrnas:,} and {usage.n_noncoding:,}",
        flush=True,
    )
    found = [
        Scores(name, scored(one, sequences), one.threshold, 0.0)
        for name, one in models.items()
    ]
    tools = Tools(options.cpc2, options.cpat)
    if tools.cpc2:
        found.append(cpc2_of(tools.cpc2, mine))
    if tools.cpat:
        others = [
            one for one in examples if one.source not in (*left_out, NOT_TRAINED_ON)
        ]
        found.append(cpat(tools.cpat, drawn(others), mine))
    if labels.any() and not labels.all():
        lengths = np.array([len(sequence) for sequence in sequences])
        both_classes(found, labels, lengths)
        short_orfs(found, mine)
    else:
        alike = homologous(examples, options.diamond) if options.diamond else set()
        rows = [row for row, one in enumerate(examples) if one.source in left_out]
        keep = np.array([row not in alike for row in rows[: len(mine)]])
        one_class(found, labels, keep)
    if labels.any():
        spoilt_mrnas(models, mine, tools)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("more", type=Path)
    parser.add_argument("--species", nargs="+")
    for name in ("cpc2", "cpat", "diamond", "models"):
        parser.add_argument(f"--{name}", type=Path)
    options = parser.parse_args()
    examples = cleaned(options.data, options.more).real
    for species in options.species or dict.fromkeys(one.source for one in examples):
        unseen(species, examples, options)


if __name__ == "__main__":
    main()
