"""The page of ``bioloom images inspect``: each kind of problem, with pictures."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bioloom.images.inspection.inspection import PictureInspection
from bioloom.images.inspection.outliers import THRESHOLDS
from bioloom.images.inspection.problems import KINDS, NO_PLACE, Problem
from bioloom.report.evaluation import Caption, pictures_of
from bioloom.report.frames import frame_table
from bioloom.report.images_parts import as_data
from bioloom.report.page import Table, write_page
from bioloom.run.words import counted

N_SHOWN = 24
"""Pictures, or pairs of them, that each part of the page shows."""
SIDE = 112
"""Pixels of a small picture's sides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A problem, laid out: one or two pictures as data, and words."""

    pictures: tuple[str, ...]
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
    action: str
    count: str
    cards: tuple[Card, ...]


def write_inspection(found: PictureInspection, svg: str, out: Path) -> Path:
    """Write the page of an inspection.

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
    Path of the page.
    """
    words = {
        "problems": Caption(
            "Problems", "Number of problems of each kind; a picture may have several."
        )
    }
    return write_page(
        out / "report.html",
        "images_inspection.html",
        room="images",
        kind="Inspection of a data set",
        title=found.pictures.folder.name,
        lead=_lead(found),
        notes=found.notes,
        parts_=list(_parts(found)),
        absent=[kind.title for name, kind in KINDS.items() if name not in found.counts],
        picture=next(pictures_of({"problems": svg}, words)),
        judged=_judged(found),
        thresholds=THRESHOLDS,
        tables=list(_tables(found)),
        problems=frame_table(
            "problems-table", "tables/problems.tsv.", found.to_frame()
        ),
    )


def _lead(found: PictureInspection) -> str:
    files = found.files
    n, n_classes = files["pictures"], len(found.pictures.class_names)
    troubled = len({one.path for one in found.problems})
    left = [
        f"{files[name]:,} {what}"
        for name, what in (
            ("unreadable", "unreadable"),
            ("formats", "of formats that are not read"),
            ("others", "that are no pictures"),
            ("hidden", "hidden"),
        )
        if files[name]
    ]
    more = f" Other files: {', '.join(left)}." if left else ""
    classes = f"{n_classes:,} {'class' if n_classes == 1 else 'classes'}"
    return (
        f"{counted(n, 'picture')} of {classes} can be read; {troubled:,} "
        f"{'file has' if troubled == 1 else 'files have'} a problem.{more}"
    )


def _judged(found: PictureInspection) -> str:
    if found.n_judged is None:
        return "Labels were not judged (--no-features)."
    if not found.n_judged:
        return "Labels could not be judged: too few pictures of two classes differ."
    return (
        f"The labels of {counted(found.n_judged, 'picture')} were judged: a linear "
        "head on the features of EfficientNet-Lite0 gives each picture's "
        "probabilities without having seen it or its near-duplicates, and confident "
        "learning (Northcutt et al. 2021, doi:10.1613/jair.1.12125) tells which labels "
        "they contradict. It is a list to look at, not a verdict: rare kinds of a "
        "class are listed too, and where a class is unlike itself the head is wrong."
    )


def _parts(found: PictureInspection) -> Iterator[Part]:
    for name, n in found.counts.items():
        kind, problems = KINDS[name], found.of(name)
        shown = problems[:N_SHOWN]
        yield Part(
            name=name,
            title=kind.title,
            meaning=kind.meaning,
            action=kind.action,
            count=f"{n:,}" if len(shown) == n else f"{n:,}, {len(shown)} of them here",
            cards=tuple(_card(found, one) for one in shown),
        )


def _card(found: PictureInspection, one: Problem) -> Card:
    readable = found.scanned.is_readable
    places = [
        place
        for place in (one.place, one.other_place)
        if place != NO_PLACE and readable[place]
    ]
    return Card(
        pictures=tuple(as_data(found.scanned.pixels[x], side=SIDE) for x in places),
        side=SIDE,
        path=one.path,
        label=one.label,
        detail=one.detail,
        other=one.other,
    )


def _tables(found: PictureInspection) -> Iterator[Table]:
    for name, caption, frame in (
        ("classes", "Labels", found.classes_frame()),
        ("formats", "Formats, modes and sizes in pixels", found.formats_frame()),
    ):
        table = frame_table(f"{name}-table", caption, frame)
        yield replace(table, is_searchable=len(frame) > N_SHOWN)
