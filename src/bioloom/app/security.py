"""Who may ask: the address, the origin, the one-time token, the session.

A page in the same browser must be able to do nothing here, nor another user of the
machine. `Guard` stands before every screen; `checked_form` before everything that
changes something.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bioloom.run.language import Language, use_language

MOST_BYTES = 1 << 20
"""Longest request."""
MOST_FIELDS = 2000

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What our own screens may load: nothing but what this server gives, nothing inline."""
RESULT_POLICY = (
    "sandbox allow-scripts allow-popups allow-popups-to-escape-sandbox "
    "allow-downloads allow-modals; default-src 'none'; script-src 'unsafe-inline'; "
    "style-src 'unsafe-inline'; img-src 'self' data:; font-src data:; "
    "connect-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
"""A report is a page of its own that can ask this server for nothing but pictures."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # "no-referrer" would make the Origin of our own forms null
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
OPEN_PATHS = ("/enter", "/static/", "/view/", "/favicon.ico")
"""Without a session: the way in, style and scripts, and results by their own token."""
_OWN_SITE = ("", "same-origin", "none")


@dataclass(slots=True)
class Session:
    """A browser that has shown the token."""

    language: Language
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(32))


@dataclass(slots=True)
class Door:
    """The tokens that let in, and those who are in.

    Parameters
    ----------
    address
        Origin of the application, e.g. ``http://127.0.0.1:8642``.
    hosts
        Values of the Host header that are answered.
    language
        Of a new session.
    on_used
        Called with the next address when a token has been used.
    """

    address: str
    hosts: frozenset[str]
    language: Language = "en"
    on_used: Callable[[str], None] = lambda _address: None
    sessions: dict[str, Session] = field(default_factory=dict)
    _token: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    @property
    def cookie(self) -> str:
        """Its name; browsers do not tell ports apart."""
        return f"bioloom_{self.address.rpartition(':')[2]}"

    @property
    def way_in(self) -> str:
        """The address that lets one browser in."""
        return f"{self.address}/enter?token={self._token}"

    @property
    def origins(self) -> frozenset[str]:
        """Origins whose forms are taken."""
        return frozenset(f"http://{host}" for host in self.hosts)

    def enter(self, token: str) -> str | None:
        """Name of a new session, if the token is the one that is good now."""
        if not hmac.compare_digest(token.encode(), self._token.encode()):
            return None
        self._token = secrets.token_urlsafe(32)
        name = secrets.token_urlsafe(32)
        self.sessions[name] = Session(self.language)
        self.on_used(self.way_in)
        return name

    def session(self, cookies: Mapping[str, str]) -> Session | None:
        """The session that a browser's cookie names."""
        return self.sessions.get(cookies.get(self.cookie, ""))


class Guard:
    """Refuses what does not come from our own pages, before any screen sees it."""

    def __init__(
        self, app: ASGIApp, door: Door, refused: Callable[[int], Response]
    ) -> None:
        self.app, self.door, self.refused = app, door, refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check a request, and set the headers of its answer."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        send = _with_headers(send)
        request = Request(scope)
        session = self.door.session(request.cookies)
        status = self._status(request, session)
        language = session.language if session else self.door.language
        with use_language(language):
            if status != 200:
                await self.refused(status)(scope, receive, send)
                return
            scope["session"] = session
            await self.app(scope, _limited(receive), send)

    def _status(self, request: Request, session: Session | None) -> int:
        """200, or why it is refused."""
        headers = request.headers
        if headers.get("host", "") not in self.door.hosts:
            return 421  # DNS rebinding: our address under another's name
        is_open = request.url.path.startswith(OPEN_PATHS)
        if not is_open and headers.get("sec-fetch-site", "") not in _OWN_SITE:
            return 403
        if request.method not in ("GET", "HEAD"):
            if headers.get("origin", "") not in self.door.origins:
                return 403
            if _too_long(headers):
                return 413
        return 200 if session or is_open else 401


def _too_long(headers: Headers) -> bool:
    length = headers.get("content-length", "0")
    return not length.isdecimal() or int(length) > MOST_BYTES


def _limited(receive: Receive) -> Receive:
    """The same, ended where more comes than was announced or is allowed."""
    n_bytes = 0

    async def counted() -> Message:
        nonlocal n_bytes
        message = await receive()
        n_bytes += len(message.get("body", b""))
        if n_bytes > MOST_BYTES:
            raise HTTPException(413)
        return message

    return counted


def _with_headers(send: Send) -> Send:
    async def send_on(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.setdefault("Content-Security-Policy", PAGE_POLICY)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return send_on


async def checked_form(request: Request) -> dict[str, str]:
    """Fields of a form that carries its session's token; the last of a name counts.

    Raises
    ------
    HTTPException
        403 without the token, 413 with too many fields, 415 if it is no plain form (a
        file cannot be uploaded).
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind != "application/x-www-form-urlencoded":
        raise HTTPException(415)
    body = (await request.body()).decode("utf-8", "replace")
    try:
        fields = parse_qs(body, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise HTTPException(413) from None
    values = {name: texts[-1] for name, texts in fields.items()}
    session: Session = request.scope["session"]
    if not hmac.compare_digest(values.pop("csrf", "").encode(), session.csrf.encode()):
        raise HTTPException(403)
    return values


def enter(door: Door) -> Callable[[Request], Awaitable[Response]]:
    """The screen that takes the token and gives a cookie."""

    async def respond(request: Request) -> Response:
        name = door.enter(request.query_params.get("token", ""))
        if name is None:
            raise HTTPException(401)
        response = RedirectResponse("/", 303)
        response.set_cookie(
            door.cookie, name, httponly=True, samesite="strict", path="/"
        )
        return response

    return respond


def plain(status: int, text: str) -> PlainTextResponse:
    """A refusal in words."""
    return PlainTextResponse(text, status)
