"""Train a coding-potential model on the genes of an annotation."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from bioloom.genome.gtf import read_annotation
from bioloom.genome.matching import on_genome
from bioloom.genome.sequence import Genome
from bioloom.lincrna.coding.adapting import OwnUsage, labelled_usage
from bioloom.lincrna.coding.model import CodingModel, load_model
from bioloom.lincrna.coding.orf import STANDARD_CODE
from bioloom.lincrna.inputs.reference import Reference, sort_reference
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.training.examples import MIN_PER_CLASS, Example, made_up
from bioloom.lincrna.training.fit import train
from bioloom.lincrna.training.utrs import with_utrs
from bioloom.run.settings import RNG_SEED
from bioloom.run.text import warn_input
from bioloom.run.words import counted
from bioloom.seq.genetic_code import GeneticCode

_MOST_MRNAS = 3000  # to learn usage from: more change nothing


def training_examples(reference: Reference, genome: Genome) -> list[Example]:
    """Annotated mRNAs that have a CDS, and known lncRNAs, with their sequences."""
    mrnas = [tx for tx in reference.coding if tx.cds]
    chroms = genome.lengths.keys()
    return [
        Example(genome.spliced(tx), is_coding, tx.gene_id)
        for transcripts, is_coding in ((mrnas, True), (reference.lncrna, False))
        for tx in transcripts
        if tx.chrom in chroms
    ]


def usage_of_examples(
    examples: Sequence[Example],
    rng: np.random.Generator,
    code: GeneticCode = STANDARD_CODE,
) -> OwnUsage:
    """How the transcripts of an annotation use codons and hexamers.

    Parameters
    ----------
    examples
        mRNAs and lncRNAs. With fewer than 50 lncRNAs, non-coding sequence is made
        from the mRNAs instead.
    rng
        Draws 3,000 mRNAs, and what is made.
    code
        The genetic code.
    """
    mrnas = [example for example in examples if example.is_coding]
    rows = np.sort(rng.permutation(len(mrnas))[:_MOST_MRNAS]).tolist()
    mrnas = [mrnas[row] for row in rows]
    others = [example for example in examples if not example.is_coding]
    if len(others) < MIN_PER_CLASS:
        others = [*made_up(mrnas, rng)]
    return labelled_usage(
        [example.sequence for example in mrnas],
        [example.sequence for example in others],
        code,
    )


def train_on_annotation(
    annotation: Path,
    genome: Path,
    *,
    code: GeneticCode = STANDARD_CODE,
    rng_seed: int = RNG_SEED,
) -> CodingModel:
    """Train a model on annotated genes.

    Parameters
    ----------
    annotation
        GTF or GFF3 with CDS rows. If it holds fewer than 50 lncRNAs, non-coding
        sequence is made from the mRNAs instead.
    genome
        FASTA that it was made on.
    code
        The genetic code.
    rng_seed
        Random seed of the split into folds.

    Raises
    ------
    BioloomError
        If a file is missing or broken, or holds too few mRNAs.
    """
    with TemporaryDirectory() as cache, Genome(genome, cache=Path(cache)) as source:
        whole = read_annotation(annotation)
        placed, lost = on_genome(whole, source)
        for message in (*whole.warnings, *lost):
            warn_input(message)
        reference = sort_reference(placed, FilterSettings())
        examples = training_examples(reference, source)
    n_lncrnas = sum(not example.is_coding for example in examples)
    against = "lncRNAs"
    if n_lncrnas < MIN_PER_CLASS:
        examples = [example for example in examples if example.is_coding]
        against = "sequence made of them"
        if n_lncrnas:
            few = counted(n_lncrnas, "lncRNA")
            warn_input(
                f"{annotation.name}: {few}, fewer than {MIN_PER_CLASS}, left out: "
                "non-coding sequence is made from the mRNAs"
            )
    rng = np.random.default_rng(rng_seed)
    completed = with_utrs(examples, annotation.name, rng, code)
    if completed.note:
        warn_input(completed.note)
    name = f"mRNAs of {annotation.name} and {against}"
    return train(
        completed.examples, name=name, prior=load_model(), code=code, rng_seed=rng_seed
    )
