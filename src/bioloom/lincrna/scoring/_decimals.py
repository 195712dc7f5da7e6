"""Kernel that writes whole millionths as decimals."""

import numpy as np
from numpy.typing import NDArray

from bioloom.run.jit import kernel

DECIMALS = 6
_LONGEST = 27  # sign, 19 digits, point, tab, and room
_TAB, _MINUS, _POINT, _ZERO = 9, 45, 46, 48

Text = NDArray[np.uint8]
Ints = NDArray[np.int64]


@kernel
def decimal_rows(millionths: Ints) -> tuple[Text, Ints]:
    """Rows of decimals with tabs between, as ASCII, and where each row ends.

    The text is the shortest that reads as the same number: 1.5, -0.000002, 0.0.
    """
    n_rows, n_columns = millionths.shape
    text = np.empty(n_rows * n_columns * _LONGEST, dtype=np.uint8)
    ends = np.empty(n_rows, dtype=np.int64)
    end = 0
    for row in range(n_rows):
        for column in range(n_columns):
            if column:
                text[end] = _TAB
                end += 1
            end = _write(millionths[row, column], text, end)
        ends[row] = end
    return text[:end], ends


@kernel
def _write(number: int, text: Text, end: int) -> int:
    """Write one number from `end` on; return its end."""
    if number < 0:
        text[end] = _MINUS
        end, number = end + 1, -number
    n_decimals = DECIMALS
    while n_decimals > 1 and number % 10 == 0:
        number, n_decimals = number // 10, n_decimals - 1
    n_digits, rest = 1, number // 10
    while rest > 0 or n_digits <= n_decimals:
        n_digits, rest = n_digits + 1, rest // 10
    last = end + n_digits  # one place more than digits: the point
    for place in range(last, end - 1, -1):
        if place == last - n_decimals:
            text[place] = _POINT
        else:
            text[place], number = _ZERO + number % 10, number // 10
    return last + 1
