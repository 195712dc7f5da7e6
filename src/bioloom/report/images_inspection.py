"""The page of ``bioloom images inspect``: each kind of problem, with pictures."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bioloom.images.inspection.inspection import PictureInspection
from bioloom.images.inspection.outliers import thresholds
from bioloom.images.inspection.problems import KINDS, NO_PLACE, Problem
from bioloom.report.evaluation import Caption, pictures_of
from bioloom.report.frames import frame_table, with_stored_words
from bioloom.report.images_parts import as_data
from bioloom.report.page import write_pages
from bioloom.report.parts import Table
from bioloom.run.language import listed, mark, tr, trn
from bioloom.run.words import together

N_SHOWN = 24
"""Pictures, or pairs of them, that each part of the page shows."""
SIDE = 112
"""Pixels of a small picture's sides."""
Pair = tuple[str, ...]
"""The picture or two of a problem, as data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A problem, laid out: one or two pictures as data, and words."""

    pictures: Pair
    side: int
    path: str
    label: str
    detail: str
    other: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A kind of problem, laid out."""

    name: str
    title: str
    meaning: str
    count: str
    cards: tuple[Card, ...]


def write_inspection(found: PictureInspection, svg: str, out: Path) -> Path:
    """Write the page of an inspection, once in each language.

    Parameters
    ----------
    found
        The inspection.
    svg
        Of its figure.
    out
        Run folder.

    Returns
    -------
    Path of the English page.
    """
    shown = {name: _pictures(found, name) for name in found.counts}
    return write_pages(
        out,
        "images_inspection.html",
        lambda: _values(found, svg, shown),
        room="images",
    )


def _values(
    found: PictureInspection, svg: str, shown: Mapping[str, Sequence[Pair]]
) -> dict[str, Any]:
    problems = Caption(
        tr("Problems"),
        tr("Number of problems of each kind; a picture may have several."),
    )
    problems_table = frame_table(
        "problems-table",
        tr("{file}.", file="tables/problems.tsv"),
        found.to_frame(),
    )
    return {
        "kind": tr("Inspection of a data set"),
        "title": _title(found),
        "words": _words(found),
        "lead": _lead(found),
        "notes": found.notes,
        "parts_": list(_parts(found, shown)),
        "picture": next(pictures_of({"problems": svg}, {"problems": problems})),
        "judged": _judged(found),
        "tables": list(_tables(found)),
        "problems": with_stored_words(problems_table),
    }


def _words(found: PictureInspection) -> dict[str, str]:
    """The words of the template."""
    absent = [
        tr(kind.title) for name, kind in KINDS.items() if name not in found.counts
    ]
    return {
        "sections": tr("Sections"),
        "counts": tr("Counts"),
        "every": tr("All problems"),
        "made": tr("How it was judged"),
        "absent": tr("Not found: {kinds}.", kinds=tr("; ").join(absent).lower())
        if absent
        else "",
        "thresholds": thresholds(),
        "and": tr(" and "),
        "versions": tr("Versions, times, and the meaning of the columns"),
    }


_OTHER_FILES: Mapping[str, str] = MappingProxyType(
    {
        "unreadable": mark("{n:,} unreadable"),
        "formats": mark("{n:,} of formats that are not read"),
        "others": mark("{n:,} that are no pictures"),
        "hidden": mark("{n:,} hidden"),
    }
)


def _title(found: PictureInspection) -> str:
    n = _n_troubled(found)
    troubled = trn("{n} file with a problem", "{n:,} files with a problem", n)
    return tr("{name}: {troubled}", name=found.pictures.folder.name, troubled=troubled)


def _n_troubled(found: PictureInspection) -> int:
    return len({one.path for one in found.problems})


def _lead(found: PictureInspection) -> str:
    files = found.files
    n, n_classes = files["pictures"], len(found.pictures.class_names)
    troubled = _n_troubled(found)
    left = [
        tr(what, n=files[name]) for name, what in _OTHER_FILES.items() if files[name]
    ]
    counts = tr(
        "{pictures} of {classes} can be read; {files} a problem.",
        pictures=trn("{n} picture", "{n:,} pictures", n),
        classes=trn("{n} class", "{n:,} classes", n_classes),
        files=trn("{n} file has", "{n:,} files have", troubled),
    )
    if not left:
        return counts
    return together([counts, tr("Other files: {files}.", files=listed(left))])


def _judged(found: PictureInspection) -> str:
    if found.n_judged is None:
        return tr("Labels were not judged ({option}).", option="--no-features")
    if not found.n_judged:
        return tr("Labels could not be judged: too few pictures of two classes differ.")
    return tr(
        "The labels of {pictures} were judged: a linear head on the features of "
        "{network} gives each picture's probabilities without having seen it "
        "or its near-duplicates, and confident learning ({source}) tells "
        "which labels they contradict. It is a list to "
        "look at, not a verdict: rare kinds of a class are listed too, and where a "
        "class is unlike itself the head is wrong.",
        pictures=trn("{n} picture", "{n:,} pictures", found.n_judged),
        network="EfficientNet-Lite0",
        source="Northcutt et al. 2021, doi:10.1613/jair.1.12125",
    )


def _parts(
    found: PictureInspection, shown: Mapping[str, Sequence[Pair]]
) -> Iterator[Part]:
    for name, n in found.counts.items():
        kind, pairs = KINDS[name], shown[name]
        few = tr("{n:,}, {shown} of them here", n=n, shown=len(pairs))
        yield Part(
            name=name,
            title=tr(kind.title),
            meaning=tr(
                "{meaning} What to do: {action}.",
                meaning=tr(kind.meaning),
                action=tr(kind.action),
            ),
            count=f"{n:,}" if len(pairs) == n else few,
            cards=tuple(map(_card, found.of(name), pairs)),
        )


def _pictures(found: PictureInspection, name: str) -> list[Pair]:
    """The pictures that a kind's part shows, as data: one or two for each problem."""
    readable = found.scanned.is_readable
    return [
        tuple(
            as_data(found.scanned.pixels[place], side=SIDE)
            for place in (one.place, one.other_place)
            if place != NO_PLACE and readable[place]
        )
        for one in found.of(name)[:N_SHOWN]
    ]


def _card(one: Problem, pictures: Pair) -> Card:
    return Card(
        pictures=pictures,
        side=SIDE,
        path=one.path,
        label=one.label,
        detail=one.detail,
        other=one.other,
    )


def _tables(found: PictureInspection) -> Iterator[Table]:
    for name, caption, frame in (
        ("classes", tr("Labels"), found.classes_frame()),
        ("formats", tr("Formats, modes and sizes in pixels"), found.formats_frame()),
    ):
        table = frame_table(f"{name}-table", caption, frame)
        yield replace(table, is_searchable=len(frame) > N_SHOWN)
