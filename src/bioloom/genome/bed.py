"""BED files ↔ transcripts: 0-based and half-open, as inside bioloom."""

from collections.abc import Sequence
from typing import cast

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


def bed_transcript(columns: Sequence[str], number: int) -> Transcript:
    """The transcript of a line of BED.

    Parameters
    ----------
    columns
        Of the line.
    number
        Of the line, from 1; names it if it has no name.

    Raises
    ------
    ValueError, IndexError
        If it is not BED.
    """
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
