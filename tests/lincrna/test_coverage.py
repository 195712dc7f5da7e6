"""Coverage as bigWig, base by base against samtools and a plain count."""

import math
import struct
import subprocess

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom.errors import PackageMissing
from bioloom.lincrna.browser import coverage
from bioloom.lincrna.browser.coverage import (
    depth_runs,
    is_from_minus,
    write_coverage,
)
from bioloom.run import external
from tests.programs import needed

LENGTHS = {"chr2": 400, "none": 50, "chr10": 600, "last": 70}


def blocks_on(length):
    span = st.tuples(st.integers(0, length - 1), st.integers(1, length)).map(
        lambda pair: (pair[0], min(length, pair[0] + pair[1]))
    )
    return st.lists(span, max_size=30)


@given(blocks=blocks_on(60))
def test_runs_are_the_depth_of_each_base(blocks):
    depth = [sum(start <= base < end for start, end in blocks) for base in range(60)]
    runs = depth_runs([b[0] for b in blocks], [b[1] for b in blocks], 60)
    lengths = np.diff(runs.edges)
    assert (runs.edges[0], runs.edges[-1], (lengths > 0).all()) == (0, 60, True)
    assert np.repeat(runs.depths, lengths).tolist() == depth
    assert (np.diff(runs.depths) != 0).all()


@pytest.mark.parametrize(
    ("flag", "forward"),
    [
        *((0, "+"), (0x10, "-")),  # a single read
        *((0x41, "+"), (0x51, "-")),  # read 1
        *((0x81, "-"), (0x91, "+")),  # read 2
    ],
)
def test_the_strand_of_the_rna_follows_the_read_and_the_library(flag, forward):
    assert is_from_minus(flag, "forward") == (forward == "-")
    assert is_from_minus(flag, "reverse") == (forward == "+")


def read(name, flag, chrom, start, cigar, length):
    bases, scores = "A" * length, "I" * length
    return (
        f"{name}\t{flag}\t{chrom}\t{start + 1}\t60\t{cigar}\t*\t0\t0\t{bases}\t{scores}"
    )


READS = [
    read("spliced", 0, "chr2", 10, "20M100N30M", 50),
    read("mate", 0x51, "chr2", 120, "50M", 50),
    read("mate", 0x81, "chr2", 130, "50M", 50),  # overlaps it
    read("clipped", 0x10, "chr2", 200, "5S20M3I10M4D15M7S", 60),
    read("secondary", 0x100, "chr2", 210, "50M", 50),
    read("failed", 0x200, "chr2", 220, "50M", 50),
    read("duplicate", 0x400, "chr2", 230, "50M", 50),
    read("end", 0, "chr2", 350, "50M", 50),
    read("matches", 0x10, "chr10", 0, "10=1X39=", 50),
    read("supplementary", 0x800, "chr10", 20, "50M", 50),
    read("unmapped", 0x4, "chr10", 30, "*", 50),
    read("nowhere", 0x4, "*", -1, "*", 50),
]


@pytest.fixture
def bam(tmp_path):
    pysam = pytest.importorskip("pysam")
    pytest.importorskip("pybigtools")
    header = "".join(f"@SQ\tSN:{name}\tLN:{n}\n" for name, n in LENGTHS.items())
    sam = tmp_path / "s.sam"
    sam.write_text("@HD\tVN:1.6\tSO:coordinate\n" + header + "\n".join(READS) + "\n")
    path = tmp_path / "s.bam"
    with (
        pysam.AlignmentFile(str(sam)) as source,
        pysam.AlignmentFile(str(path), "wb", template=source) as target,
    ):
        for alignment in source:
            target.write(alignment)
    pysam.index(str(path))
    return path


def depths(path, chrom):
    import pybigtools

    with pybigtools.open(str(path)) as source:
        return source.values(chrom, fillna=None).astype(int).tolist()


def test_introns_deletions_and_what_does_not_count_are_not_covered(bam, tmp_path):
    [path] = write_coverage(bam, tmp_path / "out", sample="s", strandness="unstranded")
    blocks = [(10, 30), (130, 160), (120, 170), (130, 180)]
    blocks += [(200, 230), (234, 249), (350, 400)]
    assert depths(path, "chr2") == [
        sum(start <= base < end for start, end in blocks) for base in range(400)
    ]
    assert depths(path, "chr10")[:71] == [1] * 20 + [2] * 30 + [1] * 20 + [0]
    assert depths(path, "none") == [0] * 50
    assert depths(path, "last") == [0] * 70
    assert [entry.name for entry in (tmp_path / "out").iterdir()] == ["s.bw"]


@pytest.mark.parametrize("strandness", ["forward", "reverse"])
def test_both_strands_add_up(bam, tmp_path, strandness):
    plus, minus, both = write_coverage(bam, tmp_path, sample="s", strandness=strandness)
    for chrom in LENGTHS:
        of_either = zip(depths(plus, chrom), depths(minus, chrom), strict=True)
        assert [sum(pair) for pair in of_either] == depths(both, chrom)
    # both mates of the pair and the clipped read are of one strand
    side = minus if strandness == "forward" else plus
    assert depths(side, "chr2")[120:181] == [1] * 10 + [2] * 40 + [1] * 10 + [0]


def samtools_depth(bam):
    """Of every base, those without reads too."""
    command = ["samtools", "depth", "-a", "-a", bam]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    by_chrom = {}
    for line in done.stdout.splitlines():
        chrom, _, depth = line.split("\t")
        by_chrom.setdefault(chrom, []).append(int(depth))
    return by_chrom


@pytest.mark.tools
def test_samtools_counts_the_same(bam, tmp_path):
    needed("samtools")
    [path] = write_coverage(bam, tmp_path, sample="s", strandness="unstranded")
    counted = samtools_depth(bam)
    assert {chrom: depths(path, chrom) for chrom in LENGTHS} == counted


@pytest.mark.tools
@pytest.mark.data
def test_samtools_counts_the_same_of_real_reads(data_dir, tmp_path):
    """Pairs of a mouse, with secondary alignments and introns; every covered base."""
    pybigtools = pytest.importorskip("pybigtools")
    needed("samtools")
    bam = data_dir / "lincrna/bulk_bam/mouse_chr9.bam"
    path = write_coverage(bam, tmp_path, sample="s", strandness="reverse")[-1]
    done = subprocess.run(
        ["samtools", "depth", bam], capture_output=True, text=True, check=True
    )
    counted = {}
    for line in done.stdout.splitlines():
        chrom, base, depth = line.split("\t")
        if int(depth):  # it lists bases inside introns with 0
            counted[chrom, int(base) - 1] = int(depth)
    with pybigtools.open(str(path)) as source:
        ours = {
            (chrom, base): depth
            for chrom in source.chroms()
            for start, end, depth in source.records(chrom)
            if depth
            for base in range(start, end)
        }
    assert len(counted) > 10_000
    assert ours == counted


def test_without_reads_there_is_a_file_of_zeros(tmp_path):
    pysam = pytest.importorskip("pysam")
    pytest.importorskip("pybigtools")
    names, lengths = [*LENGTHS], [*LENGTHS.values()]
    path = tmp_path / "e.bam"
    pysam.AlignmentFile(
        str(path), "wb", reference_names=names, reference_lengths=lengths
    ).close()
    pysam.index(str(path))
    [made] = write_coverage(path, tmp_path, sample="e", strandness="unstranded")
    assert {name: depths(made, name) for name in names} == {
        name: [0] * length for name, length in LENGTHS.items()
    }


def names_in(path):
    """Chromosomes in the order of a bigWig's B+ tree, by Kent et al. (2010), table 8.

    doi:10.1093/bioinformatics/btq351
    """
    content = path.read_bytes()
    [tree] = struct.unpack("<Q", content[8:16])
    _, _, key_size, value_size, _, _ = struct.unpack("<4I2Q", content[tree : tree + 32])

    def leaves(node):
        is_leaf, _, n_items = struct.unpack("<BBH", content[node : node + 4])
        for item in range(n_items):
            place = node + 4 + item * (key_size + value_size)
            key = content[place : place + key_size]
            if is_leaf:
                yield key.rstrip(b"\0")
            else:
                child = content[place + key_size : place + key_size + 8]
                yield from leaves(*struct.unpack("<Q", child))

    return list(leaves(tree + 32))


def test_chromosomes_stand_in_the_order_in_which_readers_search(tmp_path):
    pysam = pytest.importorskip("pysam")
    pytest.importorskip("pybigtools")
    names = [f"chr{number}" for number in range(1000)]  # chr2 before chr10
    path = tmp_path / "many.bam"
    pysam.AlignmentFile(
        str(path), "wb", reference_names=names, reference_lengths=[90] * len(names)
    ).close()
    pysam.index(str(path))
    [made] = write_coverage(path, tmp_path, sample="m", strandness="unstranded")
    assert names_in(made) == sorted(name.encode() for name in names)


def test_zoomed_out_a_mean_is_over_all_bases(tmp_path):
    """Zeros are written, so that the summaries of a bigWig count bare bases."""
    pybigtools = pytest.importorskip("pybigtools")
    runs = depth_runs([100] * 4, [200] * 4, 1000)
    coverage.write_bigwig(tmp_path / "a.bw", {"c": 1000}, runs.rows("c"))
    with pybigtools.open(str(tmp_path / "a.bw")) as source:
        [mean] = source.values("c", 0, 1000, bins=1, exact=True, fillna=None)
        assert math.isclose(mean, 0.4)


def test_a_missing_package_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(external, "find_spec", lambda name: None)
    with pytest.raises(PackageMissing, match=r"pysam.*\[lincrna\]"):
        coverage.write_coverage(
            tmp_path / "a.bam", tmp_path, sample="a", strandness="unstranded"
        )
