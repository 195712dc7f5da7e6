"""Peaks of an experiment, BED → spans on each target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bioloom.errors import BadAnnotation, MissingFile
from bioloom.genome.bed import bed_transcript
from bioloom.genome.transcript import Span, Transcript, joined
from bioloom.mirna.inputs.places import TargetPlace
from bioloom.run.output import open_text
from bioloom.run.text import warn_input
from bioloom.run.words import counted


@dataclass(frozen=True, slots=True)
class Peaks:
    """Peaks by chromosome, or by target where they are in positions of targets.

    Parameters
    ----------
    source
        Their file.
    by_chrom
        Those of each chromosome.
    """

    source: str
    by_chrom: Mapping[str, Sequence[Transcript]]

    def on_target(self, name: str, place: TargetPlace | None) -> tuple[Span, ...]:
        """Parts of a target that peaks cover, ascending, from its 5' end.

        Parameters
        ----------
        name
            The target.
        place
            Where it lies on the genome; None if peaks are in positions of targets.
        """
        if place is None:
            peaks = self.by_chrom.get(name, ())
            return joined(span for peak in peaks for span in peak.exons)
        strand = place.blocks.strand
        peaks = self.by_chrom.get(place.blocks.chrom, ())
        return joined(
            span
            for peak in peaks
            if peak.strand in (strand, ".")
            for block in peak.exons
            for span in place.on_target(block)
        )


def read_peaks(path: Path) -> Peaks:
    """Read peaks of BED3 or more (narrowPeak too), plain or packed.

    Rows that cannot be read are counted in a warning.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadAnnotation
        If no row is BED.
    """
    if not path.is_file():
        raise MissingFile(path, role="peaks in BED")
    by_chrom: dict[str, list[Transcript]] = {}
    n_rows = n_bad = 0
    with open_text(path) as stream:
        for number, line in enumerate(stream, 1):
            if line.isspace() or line.startswith(("#", "track", "browser")):
                continue
            n_rows += 1
            try:
                peak = _peak(line, number)
            except (ValueError, IndexError):
                n_bad += 1
                continue
            by_chrom.setdefault(peak.chrom, []).append(peak)
    if not by_chrom:
        raise BadAnnotation(
            where=path,
            found="no row of BED",
            expected="chromosome, start and end, separated by tabs",
            advice="Give peaks as BED; a table of another form can be cut to these.",
        )
    if n_bad:
        rows = counted(n_rows, "row")
        warn_input(f"{path}: {n_bad:,} of {rows} are not BED and left out")
    return Peaks(str(path), by_chrom)


def _peak(line: str, number: int) -> Transcript:
    columns = line.rstrip("\r\n").split("\t")
    # of narrowPeak, columns 7 to 10 are numbers, and no blocks follow
    return bed_transcript(columns if len(columns) >= 12 else columns[:6], number)
