"""Reads under names that every program takes."""

from pathlib import Path

import pytest

from bioloom.lincrna.inputs.config import read_run_config
from bioloom.lincrna.inputs.sample import Lane, Sample
from bioloom.lincrna.page.words import source_of
from bioloom.lincrna.workflow.given import is_plain, under_plain_names
from tests.lincrna.toy import write_toy


def sample(*files, **given):
    return Sample("A", (Lane(tuple(map(Path, files))),), "auto", **given)


@pytest.fixture(autouse=True)
def working(tmp_path, monkeypatch):
    (tmp_path / "working").mkdir()
    monkeypatch.chdir(tmp_path / "working")


def test_plain_paths_stay_as_they_are():
    given = sample("/data/A_1.fastq.gz", "/data/Ü-2,b.fq")
    assert under_plain_names(given) == given
    assert not Path("given").exists()


@pytest.mark.parametrize("name", ["a b.fq.gz", "o'd.fq.gz", "{x}.fq.gz", "<b>.fq.gz"])
def test_others_are_linked_under_the_name_of_the_sample(tmp_path, name):
    file = tmp_path / name
    file.write_text("reads")
    found = under_plain_names(sample("/data/A_1.fastq.gz", file))
    plain, linked = found.reads
    assert plain == Path("/data/A_1.fastq.gz")
    assert linked == Path("given/A_1_2.fastq.gz")
    assert linked.read_text() == "reads"
    before = linked.lstat().st_mtime_ns
    assert under_plain_names(sample("/data/A_1.fastq.gz", file)) == found
    assert linked.lstat().st_mtime_ns == before  # or Snakemake would begin anew


def test_another_file_gets_another_link(tmp_path):
    for text in ("one", "two"):
        (tmp_path / f"{text} x.fastq").write_text(text)
        [link] = under_plain_names(sample(tmp_path / f"{text} x.fastq")).reads
        assert (link.name, link.read_text()) == ("A_1_1.fastq", text)
    (tmp_path / "a b.bam").write_text("bam")
    bam = under_plain_names(sample(bam=tmp_path / "a b.bam")).bam
    assert (bam, bam.read_text()) == (Path("given/A.bam"), "bam")


def test_a_folder_may_not_be_plain():
    assert is_plain(Path("/home/ann/run"))
    assert not is_plain(Path("/home/ann/My Data/run"))


def test_brackets_in_other_paths_are_told(tmp_path):
    folder = tmp_path / "a{b}"
    toy = write_toy(folder)
    (toy / "samples.tsv").write_text("sample\tfastq_1\nA\tr.fastq\n")
    (toy / "r.fastq").write_text("@r\nACGT\n+\nIIII\n")
    config = tmp_path / "config.yaml"
    config.write_text(
        f"samples: {toy / 'samples.tsv'}\nout: run\n"
        f"genome: {toy / 'genome.fa'}\nannotation: {toy / 'annotation.gtf'}\n"
    )
    with pytest.raises(ValueError, match=r"genome: .*expected a path without"):
        read_run_config(config)


def test_expression_that_is_given_is_told():
    assert source_of((), has_expression=True).startswith("an assembly and its expr")
    assert source_of(()).endswith("without samples")
