"""The one place that compiles kernels, so that all have the same flags."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def kernel(function: Kernel) -> Kernel:
    """Compile a function of arrays and scalars; it runs without the GIL.

    Machine code is kept beside the source (or in ``NUMBA_CACHE_DIR``), so that only the
    first call ever pays for the compiler. Integer and float results are the same as the
    interpreter's: no fast-math.
    """
    return cast(Kernel, numba.njit(nogil=True, cache=True)(function))
