"""Tracks that a genome browser shows, and the order and colours that they have."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bioloom.lincrna.browser.coverage import SUFFIXES, Side

COVERAGE = "coverage"
"""Folder of the bigWigs in the folder of the browser files."""

_SIDES: tuple[Side, ...] = ("plus", "minus")
_UNSTRANDED: tuple[Side, ...] = ("all",)
_COLORS: Mapping[Side, str] = {
    "all": "100,100,100",
    "plus": "0,114,178",
    "minus": "213,94,0",
}
SIGNS: Mapping[Side, str] = {"all": "", "plus": " +", "minus": " -"}


@dataclass(frozen=True, slots=True)
class Track:
    """A track of a genome browser.

    Parameters
    ----------
    track_id
        Letters, digits and underscores, beginning with a letter.
    name
        What stands beside it.
    description
        What it shows, in a sentence.
    path
        Its bigBed (.bb) or bigWig (.bw), relative to the folder of the browser files.
    color
        Red, green and blue from 0 to 255, with commas.
    """

    track_id: str
    name: str
    description: str
    path: str
    color: str

    @property
    def is_coverage(self) -> bool:
        """Whether it is a bigWig."""
        return self.path.endswith(".bw")


def coverage_tracks(folder: Path, samples: Sequence[str]) -> Iterator[Track]:
    """A track for each sample, or each strand of a stranded one.

    Parameters
    ----------
    folder
        Of the browser files.
    samples
        Names, in the order of the sample sheet; those without coverage are left out.
    """
    for number, sample in enumerate(samples, 1):
        stranded = [
            side for side in _SIDES if coverage_path(folder, sample, side).is_file()
        ]
        for side in stranded or _UNSTRANDED:
            path = coverage_path(folder, sample, side)
            if path.is_file():
                yield Track(
                    track_id=f"coverage_{number}_{side}",
                    name=f"{sample}{SIGNS[side]}",
                    description=f"Reads of {sample} over each base{_where(side)}",
                    path=path.relative_to(folder).as_posix(),
                    color=_COLORS[side],
                )


def coverage_path(folder: Path, sample: str, side: Side) -> Path:
    """The bigWig of a sample in the folder of the browser files."""
    return folder / COVERAGE / f"{sample}{SUFFIXES[side]}"


def _where(side: Side) -> str:
    return "" if side == "all" else f", RNA of the {side} strand"
