"""BED files ↔ transcripts: 0-based and half-open, as inside bioloom."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TextIO, cast

from bioloom.errors import BadAnnotation
from bioloom.genome.transcript import Span, Strand, Transcript, joined


def bed12_line(transcript: Transcript, *, score: int = 0) -> str:
    """A transcript as one BED12 line; `score` is an integer from 0 to 1000."""
    start, end = transcript.start, transcript.end
    thick = (
        (transcript.cds[0][0], transcript.cds[-1][1])
        if transcript.cds
        else (start, start)
    )
    sizes = ",".join(str(right - left) for left, right in transcript.exons)
    starts = ",".join(str(left - start) for left, _ in transcript.exons)
    columns = (
        *(transcript.chrom, start, end, transcript.transcript_id, score),
        *(transcript.strand, *thick, 0, len(transcript.exons), sizes, starts),
    )
    return "\t".join(map(str, columns))


def bed_transcripts(path: Path, stream: TextIO) -> Iterator[Transcript]:
    """Transcripts of an open BED file, as it goes; `path` is for messages.

    Raises
    ------
    BadAnnotation
        If a line is not BED.
    """
    taken: set[str] = set()
    for number, line in enumerate(stream, 1):
        if line[0] in "#\n" or line.startswith(("track", "browser")):
            continue
        columns = line.rstrip("\n").split("\t" if "\t" in line else None)
        try:
            transcript = _bed_transcript(columns, number)
            if transcript.transcript_id in taken:
                transcript = replace(transcript, transcript_id=f"{columns[3]}@{number}")
            taken.add(transcript.transcript_id)
            yield transcript
        except (ValueError, IndexError):
            raise BadAnnotation(
                where=f"{path}: line {number}",
                found=" ".join(columns[:6]) or "nothing",
                expected="BED: chrom, start, end, name, score, strand, … with "
                "whole numbers from 0",
                advice="Correct this line.",
            ) from None


def _bed_transcript(columns: list[str], number: int) -> Transcript:
    chrom, start, end = columns[0], int(columns[1]), int(columns[2])
    if not 0 <= start < end:
        raise ValueError
    name = columns[3].strip() if len(columns) > 3 else f"bed_{number}"
    strand = columns[5] if len(columns) > 5 and columns[5] in "+-" else "."
    exons: tuple[Span, ...] = ((start, end),)
    if len(columns) >= 12:
        sizes, starts = (
            [int(number) for number in column.strip(",").split(",")]
            for column in columns[10:12]
        )
        exons = joined(
            (start + left, start + left + size)
            for left, size in zip(starts, sizes, strict=True)
        )
    return Transcript(name, name, chrom, cast(Strand, strand), exons)
