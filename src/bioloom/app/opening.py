"""Results that are opened: pages in a sandbox, tables saved, nothing from elsewhere.

A report is a page of its own and may hold scripts, so it is shown as a document without
an origin: it cannot read our cookie or our pages. As it has no cookie, its links to the
files beside it carry a token of their own, good for the one folder and for reading.
"""

from __future__ import annotations

import mimetypes
import secrets
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from bioloom.app.errors import OutsideRoots
from bioloom.app.roots import Roots
from bioloom.app.security import RESULT_POLICY

_SHOWN: Mapping[str, str] = MappingProxyType(
    {
        ".html": "text/html; charset=utf-8",
        ".svg": "image/svg+xml",
        ".png": "image/png",
        ".jpg": "image/jpeg",
        ".txt": "text/plain; charset=utf-8",
        ".md": "text/plain; charset=utf-8",
        ".log": "text/plain; charset=utf-8",
        ".json": "text/plain; charset=utf-8",
        ".yaml": "text/plain; charset=utf-8",
    }
)
"""What a browser shows; everything else is saved."""


class Views:
    """Folders that can be read by a token each, until the application ends."""

    def __init__(self) -> None:
        self._folders: dict[str, Path] = {}
        self._tokens: dict[Path, str] = {}

    def address(self, page: Path) -> str:
        """Where a page, and the files beside and below it, can be read."""
        place = page.resolve()
        token = self._tokens.setdefault(place.parent, secrets.token_urlsafe(24))
        self._folders[token] = place.parent
        return f"/view/{token}/{quote(place.name)}"

    def place(self, token: str, path: str, roots: Roots) -> Path:
        """The file that an address names.

        Raises
        ------
        HTTPException
            404 if there is none, or it is not in the token's folder.
        """
        folder = self._folders.get(token)
        if folder is None:
            raise HTTPException(404)
        try:
            place = roots.inside(folder / path)
        except OutsideRoots:
            raise HTTPException(404) from None
        if not place.is_relative_to(folder) or not place.is_file():
            raise HTTPException(404)
        return place


def file_response(place: Path, *, is_saved: bool = False) -> Response:
    """A file, to be shown in a sandbox or to be saved."""
    kind = None if is_saved else _SHOWN.get(place.suffix.lower())
    guessed = mimetypes.guess_type(place.name)[0] or "application/octet-stream"
    return FileResponse(
        place,
        media_type=kind or guessed,
        filename=place.name,
        content_disposition_type="inline" if kind else "attachment",
        headers={"Content-Security-Policy": RESULT_POLICY},
    )


async def view(request: Request) -> Response:
    """A file of a result, by the token of its folder."""
    bench = request.app.state.bench
    token, path = request.path_params["token"], request.path_params["path"]
    return file_response(bench.views.place(token, path, bench.roots))
