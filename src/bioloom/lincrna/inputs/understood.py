"""What bioloom understood of an annotation: kinds, words, organelles, contigs.

Shown by ``bioloom lincrna inspect`` and in every report, so that a word taken wrongly
is seen before a candidate depends on it.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import NamedTuple

from bioloom.genome.gtf import Annotation
from bioloom.genome.kinds import (
    KINDS,
    Decider,
    Kind,
    KindTable,
    Meaning,
    gene_on_contig,
)
from bioloom.genome.organelles import OrganelleContig
from bioloom.genome.transcript import Transcript
from bioloom.lincrna.inputs.reference import Reference, words_table
from bioloom.lincrna.settings import FilterSettings
from bioloom.run.words import counted, joined

MAX_NAMED = 5
HOUSEKEEPING_CLASSES = ("rRNA", "tRNA", "snRNA", "snoRNA", "7SK", "SRP RNA")


class KindRow(NamedTuple):
    """Genes and transcripts of one kind and class."""

    kind: Kind
    rna_class: str
    n_genes: int
    n_transcripts: int
    n_with_cds: int


class WordRow(NamedTuple):
    """A word of the annotation and how it was taken.

    `decided_by` says what decided on the transcripts counted here: the word of the
    gene or of the transcript, the gene's name, a CDS, or nothing.
    """

    word: str
    is_known: bool
    kind: Kind
    rna_class: str
    decided_by: Decider
    n_genes: int
    n_transcripts: int


class OrganelleRow(NamedTuple):
    """A contig that is an organelle; every transcript on it counts as housekeeping."""

    contig: str
    organelle: str
    recognised_by: str
    n_annotated: int


class ContigRow(NamedTuple):
    """Contigs that one of the files has and another lacks; `names` are the first."""

    only_in: str
    missing_in: str
    n_contigs: int
    n_transcripts: int
    names: tuple[str, ...]


class Worth(NamedTuple):
    """What a filter will be worth with this annotation, in a sentence."""

    criterion: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Understood:
    """What was understood of an annotation.

    Parameters
    ----------
    path
        The file.
    row_types
        Rows by their third column, as met.
    n_genes, n_transcripts, n_with_cds
        Of the whole file.
    kinds
        By kind and class, the largest of each kind first.
    words
        Words met, the commonest first.
    is_standard_gtf
        Whether it is GTF whose rows can be used as they are.
    organelles
        Contigs that are organelles.
    contigs
        Contigs that are in one file only.
    worth
        What each filter will be worth.
    warnings
        What could not be read, or was decided while reading.
    """

    path: str
    row_types: Mapping[str, int]
    n_genes: int
    n_transcripts: int
    n_with_cds: int
    kinds: tuple[KindRow, ...]
    words: tuple[WordRow, ...]
    organelles: tuple[OrganelleRow, ...]
    contigs: tuple[ContigRow, ...]
    worth: tuple[Worth, ...]
    warnings: tuple[str, ...]
    is_standard_gtf: bool = False


def understand(
    reference: Reference,
    settings: FilterSettings,
    *,
    genome_contigs: Collection[str] | None = None,
    assembly: Annotation | None = None,
) -> Understood:
    """Sum up what was understood of an annotation.

    Parameters
    ----------
    reference
        The annotation, sorted; before it was cut down to the genome.
    settings
        Those of the run.
    genome_contigs
        Contigs of the genome; None if there is none to compare with.
    assembly
        The transcripts to be judged, likewise.
    """
    annotation, meanings = reference.annotation, reference.meanings
    transcripts = annotation.transcripts
    table = words_table(settings)
    return Understood(
        path=str(annotation.path),
        row_types=dict(annotation.row_types),
        n_genes=n_genes(transcripts),
        n_transcripts=len(transcripts),
        n_with_cds=sum(bool(tx.cds) for tx in transcripts),
        kinds=_kind_rows(transcripts, meanings),
        words=_word_rows(transcripts, meanings, table),
        organelles=_organelle_rows(transcripts, reference.organelles),
        contigs=tuple(_contig_rows(annotation, genome_contigs, assembly)),
        worth=tuple(_worth(reference, settings)),
        warnings=(*annotation.warnings, *reference.warnings),
        is_standard_gtf=annotation.is_standard_gtf,
    )


def understood_json(understood: Understood | None) -> str:
    """As JSON, rows of the tables as lists."""
    entries = asdict(understood) if understood else None
    return json.dumps(entries, indent=2, ensure_ascii=False) + "\n"


def n_genes(transcripts: Iterable[Transcript]) -> int:
    """How many genes the transcripts belong to."""
    return len({gene_on_contig(tx) for tx in transcripts})


def _kind_rows(
    transcripts: Sequence[Transcript], meanings: Sequence[Meaning]
) -> tuple[KindRow, ...]:
    members: dict[tuple[Kind, str], list[Transcript]] = defaultdict(list)
    for tx, meaning in zip(transcripts, meanings, strict=True):
        members[meaning.kind, meaning.rna_class].append(tx)
    rows = [
        KindRow(kind, rna_class, n_genes(txs), len(txs), sum(bool(t.cds) for t in txs))
        for (kind, rna_class), txs in members.items()
    ]
    return tuple(
        sorted(rows, key=lambda row: (KINDS.index(row.kind), -row.n_transcripts))
    )


def _word_rows(
    transcripts: Sequence[Transcript], meanings: Sequence[Meaning], table: KindTable
) -> tuple[WordRow, ...]:
    members: dict[Meaning, list[Transcript]] = defaultdict(list)
    for tx, meaning in zip(transcripts, meanings, strict=True):
        members[meaning].append(tx)
    rows = [
        WordRow(
            word=meaning.word,
            is_known=table.term(meaning.word) is not None,
            kind=meaning.kind,
            rna_class=meaning.rna_class,
            decided_by=meaning.decided_by,
            n_genes=n_genes(txs),
            n_transcripts=len(txs),
        )
        for meaning, txs in members.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.n_transcripts, row.word)))


def _organelle_rows(
    transcripts: Sequence[Transcript], organelles: Mapping[str, OrganelleContig]
) -> tuple[OrganelleRow, ...]:
    n_on = Counter(tx.chrom for tx in transcripts)
    return tuple(OrganelleRow(*one, n_on[name]) for name, one in organelles.items())


def _contig_rows(
    annotation: Annotation,
    genome_contigs: Collection[str] | None,
    assembly: Annotation | None,
) -> Iterable[ContigRow]:
    sides: dict[str, Mapping[str, int]] = {"annotation": _n_by_contig(annotation)}
    if genome_contigs is not None:
        sides["genome"] = dict.fromkeys(genome_contigs, 0)
    if assembly is not None:
        sides["assembly"] = _n_by_contig(assembly)
    for side, contigs in sides.items():
        for other, others in sides.items():
            only = sorted(contigs.keys() - others.keys())
            if only:
                n_transcripts = sum(contigs[name] for name in only)
                names = tuple(only[:MAX_NAMED])
                yield ContigRow(side, other, len(only), n_transcripts, names)


def _n_by_contig(annotation: Annotation) -> Mapping[str, int]:
    return Counter(tx.chrom for tx in annotation.transcripts)


def _worth(reference: Reference, settings: FilterSettings) -> Iterable[Worth]:
    coding = reference.coding
    if not coding:
        sentence = "no coding gene is known: everything counts as intergenic and far"
    else:
        sentence = f"{counted(n_genes(coding), 'coding gene')} to stay clear of"
        n_without = sum(not tx.cds for tx in coding)
        if n_without == len(coding):
            sentence += ", none with a CDS row"
    yield Worth("intergenic, distance", sentence)
    yield Worth("coding", _training(reference, settings))
    yield Worth("housekeeping", _housekeeping(reference))
    touched = [
        counted(n_genes(reference.of_kind("lncRNA")), "known lncRNA gene"),
        counted(n_genes(reference.of_kind("pseudogene")), "pseudogene"),
        counted(
            n_genes(reference.of_kind("transposable element")),
            "transposable element gene",
        ),
        counted(n_genes(reference.of_kind("small RNA")), "small RNA"),
    ]
    if elements := reference.annotation.elements:
        touched.append(counted(len(elements), "row") + " of transposable elements")
    sentence = f"{joined(touched)} to compare novel transcripts with"
    yield Worth("doubts", sentence)


def _training(reference: Reference, settings: FilterSettings) -> str:
    n_coding = n_genes(tx for tx in reference.coding if tx.cds)
    n_lncrna = n_genes(reference.lncrna)
    sentence = (
        f"{counted(n_coding, 'coding gene')} with a CDS and "
        f"{counted(n_lncrna, 'lncRNA gene')} to train on"
    )
    if settings.coding_model != "auto":
        return f"{sentence}, but the settings name a model: {settings.coding_model}"
    if min(n_coding, n_lncrna) >= settings.min_training_genes:
        return f"{sentence}: a model of this species is trained"
    return (
        f"{sentence}, fewer than {settings.min_training_genes} of each: the packaged "
        "model is used"
    )


def _housekeeping(reference: Reference) -> str:
    n_of_class = Counter(reference.housekeeping_classes)
    if not n_of_class:
        return "no housekeeping RNA is known: give a file of them, or Rfam"
    known = ", ".join(f"{name} {n:,}" for name, n in n_of_class.most_common())
    missing = [name for name in HOUSEKEEPING_CLASSES if name not in n_of_class]
    if not missing:
        return known
    return f"{known}; none of {', '.join(missing)}: a file of them, or Rfam, adds them"
