"""What STAR needs to be told of a genome, and what it tells of its reads."""

import re
from math import log2
from pathlib import Path

from bioloom.errors import BadRunFolder
from bioloom.genome.sequence import contig_lengths
from bioloom.run.output import write_text

_MOST_INDEX_BASES, _MOST_BIN_BITS = 14, 18
_OVERHANG_NT = 99
_COUNTS = {
    "total": "Number of input reads",
    "once": "Uniquely mapped reads number",
    "more": "Number of reads mapped to multiple loci",
}


def index_options(genome: Path, introns: Path) -> str:
    """Options of ``STAR --runMode genomeGenerate`` that depend on genome and introns.

    Parameters
    ----------
    genome
        FASTA.
    introns
        Contig, first and last base and strand of each; without any STAR gets none.

    References
    ----------
    STAR manual 2.7.10b, sections 2.2.5 (small genomes: log2(length) / 2 - 1 bases) and
    2.2.6 (many contigs: log2(length / contigs) bits).
    """
    lengths = contig_lengths(genome)
    total = max(2, sum(lengths.values()))
    index_bases = min(_MOST_INDEX_BASES, int(log2(total) / 2 - 1))
    bin_bits = min(_MOST_BIN_BITS, int(log2(max(2, total / max(1, len(lengths))))))
    options = f"--genomeSAindexNbases {max(1, index_bases)}"
    options += f" --genomeChrBinNbits {bin_bits}"
    if introns.stat().st_size:
        options += f" --sjdbFileChrStartEnd {introns} --sjdbOverhang {_OVERHANG_NT}"
    return options


def write_summary(log: Path, out: Path, *, is_paired: bool) -> None:
    """Write STAR's counts as HISAT2 has them; reads with too many places are lost.

    Raises
    ------
    BadRunFolder
        If the log lacks a count.
    """
    counts = _counts(log)
    n = max(1, counts["total"])
    what, how = ("pairs", "concordantly ") if is_paired else ("reads", "")
    mapped = counts["once"] + counts["more"]
    write_text(
        out,
        "Reads aligned by STAR:\n"
        f"\tTotal {what}: {counts['total']}\n"
        f"\t\tAligned {how}1 time: {counts['once']} ({counts['once'] / n:.2%})\n"
        f"\t\tAligned {how}>1 times: {counts['more']} ({counts['more'] / n:.2%})\n"
        f"\tOverall alignment rate: {mapped / n:.2%}\n",
    )


def _counts(log: Path) -> dict[str, int]:
    text = log.read_text("utf-8")
    found = {
        name: re.search(rf"{words} \|\s+(\d+)", text) for name, words in _COUNTS.items()
    }
    counts = {name: int(match[1]) for name, match in found.items() if match}
    if len(counts) < len(_COUNTS):
        raise BadRunFolder(
            where=log,
            found="no number of reads",
            expected="the final log of STAR",
            advice="Remove it and run again.",
        )
    return counts
