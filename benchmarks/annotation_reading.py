"""Time to read an annotation like GENCODE's, beside gffread.

    python benchmarks/annotation_reading.py [rows]

A GTF of about 500,000 rows (genes, transcripts, exons, CDS and UTR with the attributes
of GENCODE) is made with a seeded generator, and written as GFF3 by gffread as well.
gffread (``gffread -T``) reads it and writes GTF; bioloom reads it and writes nothing.
"""

import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bioloom.genome.gtf import read_annotation

N_ROWS = 500_000


def gene_rows(rng: random.Random, number: int) -> Iterator[str]:
    """Rows of one gene with its transcripts."""
    place = f"chr{rng.randrange(1, 23)}\tHAVANA"
    start, strand = rng.randrange(10**6, 2 * 10**8), rng.choice("+-")
    biotype = rng.choice(["protein_coding", "lncRNA", "protein_coding"])
    gene = f'gene_id "ENSG{number:011d}.3"; '
    of_gene = f'gene_type "{biotype}"; gene_name "GN{number}";'
    tail = f'level 2; hgnc_id "HGNC:{number}"; tag "basic";'

    def row(kind: str, first: int, last: int, attributes: str) -> str:
        return (
            f"{place}\t{kind}\t{first}\t{last}\t.\t{strand}\t.\t{attributes} {tail}\n"
        )

    yield row("gene", start, start + 60_000, gene + of_gene)
    for copy in range(rng.randrange(1, 8)):
        name = f"ENST{number * 10 + copy:011d}.2"
        words = f'{gene}transcript_id "{name}"; {of_gene} transcript_type "{biotype}";'
        exons, left = [], start + copy * 100
        for _ in range(rng.randrange(1, 13)):
            exons.append((left, left + rng.randrange(50, 300)))
            left = exons[-1][1] + rng.randrange(100, 3000)
        yield row("transcript", exons[0][0], exons[-1][1], words)
        for index, (first, last) in enumerate(exons, 1):
            yield row("exon", first, last, f"{words} exon_number {index};")
            if biotype == "protein_coding":
                yield row("CDS", first + 5, last, f"{words} exon_number {index};")
        if biotype == "protein_coding":
            yield row("UTR", exons[0][0], exons[0][0] + 4, words)


def write_gtf(path: Path, n_rows: int) -> int:
    """Write a made GTF; return its rows."""
    rng, written, number = random.Random(1), 0, 0
    with path.open("w") as stream:
        while written < n_rows:
            number += 1
            for line in gene_rows(rng, number):
                stream.write(line)
                written += 1
    return written


def seconds(work: Callable[[], object], runs: int = 3) -> float:
    """Least wall time of some runs."""
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


def main() -> None:
    """Read the same file with both programs, and print times and their ratio."""
    n_rows = int(sys.argv[1]) if len(sys.argv) > 1 else N_ROWS
    with TemporaryDirectory() as folder:
        gtf, gff3, out = (Path(folder) / name for name in ("a.gtf", "a.gff3", "o.gtf"))
        n_written = write_gtf(gtf, n_rows)
        subprocess.run(["gffread", gtf, "-F", "-o", gff3], check=True)
        print(f"{n_written:,} rows, {gtf.stat().st_size / 1e6:.0f} MB")
        for path in (gtf, gff3):
            peer = seconds(
                lambda path=path: subprocess.run(
                    ["gffread", path, "-T", "-o", out], check=True
                )
            )
            ours = seconds(lambda path=path: read_annotation(path))
            n_transcripts = len(read_annotation(path).transcripts)
            print(
                f"{path.suffix}: {n_transcripts:,} transcripts; "
                f"gffread -T {peer:.1f} s, bioloom {ours:.1f} s, "
                f"{ours / peer:.2f} times as long"
            )


if __name__ == "__main__":
    main()
