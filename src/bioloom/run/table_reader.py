"""Tables that users have: CSV, TSV or ``;``, any usual encoding, plain or gzip.

Leading comment lines (``#``) are skipped; all columns stay text, so that ``007`` and
``7`` are two names and ``NA`` is a word. Every command reads its tables here.
"""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from os import PathLike
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple, TextIO, TypeAlias, cast

from bioloom.errors import BadInput, BadTable, MissingFile
from bioloom.run.output import UNREADABLE, open_bytes
from bioloom.run.text import decoded

if TYPE_CHECKING:
    import pandas as pd

TableSource: TypeAlias = (
    "str | PathLike[str] | IO[str] | IO[bytes] | pd.DataFrame | "
    "Mapping[str, Sequence[object]]"
)
"""What a table may be given as: a path, an open file, a DataFrame, columns by name."""

MISSING = frozenset(
    ("", "NA", "N/A", "n/a", "NaN", "nan", "<NA>", "#N/A", "NULL", "null", "None")
)
"""What R, Python and spreadsheets write where there is no value."""
BLOCK_ROWS = 500_000
BLANKS = r"\s+"
"""Separator of tables whose fields are apart by any number of blanks."""
_SEPARATORS = ("\t", ";", ",")
_N_FOLLOWING = 200


class TableText(NamedTuple):
    """An open table.

    Parameters
    ----------
    text
        From the first line that is not a comment.
    first_line, following
        That line, and up to 200 after it.
    separator
        What separates fields.
    """

    text: io.TextIOBase
    first_line: str
    separator: str
    following: tuple[str, ...] = ()

    @property
    def first_fields(self) -> list[str]:
        """The fields of the first line, without quotes."""
        return self.fields(self.first_line)

    @property
    def next_rows(self) -> list[list[str]]:
        """The fields of the lines after it."""
        return [self.fields(line) for line in self.following if line.strip()]

    def fields(self, line: str) -> list[str]:
        """The fields of a line, without quotes."""
        if self.separator == BLANKS:
            return [field.strip('"') for field in line.split()]
        row = next(csv.reader([line.rstrip("\r\n")], delimiter=self.separator), [])
        return [field.strip() for field in row]


HasHeader = Callable[[TableText], bool]


def always(_table: TableText) -> bool:
    """Say that a table has a header, as most have."""
    return True


def read_table(
    source: TableSource,
    *,
    role: str = "a table",
    error: type[BadInput] = BadTable,
) -> pd.DataFrame:
    """Read a whole table with a header, all columns as text.

    Parameters
    ----------
    source
        A path ("-" is standard input), an open file, a DataFrame, or columns by name.
    role
        What the table is, for messages.
    error
        Class of the error.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadInput
        Of the given class, if it cannot be read or has no row.
    """
    import pandas as pd

    blocks = list(table_blocks(source, role=role, error=error))
    frame = pd.concat(blocks, ignore_index=True) if blocks else pd.DataFrame()
    if not len(frame):
        raise _unreadable(name_of_source(source), error, "no row")
    return frame


def table_blocks(
    source: TableSource,
    *,
    role: str = "a table",
    error: type[BadInput] = BadTable,
    has_header: HasHeader = always,
    names: Sequence[str] = (),
    blanks: bool = False,
) -> Iterator[pd.DataFrame]:
    """Read a table in blocks of rows, all columns as text.

    Parameters
    ----------
    source, role, error
        As for `read_table`.
    has_header
        Says of an open table whether its first line is a header.
    names
        Names of the columns of a table without one.
    blanks
        Whether fields may be separated by blanks.

    Raises
    ------
    MissingFile, BadInput
        As `read_table` does.
    """
    import pandas as pd

    if isinstance(source, pd.DataFrame | Mapping):
        yield as_text(pd.DataFrame(source))
        return
    where = name_of_source(source)
    problems = (*UNREADABLE, pd.errors.ParserError, pd.errors.EmptyDataError)
    try:
        with open_table(source, role=role, blanks=blanks) as table:
            is_named = has_header(table)
            with pd.read_csv(
                table.text,
                sep=table.separator,
                header=0 if is_named else None,
                names=None if is_named else list(names[: len(table.first_fields)]),
                dtype=str,
                na_filter=False,
                index_col=False,
                chunksize=BLOCK_ROWS,
            ) as reader:
                while (block := _next_block(reader)) is not None:
                    yield block
    except MissingFile:
        raise
    except (*problems, pd.errors.ParserWarning) as problem:
        raise _unreadable(where, error, str(problem)) from None


def _next_block(reader: Iterator[pd.DataFrame]) -> pd.DataFrame | None:
    """The next rows, lines of another length refused; None at the end.

    The filter holds while pandas reads, not while the caller works: a reader that is
    left half read would restore it at any later time.
    """
    import pandas as pd

    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)
        return next(reader, None)


@contextmanager
def open_table(
    source: TableSource, *, role: str = "a table", blanks: bool = False
) -> Iterator[TableText]:
    """Open a table's text at its header.

    Parameters
    ----------
    source, role
        As for `read_table`.
    blanks
        Whether fields may be separated by blanks.

    Raises
    ------
    MissingFile
        If there is no such file.
    """
    with _open(source, role) as lines:
        first = next((line for line in lines if not _is_comment(line)), "")
        header = first.removeprefix("#")
        following = tuple(islice(lines, _N_FOLLOWING))
        text = _Resumed(header + "".join(following), lines)
        yield TableText(text, header, separator_of(header, blanks=blanks), following)


def separator_of(line: str, *, blanks: bool = False) -> str:
    r"""What separates the fields of a line: a tab, else ``;`` or ``,``, the commoner.

    With `blanks`, a line without any of them is separated by blanks, if it has some.

    Examples
    --------
    >>> separator_of("id;label"), separator_of("a,b"), separator_of("a\tb,c")
    (';', ',', '\t')
    """
    if "\t" in line:
        return "\t"
    if blanks and len(line.split()) > 1 and not {";", ","} & set(line):
        return BLANKS
    return ";" if line.count(";") > line.count(",") else ","


def as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """A table with its values as text; what is missing is empty."""
    import pandas as pd

    columns = {
        str(name): ["" if pd.isna(value) else str(value) for value in frame[name]]
        for name in frame
    }
    return pd.DataFrame(columns, dtype=str)


def name_of_source(source: TableSource) -> str:
    """What a source is called in messages."""
    if isinstance(source, str | PathLike):
        return "standard input" if str(source) == "-" else str(source)
    return str(getattr(source, "name", f"the {type(source).__name__} given"))


def _open(source: TableSource, role: str) -> TextIO:
    if isinstance(source, str | PathLike):
        if str(source) != "-" and not Path(source).exists():
            raise MissingFile(str(source), role=role)
        return decoded(open_bytes(str(source)), where=name_of_source(source))
    stream = cast(IO[Any], source)
    if isinstance(stream.read(0), bytes):
        return decoded(stream, where=name_of_source(source))
    return io.StringIO(stream.read())


def _is_comment(line: str) -> bool:
    """Whether a line is a comment; ``#name`` with several fields is a header."""
    if not line.startswith("#"):
        return not line.strip()
    is_header = line[1:2].isalnum() and any(mark in line for mark in _SEPARATORS)
    return not is_header


def _unreadable(where: str, error: type[BadInput], problem: str) -> BadInput:
    return error(
        where=where,
        found=f"an unreadable table ({' '.join(problem.split())})",
        expected="CSV or TSV with a header and rows",
        advice="Fix the file.",
    )


class _Resumed(io.TextIOBase):
    """A text of which some lines were read already, from its beginning."""

    def __init__(self, begin: str, rest: TextIO) -> None:
        self._begin, self._rest = begin, rest

    def read(self, size: int | None = -1, /) -> str:
        """At most this many next characters."""
        size = -1 if size is None else size
        if not self._begin:
            return self._rest.read(size)
        if size < 0:
            begin, self._begin = self._begin, ""
            return begin + self._rest.read()
        begin, self._begin = self._begin[:size], self._begin[size:]
        return begin

    def readline(self, size: int = -1, /) -> str:  # type: ignore[override]
        """The next line."""
        if not self._begin:
            return self._rest.readline(size)
        line, newline, self._begin = self._begin.partition("\n")
        return line + newline
