"""The one place that compiles kernels, so that all have the same flags."""

import hashlib
import inspect
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

from bioloom import __version__

_PACKAGE = Path(__file__).parents[1]
Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def kernel(function: Kernel) -> Kernel:
    """Compile a function of arrays and scalars; it runs without the GIL.

    Machine code is kept beside the source (or in ``NUMBA_CACHE_DIR``), so that only the
    first call ever pays for the compiler. Integer and float results are the same as the
    interpreter's: no fast-math.
    """
    compiled = numba.njit(nogil=True, cache=True)(function)
    folder = _room_of(Path(inspect.getfile(function)))
    numba_cache = getattr(
        compiled, "_cache", None
    )  # there is none under NUMBA_DISABLE_JIT
    if numba_cache is not None:
        # numba looks at the kernel's own file alone, though others' kernels and
        # constants are compiled into it: old code would outlive an upgrade
        numba_cache._cache_file._source_stamp = _sources_stamp(folder)
    return cast(Kernel, compiled)


def _room_of(source: Path) -> Path:
    """Folder of the room: a kernel may call those of the room's other folders."""
    folder = source.parent
    while (folder.parent / "__init__.py").is_file() and folder.parent != _PACKAGE:
        folder = folder.parent
    return folder


@cache
def _sources_stamp(folder: Path) -> str:
    """Digest of what a room's kernels are made of: its Python files, the version."""
    digest = hashlib.sha256(__version__.encode())
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
