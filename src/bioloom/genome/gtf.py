"""GTF and GFF3 files ↔ transcripts; BED as well, by `bioloom.genome.bed`.

Reads the dialects of GENCODE (``gene_type``), Ensembl (``gene_biotype``), RefSeq and
FlyBase, StringTie output, and files with exon rows alone. GTF and GFF3 count from one
and include the end; inside bioloom spans are 0-based and half-open. This is the only
place that converts.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, TextIO, cast

from bioloom.errors import BadAnnotation, MissingFile
from bioloom.genome.bed import bed_transcripts
from bioloom.genome.transcript import Span, Strand, Transcript, joined
from bioloom.run.output import UNREADABLE, open_aside, open_text

_GTF_PAIR = re.compile(r'\s*([^\s;"]+)\s+(?:"([^"]*)"|([^\s;"]+))\s*;?')
# in a GTF row whose values are all quoted, as the common programs write it
_GTF_TRANSCRIPT = re.compile(r'(?:\s*[^\s;"=]+ "[^"]*";)*?\s*transcript_id "([^"]+)"')
_GFF3_PAIR = re.compile(r"\s*([^=;\s]+)=([^;]*);?")
_GFF3_START = re.compile(r"""\s*[^=;\s"]+=""")
_GENE_KEYS = ("gene_biotype", "gene_type")
_TRANSCRIPT_KEYS = ("transcript_biotype", "transcript_type")
# GFF3 files of RefSeq name the biotype by the row's type
_BIOTYPE_OF_ROW = {"mRNA": "protein_coding", "lnc_RNA": "lncRNA", "lncRNA": "lncRNA"}
_PARTS = {"exon", "CDS", "stop_codon"}
_STRANDS = {"+": "+", "-": "-", ".": ".", "?": "."}
_GENES = {"gene", "pseudogene", "ncRNA_gene"}


class Region(NamedTuple):
    """What a region row says of a contig."""

    length: int
    is_circular: bool
    genome: str


@dataclass(frozen=True, slots=True)
class Annotation:
    """Transcripts of one file, in the order of their first row.

    Parameters
    ----------
    path
        The file.
    transcripts
        Its transcripts.
    """

    path: Path
    transcripts: tuple[Transcript, ...]
    regions: Mapping[str, "Region"] = field(default_factory=dict)
    row_types: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def chroms(self) -> frozenset[str]:
        """Names of the chromosomes that hold a transcript."""
        return frozenset(transcript.chrom for transcript in self.transcripts)

    @property
    def has_biotypes(self) -> bool:
        """Whether any transcript has a biotype."""
        return any(tx.gene_biotype or tx.biotype for tx in self.transcripts)

    @property
    def has_cds(self) -> bool:
        """Whether any transcript has a coding part."""
        return any(tx.cds for tx in self.transcripts)


@dataclass(slots=True)
class _Draft:
    """A transcript while its rows are being read."""

    transcript_id: str
    chrom: str
    strand: str
    gene_id: str = ""
    exons: list[Span] = field(default_factory=list)
    cds: list[Span] = field(default_factory=list)
    biotype: str = ""
    gene_biotype: str = ""
    gene_name: str = ""


class _Gene(NamedTuple):
    """What a gene row says of its transcripts."""

    biotype: str = ""
    symbol: str = ""


class _Row(NamedTuple):
    """One row; of an exon or CDS also the transcripts that it belongs to."""

    chrom: str
    kind: str
    span: Span
    strand: str
    parents: Sequence[str]
    ninth_column: str

    @property
    def attributes(self) -> Mapping[str, str]:
        return parse_attributes(self.ninth_column)


def read_annotation(
    path: str | Path,
    *,
    strict: bool = False,  # noqa: ARG001
    matches: bool = False,  # noqa: ARG001
) -> Annotation:
    """Read the transcripts of a GTF, GFF3 or BED file (plain, gzip, or "-").

    Overlapping or touching exons of a transcript are joined. A stop codon row is part
    of the CDS. Gene names and biotypes come from any row that has them. A
    transcript_id that occurs on two chromosomes or strands becomes two transcripts,
    the later one named ``id@chrom:strand``; a BED name that occurs again gets its
    line number, ``name@line``.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadAnnotation
        If a row is not GTF, GFF3 or BED (the message names the line), or the file
        holds no exon.
    """
    source = Path(path)
    if str(path) != "-" and not source.is_file():
        raise MissingFile(path, role="an annotation in GTF, GFF3 or BED")
    with open_text(path) as stream:
        try:
            if ".bed" in source.suffixes:
                transcripts = tuple(bed_transcripts(source, stream))
            else:
                transcripts = _gtf_transcripts(source, stream)
        except UNREADABLE as problem:
            raise BadAnnotation(
                where=path,
                found=str(problem) or type(problem).__name__,
                expected="a complete text or gzip file",
                advice="The file is probably truncated: copy or download it again.",
            ) from None
    if not transcripts:
        raise BadAnnotation(
            where=path,
            found="no exon row",
            expected="at least one transcript with exons",
            advice="Give a GTF or GFF3 whose third column holds 'exon' rows.",
        )
    return Annotation(source, transcripts)


def gtf_lines(
    transcript: Transcript, attributes: Mapping[str, object] | None = None
) -> Iterator[str]:
    """Transcript, exon and CDS rows of a transcript in GTF.

    Parameters
    ----------
    transcript
        What to write.
    attributes
        Further attributes of the transcript row.
    """
    names = {"gene_id": transcript.gene_id, "transcript_id": transcript.transcript_id}
    optional = {
        "gene_name": transcript.gene_name,
        "gene_biotype": transcript.gene_biotype,
        "transcript_biotype": transcript.biotype,
    }
    optional = {name: value for name, value in optional.items() if value}
    span = (transcript.start, transcript.end)
    all_attributes = names | optional | dict(attributes or {})
    yield _gtf_row(transcript, "transcript", span, all_attributes)
    for number, exon in enumerate(transcript.exons, 1):
        yield _gtf_row(transcript, "exon", exon, names | {"exon_number": number})
    for part in transcript.cds:
        yield _gtf_row(transcript, "CDS", part, names)


def write_gtf(path: str | Path, transcripts: Iterable[Transcript]) -> None:
    """Write transcripts as GTF: transcript, exon and CDS rows for each."""
    with open_aside(path) as stream:
        for transcript in transcripts:
            stream.writelines(f"{line}\n" for line in gtf_lines(transcript))


def is_gtf(path: Path) -> bool:
    """Whether a file is GTF, by its name; it may be packed."""
    return ".gtf" in path.suffixes


def write_as_gtf(annotation: Annotation, path: Path) -> None:
    """Copy a GTF unpacked; write any other format anew as GTF."""
    with open_aside(path) as target:
        if is_gtf(annotation.path):
            with open_text(annotation.path) as source:
                target.writelines(source)
        else:
            for tx in annotation.transcripts:
                target.writelines(f"{line}\n" for line in gtf_lines(tx))


def _gtf_row(
    transcript: Transcript, kind: str, span: Span, attributes: Mapping[str, object]
) -> str:
    ninth_column = " ".join(
        f'{name} "{_unquoted(value)}";' for name, value in attributes.items()
    )
    start, end = span
    place = (transcript.chrom, "bioloom", kind, start + 1, end)
    return "\t".join(map(str, (*place, ".", transcript.strand, ".", ninth_column)))


def _unquoted(value: object) -> str:
    """GTF has no way to write a double quote inside a value."""
    return str(value).replace('"', "'")


def _gtf_transcripts(path: Path, stream: TextIO) -> tuple[Transcript, ...]:
    drafts: dict[tuple[str, ...], _Draft] = {}
    genes: dict[str, _Gene] = {}
    for row in _rows(path, stream):
        if row.kind in _GENES:
            _note_gene(row, genes)
        elif row.kind in _PARTS:
            _add_part(row, drafts)
        elif "transcript_id" in row.ninth_column or "Parent" in row.ninth_column:
            _note_transcript(row, drafts)
    return tuple(_finished(drafts, genes))


def _rows(path: Path, stream: TextIO) -> Iterator[_Row]:
    for number, line in enumerate(stream, 1):
        if line.startswith("##FASTA"):
            return
        if line[0] in "#\n" or line.startswith(("track", "browser")):
            continue
        columns = line.rstrip("\n").split("\t")
        if len(columns) != 9:
            raise _bad_row(path, number, f"{len(columns)} columns")
        if columns[2] == "intron":
            continue
        yield _row(path, number, columns)


def _row(path: Path, number: int, columns: list[str]) -> _Row:
    chrom, _, kind, first, last, _, strand, _, ninth_column = columns
    start, end = _whole(first), _whole(last)
    if not 0 < start <= end:
        raise _bad_row(path, number, f"start {first!r} and end {last!r}")
    if strand not in _STRANDS:
        raise _bad_row(path, number, f"strand {strand!r}")
    parents: Sequence[str] = ()
    if kind in _PARTS and not (parents := _parents(ninth_column)):
        raise _bad_row(path, number, f"{kind} without transcript_id or Parent")
    return _Row(chrom, kind, (start - 1, end), _STRANDS[strand], parents, ninth_column)


def _whole(number: str) -> int:
    return int(number) if number.isdecimal() else -1


def _parents(ninth_column: str) -> Sequence[str]:
    """Transcripts of a part; in most GTF found without reading all attributes."""
    if match := _GTF_TRANSCRIPT.match(ninth_column):
        return [match[1].strip()]
    attributes = parse_attributes(ninth_column)
    if parents := attributes.get("Parent"):
        return parents.split(",")
    return [name for name in [attributes.get("transcript_id")] if name]


def _bad_row(path: Path, number: int, found: str) -> BadAnnotation:
    return BadAnnotation(
        where=f"{path}: line {number}",
        found=found,
        expected="nine tab-separated columns of GTF or GFF3, start ≤ end from 1, "
        "strand + - or ., exons with a transcript_id (GTF) or Parent (GFF3)",
        advice="Correct this line, or write the file again with `gffread -T`.",
    )


def parse_attributes(ninth_column: str) -> dict[str, str]:
    """Ninth column of a GTF or GFF3 row, by name."""
    if _GFF3_START.match(ninth_column):
        return {name: value.strip() for name, value in _GFF3_PAIR.findall(ninth_column)}
    return {
        name: (quoted or bare).strip()
        for name, quoted, bare in _GTF_PAIR.findall(ninth_column)
    }


def _first(attributes: Mapping[str, str], names: Iterable[str]) -> str:
    return next((attributes[name] for name in names if attributes.get(name)), "")


def _note_gene(row: _Row, genes: dict[str, _Gene]) -> None:
    name = _first(row.attributes, ("gene_id", "ID"))
    biotype = _first(row.attributes, (*_GENE_KEYS, "biotype"))
    symbol = _first(row.attributes, ("gene_name", "Name", "gene_symbol", "gene"))
    for known_as in {name, row.attributes.get("ID", name)}:
        genes[known_as] = _Gene(biotype, symbol)


def _note_transcript(row: _Row, drafts: dict[tuple[str, ...], _Draft]) -> None:
    """Keep what a transcript row says; rows of other kinds make empty drafts."""
    name = _first(row.attributes, ("ID", "transcript_id"))
    draft = _draft(name, row, drafts)
    _fill(draft, row.attributes)
    draft.gene_id = draft.gene_id or row.attributes.get("Parent", "")
    biotype = _first(row.attributes, (*_TRANSCRIPT_KEYS, "biotype"))
    draft.biotype = biotype or draft.biotype or _BIOTYPE_OF_ROW.get(row.kind, "")


def _add_part(row: _Row, drafts: dict[tuple[str, ...], _Draft]) -> None:
    for parent in row.parents:
        draft = _draft(parent, row, drafts)
        (draft.exons if row.kind == "exon" else draft.cds).append(row.span)
        if not draft.gene_id:  # the rows of a transcript repeat what they say of it
            _fill(draft, row.attributes)


def _draft(name: str, row: _Row, drafts: dict[tuple[str, ...], _Draft]) -> _Draft:
    key = (name, row.chrom, row.strand)
    if key not in drafts:
        drafts[key] = _Draft(name, row.chrom, row.strand)
    return drafts[key]


def _fill(draft: _Draft, attributes: Mapping[str, str]) -> None:
    draft.gene_id = draft.gene_id or _first(attributes, ("gene_id", "geneID"))
    draft.biotype = draft.biotype or _first(attributes, _TRANSCRIPT_KEYS)
    draft.gene_biotype = draft.gene_biotype or _first(attributes, _GENE_KEYS)
    draft.gene_name = draft.gene_name or _first(attributes, ("gene_name",))


def _finished(
    drafts: Mapping[tuple[str, ...], _Draft],
    genes: Mapping[str, _Gene],
) -> Iterator[Transcript]:
    taken: set[str] = set()
    for draft in drafts.values():
        spans = draft.exons or draft.cds
        if not spans:
            continue
        gene = genes.get(draft.gene_id, _Gene())
        name = draft.transcript_id
        if name in taken:
            name = f"{name}@{draft.chrom}:{draft.strand}"
        taken.add(name)
        yield Transcript(
            transcript_id=name,
            gene_id=draft.gene_id or name,
            chrom=draft.chrom,
            strand=cast(Strand, draft.strand),
            exons=joined(spans),
            cds=joined(draft.cds),
            biotype=draft.biotype,
            gene_biotype=draft.gene_biotype or gene.biotype,
            gene_name=draft.gene_name or gene.symbol,
        )
