"""GTF files of a simulation: the annotation as given, and the true models."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from bioloom.genome.transcript import Span, Transcript
from bioloom.lincrna.simulate.locus import Locus

_HEADER = (
    "##description: simulated annotation; known genes only\n"
    "##provider: bioloom\n##format: gtf\n"
)


def write_annotation(loci: Iterable[Locus], path: Path) -> None:
    """Write the annotated loci as GENCODE does.

    Rows gene, transcript, exon, CDS, start_codon and stop_codon; the CDS rows leave
    the stop codon out.
    """
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(_HEADER)
        for locus in loci:
            if locus.kind.is_annotated:
                file.writelines(_gene_rows(locus))


def write_models(loci: Iterable[Locus], path: Path) -> None:
    """Write transcript and exon rows of every locus, annotated or not."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for locus in loci:
            for transcript in locus.transcripts:
                ids = (
                    f'gene_id "{transcript.gene_id}"; '
                    f'transcript_id "{transcript.transcript_id}";'
                )
                file.write(_row(transcript, "transcript", transcript.start, ids))
                file.writelines(_exon_rows(transcript, ids))


def _gene_rows(locus: Locus) -> Iterator[str]:
    for transcript in locus.transcripts:
        gene = (
            f'gene_id "{transcript.gene_id}"; gene_type "{transcript.gene_biotype}"; '
            f'gene_name "{transcript.gene_name}"; level 2;'
        )
        ids = (
            f'gene_id "{transcript.gene_id}"; '
            f'transcript_id "{transcript.transcript_id}"; '
            f'gene_type "{transcript.gene_biotype}"; '
            f'gene_name "{transcript.gene_name}"; '
            f'transcript_type "{transcript.biotype}"; '
            f'transcript_name "{transcript.gene_name}-201"; level 2;'
        )
        yield _row(transcript, "gene", transcript.start, gene)
        yield _row(transcript, "transcript", transcript.start, ids)
        yield from _exon_rows(transcript, ids)
        yield from _coding_rows(transcript, ids)


def _exon_rows(transcript: Transcript, ids: str) -> Iterator[str]:
    for number, (start, end) in enumerate(_along(transcript, transcript.exons), 1):
        yield _row(transcript, "exon", start, f"{ids} exon_number {number};", end=end)


def _coding_rows(transcript: Transcript, ids: str) -> Iterator[str]:
    along = _along(transcript, transcript.cds)
    total_nt = sum(end - start for start, end in along)
    parts = (
        ("CDS", 0, total_nt - 3),
        ("start_codon", 0, 3),
        ("stop_codon", total_nt - 3, total_nt),
    )
    for feature, first, last in parts if along else ():
        for start, end, done_nt in _clipped(along, first, last, transcript.strand):
            frame = -done_nt % 3
            yield _row(transcript, feature, start, ids, end=end, frame=str(frame))


class _Part(NamedTuple):
    """A span, and how many bases of its feature come before it."""

    start: int
    end: int
    done_nt: int


def _clipped(along: list[Span], first: int, last: int, strand: str) -> Iterator[_Part]:
    """Parts of spans from first to last base along the transcript."""
    before = 0
    for start, end in along:
        low, high = max(first - before, 0), min(last - before, end - start)
        done_nt = before + low - first
        before += end - start
        if low >= high:
            continue
        if strand == "-":
            yield _Part(end - high, end - low, done_nt)
        else:
            yield _Part(start + low, start + high, done_nt)


def _along(transcript: Transcript, spans: Iterable[Span]) -> list[Span]:
    return sorted(spans, reverse=transcript.strand == "-")


def _row(
    transcript: Transcript,
    feature: str,
    start: int,
    attributes: str,
    *,
    end: int | None = None,
    frame: str = ".",
) -> str:
    end = transcript.end if end is None else end
    place = f"{transcript.chrom}\tbioloom\t{feature}\t{start + 1}\t{end}"
    return f"{place}\t.\t{transcript.strand}\t{frame}\t{attributes}\n"
