"""Lesson pages: one file each, scripts and style named by their hashes."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from markupsafe import Markup

import bioloom
from bioloom.errors import InputWarning, PackageMissing, UnknownName
from bioloom.explain import Explanation, Step
from bioloom.lesson.constants import constants_of
from bioloom.lesson.examples import Play, plays_of
from bioloom.lesson.words import INDEX_TITLE, ROOM_TITLES, page_words
from bioloom.report.page import content_hash, page_style, template_environment
from bioloom.run.language import HTML_TAGS, LANGUAGES, Language, use_language

_WEB = Path(__file__).parent / "web"
_EXPLORERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "graph": ("kernels/aggregate.js", "explore_graph.js"),
        "backprop": ("kernels/backprop.js", "explore_backprop.js"),
        "debruijn": (
            *("kernels/wheel.js", "kernels/reads.js"),
            *("draw_reads.js", "explore_reads.js", "explore_wheel.js"),
        ),
        "bounds": ("kernels/exam.js", "explore_exam.js"),
        "images": ("kernels/thresholds.js", "explore_thresholds.js"),
        "lincrna": ("kernels/filters.js", "draw_filters.js", "explore_filters.js"),
        "mirna": ("kernels/duplex.js", "draw_duplex.js", "explore_duplex.js"),
    }
)
"""Kernels and page parts of the rooms that have a part to try."""
_MODULE = re.compile(r"^export (?=const |function )", re.MULTILINE)


def lesson_page(room: str) -> str:
    """The lesson of a room, as text of a page."""
    if room not in bioloom.ROOMS:
        where = "bioloom"
        raise UnknownName(room, kind="room", where=where, known=bioloom.ROOMS)
    return _page(ROOM_TITLES[room], plays_of(room), room=room)


def player_page(explanation: Explanation) -> str:
    """A page that plays one explanation."""
    workings = dict.fromkeys(LANGUAGES, explanation)
    return _page(explanation.title, [Play(workings)])


def all_pages() -> dict[str, str]:
    """Every lesson that can be made here, ``index.html`` first, by file name."""
    lessons = {}
    for room in bioloom.ROOMS:
        try:
            lessons[room] = lesson_page(room)
        except PackageMissing as problem:
            text = f"No lesson of {room}: {problem}"
            warnings.warn(text, InputWarning, stacklevel=2)
    pages = {f"{room}.html": text for room, text in lessons.items()}
    return {"index.html": _index(list(lessons)), **pages}


def _index(rooms: list[str]) -> str:
    words = page_words(INDEX_TITLE)
    return _rendered(
        "index.html",
        words,
        ("frame.js", "start.js"),
        rooms=rooms,
        explorers=_EXPLORERS,
    )


def _page(title: str, plays: list[Play], *, room: str = "") -> str:
    scripts = ["frame.js", "player.js"]
    if room in _EXPLORERS:
        scripts += ["exercise.js", *_EXPLORERS[room]]
    return _rendered(
        "lesson.html",
        page_words(title, room),
        (*scripts, "start.js"),
        constants=constants_of(room),
        room=room,
        plays=[_play_values(play) for play in plays],
        has_explorer=room in _EXPLORERS,
    )


def _rendered(
    template: str,
    words: Mapping[Language, Mapping[str, str]],
    scripts: tuple[str, ...],
    *,
    constants: Mapping[str, object] = MappingProxyType({}),
    **values: object,
) -> str:
    script = f'(() => {{\n"use strict";\n{"".join(map(_script, scripts))}}})();'
    style = f"{page_style()}\n{_source('lesson.css')}"
    return (
        template_environment(_WEB)
        .get_template(template)
        .render(
            values,
            words=words["en"],
            tags=HTML_TAGS,
            data=_island({"words": words, **constants}),
            style=Markup(style),  # noqa: S704 (ours)
            style_hash=content_hash(style),
            script=Markup(script),  # noqa: S704 (ours)
            script_hash=content_hash(script),
        )
    )


def _script(name: str) -> str:
    """A file of the script; a kernel is a module, and gives its names to the page."""
    source = _source(name)
    names = re.findall(r"^export (?:const|function) (\w+)", source, re.MULTILINE)
    plain = _MODULE.sub("", source)
    if not names:
        return plain
    given = f"{{ ...globalThis.bioloomKernel, {', '.join(names)} }}"
    return f"{plain}globalThis.bioloomKernel = {given};\n"


def _island(data: object) -> Markup:
    """Data for the script; no string in it can close its element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704 (no < is left)


def _play_values(play: Play) -> dict[str, object]:
    """What the template shows of a working."""
    lit = play.picture.lit if play.picture else ()
    by_language = {x: list(_step_values(play.workings[x])) for x in LANGUAGES}
    steps = [
        {
            "texts": dict(zip(LANGUAGES, texts, strict=True)),
            "lit": lit[k] if k < len(lit) else "",
        }
        for k, texts in enumerate(zip(*by_language.values(), strict=True))
    ]
    return {
        "workings": play.workings,
        "steps": steps,
        "svg": Markup(play.picture.svg) if play.picture else "",  # noqa: S704 (ours)
    }


def _step_values(working: Explanation) -> Iterator[dict[str, object]]:
    with use_language(working.language):
        for step in working.steps:
            yield {
                "step": step,
                "outcome": step.verdict.outcome if step.verdict else "note",
                "formula": _mathml(step.formula),
                "substitution": _mathml(step.substitution),
                "verdict": str(step.verdict) if step.verdict else "",
                "has_answer": _has_answer(step),
                "close": _closeness(step),
            }


def _has_answer(step: Step) -> bool:
    """Whether there is anything to predict."""
    return any((step.substitution, step.value, step.verdict, step.detail))


def _closeness(step: Step) -> float:
    """How near a guess must be: half of the last digit shown."""
    if step.value is None:
        return 0.0
    if step.value.decimals is None:
        return abs(step.value.number) * 5e-4
    return 0.5 * 10.0**-step.value.decimals * (1 + 1e-9)


def _mathml(latex: str) -> Markup:
    from latex2mathml.converter import convert

    if not latex:
        return Markup()
    return Markup(convert(latex))  # noqa: S704 (latex2mathml escapes its input)


def _source(name: str) -> str:
    return (_WEB / name).read_text("utf-8")
