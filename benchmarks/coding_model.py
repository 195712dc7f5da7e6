"""Train the packaged coding-potential model and print how good it is.

    python benchmarks/coding_model.py DATA MORE [--write]

DATA and MORE hold the labelled transcripts of benchmarks/coding_sets.py. Non-coding
sequence is made of the mRNAs of every species too. Prints the figures of
`docs/lincrna_coding_model.md`; benchmarks/coding_unseen.py has those of species that
the model did not see.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from coding_sets import cleaned, trained_on

from bioloom.lincrna.coding import potential
from bioloom.lincrna.coding.orf import longest_orfs
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.training.evaluation import (
    LEAK,
    auc,
    evaluate,
    kept_at_leak,
    length_matched,
)
from bioloom.lincrna.training.examples import Example
from bioloom.lincrna.training.fit import Tested, cross_validated, train
from bioloom.statistics.intervals import stratified_bootstrap

NAME = "transcripts of eight animals and plants (packaged)"


def report(title: str, figures: dict[str, float]) -> None:
    shown = "  ".join(
        f"{name} {value:.4f}" if isinstance(value, float) else f"{name} {value}"
        for name, value in figures.items()
    )
    print(f"{title:38s} {shown}", flush=True)


def parts(examples: Sequence[Example], tested: Tested) -> None:
    """The cross-validation by species: of whole mRNAs, and fragments included."""
    is_coding = np.array([one.is_coding for one in examples])
    is_real = np.array([not one.is_made_up for one in examples])
    lengths = np.array([len(one.sequence) for one in examples])
    for species in ("human", "cow", "C. elegans", "Arabidopsis"):
        mine = is_real & [one.source == species for one in examples]
        for title, rows in (
            ("whole", mine & (~is_coding | tested.is_whole)),
            ("all", mine),
        ):
            p, kinds = tested.probability[rows], is_coding[rows]
            figures = evaluate(p, kinds, threshold=tested.threshold)
            matched = length_matched(kinds, lengths[rows])
            p, kinds = p[matched], kinds[matched]
            figures["auc_matched"] = auc(p, kinds)
            right = (p >= tested.threshold) == kinds
            figures["accuracy_matched"] = float(right.mean())
            report(f"{species}, {title}", figures)


def unsure(examples: Sequence[Example], tested: Tested) -> None:
    """How many calls are unsure, and how many of the others are right."""
    sure = FilterSettings().coding_sure
    is_coding = np.array([one.is_coding for one in examples])
    is_real = np.array([not one.is_made_up for one in examples])
    p = tested.probability
    is_unsure = (p < sure) & (p > 1 - sure)
    for title, rows in (
        ("whole mRNAs", is_coding & tested.is_whole),
        ("non-coding RNAs", ~is_coding & is_real),
    ):
        right = ((p >= tested.threshold) == is_coding)[rows & ~is_unsure].mean()
        figures = {"unsure": float(is_unsure[rows].mean()), "sure_right": float(right)}
        report(title, figures)


def orf_modes(examples: Sequence[Example], tested: Tested) -> None:
    """What each ORF mode keeps of real ncRNAs and leaks of whole mRNAs, unseen."""
    p, is_coding = tested.probability, np.array([one.is_coding for one in examples])
    is_real = np.array([not one.is_made_up for one in examples])
    fair = np.where(is_coding, tested.is_whole, is_real)
    max_aa = FilterSettings().max_orf_aa
    has_long_orf = np.array([longest_aa(one.sequence) >= max_aa for one in examples])
    passes = {
        "strict": (p < tested.threshold) & ~has_long_orf,
        "calibrated": p < tested.leak_threshold,
    }
    for species in ("human", "cow", "C. elegans", "all species"):
        rows = fair & [species in (one.source, "all species") for one in examples]
        kinds, figures = is_coding[rows], {}
        for mode, passed in passes.items():
            figures[f"{mode}_keeps"] = float(passed[rows][~kinds].mean())
            figures[f"{mode}_leaks"] = float(passed[rows][kinds].mean())
        for title, leak in (("strict", figures["strict_leaks"]), ("1.3 %", LEAK)):
            kept = kept_at_leak(p[rows], kinds, leak=leak)
            figures[f"calibrated keeps at the leak of {title}"] = kept
        report(f"ORF modes, {species}", figures)
    estimate = stratified_bootstrap(lambda i: kept_at_leak(p[rows][i], kinds[i]), kinds)
    print(f"{'':38s} the last, 95 % interval {estimate.low:.4f}-{estimate.high:.4f}")


def micropeptides(examples: Sequence[Example], tested: Tested) -> None:
    """Short ORFs: what reaches the threshold of micropeptides, and the usual one."""
    is_coding = np.array([one.is_coding for one in examples])
    is_real = np.array([not one.is_made_up for one in examples])
    limit, p = tested.micropeptide_threshold, tested.probability
    assert limit is not None
    print(f"threshold of micropeptides {limit:.4f}")
    for species in ("human", "cow", "C. elegans", "Arabidopsis", "all species"):
        mine = [species in (one.source, "all species") for one in examples]
        short = is_real & tested.has_short_orf & mine
        figures: dict[str, float] = {}
        for title, rows in (
            ("mRNAs", short & is_coding & tested.is_whole),
            ("ncRNAs", short & ~is_coding),
        ):
            figures[title] = int(rows.sum())
            figures[f"{title}_reach"] = float((p[rows] >= limit).mean())
            figures[f"{title}_coding"] = float((p[rows] >= tested.threshold).mean())
        report(f"ORF 10-99 aa, {species}", figures)


def longest_aa(sequence: str) -> int:
    orf = longest_orfs(sequence, "+").longest
    return orf.length_aa if orf else 0


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("more", type=Path)
    parser.add_argument("--write", action="store_true", help="replace the packaged one")
    options = parser.parse_args()
    examples = trained_on(cleaned(options.data, options.more).real)
    model = train(examples, name=NAME)
    report("cross-validated by homology", dict(model.evaluation))
    print(f"threshold {model.threshold:.4f}, leak threshold {model.leak_threshold:.4f}")
    if options.write:
        potential.save_model(model, potential.PACKAGED)
        print(f"written: {potential.PACKAGED}")
    tested = cross_validated(examples)
    parts(examples, tested)
    unsure(examples, tested)
    orf_modes(examples, tested)
    micropeptides(examples, tested)


if __name__ == "__main__":
    main()
