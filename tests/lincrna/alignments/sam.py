"""SAM text for tests, and a genome that its introns fit."""

import subprocess
from pathlib import Path

INTRONS = {"GT-AG": "+", "GC-AG": "+", "AT-AC": "+"}
INTRONS |= {"CT-AC": "-", "CT-GC": "-", "GT-AT": "-", "GG-GG": ""}
"""Ends of introns on the forward strand, and the strand of their RNA."""
EXON_NT, INTRON_NT = 100, 200
CHROM = "chr1"


def write_genome(folder: Path) -> Path:
    """A genome with one intron of each kind, 100-nt exons between them."""
    body = "A" * (INTRON_NT - 4)
    exon = "C" * EXON_NT
    introns = [f"{ends[:2]}{body}{ends[3:]}" for ends in INTRONS]
    path = folder / "g.fa"
    path.write_text(f">{CHROM} word\n{exon}{exon.join(introns)}{exon}\n>chr2\nACGT\n")
    return path


def lengths() -> dict[str, int]:
    """Bases of the contigs of that genome."""
    n = len(INTRONS)
    return {CHROM: (n + 1) * EXON_NT + n * INTRON_NT, "chr2": 4}


def over(number: int, *, flag: int = 0, tags: str = "", mate: str = "*\t0") -> str:
    """A read over one of these introns."""
    first = number * (EXON_NT + INTRON_NT) + EXON_NT - 9
    return row(f"{first}", cigar=f"10M{INTRON_NT}N10M", flag=flag, tags=tags, mate=mate)


def row(
    place: str,
    *,
    cigar: str = "20M",
    flag: int = 0,
    chrom: str = CHROM,
    tags: str = "",
    mate: str = "*\t0",
) -> str:
    """A read of 20 nt."""
    fields = [f"r{place}", flag, chrom, place, 60, cigar, mate, 0, "C" * 20, "F" * 20]
    return "\t".join(map(str, [*fields, "NH:i:1", *tags.split()])) + "\n"


def write_sam(
    path: Path, *rows: str, contigs: dict[str, int] | None = None, program: str = ""
) -> Path:
    """A SAM file with a header."""
    listed = lengths() if contigs is None else contigs
    head = "".join(f"@SQ\tSN:{name}\tLN:{n}\n" for name, n in listed.items())
    if program:
        head += f"@PG\tID:x\tPN:{program}\tVN:1.0\n"
    path.write_text("@HD\tVN:1.6\n" + head + "".join(rows))
    return path


def aligned_by_hisat2(genome: Path, reads: Path, folder: Path) -> str:
    """SAM of single reads; the index goes into the folder."""
    index = str(folder / "index")
    build = ["hisat2-build", "-q", str(genome), index]
    subprocess.run(build, check=True, capture_output=True)
    align = ["hisat2", "--dta", "-x", index, "-U", str(reads)]
    return subprocess.run(align, check=True, capture_output=True, text=True).stdout
