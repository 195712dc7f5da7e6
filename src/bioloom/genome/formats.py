"""Files that are no annotation though their names say so, told by their first lines."""

import re
from pathlib import Path
from typing import NamedTuple

from bioloom.errors import UnreadableFile
from bioloom.run.output import UNREADABLE, open_text

_N_LINES = 30


class ForeignFormat(NamedTuple):
    """A form of file that is no annotation, and what helps."""

    name: str
    advice: str


_EMPTY = ForeignFormat(
    "an empty file", "Write or download it again: what made it has probably failed."
)
_COMMENTS = ForeignFormat("comments and no row", _EMPTY.advice)
_BED = ForeignFormat("BED, by its columns", "Name it with .bed at its end.")
_ANOTHER = "Give the annotation: GTF, GFF3 or BED."
# of the first line that is not blank; the first that fits
_FORMATS = (
    (
        re.compile(r"<(!doctype|html|head|\?xml|body)", re.IGNORECASE),
        ForeignFormat(
            "a page of HTML or XML",
            "The download has failed: open the file to see why, and download it again.",
        ),
    ),
    (
        re.compile(r"\s*[\[{]"),
        ForeignFormat("JSON, not a table", "Download the annotation itself."),
    ),
    (re.compile(">"), ForeignFormat("sequences in FASTA", _ANOTHER)),
    (
        re.compile("@(HD|SQ|RG|PG|CO)\t"),
        ForeignFormat("alignments in SAM", "Assemble them first: `stringtie`."),
    ),
    (re.compile("@"), ForeignFormat("reads in FASTQ", _ANOTHER)),
    (re.compile("##fileformat=VCF"), ForeignFormat("variants in VCF", _ANOTHER)),
    (
        re.compile(r"LOCUS\s|ID   \S"),
        ForeignFormat(
            "a record of GenBank or EMBL",
            "Download the GFF3 of the same record, or convert it to GFF3.",
        ),
    ),
    (
        re.compile(r"#target name\s|#idx target name"),
        ForeignFormat(
            "a table of hits by Infernal or HMMER",
            "Convert it to GFF: `infernal-tblout2gff.pl`.",
        ),
    ),
    (
        re.compile(r"Sequence\s+(Name\s+)?tRNA\b"),
        ForeignFormat(
            "the table of tRNAscan-SE", "Give its GFF: `tRNAscan-SE --gff FILE`."
        ),
    ),
    (
        re.compile(
            r"(#?bin\t|#name\t|\d+\t)?\S+\t\S+\t[+-]\t\d+\t\d+\t\d+\t\d+\t\d+\t(\d+,)+"
        ),
        ForeignFormat(
            "a table of UCSC's genePred",
            "Convert it to GTF: `genePredToGtf file IN OUT`.",
        ),
    ),
    (
        re.compile(r"\S+\t\d+\t\d+(\t[^\t]*){0,9}$"),
        _BED,
    ),
)


def foreign_format(path: str | Path) -> ForeignFormat | None:
    """What a file is that could not be read as an annotation; None if nobody knows.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "genes.gtf"
    ...     _ = file.write_text("<!DOCTYPE html>")
    ...     foreign_format(file).name
    'a page of HTML or XML'
    """
    if str(path) == "-":
        return None
    try:
        with open_text(path, notice=_no_notice) as stream:
            lines = [line for line, _ in zip(stream, range(_N_LINES), strict=False)]
    except (UnreadableFile, *UNREADABLE):
        return None
    lines = [line.rstrip("\r\n") for line in lines if not line.isspace()]
    if not lines:
        return _EMPTY
    rows = [line for line in lines if not line.startswith("#")]
    is_bed = ".bed" in Path(path).suffixes
    for first in (lines[0], *rows[:1]):
        for pattern, form in _FORMATS:
            if pattern.match(first) and not (is_bed and form is _BED):
                return form
    return None if rows else _COMMENTS


def _no_notice(_: str) -> None:
    """The reader itself has said how the text is encoded."""
