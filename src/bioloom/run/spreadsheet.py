"""The tables of a run folder as one Excel workbook, a sheet for each.

References
----------
Ziemann M. et al. (2016) Gene name errors are widespread in the scientific literature.
Genome Biology 17:177, for what spreadsheets do to identifiers that they read as text.
"""

import csv
import datetime
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bioloom.errors import BadRunFolder
from bioloom.run.external import require_packages
from bioloom.run.output import open_text, written_aside
from bioloom.run.tables import without_apostrophe
from bioloom.run.text import warn_input

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook, Worksheet

WORKBOOK = "tables.xlsx"
MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384
MAX_TEXT = 32_767
"""What a sheet and a cell can hold: Excel's own limits."""
_MAX_DIGITS = 15  # of an integer that a spreadsheet keeps whole
_MAX_NAME = 31
_WIDEST, _NARROWEST = 50, 6  # characters
_LONGEST = 2**31 - 1
_MEASURED_ROWS = 200  # for widths of columns
# as bioloom writes numbers: an exponent has its sign, so that 1e5 is a name, and so is
# what begins with a zero, such as 0012
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]\d+)?")
_NO_NUMBER = ("inf", "-inf", "nan")  # no cell can hold them as numbers
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_HEADING = re.compile(r"## (\S+?)(?:\.tsv)?(?:\.gz)?$")
_COLUMN = re.compile(r"- `([^`]+)`: (.*)")
_ENDINGS = (".tsv", ".tsv.gz")


@dataclass(frozen=True, slots=True)
class Meaning:
    """A line of the first sheet: a table, perhaps a column of it, and what it means."""

    table: str
    column: str
    words: str


@dataclass(frozen=True, slots=True)
class SheetSize:
    """A table that became a sheet, and its rows without the header."""

    name: str
    n_rows: int


def write_workbook(run: Path, out: Path | None = None) -> tuple[Path, list[SheetSize]]:
    """Write the tables of a run folder as a workbook.

    The first sheet, README, holds what each column means. A column is of numbers where
    each of its values is one, as bioloom writes numbers (or inf or nan, which stay
    text); else all of it is text, so that no identifier is read as a date or number
    (SEPT2, 1e5, 0012). The same tables give the same bytes.

    Parameters
    ----------
    run
        Run folder of any room: with ``tables/*.tsv``, or tables beside ``run.json``.
    out
        The workbook; by default ``tables.xlsx`` in the run folder.

    Returns
    -------
    The workbook, and its sheets after the first one.

    Raises
    ------
    BadRunFolder
        If the folder has no tables.
    bioloom.run.external.PackageMissing
        If XlsxWriter is not installed.

    Warns
    -----
    InputWarning
        Of a table that is too large for a sheet and is left out, and of texts that are
        too long for a cell and are cut.
    """
    require_packages("xlsxwriter", extra="xlsx")
    from xlsxwriter import Workbook

    paths = _tables(run)
    out = out or run / WORKBOOK
    out.parent.mkdir(parents=True, exist_ok=True)
    with written_aside(out) as aside:
        book = Workbook(str(aside), {"constant_memory": True, "in_memory": False})
        # the time of the writing would be in it
        book.set_properties({"created": datetime.datetime(2000, 1, 1)})  # noqa: DTZ001
        sheets = _fill(book, run, paths)
        book.close()
    return out, sheets


def _fill(book: "Workbook", run: Path, paths: Mapping[str, Path]) -> list[SheetSize]:
    bold = book.add_format({"bold": True, "bottom": 1})
    first = book.add_worksheet("README")
    names = _sheet_names(paths)
    sheets = []
    for table, path in paths.items():
        size = _measure(path)
        if size is not None:
            sheet = book.add_worksheet(names[table])
            _write_table(sheet, path, size, bold)
            sheets.append(SheetSize(names[table], size.n_rows))
    meanings = [
        (names.get(each.table, each.table), each.column, each.words)
        for each in _meanings(run)
        if not each.table or names.get(each.table) in {sheet.name for sheet in sheets}
    ]
    _write_readme(first, meanings, bold)
    return sheets


def _tables(run: Path) -> dict[str, Path]:
    """Tables of a run folder by their names, those in ``tables`` first."""
    found = {
        path.name.removesuffix(ending): path
        for folder in (run / "tables", run)
        for path in sorted(folder.glob("*.tsv*"))
        for ending in _ENDINGS
        if path.name.endswith(ending)
    }
    if not found:
        raise BadRunFolder(
            where=run,
            found="no tables",
            expected="the folder of a finished run, with tables/*.tsv",
            advice="Give the folder that --out named.",
        )
    return found


def _sheet_names(tables: Iterable[str]) -> dict[str, str]:
    """Names that Excel takes, which differ from each other in more than case."""
    taken, names = {"readme", "history"}, {}
    for table in tables:
        plain = _FORBIDDEN.sub("_", table).strip("'") or "table"
        name, n = plain[:_MAX_NAME], 1
        while name.lower() in taken:
            n += 1
            name = f"{plain[: _MAX_NAME - len(str(n)) - 1]}_{n}"
        taken.add(name.lower())
        names[table] = name
    return names


@dataclass(frozen=True, slots=True)
class _Size:
    """What the first reading of a table tells: rows, columns of numbers, widths."""

    n_rows: int
    is_number: Sequence[bool]
    widths: Sequence[int]


def _rows(path: Path) -> Iterator[list[str]]:
    csv.field_size_limit(_LONGEST)  # a sequence may be longer than csv expects
    with open_text(path) as stream:
        for row in csv.reader(stream, delimiter="\t"):
            yield [without_apostrophe(value) for value in row]


def _measure(path: Path) -> _Size | None:
    """Read a table once; None for one that no sheet can hold, or without a header."""
    rows = _rows(path)
    header = next(rows, [])
    is_number, widths = [True] * len(header), [len(name) for name in header]
    has_value = [False] * len(header)
    n_rows = 0
    for n_rows, row in enumerate(rows, 1):  # noqa: B007
        for place, value in enumerate(row[: len(header)]):
            if value and value not in _NO_NUMBER:
                has_value[place] = True
                is_number[place] = is_number[place] and _is_number(value)
            if n_rows <= _MEASURED_ROWS:
                widths[place] = max(widths[place], len(value))
    if not header or n_rows >= MAX_ROWS or len(header) > MAX_COLUMNS:
        warn_input(
            f"{path}: {n_rows:,} rows and {len(header):,} columns are not what a sheet "
            "can hold; it is left out of the workbook"
        )
        return None
    pairs = zip(is_number, has_value, strict=True)
    return _Size(n_rows, [number and filled for number, filled in pairs], widths)


def _is_number(value: str) -> bool:
    if not _NUMBER.fullmatch(value):
        return False
    # what a spreadsheet would round is an identifier
    return len(value.lstrip("-")) <= _MAX_DIGITS or "." in value or "e" in value


def _write_table(sheet: "Worksheet", path: Path, size: _Size, bold: Any) -> None:
    widths = size.widths
    for place, width in enumerate(widths):
        sheet.set_column(place, place, min(max(width + 2, _NARROWEST), _WIDEST))
    sheet.freeze_panes(1, 1)
    if widths:
        sheet.autofilter(0, 0, size.n_rows, len(widths) - 1)
    n_cut = 0
    for at, row in enumerate(_rows(path)):
        for place, value in enumerate(row[: len(widths)]):
            if at and size.is_number[place] and value not in ("", *_NO_NUMBER):
                sheet.write_number(at, place, float(value))
            elif value:
                n_cut += len(value) > MAX_TEXT
                sheet.write_string(at, place, value[:MAX_TEXT], None if at else bold)
    if n_cut:
        warn_input(
            f"{path}: {n_cut:,} texts are longer than the {MAX_TEXT:,} characters of a "
            "cell and are cut in the workbook"
        )


def _write_readme(
    sheet: "Worksheet", meanings: Sequence[tuple[str, str, str]], bold: Any
) -> None:
    for place, (name, width) in enumerate(
        (("sheet", 24), ("column", 24), ("meaning", 90))
    ):
        sheet.write_string(0, place, name, bold)
        sheet.set_column(place, place, width)
    sheet.freeze_panes(1, 0)
    for at, row in enumerate(meanings, 1):
        for place, value in enumerate(row):
            if value:
                sheet.write_string(at, place, value[:MAX_TEXT])


def _meanings(run: Path) -> Iterator[Meaning]:
    """Lines of ``tables/README.md``; none where there is no such file."""
    path = run / "tables" / "README.md"
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    table = ""
    for line in lines:
        heading, column = _HEADING.match(line), _COLUMN.match(line)
        if heading:
            table = heading[1]
        elif column:
            yield Meaning(table, column[1], column[2])
        elif line and not line.startswith("# "):
            yield Meaning(table, "", line)
