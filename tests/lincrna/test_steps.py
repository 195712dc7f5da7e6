"""What the workflow's own rules do."""

import json

import pytest

from bioloom.errors import ChromNamesDiffer
from bioloom.genome.gtf import read_annotation
from bioloom.lincrna.errors import NoReads, NothingAssembled
from bioloom.lincrna.settings import RunConfig
from bioloom.lincrna.workflow.read_steps import (
    check_reads,
    infer_strandness,
    prepare_reference,
    tidy_assemblies,
)
from tests.lincrna.toy import write_toy

GFF3 = """\
##gff-version 3
chr1\tx\tgene\t1001\t2300\t.\t+\t.\tID=G
chr1\tx\tmRNA\t1001\t2300\t.\t+\t.\tID=T;Parent=G
chr1\tx\texon\t1001\t1400\t.\t+\t.\tParent=T
chr1\tx\texon\t1801\t2300\t.\t+\t.\tParent=T
chr1\tx\tCDS\t1101\t1400\t.\t+\t0\tParent=T
"""


def config(toy, annotation="annotation.gtf"):
    return RunConfig(
        samples=toy / "s.tsv",
        genome=toy / "genome.fa",
        annotation=toy / annotation,
        out=toy / "out",
    )


def test_the_reference_is_unpacked_and_its_introns_listed(tmp_path):
    toy = write_toy(tmp_path / "in")
    out = tmp_path / "out"
    prepare_reference(config(toy), out)
    prepare_reference(config(toy), out)  # a second time does no harm
    assert (out / "genome.fa").read_bytes() == (toy / "genome.fa").read_bytes()
    assert (out / "annotation.gtf").read_bytes() == (
        toy / "annotation.gtf"
    ).read_bytes()
    # HISAT2 wants the last base of the left exon and the first of the right, from 0
    assert (out / "splice_sites.tsv").read_text() == (
        "chr1\t1399\t1800\t+\nchr1\t6299\t6500\t+\nchr1\t8299\t8800\t+\n"
    )


def test_a_gff3_keeps_its_coding_part(tmp_path):
    toy = write_toy(tmp_path / "in")
    (toy / "a.gff3").write_text(GFF3)
    prepare_reference(config(toy, "a.gff3"), tmp_path / "out")
    found = read_annotation(tmp_path / "out/annotation.gtf")
    assert found.has_cds
    assert found.transcripts == read_annotation(toy / "a.gff3").transcripts


def test_a_reference_that_does_not_fit_is_told_first(tmp_path):
    toy = write_toy(tmp_path / "in")
    text = (toy / "genome.fa").read_text()
    (toy / "genome.fa").write_text(text.replace(">chr", ">"))
    with pytest.raises(ChromNamesDiffer):
        prepare_reference(config(toy), tmp_path / "out")


def test_reads_are_counted_and_none_is_an_error(tmp_path):
    (tmp_path / "r.fq").write_text("@r\nACGT\n+\nIIII\n")
    (tmp_path / "e.fq").write_text("")
    assert check_reads("s", [tmp_path / "r.fq"], stage="raw").n_reads == 1
    with pytest.raises(NoReads, match="sample s: .*no reads in the file"):
        check_reads("s", [tmp_path / "e.fq"], stage="raw")
    with pytest.raises(NoReads, match="no reads after trimming"):
        check_reads("s", [tmp_path / "e.fq"], stage="trimmed")


def test_strandness_writes_the_options_that_follow(tmp_path):
    toy = write_toy(tmp_path / "in")
    lines = ["r\t16\tchr1\t6051\t60\t50M\t*\t0\t0\t" + "A" * 50 + "\t*\n"] * 60
    found = infer_strandness(
        "s",
        lines,
        stated="auto",
        is_paired=False,
        annotation=toy / "annotation.gtf",
        out=tmp_path / "out",
    )
    assert found.strandness == "reverse"
    read = {path.name: path.read_text() for path in (tmp_path / "out").iterdir()}
    assert read["s.hisat2.txt"] == "--rna-strandness R\n"
    assert read["s.stringtie.txt"] == "--rf\n"
    assert json.loads(read["s.json"])["n_antisense"] == 60


def test_empty_assemblies_are_left_out_and_all_empty_is_an_error(tmp_path):
    full, empty = tmp_path / "full.gtf", tmp_path / "empty.gtf"
    told = 'gene_id "g"; transcript_id "t";'
    full.write_text(
        "# stringtie\n"
        f"1\tS\ttranscript\t1\t9\t.\t+\t.\t{told}\n1\tS\texon\t1\t9\t.\t+\t.\t{told}\n"
    )
    empty.write_text("# stringtie\n")
    out = tmp_path / "out"
    assert tidy_assemblies([full, empty], out) == [out / "full.gtf"]
    assert (out / "assemblies.txt").read_text() == f"{out / 'full.gtf'}\n"
    assert (out / "full.gtf").read_text().startswith("1\tS\ttranscript")
    with pytest.raises(NothingAssembled, match="in any of 2 samples"):
        tidy_assemblies([empty, empty], out)
