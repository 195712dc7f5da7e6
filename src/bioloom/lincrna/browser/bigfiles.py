"""bigWig and bigBed files, by pybigtools."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

from bioloom.errors import PackageMissing

BigWigRow: TypeAlias = tuple[str, int, int, float]
"""Chromosome, half-open span, value: what pybigtools takes."""

BigBedRow: TypeAlias = tuple[str, int, int, str]
"""Chromosome, half-open span, the further columns joined by tabs."""

PACKAGE = "pybigtools"
BED_FIELDS = 12
_DEFINED_FIELDS_OFFSET = 34


def is_bigtools_installed() -> bool:
    """Whether pybigtools is there; looked for without importing it."""
    from importlib.util import find_spec

    return find_spec(PACKAGE) is not None


def write_bigwig(
    path: Path, lengths: Mapping[str, int], rows: Iterable[BigWigRow]
) -> None:
    """Write a bigWig under another name and rename it.

    Parameters
    ----------
    path
        Ends in ``.bw``.
    lengths
        Of the chromosomes, nt.
    rows
        Sorted by chromosome, as bytes, and start, without overlap, at least one.
        pybigtools numbers and lists the chromosomes as they come, where readers of many
        chromosomes search in a sorted list.

    Raises
    ------
    PackageMissing
        If pybigtools is not installed.
    """
    with _written_aside(path) as aside:
        _opened(aside).write(dict(lengths), rows)


def write_bigbed(
    path: Path,
    lengths: Mapping[str, int],
    rows: Iterable[BigBedRow],
    *,
    auto_sql: str,
) -> None:
    """Write a bigBed of BED12 with further columns under another name and rename it.

    Parameters
    ----------
    path
        Ends in ``.bb``.
    lengths
        Of the chromosomes, nt.
    rows
        Sorted by chromosome, as bytes, and start, at least one.
    auto_sql
        Names, types and meanings of all columns, in UCSC's autoSql.

    Raises
    ------
    PackageMissing
        If pybigtools is not installed.
    """
    with _written_aside(path) as aside:
        _opened(aside).write(dict(lengths), rows, autosql=auto_sql)
        _say_bed12(aside)


def _opened(path: Path) -> Any:
    try:
        import pybigtools
    except ImportError:
        raise PackageMissing(PACKAGE, extra="lincrna") from None
    return pybigtools.open(str(path), "w")


def _say_bed12(path: Path) -> None:
    """Put into the header that the first twelve columns are those of BED12.

    pybigtools counts all columns as columns of BED, so that browsers would not look
    for names and meanings of the further ones in the autoSql.
    """
    with path.open("r+b") as stream:
        stream.seek(_DEFINED_FIELDS_OFFSET)
        stream.write(BED_FIELDS.to_bytes(2, "little"))


@contextmanager
def _written_aside(path: Path) -> Iterator[Path]:
    """Path to write that is then renamed; its suffix tells pybigtools the format."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=path.parent, prefix=".part") as folder:
        aside = Path(folder) / path.name
        yield aside
        aside.replace(path)
