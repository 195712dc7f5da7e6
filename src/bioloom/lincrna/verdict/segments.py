"""Translated segments of transcripts, as the searches of proteins read them."""

from collections.abc import Iterator

from bioloom.lincrna.coding.orf import open_segments
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.verdict.sequences import SplicedTranscripts
from bioloom.seq.genetic_code import genetic_code

BATCH_AA = 20_000_000  # amino acids searched at a time: bounds the memory

Segments = dict[str, dict[str, str]]
"""Segments by name, by transcript."""


def segment_batches(
    transcripts: SplicedTranscripts, settings: FilterSettings
) -> Iterator[Segments]:
    """Segments by transcript, up to `BATCH_AA` amino acids at a time.

    Parameters
    ----------
    transcripts
        With distinct names.
    settings
        Their genetic code and shortest segment count.
    """
    code = genetic_code(settings.genetic_code)
    batch: Segments = {}
    size = 0
    for tx in transcripts:
        segments = open_segments(
            tx.sequence, tx.strand, min_aa=settings.min_segment_aa, code=code
        )
        batch[tx.transcript_id] = segments
        size += sum(map(len, segments.values()))
        if size >= BATCH_AA:
            yield batch
            batch, size = {}, 0
    if batch:
        yield batch
