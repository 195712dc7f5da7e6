"""Samples guessed from the names of files, as sequencing centres give them."""

from pathlib import Path

import pytest

from bioloom.lincrna.inputs.guessing import guess_samples


def guessed(*names):
    return {
        one.name: (
            [path.name for path in one.fastq_1],
            [path.name for path in one.fastq_2],
            one.condition,
        )
        for one in guess_samples(map(Path, names))
    }


def test_illumina_names_with_lanes():
    names = [
        f"{sample}_S{k}_L00{lane}_R{mate}_001.fastq.gz"
        for k, sample in enumerate(("KO-1", "KO-2", "WT-1", "WT-2"), 1)
        for lane in (1, 2)
        for mate in (1, 2)
    ]
    found = guessed(*names, "KO-1_S1_L001_I1_001.fastq.gz", "notes.txt")
    assert list(found) == ["KO-1", "KO-2", "WT-1", "WT-2"]
    first, second, condition = found["KO-1"]
    assert first == ["KO-1_S1_L001_R1_001.fastq.gz", "KO-1_S1_L002_R1_001.fastq.gz"]
    assert second == [name.replace("_R1_", "_R2_") for name in first]
    assert condition == "KO"


@pytest.mark.parametrize(
    ("names", "found"),
    [
        # an archive's names: _1 and _2 are the reads of a pair
        (
            ["SRR1_1.fastq.gz", "SRR1_2.fastq.gz"],
            {"SRR1": (["SRR1_1.fastq.gz"], ["SRR1_2.fastq.gz"], "")},
        ),
        # without its fellow, _1 is a replicate
        (["liver_1.fq"], {"liver_1": (["liver_1.fq"], [], "")}),
        (["a_R2.fq"], {"a": (["a_R2.fq"], [], "")}),
        (["a.R1.fq.bz2", "a.R2.fq.bz2"], {"a": (["a.R1.fq.bz2"], ["a.R2.fq.bz2"], "")}),
        (["my liver (1).fastq"], {"my_liver__1_": (["my liver (1).fastq"], [], "")}),
        ([".fastq", "x.bam"], {"sample": ([".fastq"], [], "")}),
        ([], {}),
    ],
)
def test_other_names(names, found):
    assert guessed(*names) == found


@pytest.mark.parametrize(
    ("names", "conditions"),
    [
        (["liver_1_R1", "liver_2_R1", "brain_R1"], ["brain", "liver", "liver"]),
        (["liver_rep1", "liver_rep2", "brain_rep1"], ["brain", "liver", "liver"]),
        (["ctrl1", "ctrl2", "treated1"], ["ctrl", "ctrl", "treated"]),
        (["day-3_n1", "day-3_n2", "day-5_n1"], ["day-3", "day-3", "day-5"]),
        (["ctrl_a", "ctrl_b", "ko_a"], ["ctrl", "ctrl", "ko"]),
        (["liver", "brain"], ["", ""]),  # one of each is no group
        (["s1", "s2", "s3"], ["", "", ""]),  # one group tells nothing
        (["1", "2", "3"], ["", "", ""]),
    ],
)
def test_conditions(names, conditions):
    found = guess_samples([Path(f"{name}.fastq.gz") for name in names])
    assert [one.condition for one in found] == conditions


def test_every_file_is_in_one_sample():
    names = [f"d{k}/x_{k}_{mate}.fq" for k in range(3) for mate in (1, 2)]
    found = guess_samples(map(Path, names))
    files = [str(path) for one in found for path in (*one.fastq_1, *one.fastq_2)]
    assert sorted(files) == names
