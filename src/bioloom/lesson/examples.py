"""What each lesson plays: workings of small examples, by the rooms themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

from bioloom.explain import Explanation
from bioloom.lesson.pictures import Picture, chain_picture, nodes_picture, ring_picture
from bioloom.lesson.transcripts import filtered_demo
from bioloom.run.external import require_packages
from bioloom.run.language import LANGUAGES, Language, use_language

_LET7 = "UGAGGUAGUAGGUUGUAUAGUU"
_SITE = "AAACUAUACAACCUACUACCUCAGG"
# the pair of the lecture notes, said there to have -28.5 kcal/mol
_NOTES_MIRNA, _NOTES_TARGET = "AUGUACUGAGCUAGUACUGGA", "GCAUUCAUGAUCAUGAUGACCAU"


@dataclass(frozen=True, slots=True)
class Play:
    """One working that a lesson plays.

    Parameters
    ----------
    workings
        The same in every language.
    picture
        Beside it; its parts are lit by step.
    """

    workings: Mapping[Language, Explanation]
    picture: Picture | None = None


def plays_of(room: str) -> list[Play]:
    """Workings that the lesson of a room plays, computed now."""
    return _MAKERS[room]()


def _in_both(make: Callable[[], Explanation]) -> Mapping[Language, Explanation]:
    workings: dict[Language, Explanation] = {}
    for language in LANGUAGES:
        with use_language(language):
            workings[language] = make()
    return workings


def _graph() -> list[Play]:
    require_packages("torch", extra="graph")
    from bioloom import graph

    return [
        Play(_in_both(lambda: graph.explain()), nodes_picture(1)),
        Play(_in_both(lambda: graph.explain(node=4)), nodes_picture(4)),
    ]


def _backprop() -> list[Play]:
    from bioloom import backprop

    trace = backprop.trace()
    return [
        Play(_in_both(lambda: trace.explain("w11", decimals=3)), chain_picture()),
        Play(_in_both(lambda: trace.explain("b2"))),
    ]


def _debruijn() -> list[Play]:
    from bioloom import debruijn

    return [
        Play(_in_both(lambda: debruijn.explain(compare="0110")), ring_picture()),
        Play(_in_both(lambda: debruijn.explain("abc", 2))),
    ]


def _bounds() -> list[Play]:
    from bioloom import bounds

    samples = bounds.samples(epsilon=0.01)
    return [Play(_in_both(bounds.explain)), Play(_in_both(samples.explain))]


def _mirna() -> list[Play]:
    from bioloom import mirna

    notes_mirna, notes_target = {"miR-123": _NOTES_MIRNA}, {"E75": _NOTES_TARGET}
    return [
        Play(_in_both(lambda: mirna.explain({"let-7": _LET7}, {"site": _SITE}))),
        Play(_in_both(lambda: mirna.explain(notes_mirna, notes_target))),
    ]


def _lincrna() -> list[Play]:
    return [Play(working) for working in filtered_demo().workings.values()]


def _images() -> list[Play]:
    from bioloom import images

    with TemporaryDirectory() as folder:
        images.demo(folder, n=8)
        picture = min(Path(folder, "pictures").rglob("*.png"))
        workings = _in_both(lambda: images.explain(Path(folder, "run"), picture))
    place = f"{picture.parent.parent}/"
    return [
        Play(
            {
                language: replace(working, title=working.title.replace(place, ""))
                for language, working in workings.items()
            }
        )
    ]


_MAKERS: Mapping[str, Callable[[], list[Play]]] = MappingProxyType(
    {
        "lincrna": _lincrna,
        "mirna": _mirna,
        "graph": _graph,
        "images": _images,
        "debruijn": _debruijn,
        "bounds": _bounds,
        "backprop": _backprop,
    }
)
