"""What a job has made: its report, its tables, and what can be explained of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bioloom.app.arguments import PICTURES
from bioloom.app.commands import CommandLine
from bioloom.app.errors import OutsideRoots
from bioloom.app.forms import fields_of
from bioloom.app.jobs import Job
from bioloom.app.roots import Roots
from bioloom.report.page import PAGES
from bioloom.run.language import language_in_force
from bioloom.run.record import RECORD

MOST_FILES = 60
_TOLD = re.compile(
    r"(?:^|[;,] )(?:report|page|written|table|tables|run|genome browser):\s+(\S.*?)$",
    re.MULTILINE,
)
_TABLES = frozenset({".tsv", ".csv", ".gz", ".parquet", ".bed", ".gtf", ".fa", ".gfa"})
_REPORT_FOLDERS = ("", "run")
EXPLAINED: Mapping[str, str] = {
    "lincrna": "name",
    "graph": "node",
    "images": "picture",
}
"""Rooms whose runs can be explained, and the field that names the item."""
RUN = "run"
"""Field of the run folder in these rooms' `explain`."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a job has made, as far as it is there.

    Parameters
    ----------
    report
        The page to open; None if there is none.
    folder
        The run folder; None if there is none.
    files
        Tables and pictures, and other files that it was asked to write.
    """

    report: Path | None
    folder: Path | None
    files: tuple[Path, ...]

    @property
    def tables(self) -> list[Path]:
        """Those that are tables."""
        return [path for path in self.files if path.suffix in _TABLES]

    @property
    def others(self) -> list[Path]:
        """The others."""
        tables = set(self.tables)
        return [path for path in self.files if path not in tables]


NOTHING = Result(None, None, ())


def result_of(job: Job, line: CommandLine, roots: Roots) -> Result:
    """What a job has made: where it was to write, and what it said that it wrote."""
    places = list(dict.fromkeys(_places(job, line, roots)))
    folders = [place for place in places if place.is_dir()]
    pages = [path for place in places for path in _pages(place)]
    report = next((_in_language(page) for page in pages), None)
    folders += [page.parent for page in pages if is_run(page.parent)]
    files = [place for place in places if place.is_file()]
    files += [path for folder in dict.fromkeys(folders) for path in _files(folder)]
    run = next(filter(is_run, folders), next(iter(folders), None))
    distinct = dict.fromkeys(path for path in files if path not in pages)
    return Result(report, run, tuple(distinct)[:MOST_FILES])


def is_run(folder: Path) -> bool:
    """Whether a folder holds the record of a run, which `explain` reads."""
    return (folder / RECORD).is_file()


def _places(job: Job, line: CommandLine, roots: Roots) -> Iterator[Path]:
    try:
        fields = fields_of(line.offer(job.words))
    except KeyError:
        return
    named = [
        job.values.get(field.name) or field.default
        for field in fields
        if field.is_output
    ]
    # the folder may have been moved since, with the jobs in it
    told = [text.removeprefix(f"{job.place}/") for text in _TOLD.findall(job.output)]
    for text in [*named, *told]:
        for place in (text, *(f"{text}{ending}" for ending in PICTURES)):
            try:
                path = roots.inside(place)
            except OutsideRoots:
                continue
            is_first = path == roots.first
            if text not in ("", "-") and not is_first and path.exists():
                yield path


def _pages(place: Path) -> Iterator[Path]:
    if place.suffix == ".html" and place.is_file():
        yield place
    for below in _REPORT_FOLDERS:
        if (place / below / PAGES["en"]).is_file():
            yield place / below / PAGES["en"]


def _in_language(page: Path) -> Path:
    """The page in the language in force, where there is one."""
    other = page.with_name(f"{page.stem}.{language_in_force()}.html")
    return other if other.is_file() else page


def _files(folder: Path) -> list[Path]:
    """Tables and pictures of a run folder."""
    places = [folder, folder / "run"]
    found = [
        path
        for place in places
        for below in (place, place / "tables", place / "figures")
        if below.is_dir()
        for path in sorted(below.iterdir())
    ]
    kinds = _TABLES.union(PICTURES)
    return [path for path in found if path.is_file() and path.suffix in kinds]
