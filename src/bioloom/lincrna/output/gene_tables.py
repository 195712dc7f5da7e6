"""Counts and TPM of all genes and transcripts of a run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from bioloom.lincrna.inputs.expression import (
    ExpressionFrames,
    expression_frames,
    quantifier_name,
)
from bioloom.lincrna.inputs.sample import LONG_KINDS
from bioloom.lincrna.inputs.samples import SampleReport
from bioloom.lincrna.output.genes import (
    MeasuredGenes,
    MeasuredModel,
    genes_frame,
    tx2gene_frame,
)

if TYPE_CHECKING:
    import pandas as pd

TABLE_MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "gene_counts": "estimated read counts of every gene, one column per sample",
        "gene_tpm": "the same in transcripts per million",
        "transcript_counts": "estimated read counts of every transcript",
        "transcript_tpm": "the same in transcripts per million",
        "genes": "what each gene is",
        "tx2gene": "the gene of each transcript, as tximport wants it",
    }
)


@dataclass(frozen=True, slots=True)
class GeneTables:
    """Counts and TPM of all genes and transcripts, as a program measured them.

    `notes` say what did not fit.
    """

    genes: "pd.DataFrame"
    tx2gene: "pd.DataFrame"
    gene_counts: "pd.DataFrame"
    transcript_counts: "pd.DataFrame"
    gene_tpm: "pd.DataFrame"
    transcript_tpm: "pd.DataFrame"
    notes: tuple[str, ...] = ()
    program: str = "StringTie"


def gene_tables(
    measured: MeasuredGenes,
    quantified: Mapping[str, Path],
    samples: Sequence[SampleReport],
) -> GeneTables:
    """Counts and TPM of all transcripts, and their sums by gene.

    Parameters
    ----------
    measured
        Transcripts and genes that expression was measured on.
    quantified
        Output of ``stringtie -e`` or Salmon, by sample.
    samples
        For their mean read lengths.
    """
    transcripts = expression_frames(
        quantified,
        read_lengths_nt={
            item.sample: None if item.kind in LONG_KINDS else item.trimmed_length_nt
            for item in samples
        },
        lengths_nt={model.transcript_id: model.length_nt for model in measured.models},
    )
    program = quantifier_name(quantified.values())
    return GeneTables(
        genes=genes_frame(measured.genes),
        tx2gene=tx2gene_frame(measured.models),
        gene_counts=_whole(_by_gene(transcripts.counts, measured.models)),
        transcript_counts=_whole(transcripts.counts),
        gene_tpm=_by_gene(transcripts.tpm, measured.models),
        transcript_tpm=transcripts.tpm,
        notes=_notes(transcripts, program),
        program=program,
    )


def _by_gene(frame: "pd.DataFrame", models: Sequence[MeasuredModel]) -> "pd.DataFrame":
    """Sums of the rows of each gene, genes in order of their first transcript."""
    gene_of = {model.transcript_id: model.gene_id for model in models}
    values = frame.drop(columns="transcript_id")
    genes = frame["transcript_id"].map(gene_of).rename("gene_id")
    return values.groupby(genes, sort=False).sum().reset_index()


def _whole(counts: "pd.DataFrame") -> "pd.DataFrame":
    """Counts as whole numbers, which tests of changes need; halves to the even one."""
    _, *samples = counts.columns
    return counts.assign(**{each: counts[each].round().astype(int) for each in samples})


def _notes(frames: ExpressionFrames, program: str) -> tuple[str, ...]:
    notes = []
    if frames.n_unmeasured:
        notes.append(
            f"{program} reported nothing on {frames.n_unmeasured:,} transcripts of the "
            "run in at least one sample: they count as 0 there."
        )
    if frames.n_unlisted:
        notes.append(
            f"{program} reported on {frames.n_unlisted:,} transcripts that the run "
            "does not know: their reads are in no table."
        )
    return tuple(notes)
