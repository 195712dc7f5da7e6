"""Chemistry is told by the length of read 1, and wrong files are named."""

from pathlib import Path

import pytest

from bioloom.errors import BadFastq
from bioloom.lincrna.inputs.chemistry import CHEMISTRIES, tell_chemistry


def fastq(path: Path, length: int, n: int = 5) -> Path:
    record = f"@r{{}}\n{'A' * length}\n+\n{'F' * length}\n"
    path.write_text("".join(record.format(i) for i in range(n)))
    return path


@pytest.fixture
def pair(tmp_path):
    def make(first: int, second: int = 90) -> tuple[Path, Path]:
        return fastq(tmp_path / "1.fq", first), fastq(tmp_path / "2.fq", second)

    return make


@pytest.mark.parametrize(("length", "name"), [(26, "10xv2"), (28, "10xv3")])
def test_length_of_read_1_tells_the_kit(pair, length, name):
    assert tell_chemistry(*pair(length), "auto").name == name


def test_patterns_are_barcode_then_umi():
    assert CHEMISTRIES["10xv2"].pattern == "C" * 16 + "N" * 10
    assert CHEMISTRIES["10xv3"].pattern == "C" * 16 + "N" * 12


def test_swapped_files_are_named(pair):
    with pytest.raises(BadFastq, match="The two files look swapped"):
        tell_chemistry(*pair(90, 28), "auto")


def test_unknown_length_is_an_error(pair):
    with pytest.raises(BadFastq, match=r"found reads of 39 nt, expected 26 nt \(10xv2"):
        tell_chemistry(*pair(39), "auto")


def test_read_1_may_be_longer_if_the_kit_is_stated(pair):
    assert tell_chemistry(*pair(150, 150), "10xv3").umi_nt == 12


def test_read_1_too_short_for_the_stated_kit(pair):
    with pytest.raises(BadFastq, match=r"26 nt, expected at least 28 nt, as 10xv3"):
        tell_chemistry(*pair(26), "10xv3")


def test_real_reads_are_v2(data_dir):
    raw = data_dir / "lincrna" / "sc_raw"
    mates = (raw / f"SRR8599150_S1_L001_R{n}_001.sub5000.fastq.gz" for n in (1, 2))
    assert tell_chemistry(*mates, "auto").name == "10xv2"
