"""The file browser: folders inside the roots, to look into or to choose from."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bioloom.app.bench import bench_of, shown
from bioloom.app.errors import OutsideRoots
from bioloom.app.opening import file_response
from bioloom.app.roots import MOST_ENTRIES, Entry

_UNITS = ("B", "kB", "MB", "GB", "TB")
_PICKS = ("file", "folder", "any")


async def files(request: Request) -> Response:
    """A folder as a page."""
    place = _asked(request)
    if place.is_file():
        return RedirectResponse(_view(request, place), 303)
    return shown(request, "files.html", **_listing(request, place, pick=""))


async def pick(request: Request) -> Response:
    """A folder as a part of a form, for the field that asks."""
    pick = request.query_params.get("kind", "any")
    if pick not in _PICKS:
        raise HTTPException(400)
    place = _nearest(request)
    values = _listing(request, place, pick=pick)
    return shown(
        request,
        "pick.html",
        field=request.query_params.get("field", ""),
        title=request.query_params.get("field", ""),
        **values,
    )


async def save(request: Request) -> Response:
    """A file to be saved."""
    place = _asked(request)
    if not place.is_file():
        raise HTTPException(404)
    return file_response(place, is_saved=True)


async def show(request: Request) -> Response:
    """A file, or the report of a folder, in a sandbox."""
    place = _asked(request)
    if not place.is_file():
        raise HTTPException(404)
    return RedirectResponse(_view(request, place), 303)


def _view(request: Request, place: Path) -> str:
    return bench_of(request).views.address(place)


def _asked(request: Request) -> Path:
    """The place that the address names, if it is there.

    Raises
    ------
    HTTPException
        404 if it is not, or not inside the roots.
    """
    roots = bench_of(request).roots
    try:
        place = roots.inside(request.query_params.get("path", "") or roots.first)
    except OutsideRoots:
        raise HTTPException(404) from None
    if not place.exists():
        raise HTTPException(404)
    return place


def _nearest(request: Request) -> Path:
    """The folder that is asked for, or the one of a path that was typed."""
    roots = bench_of(request).roots
    asked = request.query_params.get("path", "") or str(roots.first)
    try:
        place = roots.inside(asked)
    except OutsideRoots:
        return roots.first
    if place.is_dir():
        return place
    above = place.parent
    return above if roots.is_inside(above) and above.is_dir() else roots.first


def _listing(request: Request, place: Path, *, pick: str) -> dict[str, Any]:
    roots = bench_of(request).roots
    entries = roots.entries(place)
    return {
        "place": place,
        "place_name": roots.name_of(place),
        "value": roots.shown(place) if place != roots.first else ".",
        "above": roots.parent_of(place),
        "entries": [_row(request, entry) for entry in entries],
        "is_cut": len(entries) == MOST_ENTRIES,
        "n_most": MOST_ENTRIES,
        "pick": pick,
    }


def _row(request: Request, entry: Entry) -> dict[str, Any]:
    return {
        "name": entry.name,
        "path": str(entry.path),
        "value": bench_of(request).roots.shown(entry.path),
        "is_folder": entry.is_folder,
        "size": "" if entry.is_folder else size_words(entry.n_bytes),
        "changed": f"{datetime.fromtimestamp(entry.modified_s):%Y-%m-%d %H:%M}",
    }


def size_words(n_bytes: float) -> str:
    """A size as people read it.

    Examples
    --------
    >>> size_words(999), size_words(12_345), size_words(3.2e9)
    ('999 B', '12 kB', '3.2 GB')
    """
    unit = 0
    while n_bytes >= 1000 and unit < len(_UNITS) - 1:
        n_bytes, unit = n_bytes / 1000, unit + 1
    decimals = 1 if unit and n_bytes < 10 else 0
    return f"{n_bytes:.{decimals}f} {_UNITS[unit]}"
