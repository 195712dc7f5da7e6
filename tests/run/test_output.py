"""Files that are whole or absent."""

import gzip

import pytest

from bioloom.run.output import is_plain, open_aside, open_text, write_text


@pytest.mark.parametrize("name", ["a.txt", "a.txt.gz"])
def test_a_failure_inside_leaves_the_old_file_and_nothing_else(tmp_path, name):
    write_text(tmp_path / name, "old")
    before = (tmp_path / name).read_bytes()
    with pytest.raises(RuntimeError), open_aside(tmp_path / name) as stream:
        stream.write("half of the new")
        raise RuntimeError
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_bytes() == before


def test_a_failure_inside_leaves_no_file_where_there_was_none(tmp_path):
    with pytest.raises(KeyboardInterrupt), open_aside(tmp_path / "new.txt"):
        raise KeyboardInterrupt
    assert not list(tmp_path.iterdir())


def test_the_file_is_not_there_before_the_end(tmp_path):
    with open_aside(tmp_path / "deep" / "er" / "a.txt") as stream:
        stream.write("x")
        assert not (tmp_path / "deep/er/a.txt").exists()
    assert (tmp_path / "deep/er/a.txt").read_text() == "x"


def test_equal_content_gives_equal_bytes(tmp_path):
    text = "ACGT é\n" * 99
    for name in ("a.gz", "b.gz"):
        write_text(tmp_path / name, text)
    packed = (tmp_path / "a.gz").read_bytes()
    assert packed == (tmp_path / "b.gz").read_bytes()
    assert packed[4:8] == bytes(4)  # no time stamp
    assert gzip.decompress(packed).decode() == text


def test_line_ends_are_kept_as_written(tmp_path):
    write_text(tmp_path / "a", "one\ntwo\n")
    assert (tmp_path / "a").read_bytes() == b"one\ntwo\n"


def test_a_dash_is_standard_output(capsys):
    write_text("-", "hello\n")
    assert capsys.readouterr().out == "hello\n"


def test_reading_looks_at_the_content_and_not_the_name(tmp_path):
    (tmp_path / "packed.txt").write_bytes(gzip.compress(b"x\n"))
    (tmp_path / "plain.gz").write_bytes(b"x\n")
    for name, packed in (("packed.txt", True), ("plain.gz", False)):
        assert is_plain(tmp_path / name) is not packed
        with open_text(tmp_path / name) as stream:
            assert stream.read() == "x\n"
