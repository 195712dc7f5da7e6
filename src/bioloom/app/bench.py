"""What every screen works with, and how it shows a page."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse

import bioloom
from bioloom.app.commands import CommandLine
from bioloom.app.jobs import Jobs
from bioloom.app.opening import Views
from bioloom.app.roots import Roots
from bioloom.app.security import Door, Session
from bioloom.app.words import page_words, state_words
from bioloom.app.worker import command_of, environment_of
from bioloom.report.page import template_environment
from bioloom.run.language import HTML_TAGS, LANGUAGES, language_in_force, mark, tr

WEB = Path(__file__).parent / "web"
MOST_SECONDS = 600
"""How long a check or an explanation may take."""
MOST_CHARACTERS = 200_000
_TOO_LONG = mark(
    "This takes longer than {n} s, so it was ended. Run the command in a terminal."
)


@dataclass(slots=True)
class Bench:
    """The application's parts.

    Parameters
    ----------
    roots, line, jobs, door
        Folders, commands, jobs, and who is in.
    views
        Folders whose pages may be read.
    """

    roots: Roots
    line: CommandLine
    jobs: Jobs
    door: Door
    views: Views = field(default_factory=Views)
    _turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))

    async def told(self, words: list[str]) -> Told:
        """What a command says that answers soon, such as `explain`."""
        async with self._turn:
            process = await asyncio.create_subprocess_exec(
                *command_of(words),
                cwd=self.roots.first,
                env=environment_of(language_in_force()),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                text, _ = await asyncio.wait_for(process.communicate(), MOST_SECONDS)
            except TimeoutError:
                return Told(is_good=False, text=tr(_TOO_LONG, n=MOST_SECONDS))
            finally:
                await _ended(process)
        shown = text.decode("utf-8", "replace")[:MOST_CHARACTERS]
        return Told(process.returncode == 0, shown)


async def _ended(process: asyncio.subprocess.Process) -> None:
    """End a command that is not over, and what it has started."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


@dataclass(frozen=True, slots=True)
class Told:
    """What a command has printed, and whether it ended well."""

    is_good: bool
    text: str


def bench_of(request: Request) -> Bench:
    """The parts of the application that a request is made to."""
    bench: Bench = request.app.state.bench
    return bench


def rendered(request: Request, template: str, **values: Any) -> str:
    """A template as text, in the session's language."""
    session: Session | None = request.scope.get("session")
    return (
        template_environment(WEB)
        .get_template(template)
        .render(
            w=page_words(),
            states=state_words(),
            csrf=session.csrf if session else "",
            is_in=session is not None,
            language=language_in_force(),
            tag=HTML_TAGS[language_in_force()],
            languages=[(one, HTML_TAGS[one]) for one in LANGUAGES],
            version=bioloom.__version__,
            roots=bench_of(request).roots,
            here=request.url.path,
            back=_back(request),
            **values,
        )
    )


def _back(request: Request) -> str:
    """Where a switch of the language leads: the same page, if it can be asked for."""
    if request.method == "GET":
        query = request.url.query
        return f"{request.url.path}?{query}" if query else request.url.path
    job = request.path_params.get("job")
    return f"/jobs/{job}" if job else "/"


def shown(
    request: Request, template: str, *, status: int = 200, **values: Any
) -> HTMLResponse:
    """A page, or a part of one."""
    return HTMLResponse(rendered(request, template, **values), status)


def is_part(request: Request) -> bool:
    """Whether only a part of a page is asked for, by htmx."""
    return request.headers.get("hx-request") == "true"
