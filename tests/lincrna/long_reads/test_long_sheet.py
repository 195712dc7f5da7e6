"""Long reads in the sample sheet."""

import pytest

from bioloom.errors import SeveralMistakes
from bioloom.lincrna.errors import BadSampleSheet
from bioloom.lincrna.inputs.config import read_run_config
from bioloom.lincrna.inputs.samples import comparable

CONFIG = "samples: s.tsv\ngenome: g.fa\nannotation: a.gtf\nout: run\n"


@pytest.fixture
def sheet(tmp_path):
    """Read a sheet whose files are there."""
    for name in ("g.fa", "a.gtf", "1.fq", "2.fq", "l.fq", "m.fq", "l.bam", "w.txt"):
        (tmp_path / name).touch()
    (tmp_path / "config.yaml").write_text(CONFIG)

    def read(*lines):
        (tmp_path / "s.tsv").write_text("".join(f"{line}\n" for line in lines))
        return read_run_config(tmp_path / "config.yaml").samples

    return read


HEAD = "sample,fastq_1,fastq_2,reads,bam,kind,strandness"


def test_long_reads_come_in_either_column_or_as_alignments(sheet):
    samples = sheet(
        HEAD,
        "short,1.fq,2.fq,,,,",
        "a,,,l.fq,,ont_cdna,",
        "b,m.fq,,,,pacbio,forward",
        "c,,,,l.bam,ont_drna,auto",
    )
    routes = ["reads", "long_reads", "long_reads", "long_alignments"]
    assert [each.route for each in samples] == routes
    assert [each.is_long for each in samples] == [False, True, True, True]
    assert not any(each.has_cells or each.is_paired for each in samples[1:])
    assert samples[1].reads[0].name == "l.fq"
    assert not any(each.mixed_with for each in samples)
    assert [each.name for each in comparable(samples)] == ["short"]
    assert [each.name for each in comparable(samples[1:])] == ["a", "b", "c"]


def test_short_and_long_reads_of_one_sample_are_two_libraries(sheet):
    samples = sheet(
        HEAD,
        "x,,,l.fq,,ont_cdna,",
        "x,1.fq,2.fq,,,bulk,reverse",
        "x,,,m.fq,,ont_cdna,",
    )
    assert [(each.name, each.mixed_with) for each in samples] == [
        ("x.ont_cdna", "x"),
        ("x", ""),
    ]
    assert [len(each.lanes) for each in samples] == [2, 1]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("a,1.fq,2.fq,,,ont_cdna,", "kind ont_cdna with several files in a lane"),
        ("a,1.fq,,l.fq,,pacbio,", "both fastq_1 and reads"),
        ("a,,,l.fq,,ont_drna,reverse", "with strandness reverse, expected auto (or"),
        ("a,,,l.fq,,ont_cdna,forward", "expected auto (or unstranded)"),
        ("a,,,l.fq,,ont_dna,", "Did you mean 'ont_drna'?"),
        ("a,,,l.fq,,ont_cdna,\na,,,m.fq,,pacbio,", "with kind 'ont_cdna' and 'pacbio'"),
        (
            "a,1.fq,2.fq,,,cell,\na,,,m.fq,,pacbio,",
            "sample 'a' of kinds cell and pacbio",
        ),
        (
            "a,1.fq,,,,,\na,,,m.fq,,pacbio,\na.pacbio,2.fq,,,,,",
            "a sample 'a.pacbio' beside pacbio of 'a'",
        ),
    ],
)
def test_what_long_reads_cannot_be_is_told(sheet, row, told):
    with pytest.raises((BadSampleSheet, SeveralMistakes)) as caught:
        sheet(HEAD, row)
    assert told in str(caught.value)


def test_entries_of_cells_are_refused(sheet):
    with pytest.raises(BadSampleSheet, match="with entries of single cells"):
        sheet("sample,reads,kind,n_cells", "a,l.fq,pacbio,5")
