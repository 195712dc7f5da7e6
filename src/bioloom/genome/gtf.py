"""GTF, GFF3, GFF2 and BED files ↔ transcripts, in all common dialects.

GTF and GFF count from one and include the end; inside bioloom spans are 0-based and
half-open. `bioloom.genome.roles` says what a row type means, `bioloom.genome.drafts`
gathers rows by the names in them, `bioloom.genome.models` decides what the transcripts
are.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TextIO

from bioloom.errors import BadAnnotation, MissingFile, UnreadableFile
from bioloom.genome.annotation import Annotation, Region
from bioloom.genome.attributes import parse_attributes
from bioloom.genome.bed import bed_transcript
from bioloom.genome.drafts import BadRow, Gatherer
from bioloom.genome.formats import foreign_format
from bioloom.genome.models import ModelMaker
from bioloom.genome.repeats import repeats_of
from bioloom.genome.sentences import decision_sentences, skipped_sentence
from bioloom.genome.transcript import Span, Transcript
from bioloom.run.output import UNREADABLE, open_aside, open_text
from bioloom.run.packing import damage_advice
from bioloom.run.words import counted

__all__ = [
    "Annotation",
    "gtf_lines",
    "gtf_row",
    "is_gtf",
    "parse_attributes",
    "read_annotation",
    "write_as_gtf",
    "write_gtf",
]

_N_COLUMNS = 9
_N_NAMED = 3
_MOST_BAD = 0.5
_BED_SUFFIXES = frozenset({".bed", ".bed3", ".bed6", ".bed12"})
_GTF_EXPECTED = (
    "nine tab-separated columns of GTF or GFF3, start ≤ end from 1, "
    "strand + - or ., exons with a transcript_id (GTF) or Parent (GFF3)"
)
_BED_EXPECTED = (
    "BED: chrom, start, end, name, score, strand, … with whole numbers from 0"
)


@dataclass(slots=True)
class _BadRows:
    """Rows that were left out: how many, and the first ones."""

    path: Path
    expected: str
    is_strict: bool
    n: int = 0
    first: list[str] = field(default_factory=list)

    def note(self, number: int, found: str) -> None:
        """Take a row that cannot be read; raise if rows must not be left out."""
        self.n += 1
        if len(self.first) < _N_NAMED:
            self.first.append(f"line {number}: {found}")
        if self.is_strict:
            raise self.error()

    def error(self) -> BadAnnotation:
        """The error that names the first of them."""
        line, _, found = self.first[0].partition(": ")
        return BadAnnotation(
            where=f"{self.path}: {line}",
            found=found,
            expected=self.expected,
            advice="Correct this line, or write the file again with `gffread -T`.",
        )

    def check(self, n_good: int) -> None:
        """Raise if most rows cannot be read: the file is something else."""
        if self.n > _MOST_BAD * (self.n + n_good):
            raise _foreign(self.path) or self.error()

    @property
    def warnings(self) -> list[str]:
        """A sentence if there are any."""
        if not self.n:
            return []
        return [
            f"{self.path}: {counted(self.n, 'row')} cannot be read and "
            f"{'was' if self.n == 1 else 'were'} left out ({'; '.join(self.first)}"
            f"{' …' if self.n > _N_NAMED else ''})."
        ]


def read_annotation(
    path: str | Path, *, strict: bool = False, matches: bool = False
) -> Annotation:
    """Read the transcripts of a GTF, GFF3, GFF2 or BED file (plain, packed, or "-").

    Parameters
    ----------
    path
        The file; a name with ``.bed`` or ``.bed12`` in it is BED.
    strict
        Stop at the first row that cannot be read, instead of leaving it out.
    matches
        Take alignments (``cDNA_match``, ``match`` with ``match_part``) as transcripts.

    Notes
    -----
    Overlapping or touching exons of a transcript are joined. A stop codon row is part
    of the CDS. A transcript without exon rows has those that its CDS and UTR rows
    make; a transcript or gene without any part is one exon. Gene names and biotypes
    come from any row that has them.

    A name that stands for several transcripts (two places, strands, or own rows) makes
    several, the later ones named ``id@chrom:strand`` or ``id@2``. Without own rows,
    exons that come back in a separate run of the file are another transcript if they
    overlap those before, begin again at the same exon_number, or (without numbers) if
    the file had gone up and down in between. A BED name that occurs again gets its
    line number, ``name@line``.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadAnnotation
        If it is not text, if most rows (or, if strict, any) are not GTF, GFF3 or BED,
        or if it holds no transcript.
    """
    source = Path(path)
    if str(path) != "-" and not source.exists():
        raise MissingFile(path, role="an annotation in GTF, GFF3 or BED")
    notices: list[str] = []
    is_bed = any(suffix.lower() in _BED_SUFFIXES for suffix in source.suffixes)
    expected = _BED_EXPECTED if is_bed else _GTF_EXPECTED
    bad = _BadRows(source, expected, strict)
    try:
        with open_text(path, notice=notices.append) as stream:
            if is_bed:
                annotation = _read_bed(stream, bad)
            else:
                annotation = _read_gtf(stream, bad, matches=matches)
    except UnreadableFile as problem:
        raise BadAnnotation(
            where=path,
            found=problem.found,
            expected="text in GTF, GFF3 or BED",
            advice=problem.advice,
        ) from None
    except UNREADABLE as problem:
        raise BadAnnotation(
            where=path,
            found=str(problem) or type(problem).__name__,
            expected="a complete text or packed file",
            advice=damage_advice(problem),
        ) from None
    if not annotation.transcripts:
        raise _foreign(path) or BadAnnotation(
            where=path,
            found="no exon row",
            expected="at least one transcript with exons",
            advice="Give a GTF or GFF3 whose third column holds 'exon' rows.",
        )
    said = (*(f"{notice}." for notice in notices), *annotation.warnings)
    is_standard = annotation.is_standard_gtf and not notices
    return replace(annotation, warnings=said, is_standard_gtf=is_standard)


def _foreign(path: str | Path) -> BadAnnotation | None:
    """The error that says what a file is, if it is no annotation."""
    form = foreign_format(path)
    if form is None:
        return None
    return BadAnnotation(
        where=path,
        found=form.name,
        expected="an annotation: GTF, GFF3 or BED",
        advice=form.advice,
    )


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
    yield gtf_row(transcript, "transcript", span, all_attributes)
    for number, exon in enumerate(transcript.exons, 1):
        yield gtf_row(transcript, "exon", exon, names | {"exon_number": number})
    for part in transcript.cds:
        yield gtf_row(transcript, "CDS", part, names)


def write_gtf(path: str | Path, transcripts: Iterable[Transcript]) -> None:
    """Write transcripts as GTF: transcript, exon and CDS rows for each."""
    with open_aside(path) as stream:
        for transcript in transcripts:
            stream.writelines(f"{line}\n" for line in gtf_lines(transcript))


def is_gtf(path: Path) -> bool:
    """Whether a file is GTF, by its name; it may be packed."""
    return ".gtf" in path.suffixes


def write_as_gtf(annotation: Annotation, path: Path) -> None:
    """Copy a standard GTF unpacked; write anything else anew as GTF.

    Programs such as StringTie need exon rows with a transcript_id of their own.
    """
    with open_aside(path) as target:
        if annotation.is_standard_gtf and annotation.path.is_file():
            with open_text(annotation.path) as source:
                target.writelines(source)
        else:
            for tx in annotation.transcripts:
                target.writelines(f"{line}\n" for line in gtf_lines(tx))


def gtf_row(
    transcript: Transcript, kind: str, span: Span, attributes: Mapping[str, object]
) -> str:
    """One row of GTF on the chromosome and strand of a transcript.

    Parameters
    ----------
    transcript
        For its chromosome and strand.
    kind
        Third column, e.g. "gene".
    span
        0-based and half-open.
    attributes
        Ninth column.
    """
    ninth_column = " ".join(
        f'{name} "{_unquoted(value)}";' for name, value in attributes.items()
    )
    start, end = span
    place = (transcript.chrom, "bioloom", kind, start + 1, end)
    return "\t".join(map(str, (*place, ".", transcript.strand, ".", ninth_column)))


def _unquoted(value: object) -> str:
    """GTF has no way to write a double quote inside a value."""
    return str(value).replace('"', "'")


def _read_gtf(stream: TextIO, bad: _BadRows, *, matches: bool) -> Annotation:
    path, gatherer = bad.path, Gatherer(matches=matches)
    bad.check(_gather(stream, gatherer, bad))
    maker = ModelMaker(gatherer)
    transcripts = maker.transcripts()
    return Annotation(
        path,
        transcripts,
        regions=gatherer.regions,
        row_types=gatherer.row_types,
        warnings=(
            *bad.warnings,
            *skipped_sentence(path, gatherer.n_skipped_matches),
            *decision_sentences(path, maker.decisions),
        ),
        elements=repeats_of(path, gatherer.elements) if gatherer.elements else None,
        is_standard_gtf=gatherer.is_gtf and not bad.n and not maker.decisions,
    )


def _gather(stream: TextIO, gatherer: Gatherer, bad: _BadRows) -> int:
    """Take the rows of a file; return how many could be read."""
    add, n_rows = gatherer.add, 0
    for number, line in enumerate(stream, 1):
        if line[0] in "#\n>tb \t\x0c":
            if _is_fasta(line):
                break
            if _is_no_row(line):
                _note_region(line, gatherer.regions)
                continue
        columns = line.rstrip("\n").split("\t")
        n_rows += 1
        try:
            if len(columns) != _N_COLUMNS:
                columns = _nine_columns(columns, line)
            add(columns)
        except BadRow as problem:
            bad.note(number, str(problem))
    return n_rows - bad.n


def _nine_columns(columns: Sequence[str], line: str) -> list[str]:
    """Columns of a row with empty ones behind, or with blanks in place of tabs."""
    if len(columns) > _N_COLUMNS and not any(columns[_N_COLUMNS:]):
        return list(columns[:_N_COLUMNS])
    if len(columns) == 1 and len(by_blanks := line.split(None, 8)) == _N_COLUMNS:
        return [*by_blanks[:-1], by_blanks[-1].rstrip("\n")]
    found = counted(len(columns), "column")
    raise BadRow(found)


def _is_no_row(line: str) -> bool:
    """Whether a line is a comment, blank, or of a genome browser."""
    return line[0] == "#" or line.isspace() or line.startswith(("track ", "browser "))


def _is_fasta(line: str) -> bool:
    """Whether the sequences behind a GFF3 begin here."""
    return line.startswith("##FASTA") or (line[0] == ">" and "\t" not in line)


def _note_region(line: str, regions: dict[str, Region]) -> None:
    """Keep what a ``##sequence-region`` line says."""
    words = line.split() if line.startswith("##sequence-region") else []
    if len(words) > 3 and words[3].isdecimal():
        region = regions.get(words[1], Region())
        regions[words[1]] = region._replace(length_nt=int(words[3]))


def _read_bed(stream: TextIO, bad: _BadRows) -> Annotation:
    transcripts: list[Transcript] = []
    taken: set[str] = set()
    for number, line in enumerate(stream, 1):
        if line[0] in "#\n" or line.startswith(("track", "browser")) or line.isspace():
            continue
        columns = line.rstrip("\n").split("\t" if "\t" in line else None)
        try:
            transcript = bed_transcript(columns, number)
        except (ValueError, IndexError):
            bad.note(number, " ".join(columns[:6]) or "nothing")
            continue
        if transcript.transcript_id in taken:
            name = f"{transcript.transcript_id}@{number}"
            transcript = replace(transcript, transcript_id=name)
        taken.add(transcript.transcript_id)
        transcripts.append(transcript)
    bad.check(len(transcripts))
    return Annotation(bad.path, tuple(transcripts), warnings=tuple(bad.warnings))
