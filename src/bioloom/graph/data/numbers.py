"""Numbers of a table: decimal points or commas, truth values, and what is missing."""

import re

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bioloom.run.table_reader import MISSING

_TRUTH = {"true": "1", "false": "0"}
_COMMA = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?")


def numbers_of(text: "pd.Series[str]") -> NDArray[np.float32]:
    """Values of a column of text; NaN or infinite where it is not a number.

    A column whose other values all have a decimal comma, or are true and false (1 and
    0), is one of numbers too.

    Examples
    --------
    >>> numbers_of(pd.Series(["1", "2,5", "NA"])).tolist()
    [1.0, 2.5, nan]
    """
    found = pd.to_numeric(text, errors="coerce").to_numpy(np.float32, copy=True)
    odd = np.flatnonzero(~np.isfinite(found))
    words = text.iloc[odd]
    is_word = ~words.isin(MISSING).to_numpy(dtype=bool) & np.isnan(found[odd])
    if is_word.any():
        found[odd[is_word]] = _otherwise(words[is_word])
    return found


def _otherwise(words: "pd.Series[str]") -> NDArray[np.float32]:
    lower = words.str.lower()
    if lower.isin([*_TRUTH]).all():
        return lower.map(_TRUTH).to_numpy(dtype=np.float32)
    if words.str.fullmatch(_COMMA).all():
        points = words.str.replace(",", ".", regex=False)
        return pd.to_numeric(points).to_numpy(dtype=np.float32)
    return np.full(len(words), np.nan, dtype=np.float32)
