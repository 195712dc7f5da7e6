"""The screens: start, a command's form, a job, lessons."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

import bioloom
from bioloom.app.arguments import REPLACE, checked_arguments, command_text
from bioloom.app.bench import Told, bench_of, is_part, rendered, shown
from bioloom.app.commands import Offer
from bioloom.app.errors import BadValue
from bioloom.app.forms import Field, fields_of
from bioloom.app.jobs import Job
from bioloom.app.results import (
    EXPLAINED,
    NOTHING,
    RUN,
    is_run,
    result_of,
)
from bioloom.app.security import Session, checked_form
from bioloom.app.worker import OUT
from bioloom.errors import BioloomError
from bioloom.run.language import LANGUAGES

MOST_JOBS = 12
"""Jobs on the first screen."""
EVENT_S = 0.5


async def start(request: Request) -> Response:
    """The first screen: the rooms in plain words, and the jobs."""
    bench = bench_of(request)
    rooms = bench.line.rooms()
    sentences = {room: bench.line.sentence(room) for room in bioloom.ROOMS}
    jobs = bench.jobs.all()[:MOST_JOBS]
    return shown(request, "start.html", rooms=rooms, sentences=sentences, jobs=jobs)


async def queue(request: Request) -> Response:
    """The jobs alone, for a page that is open."""
    jobs = bench_of(request).jobs.all()[:MOST_JOBS]
    return shown(request, "queue.html", jobs=jobs)


async def form(request: Request) -> Response:
    """The form of a command, empty or as a job had it."""
    values: Mapping[str, str] = dict(request.query_params)
    if name := request.query_params.get("job"):
        values = {**job_named(request, name).values}
    return _form(request, _offer(request), values)


async def preview(request: Request) -> Response:
    """The command line of a form, or what is wrong with it."""
    offer, values = _offer(request), await checked_form(request)
    return shown(request, "preview.html", **_checked(request, offer, values))


async def run(request: Request) -> Response:
    """Run a command as its form says."""
    offer, values = _offer(request), await checked_form(request)
    bench, session = bench_of(request), session_of(request)
    try:
        arguments = checked_arguments(offer, values, bench.roots)
    except BadValue as problem:
        return _form(request, offer, values, problem=problem)
    job = bench.jobs.add(
        offer.words,
        arguments,
        values,
        place=bench.roots.first,
        language=session.language,
    )
    return RedirectResponse(f"/jobs/{job.name}", 303)


async def job(request: Request) -> Response:
    """A job: its command, its progress, its result."""
    found = job_named(request)
    return shown(request, "job.html", **_job_values(request, found))


async def events(request: Request) -> Response:
    """What happens to a job, as server-sent events, until it is over."""
    found = job_named(request)
    return StreamingResponse(_events(request, found), media_type="text/event-stream")


async def _events(request: Request, found: Job) -> AsyncIterator[str]:
    sent: dict[str, str] = {}
    while True:
        values = _job_values(request, found)
        for part in ("progress", "actions", "result"):
            text = rendered(request, f"job_{part}.html", **values)
            if sent.get(part) != text:
                sent[part] = text
                yield _event(part, text)
        if found.is_over:
            yield _event("end", "")
            return
        await asyncio.sleep(EVENT_S)
        try:
            found = job_named(request)
        except HTTPException:  # its folder is gone
            return


def _event(name: str, text: str) -> str:
    data = "".join(f"data: {line}\n" for line in text.splitlines() or [""])
    return f"event: {name}\n{data}\n"


async def stop(request: Request) -> Response:
    """Stop a job."""
    await checked_form(request)
    found = job_named(request)
    bench_of(request).jobs.stop(found)
    return RedirectResponse(f"/jobs/{found.name}", 303)


async def again(request: Request) -> Response:
    """Run the same command again: an interrupted run resumes."""
    await checked_form(request)
    found = job_named(request)
    bench = bench_of(request)
    if not found.is_own:  # what it would do is to be looked at first
        return RedirectResponse(f"/run/{'/'.join(found.words)}?job={found.name}", 303)
    new = bench.jobs.add(
        found.words,
        found.arguments,
        found.values,
        place=bench.roots.first,
        language=session_of(request).language,
    )
    return RedirectResponse(f"/jobs/{new.name}", 303)


async def output(request: Request) -> Response:
    """The result of a command that prints it, to be saved."""
    from bioloom.app.opening import file_response

    place = job_named(request).folder / OUT
    if not place.is_file():
        raise HTTPException(404)
    return file_response(place, is_saved=True)


async def explain(request: Request) -> Response:
    """The working behind one result of a run."""
    values = await checked_form(request)
    found, bench = job_named(request), bench_of(request)
    room = found.words[0]
    folder = result_of(found, bench.line, bench.roots).folder
    if room not in EXPLAINED or folder is None or not is_run(folder):
        raise HTTPException(404)
    told = await _explained(request, room, values.get("item", ""), folder)
    template = "told_part.html" if is_part(request) else "told.html"
    return shown(request, template, told=told, title=found.title)


async def _explained(request: Request, room: str, item: str, folder: Path) -> Told:
    bench = bench_of(request)
    offer = bench.line.offer((room, "explain"))
    given = {EXPLAINED[room]: item, RUN: bench.roots.shown(folder)}
    try:
        arguments = checked_arguments(offer, given, bench.roots)
    except BadValue as problem:
        return Told(is_good=False, text=str(problem))
    return await bench.told([*offer.words, *arguments])


async def lessons(request: Request) -> Response:
    """The lessons of the rooms."""
    bench = bench_of(request)
    sentences = {room: bench.line.sentence(room) for room in bioloom.ROOMS}
    return shown(request, "lessons.html", sentences=sentences)


async def lesson(request: Request) -> Response:
    """Make the lesson of a room, and open it."""
    await checked_form(request)
    room, bench = request.path_params["room"], bench_of(request)
    if room not in bioloom.ROOMS:
        raise HTTPException(404)
    page = bench.jobs.folder / "lessons" / f"{room}-{bioloom.__version__}.html"
    if not page.is_file():
        told = await bench.told(["lesson", f"--out={page}", "--", room])
        if not told.is_good:
            return shown(request, "told.html", title=room, told=told)
    address = bench.views.address(page)
    return RedirectResponse(f"{address}#lang={session_of(request).language}", 303)


async def language(request: Request) -> Response:
    """Switch the language."""
    values, session = await checked_form(request), session_of(request)
    for known in LANGUAGES:
        if values.get("language") == known:
            session.language = known
    back = values.get("back", "/")
    is_own = back.startswith("/") and not back.startswith(("//", "/\\"))
    return RedirectResponse(back if is_own else "/", 303)


def session_of(request: Request) -> Session:
    """The session of a request, which the guard has checked."""
    session: Session = request.scope["session"]
    return session


def job_named(request: Request, name: str = "") -> Job:
    """The job of an address.

    Raises
    ------
    HTTPException
        404 if there is none.
    """
    try:
        return bench_of(request).jobs.get(name or request.path_params["job"])
    except KeyError:
        raise HTTPException(404) from None


def _offer(request: Request) -> Offer:
    words = tuple(request.path_params["words"].split("/"))
    try:
        return bench_of(request).line.offer(words)
    except KeyError:
        raise HTTPException(404) from None


def _checked(
    request: Request, offer: Offer, values: Mapping[str, str]
) -> dict[str, Any]:
    """The command line of a form, and what is wrong with it."""
    bench, problem = bench_of(request), ""
    arguments: list[str] = []
    try:
        with bench.line.speaking(session_of(request).language):
            arguments = checked_arguments(offer, values, bench.roots)
    except BioloomError as found:
        problem = str(found)
    return {"command": command_text(offer.words, arguments), "problem": problem}


def _form(
    request: Request,
    offer: Offer,
    values: Mapping[str, str],
    *,
    problem: BadValue | None = None,
) -> Response:
    fields = fields_of(offer)
    groups: dict[str, list[Field]] = {"needed": [], "usual": [], "advanced": []}
    for field in fields:
        group = "usual" if field.is_main else "advanced"
        groups["needed" if field.is_required else group].append(field)
    checked = _checked(request, offer, values)
    message = ""
    if problem is not None:
        message = str(checked["problem"])
    return shown(
        request,
        "form.html",
        status=422 if problem else 200,
        offer=offer,
        groups=groups,
        values=values,
        message=message,
        wrong=problem.field if problem else "",
        may_replace=any(field.is_output for field in fields),
        replace_name=REPLACE,
        command=checked["command"] if not checked["problem"] else "",
        problem="",
    )


def _job_values(request: Request, found: Job) -> dict[str, Any]:
    bench = bench_of(request)
    # what a job that runs has made so far may be half of a file, and what lies where a
    # failed one was to write may be of an earlier one
    is_done = found.state == "done"
    result = result_of(found, bench.line, bench.roots) if is_done else NOTHING
    steps = found.steps()
    folder = result.folder
    has_run = folder is not None and is_run(folder)
    return {
        "job": found,
        "steps": steps,
        "now": steps[-1] if steps else None,
        "result": result,
        "view": bench.views.address,
        "is_explained": found.words[0] in EXPLAINED and has_run and found.is_over,
        "is_asked_to_stop": (found.folder / "stop.json").exists(),
        "explained_field": EXPLAINED.get(found.words[0], ""),
    }
