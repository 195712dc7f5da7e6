"""Workbooks, judged by openpyxl, which did not write them."""

import csv
import json
import math

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom.errors import BadRunFolder, InputWarning
from bioloom.lincrna.filtering import run_filter
from bioloom.lincrna.inputs.files import FilterInputs
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.simulate import simulate
from bioloom.run import spreadsheet
from bioloom.run.spreadsheet import MAX_TEXT, write_workbook
from bioloom.run.tables import without_apostrophe

HARD = ["SEPT2", "1e5", "0012", "MARCH1", "2-3", "1/2", "12:30", "TRUE", "1,5", "+1"]


def folder_of(tmp_path, readme="", **tables):
    folder = tmp_path / "tables"
    folder.mkdir(exist_ok=True)
    for name, lines in tables.items():
        (folder / f"{name}.tsv").write_text("\n".join(lines) + "\n", "utf-8")
    if readme:
        (folder / "README.md").write_text(readme, "utf-8")
    return tmp_path


def cells_of(path, name):
    sheet = openpyxl.load_workbook(path)[name]
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def test_identifiers_stay_text(tmp_path):
    run = folder_of(tmp_path, genes=["gene\tn", *(f"{name}\t1" for name in HARD)])
    path, _ = write_workbook(run)
    rows = cells_of(path, "genes")
    assert rows[0] == ["gene", "n"]
    assert [row[0] for row in rows[1:]] == HARD
    assert {row[1] for row in rows[1:]} == {1}


@pytest.mark.parametrize("name", HARD)
def test_one_identifier_makes_its_column_text(tmp_path, name):
    run = folder_of(tmp_path, genes=["gene", "12", name])
    rows = cells_of(write_workbook(run)[0], "genes")
    assert rows == [["gene"], ["12"], [name]]


def test_a_long_integer_keeps_its_digits(tmp_path):
    run = folder_of(tmp_path, t=["a\tb", "1234567890123456\t123456789012345"])
    row = cells_of(write_workbook(run)[0], "t")[1]
    assert row == ["1234567890123456", 123456789012345]


def test_numbers_are_numbers_and_gaps_are_empty(tmp_path):
    lines = ["x\ty", "0.5\t", "-1e-07\tinf", "\t3", "1e+06\tnan"]
    run = folder_of(tmp_path, t=lines)
    assert cells_of(write_workbook(run)[0], "t")[1:] == [
        [0.5, None],
        [-1e-07, "inf"],
        [None, 3],
        [1e06, "nan"],
    ]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_floats_come_back(tmp_path_factory, values):
    texts = [f"{value:.6g}" for value in values]
    run = folder_of(tmp_path_factory.mktemp("run"), t=["x", *texts])
    rows = cells_of(write_workbook(run)[0], "t")
    assert [row[0] for row in rows[1:]] == [float(text) for text in texts]


PRINTED = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cn")), min_size=1
).filter(lambda text: not text.startswith("'"))


@given(st.lists(PRINTED, min_size=1))
def test_texts_come_back(tmp_path_factory, values):
    run = folder_of(tmp_path_factory.mktemp("run"))
    with (run / "tables/t.tsv").open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, delimiter="\t", lineterminator="\n")
        table.writerows([["name"], ["not a number"], *([value] for value in values)])
    rows = cells_of(write_workbook(run)[0], "t")
    assert [row[0] for row in rows[2:]] == values


def test_formulas_and_addresses_are_texts(tmp_path):
    run = folder_of(tmp_path, t=["x", "'=1+1", "'@SUM(A1)", "http://a.b"])
    book = openpyxl.load_workbook(write_workbook(run)[0])
    column = [cell for (cell,) in book["t"].iter_rows(min_row=2)]
    assert [cell.value for cell in column] == ["=1+1", "@SUM(A1)", "http://a.b"]
    assert {cell.data_type for cell in column} == {"s"}
    assert not any(cell.hyperlink for cell in column)


def test_meanings_come_first_and_headers_are_frozen(tmp_path):
    readme = (
        "# Tables\n\nTab-separated.\n\n## a.tsv\nAll genes.\n\n- `gene`: its name\n"
        "\n## gone.tsv\n- `x`: not there\n"
    )
    run = folder_of(tmp_path, readme, a=["gene", "x"])
    book = openpyxl.load_workbook(write_workbook(run)[0])
    assert book.sheetnames == ["README", "a"]
    rows = [list(row) for row in book["README"].iter_rows(values_only=True)]
    assert rows == [
        ["sheet", "column", "meaning"],
        [None, None, "Tab-separated."],
        ["a", None, "All genes."],
        ["a", "gene", "its name"],
    ]
    assert book["a"].freeze_panes == "B2"
    assert book["a"]["A1"].font.bold


def test_names_of_sheets_differ(tmp_path):
    long = "x" * 40
    run = folder_of(tmp_path, **{f"{long}1": ["a", "1"], f"{long}2": ["a", "2"]})
    (run / "tables" / "readme.tsv").write_text("a\n3\n")
    path, sheets = write_workbook(run)
    names = [sheet.name for sheet in sheets]
    assert names == ["readme_2", "x" * 31, "x" * 29 + "_2"]
    assert [cells_of(path, name)[1] for name in names] == [[3], [1], [2]]


def test_what_no_sheet_holds_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(spreadsheet, "MAX_ROWS", 3)
    run = folder_of(tmp_path, big=["a", "1", "2", "3"], small=["a", "1", "2"])
    with pytest.warns(InputWarning, match="big.tsv: 3 rows"):
        _, sheets = write_workbook(run)
    assert [sheet.name for sheet in sheets] == ["small"]


def test_a_text_that_no_cell_holds_is_cut_and_said(tmp_path):
    run = folder_of(tmp_path, t=["a", "A" * 200_000, "C"])
    with pytest.warns(InputWarning, match="1 texts are longer"):
        path, _ = write_workbook(run)
    assert cells_of(path, "t")[1] == ["A" * MAX_TEXT]


def test_same_tables_same_bytes(tmp_path):
    run = folder_of(tmp_path, t=["a", "1"])
    first, _ = write_workbook(run, tmp_path / "1.xlsx")
    second, _ = write_workbook(run, tmp_path / "2.xlsx")
    assert first.read_bytes() == second.read_bytes()


def test_a_folder_without_tables_is_told(tmp_path):
    with pytest.raises(BadRunFolder, match="no tables"):
        write_workbook(tmp_path)


@pytest.fixture(scope="module")
def finished_run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    made = simulate(folder / "simulation", scale=0.2)
    inputs = FilterInputs(
        assembly=made.models_path,
        genome=made.genome_path,
        annotation=made.annotation_path,
    )
    run_filter(inputs, FilterSettings(), out=folder / "out")
    return folder / "out"


def test_a_workbook_equals_the_tables_of_its_run(finished_run, bioloom_cli, tmp_path):
    out = tmp_path / "t.xlsx"
    _, printed, _ = bioloom_cli("xlsx", finished_run, "--out", out, "--json")
    told = json.loads(printed)
    tables = {path.stem: path for path in (finished_run / "tables").glob("*.tsv")}
    assert {*told["sheets"]} == {*tables}
    for name, path in tables.items():
        with path.open(encoding="utf-8", newline="") as stream:
            expected = list(csv.reader(stream, delimiter="\t"))
        found = cells_of(out, name)
        assert found[0] == expected[0]
        assert len(found) == len(expected) == told["sheets"][name] + 1
        for row, texts in zip(found[1:], expected[1:], strict=True):
            assert all(map(_is_same, row, texts))


def _is_same(value, text):
    if value is None:
        return text == ""
    if isinstance(value, str):
        return value == without_apostrophe(text)
    return math.isclose(value, float(text), rel_tol=1e-15)
