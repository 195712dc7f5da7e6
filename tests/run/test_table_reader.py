"""Tables of any usual kind are read alike, and odd encodings are said."""

import gzip
import io

import pandas as pd
import pytest

from bioloom.errors import BadTable, InputWarning, MissingFile
from bioloom.run.table_reader import read_table
from bioloom.run.text import encoding_of

ROWS = [("id", "标签"), ("001", "节点"), ("NA", "边")]
EXPECTED = pd.DataFrame(ROWS[1:], columns=list(ROWS[0]), dtype=str)


def text(separator):
    return "".join(f"{separator.join(row)}\n" for row in ROWS)


@pytest.mark.parametrize("separator", ["\t", ",", ";"])
@pytest.mark.parametrize("comment", ["", "# a comment, with a comma\n", "\n#\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_separators_comments_and_encodings(tmp_path, separator, comment, encoding):
    path = tmp_path / "table.csv"
    path.write_bytes((comment + text(separator)).encode(encoding))
    if encoding.startswith("utf-8"):
        frame = read_table(path)
    else:
        with pytest.warns(InputWarning, match="table.csv: read as (GB18030|UTF-16)"):
            frame = read_table(path)
    pd.testing.assert_frame_equal(frame, EXPECTED)


def test_latin_1_is_not_taken_for_chinese(tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes("name;n\nréunion;1\nZürich;2\n".encode("latin-1"))
    with pytest.warns(InputWarning, match="Latin-1"):
        assert read_table(path)["name"].tolist() == ["réunion", "Zürich"]


def test_packed_piped_and_in_memory(tmp_path):
    packed = tmp_path / "table.csv.gz"
    packed.write_bytes(gzip.compress(text(",").encode()))
    sources = (
        packed,
        str(packed),
        io.StringIO(text(",")),
        io.BytesIO(text("\t").encode()),
        EXPECTED,
        {"id": ["001", "NA"], "标签": ["节点", "边"]},
    )
    for source in sources:
        pd.testing.assert_frame_equal(read_table(source), EXPECTED)


def test_missing_values_of_a_frame_are_empty():
    frame = pd.DataFrame({"a": [1, 2], "b": [0.5, None]})
    assert read_table(frame).to_dict("list") == {"a": ["1", "2"], "b": ["0.5", ""]}


def test_a_header_may_begin_with_a_hash(tmp_path):
    path = tmp_path / "table.tsv"
    path.write_text("# made by a program\n#chrom\tstart\nchr1\t1\n")
    assert list(read_table(path)) == ["chrom", "start"]


@pytest.mark.parametrize("content", ["", "# nothing\n", "a,b\n", "a,b\n1,2,3\n"])
def test_what_is_no_table_is_refused(tmp_path, content):
    path = tmp_path / "table.csv"
    path.write_text(content)
    with pytest.raises(BadTable, match="unreadable table"):
        read_table(path)


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(MissingFile, match="expected a list of nodes"):
        read_table(tmp_path / "nowhere.csv", role="a list of nodes")


def test_a_character_cut_at_the_end_of_the_head_does_not_decide(monkeypatch):
    rows = "节点\n节点"
    assert encoding_of(rows.encode()[:-1]) == "utf-8"
    head = rows.encode("gb18030")[:-1]
    monkeypatch.setattr("bioloom.run.text.HEAD_BYTES", len(head))
    assert encoding_of(head) == "gb18030"
