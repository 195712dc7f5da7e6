"""Text of any packing and encoding, read as the text that went in."""

import bz2
import gzip
import io
import lzma
import os
import random
import shutil
import subprocess
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom.errors import InputWarning, UnreadableFile
from bioloom.run import packing
from bioloom.run.output import is_plain, open_bytes, open_text
from bioloom.run.text import as_utf8

TEXT = "chr1\tx\nno end, α β\n" * 9000
PACKERS = {"plain": bytes, "gzip": gzip.compress, "bzip2": bz2.compress}
PACKERS |= {"xz": lzma.compress}


@pytest.mark.parametrize("name", ["plain", "gzip", "bzip2", "xz"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
@pytest.mark.filterwarnings("ignore:.*read as UTF-16")
def test_every_packing_and_encoding_gives_the_same_text(tmp_path, name, encoding):
    path = tmp_path / "any.name"
    path.write_bytes(PACKERS[name](TEXT.encode(encoding)))
    with open_text(path) as stream:
        assert stream.read() == TEXT
    assert is_plain(path) == (name == "plain" and encoding in {"utf-8", "utf-16-be"})


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system_are_read_as_lines(tmp_path, end):
    path = tmp_path / "a"
    path.write_bytes(TEXT.replace("\n", end).encode())
    with open_text(path) as stream:
        assert list(stream) == TEXT.splitlines(keepends=True)


def test_blocks_of_bgzip_are_one_file(tmp_path):
    path = tmp_path / "a.bgz"
    raw = TEXT.encode()
    path.write_bytes(gzip.compress(raw[:500]) + gzip.compress(raw[500:]))
    with open_text(path) as stream:
        assert stream.read() == TEXT


@pytest.mark.parametrize("n_before", [0, 3, 70_000])
def test_latin_1_is_read_and_named_with_its_first_line(tmp_path, n_before):
    path = tmp_path / "a.txt"
    path.write_bytes(b"x\n" * n_before + "café\nend".encode("latin-1"))
    place = rf"a\.txt: read as Windows-1252 \(Latin-1\) text.*line {n_before + 1:,}\)"
    with pytest.warns(InputWarning, match=place), open_text(path) as stream:
        assert stream.read() == "x\n" * n_before + "café\nend"


def test_lines_that_are_utf_8_stay_so_between_others():
    raw = "α\n".encode() + "é\n".encode("latin-1") + "α é\n".encode()
    notices = []
    stream = as_utf8(io.BytesIO(raw), where="a", notice=notices.append)
    assert stream.read().decode() == "α\né\nα é\n"
    assert len(notices) == 1


def test_a_character_cut_by_the_end_of_the_file_is_not_lost():
    notices = []
    raw = "aé".encode()[:-1]
    stream = as_utf8(io.BytesIO(raw), where="a", notice=notices.append)
    assert stream.read().decode() == "aÃ"
    assert len(notices) == 1


@given(
    st.text(),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
    st.integers(1, 9),
)
def test_text_passes_through_blocks_of_any_size(text, encoding, size):
    text = "start " + text.replace("\x00", "")

    class Slow(io.BytesIO):
        def read1(self, _=-1):
            return super().read1(size)

    raw = Slow(text.encode(encoding))
    stream = as_utf8(raw, where="a", notice=lambda _: None)
    assert stream.read().decode() == text


@given(st.binary())
def test_any_bytes_are_text_or_refused(raw):
    stream = as_utf8(io.BytesIO(raw), where="a", notice=lambda _: None)
    try:
        stream.read().decode()
    except UnreadableFile as problem:
        assert "expected text" in str(problem)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"PK\x03\x04rest", r"found a zip archive, .*unzip a\.gtf"),
        (b"7z\xbc\xaf\x27\x1crest", "found a 7z archive"),
        (b"\x1f\x9drest", "compress"),
        # without a time, so that each of pytest's processes sees the same test
        (
            gzip.compress(b"BAM\x01" + bytes(20), mtime=0),
            r"a BAM file, .*samtools view a\.gtf",
        ),
        (b"CRAM\x03", "found a CRAM file"),
        (b"SQLite format 3\x00", "SQLite database"),
        (bytes(range(256)), "found a binary file"),
        (bz2.compress(b"x" * 257 + b"ustar" + b"x" * 99), "found a tar archive"),
    ],
)
def test_what_is_not_text_is_named(tmp_path, content, message):
    path = tmp_path / "a.gtf"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=message), open_text(path) as stream:
        stream.read()


def test_zstd_without_a_package_names_the_command(tmp_path, monkeypatch):
    monkeypatch.setattr(packing, "_ZSTD_PACKAGES", ())
    path = tmp_path / "a.gtf.zst"
    path.write_bytes(b"\x28\xb5\x2f\xfd rest")
    with pytest.raises(UnreadableFile, match=r"zstd -d a\.gtf\.zst"):
        open_text(path)


@pytest.mark.skipif(
    not shutil.which("zstd") or not any(map(packing._is_there, packing._ZSTD_PACKAGES)),
    reason="needs zstd and a package that reads it",
)
def test_zstd_is_read_with_a_package(tmp_path):
    (tmp_path / "a").write_text(TEXT)
    subprocess.run(["zstd", "-q", str(tmp_path / "a")], check=True)
    with open_text(tmp_path / "a.zst") as stream:
        assert stream.read() == TEXT


@pytest.mark.parametrize("name", ["gzip", "bzip2", "xz"])
def test_a_packed_pipe_is_read(tmp_path, name):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    content = PACKERS[name](TEXT.encode())
    writer = threading.Thread(target=path.write_bytes, args=(content,))
    writer.start()
    with open_bytes(path) as stream:
        assert stream.read() == TEXT.encode()
    writer.join()


@pytest.mark.parametrize("name", ["gzip", "bzip2", "xz"])
@pytest.mark.parametrize("damage", ["cut", "changed"])
def test_only_what_is_cut_is_called_truncated(tmp_path, name, damage):
    path = tmp_path / "a"
    content = bytearray(PACKERS[name](random.Random(1).randbytes(9999).hex().encode()))
    if damage == "cut":
        content = content[:-99]
    else:
        place = 10 if name == "bzip2" else len(content) - 60  # its check sum
        content[place : place + 4] = bytes(4)
    path.write_bytes(content)
    with pytest.raises(packing.DAMAGED) as caught, open_text(path) as stream:
        stream.read()
    advice = packing.damage_advice(caught.value)
    assert ("truncated" in advice) == (damage == "cut")
