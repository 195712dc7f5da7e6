"""Candidates and annotated genes as bigBed."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from bioloom.genome.bed import bed12_line
from bioloom.genome.kinds import gene_key
from bioloom.genome.transcript import Transcript
from bioloom.lincrna.browser.bigfiles import BigBedRow, write_bigbed
from bioloom.lincrna.browser.candidates import candidate_bed12
from bioloom.lincrna.browser.tracks import Track
from bioloom.lincrna.verdict.judged import Judged

CANDIDATES = Track(
    track_id="candidates",
    name="lincRNAs",
    description="lincRNA candidates: novel ones purple, known ones green",
    path="candidates.bb",
    color="152,78,163",
)
GENES = Track(
    track_id="genes",
    name="Annotated genes",
    description="Genes of the annotation: coding transcripts blue, others grey",
    path="genes.bb",
    color="50,60,120",
)
ORIGIN_COLORS: Mapping[str, str] = {
    "novel": CANDIDATES.color,
    "known": "0,130,90",
}
_NOT_CODING = "130,130,130"
_COLOR_COLUMN = 8

_BED12 = """\
    string chrom;                 "Chromosome"
    uint chromStart;              "Start, from 0"
    uint chromEnd;                "End"
    string name;                  "{name}"
    uint score;                   "{score}"
    char[1] strand;               "+, - or . where it is not known"
    uint thickStart;              "Start of the coding part"
    uint thickEnd;                "End of the coding part"
    uint reserved;                "Colour"
    int blockCount;               "Number of exons"
    int[blockCount] blockSizes;   "Lengths of exons"
    int[blockCount] chromStarts;  "Starts of exons, from chromStart"
"""
CANDIDATES_SQL = (
    'table candidates\n"lincRNA candidates"\n(\n'
    + _BED12.format(name="Transcript", score="1000 less 1000 x the coding probability")
    + """\
    string geneId;                "Gene"
    string geneName;              "Symbol of the gene, or again the gene"
    string locus;                 "Locus"
    string origin;                "known or novel"
    string classCode;             "Class code of gffcompare"
    uint orfAa;                   "Longest ORF, amino acids"
    float codingProbability;      "Coding probability"
)
"""
)
GENES_SQL = (
    'table genes\n"Annotated genes"\n(\n'
    + _BED12.format(name="Symbol of the gene, or transcript", score="Not used")
    + """\
    string transcriptId;          "Transcript"
    string geneId;                "Gene"
    string biotype;               "Biotype of the annotation, or unknown"
)
"""
)


def write_candidates(
    path: Path, rows: Sequence[Judged], lengths: Mapping[str, int]
) -> None:
    """Write candidates, at least one, as bigBed; columns as in `CANDIDATES_SQL`."""
    items = [candidate_bed_row(row) for row in rows]
    write_bigbed(path, lengths, in_order(items), auto_sql=CANDIDATES_SQL)


def write_genes(
    path: Path, transcripts: Iterable[Transcript], lengths: Mapping[str, int]
) -> None:
    """Write annotated transcripts as bigBed; columns as in `GENES_SQL`."""
    items = [gene_bed_row(tx) for tx in transcripts]
    write_bigbed(path, lengths, in_order(items), auto_sql=GENES_SQL)


def candidate_bed_row(row: Judged) -> BigBedRow:
    """A candidate as a row of `CANDIDATES_SQL`."""
    tx, coding = row.collected.transcript, row.evidence.coding.probability
    gene_id = gene_key(tx)
    return _bed_row(
        candidate_bed12(row),
        ORIGIN_COLORS[row.collected.origin],
        (
            *(gene_id, tx.gene_name or gene_id, row.locus_id, row.collected.origin),
            *(row.evidence.class_code.code, row.evidence.longest_orf_aa),
            f"{coding:.4f}",
        ),
    )


def gene_bed_row(tx: Transcript) -> BigBedRow:
    """An annotated transcript as a row of `GENES_SQL`."""
    chrom, start, end, rest = _bed_row(
        bed12_line(tx),
        GENES.color if tx.cds else _NOT_CODING,
        (tx.transcript_id, gene_key(tx), tx.biotype or tx.gene_biotype or "unknown"),
    )
    _, _, others = rest.partition("\t")
    return chrom, start, end, f"{tx.gene_name or tx.transcript_id}\t{others}"


def _bed_row(line: str, color: str, further: Iterable[object]) -> BigBedRow:
    """A row of a bigBed: the columns of BED12 with a colour, then further ones."""
    chrom, start, end, *columns = line.split("\t")
    columns[_COLOR_COLUMN - 3] = color
    return chrom, int(start), int(end), "\t".join([*columns, *map(str, further)])


def in_order(rows: Sequence[BigBedRow]) -> list[BigBedRow]:
    """Rows by chromosome (as bytes) and start, as tabix and bigBed want them."""
    return sorted(rows, key=lambda row: (row[0].encode(), *row[1:]))
