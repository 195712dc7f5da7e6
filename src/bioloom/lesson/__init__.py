"""Lessons: pages that play a working step by step, and things to try.

- `write`: the lesson of one room, a page that needs nothing else.
- `write_all`: all lessons and a page that leads to them.
- `play`: a page that plays any saved explanation.

A page holds English and Chinese, and what a reader has set stands in its address. The
numbers that move are computed in the page by small JavaScript kernels, which tests hold
to the Python of the rooms.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bioloom.lesson.api import play as play
    from bioloom.lesson.api import write as write
    from bioloom.lesson.api import write_all as write_all

__all__ = ["play", "write", "write_all"]


def __getattr__(name: str) -> Any:
    """Import the API when it is first used (PEP 562)."""
    from bioloom.run.lazy import public

    return public(__name__, name, __all__)


def __dir__() -> list[str]:
    """The public functions."""
    return sorted(__all__)
