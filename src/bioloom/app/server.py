"""The application put together, and served."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bioloom.app import browsing, lincrna, opening, pages
from bioloom.app.bench import WEB, Bench, shown
from bioloom.app.commands import CommandLine
from bioloom.app.errors import BadRoot, CannotKeepJobs, CannotListen
from bioloom.app.jobs import Jobs
from bioloom.app.queue import Queue, alone, cancelled
from bioloom.app.roots import Roots
from bioloom.app.security import Door, Guard, enter, plain
from bioloom.app.words import REFUSALS
from bioloom.report.page import page_style
from bioloom.run.language import Language, tr

STATIC: Mapping[str, str] = {
    "app.css": "text/css",
    "app.js": "text/javascript",
    "htmx.min.js": "text/javascript",
    "sse.min.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
LOOPBACK = ("127.0.0.1", "localhost", "::1")
_HTTP_PORT = 80
_PATIENCE_S = 2  # for pages that follow a job when the application ends


@dataclass(frozen=True, slots=True)
class Place:
    """Where the application listens.

    Parameters
    ----------
    host, port
        The address; port 0 takes a free one.
    """

    host: str = "127.0.0.1"
    port: int = 8642

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach it."""
        return self.host in LOOPBACK

    def listening(self) -> socket.socket:
        """A socket that listens there.

        Raises
        ------
        CannotListen
            If the port is taken, or the address is not this machine's.
        """
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        try:
            return socket.create_server((self.host, self.port), family=family)
        except OSError as problem:
            reason = problem.strerror or str(problem)
            raise CannotListen(self.host, self.port, reason=reason) from None


def door_at(
    host: str,
    port: int,
    *,
    language: Language = "en",
    on_used: Callable[[str], None] = lambda _address: None,
) -> Door:
    """The door of an application that listens at an address."""
    names = {*LOOPBACK, host} if host in LOOPBACK else {host}
    bracketed = {f"[{name}]" if ":" in name else name for name in names}
    shown_host = f"[{host}]" if ":" in host else host
    hosts = {f"{name}:{port}" for name in bracketed}
    if port == _HTTP_PORT:  # browsers do not name it
        hosts |= bracketed
    return Door(
        f"http://{shown_host}:{port}",
        frozenset(hosts),
        language=language,
        on_used=on_used,
    )


def application(roots: Roots, line: CommandLine, door: Door) -> Starlette:
    """The application.

    Parameters
    ----------
    roots
        Folders that it may use.
    line
        Commands that it offers.
    door
        Who may ask.
    """
    jobs = Jobs(roots.jobs)
    app = Starlette(
        routes=[*_routes(door), *_lincrna_routes()],
        middleware=[Middleware(Guard, door=door, refused=_words)],
        exception_handlers={HTTPException: _refused},
        lifespan=_lifespan(jobs),
    )
    app.state.bench = Bench(roots, line, jobs, door)
    return app


def _routes(door: Door) -> list[Route]:
    return [
        Route("/enter", enter(door)),
        Route("/static/{name}", static),
        Route("/favicon.ico", icon),
        Route("/view/{token}/{path:path}", opening.view),
        Route("/", pages.start),
        Route("/queue", pages.queue),
        Route("/run/{words:path}", pages.form, methods=["GET"]),
        Route("/run/{words:path}", pages.run, methods=["POST"]),
        Route("/preview/{words:path}", pages.preview, methods=["POST"]),
        Route("/jobs/{job}", pages.job),
        Route("/jobs/{job}/events", pages.events),
        Route("/jobs/{job}/output", pages.output),
        Route("/jobs/{job}/stop", pages.stop, methods=["POST"]),
        Route("/jobs/{job}/again", pages.again, methods=["POST"]),
        Route("/jobs/{job}/explain", pages.explain, methods=["POST"]),
        Route("/files", browsing.files),
        Route("/files/pick", browsing.pick),
        Route("/files/save", browsing.save),
        Route("/files/show", browsing.show),
        Route("/lessons", pages.lessons),
        Route("/lessons/{room}", pages.lesson, methods=["POST"]),
        Route("/language", pages.language, methods=["POST"]),
    ]


def _lincrna_routes() -> list[Route]:
    return [
        Route("/lincrna", lincrna.reads),
        Route("/lincrna/samples", lincrna.samples),
        Route("/lincrna/write", lincrna.write, methods=["POST"]),
        Route("/lincrna/checks", lincrna.checks),
        Route("/lincrna/checks/{check}", lincrna.check, methods=["POST"]),
        Route("/lincrna/begin", lincrna.begin, methods=["POST"]),
    ]


async def static(request: Request) -> Response:
    """Style and scripts."""
    name = request.path_params["name"]
    if name == "page.css":
        return Response(page_style(), media_type="text/css")
    if name not in STATIC:
        raise HTTPException(404)
    return Response((WEB / name).read_bytes(), media_type=STATIC[name])


async def icon(_request: Request) -> Response:
    """What browsers ask for beside any page, a report too."""
    return Response((WEB / "icon.svg").read_bytes(), media_type="image/svg+xml")


def _words(status: int) -> Response:
    return plain(status, tr(REFUSALS.get(status, REFUSALS[400])))


async def _refused(request: Request, problem: Exception) -> Response:
    status = problem.status_code if isinstance(problem, HTTPException) else 400
    if request.scope.get("session") is None:
        return _words(status)
    message = tr(REFUSALS.get(status, REFUSALS[400]))
    return shown(request, "refused.html", status=status, message=message)


def _lifespan(jobs: Jobs) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(Queue(jobs).work())
        yield
        await cancelled(task)

    return lifespan


def serve(
    roots: Roots,
    line: CommandLine,
    place: Place,
    *,
    language: Language = "en",
    on_address: Callable[[str], None],
) -> None:
    """Serve the application until it is interrupted; jobs that run go on.

    Parameters
    ----------
    roots, line
        Folders and commands.
    place
        Where to listen.
    language
        Of browsers that come in.
    on_address
        Called with the address that lets a browser in, and each time with the next.

    Raises
    ------
    AppIsBusy
        If another application works with the same jobs.
    CannotKeepJobs
        If the folder of jobs cannot be made.
    CannotListen
        If the address cannot be had.
    """
    import uvicorn

    try:
        Jobs(roots.jobs)
    except OSError as problem:
        raise CannotKeepJobs(roots.jobs, problem.strerror or str(problem)) from None
    with alone(roots.jobs), closing(place.listening()) as listening:
        port = listening.getsockname()[1]
        door = door_at(place.host, port, language=language, on_used=on_address)
        config = uvicorn.Config(
            application(roots, line, door),
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_PATIENCE_S,
        )
        on_address(door.way_in)
        uvicorn.Server(config).run(sockets=[listening])


def read_roots(named: list[tuple[str, Path]]) -> Roots:
    """Folders by name, their links resolved.

    Raises
    ------
    BadRoot
        If one is no folder, or a name is there twice.
    """
    folders: dict[str, Path] = {}
    for name, folder in named:
        if name in folders or not folder.is_dir() or not name:
            raise BadRoot(name, folder)
        folders[name] = folder.resolve()
    return Roots(folders)
