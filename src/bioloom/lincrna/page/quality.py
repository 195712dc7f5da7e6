"""FastQC of the reads, under the samples' own names."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from bioloom.lincrna.inputs.fastqc import (
    ENDING,
    BadFastqc,
    parts_of_sample,
    read_fastqc,
)
from bioloom.lincrna.output.read_quality import (
    MOST_BANDS,
    STAGES,
    QualityLine,
    quality_figure,
)
from bioloom.lincrna.page.model import ReadQuality
from bioloom.lincrna.page.sections import Drawing
from bioloom.run.language import tr
from bioloom.run.text import warn_input


def read_quality(out: Path, samples: Sequence[str]) -> Iterator[ReadQuality]:
    """FastQC of each file of reads; nothing where it did not run.

    Parameters
    ----------
    out
        Run folder.
    samples
        Their names.

    Warns
    -----
    InputWarning
        Of an archive that cannot be read; it is left out.
    """
    for sample in samples:
        for stage in STAGES:
            yield from _of_stage(out / "qc" / stage / sample, sample, stage)


def _of_stage(folder: Path, sample: str, stage: str) -> Iterator[ReadQuality]:
    archives = sorted(folder.glob(f"*{ENDING}"))
    stems = [archive.name.removesuffix(ENDING) for archive in archives]
    for archive, part in zip(archives, parts_of_sample(stems), strict=True):
        page = archive.with_suffix(".html")
        try:
            report = read_fastqc(archive)
        except BadFastqc as fault:
            warn_input(f"left out of the report: {fault}")
            continue
        shown = ("qc", stage, sample, page.name) if page.is_file() else ()
        yield ReadQuality(sample, part, stage, shown, report)


def quality_drawing(quality: Sequence[ReadQuality]) -> Drawing | None:
    """Curves of all samples before and after trimming; None without numbers."""
    lines = [
        QualityLine(file.sample, file.part, file.stage, file.report)
        for file in quality
        if file.report.quality
    ]
    if not lines:
        return None
    return Drawing(
        name="read_quality",
        draw=partial(quality_figure, lines),
        title=tr("Quality of the reads by FastQC, before and after trimming"),
        description=tr(
            "Curves of each sample: mean quality by position, reads by their GC, "
            "adapters by position, reads by how often their sequence occurs; the main "
            "numbers are in the table below."
        ),
        caption=tr(
            "FastQC of each sample, before and after trimming; a second mate is "
            "dashed. Bands, drawn for up to {n} files, are the quartiles of the "
            "quality. Adapters: the most frequent of those that FastQC knows.",
            n=MOST_BANDS,
        ),
    )
