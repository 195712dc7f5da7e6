"""Public functions of a room, imported when they are first used (PEP 562)."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any


def public(room: str, name: str, names: Sequence[str]) -> Any:
    """A public function from the ``api`` module of a room.

    Parameters
    ----------
    room
        Full name of the room's package.
    name
        Of the function.
    names
        The room's ``__all__``.

    Raises
    ------
    AttributeError
        If the room has no such function.
    """
    if name not in names:
        message = f"module {room!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{room}.api"), name)
