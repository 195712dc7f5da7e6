"""Genes of a run, known and novel: what the counts of all transcripts are summed by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from types import MappingProxyType
from typing import TYPE_CHECKING

from bioloom.genome.kinds import KINDS
from bioloom.lincrna.inputs.known_models import KnownModel
from bioloom.lincrna.verdict.judged import Judged

if TYPE_CHECKING:
    import pandas as pd

ISOFORM_CODES = frozenset("=ckmnjeo")
"""Class codes of models that share exonic bases with a coding gene on its strand."""

CANDIDATE = "novel lincRNA candidate"
REJECTED = "novel, rejected"

GENE_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "gene_id": "annotated gene; for a novel one its locus_id",
        "gene_name": "symbol in the annotation; of a novel candidate the name of its "
        "locus, as in names.tsv; otherwise empty",
        "kind": f"{', '.join(KINDS)} as in the annotation; {CANDIDATE}, or {REJECTED}",
        "n_transcripts": "transcripts whose counts are summed",
        "is_candidate": "whether one of them is a lincRNA candidate, known or novel",
    }
)
TX2GENE_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "transcript_id": "every transcript that expression was measured on",
        "gene_id": "the gene that its counts are summed into",
    }
)


@dataclass(frozen=True, slots=True)
class MeasuredModel:
    """A transcript that expression was measured on, and its gene."""

    transcript_id: str
    gene_id: str
    length_nt: int


@dataclass(frozen=True, slots=True)
class MeasuredGene:
    """A gene that expression was measured on; as in `GENE_COLUMNS`."""

    gene_id: str
    gene_name: str
    kind: str
    n_transcripts: int
    is_candidate: bool


@dataclass(frozen=True, slots=True)
class MeasuredGenes:
    """Every transcript that expression was measured on, and their genes in order."""

    models: tuple[MeasuredModel, ...]
    genes: tuple[MeasuredGene, ...]


def measured_genes(
    known: Sequence[KnownModel], rows: Sequence[Judged]
) -> MeasuredGenes:
    """Known transcripts, then novel ones, with the genes that they belong to.

    A novel transcript belongs to its locus, with two exceptions, so that the reads of
    one gene are not shared out between two rows: an isoform of a coding gene (class
    codes `ISOFORM_CODES`) counts for that gene, and one in the locus of a known lncRNA
    for that.

    Parameters
    ----------
    known
        As `known_models` lists them.
    rows
        Every judged transcript.
    """
    gene_of = {model.transcript_id: model.gene_id for model in known}
    novel = [row for row in rows if row.transcript_id not in gene_of]
    names = _novel_gene_ids(gene_of, rows)
    models = [
        *(MeasuredModel(m.transcript_id, m.gene_id, m.length_nt) for m in known),
        *(
            MeasuredModel(
                row.transcript_id,
                names[row.transcript_id],
                row.collected.transcript.length_nt,
            )
            for row in novel
        ),
    ]
    return MeasuredGenes(tuple(models), tuple(_genes(models, known, rows)))


def _novel_gene_ids(
    gene_of: Mapping[str, str], rows: Sequence[Judged]
) -> dict[str, str]:
    """Gene of each novel transcript."""
    known_in: dict[str, str] = {}
    for row in rows:
        if row.transcript_id in gene_of:
            known_in.setdefault(row.locus_id, gene_of[row.transcript_id])
    locus_names = _free_names(
        [row.locus_id for row in rows if row.locus_id not in known_in],
        frozenset(gene_of.values()),
    )
    names: dict[str, str] = {}
    for row in rows:
        code = row.evidence.class_code
        if code.code in ISOFORM_CODES and code.ref_id in gene_of:
            names[row.transcript_id] = gene_of[code.ref_id]
        else:
            names[row.transcript_id] = (
                known_in.get(row.locus_id) or locus_names[row.locus_id]
            )
    return names


def _free_names(loci: Sequence[str], taken: frozenset[str]) -> dict[str, str]:
    """Names of novel genes; ``locus.2`` where an annotated gene bears the name."""
    names: dict[str, str] = {}
    in_use = taken | frozenset(loci)
    for locus in dict.fromkeys(loci):
        further = (f"{locus}.{n}" for n in count(2))
        names[locus] = (
            next(name for name in further if name not in in_use)
            if locus in taken
            else locus
        )
        in_use |= {names[locus]}
    return names


def _genes(
    models: Sequence[MeasuredModel],
    known: Sequence[KnownModel],
    rows: Sequence[Judged],
) -> list[MeasuredGene]:
    n_transcripts: dict[str, int] = {}
    for model in models:
        n_transcripts[model.gene_id] = n_transcripts.get(model.gene_id, 0) + 1
    kinds: dict[str, str] = {}
    symbols: dict[str, str] = {}
    for item in known:
        kinds[item.gene_id] = min(
            item.kind, kinds.get(item.gene_id, item.kind), key=_rank
        )
        symbols[item.gene_id] = symbols.get(item.gene_id) or item.gene_name
    gene_of = {model.transcript_id: model.gene_id for model in models}
    with_candidate = {
        gene_of[row.transcript_id] for row in rows if row.verdict == "candidate"
    }
    for row in rows:
        gene = gene_of[row.transcript_id]
        if row.name and not symbols.get(gene):
            symbols[gene] = row.name
    return [
        MeasuredGene(
            gene_id=gene,
            gene_name=symbols.get(gene, ""),
            kind=kinds.get(gene, CANDIDATE if gene in with_candidate else REJECTED),
            n_transcripts=n,
            is_candidate=gene in with_candidate,
        )
        for gene, n in n_transcripts.items()
    ]


def _rank(kind: str) -> int:
    """A gene with a coding isoform is coding, and so on down `KINDS`."""
    return KINDS.index(kind)


def genes_frame(genes: Sequence[MeasuredGene]) -> "pd.DataFrame":
    """One row per gene; columns as in `GENE_COLUMNS`."""
    import pandas as pd

    columns = {name: [getattr(gene, name) for gene in genes] for name in GENE_COLUMNS}
    return pd.DataFrame(columns)


def tx2gene_frame(models: Sequence[MeasuredModel]) -> "pd.DataFrame":
    """One row per transcript; columns as in `TX2GENE_COLUMNS`."""
    import pandas as pd

    return pd.DataFrame(
        {name: [getattr(model, name) for model in models] for name in TX2GENE_COLUMNS}
    )
