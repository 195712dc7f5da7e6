"""Lengths of fragments by alignments, and what Salmon's table is made of them."""

import random
import shutil
import subprocess

import numpy as np
import pysam
import pytest

from bioloom.lincrna.workflow.fragments import (
    MIN_PAIRS,
    FragmentLengths,
    fragment_lengths,
    usual_lengths,
)
from bioloom.lincrna.workflow.salmon_steps import write_salmon_table
from tests.programs import needed

EXONS = [(1_000, 3_000), (5_000, 6_200), (8_000, 8_400)]


@pytest.fixture
def annotation(tmp_path):
    path = tmp_path / "a.gtf"
    rows = [
        f'c\ts\texon\t{start + 1}\t{end}\t.\t+\t.\tgene_id "g"; transcript_id "t";\n'
        for start, end in EXONS
    ]
    path.write_text("".join(rows))
    return path


def write_bam(path, pairs):
    """Pairs by start, length, and the first mate's CIGAR."""
    header = {"HD": {"VN": "1.6", "SO": "coordinate"}, "SQ": [{"SN": "c", "LN": 9_999}]}
    with pysam.AlignmentFile(str(path), "wb", header=header) as bam:
        for number, (start, length, cigar) in enumerate(sorted(pairs)):
            read = pysam.AlignedSegment(bam.header)
            read.query_name, read.query_sequence = f"r{number}", "A" * 50
            read.flag, read.reference_id, read.reference_start = 99, 0, start
            read.mapping_quality, read.cigarstring = 60, cigar
            read.next_reference_id, read.next_reference_start = 0, start + length - 50
            read.template_length = length
            read.set_tag("NH", 1)
            bam.write(read)
    return path


def drawn(rng, mean, sd, n):
    """Pairs of a transcript, evenly over each place where a fragment fits an exon."""
    pairs = []
    while len(pairs) < n:
        start, end = EXONS[0] if rng.random() < 2 / 3.2 else EXONS[1]
        length = round(rng.gauss(mean, sd))
        place = start + rng.randrange(end - start)
        if place + length <= end:
            pairs.append((place, length, "50M"))
    return pairs


@pytest.mark.parametrize(("mean", "sd"), [(400, 60), (180, 20), (700, 80)])
def test_lengths_are_those_that_were_drawn(tmp_path, annotation, mean, sd):
    pairs = drawn(random.Random(mean), mean, sd, 8_000)  # noqa: S311
    found = fragment_lengths(write_bam(tmp_path / "a.bam", pairs), annotation)
    assert found.n_pairs == len(pairs)
    assert found.mean_nt == pytest.approx(mean, abs=4)
    spread = np.average(
        (np.arange(len(found.weights)) - found.mean_nt) ** 2, weights=found.weights
    )
    assert spread**0.5 == pytest.approx(sd, abs=4)


def test_pairs_over_introns_or_out_of_exons_tell_nothing(tmp_path, annotation):
    pairs = drawn(random.Random(1), 300, 30, MIN_PAIRS)  # noqa: S311
    odd = [(1_100, 300, "20M30N30M"), (2_900, 300, "50M"), (8_010, 300, "50M")]
    odd += [(3_500, 300, "50M"), (1_100, 1_500, "50M")]
    found = fragment_lengths(write_bam(tmp_path / "a.bam", pairs + odd), annotation)
    assert found.n_pairs == MIN_PAIRS
    few = fragment_lengths(write_bam(tmp_path / "b.bam", pairs[1:] + odd), annotation)
    assert (few.n_pairs, round(few.mean_nt)) == (0, 250)


def test_effective_lengths_are_those_of_the_definition():
    weights = np.zeros(1_001)
    weights[[100, 200, 400]] = 1, 2, 1
    found = FragmentLengths(weights, 4).effective_nt(np.array([50, 150, 300, 1_000]))
    assert found == pytest.approx([50, 150 - 100, 300 - 500 / 3, 1_000 - 225])


def quantified(folder, *options):
    """Salmon's table of the reads in a folder."""
    words = ["salmon", "quant", "-i", folder / "index", "-p", "1", *options]
    words += ["--minAssignedFrags", "1", "-o", folder / "out"]
    subprocess.run(words, check=True, capture_output=True, cwd=folder)
    return folder / "out" / "quant.sf"


def column(path, number):
    rows = [line.split("\t") for line in path.read_text().splitlines()[1:]]
    return {row[0]: float(row[number]) for row in rows}


@pytest.fixture(scope="module")
def isoforms(tmp_path_factory):
    """Reads of the longer of two isoforms alone, of fragments of 400 nt."""
    if not shutil.which("salmon"):
        needed("salmon")
    rng = random.Random(5)  # noqa: S311
    folder = tmp_path_factory.mktemp("isoforms")
    one, two, three = ("".join(rng.choices("ACGT", k=n)) for n in (600, 150, 600))
    long = one + two + three
    (folder / "t.fa").write_text(f">A\n{long}\n>B\n{one}{three}\n")
    swap = str.maketrans("ACGT", "TGCA")
    with (folder / "1.fq").open("w") as first, (folder / "2.fq").open("w") as second:
        for number in range(3_000):
            length = round(rng.gauss(400, 40))
            start = rng.randrange(len(long) - length)
            piece = long[start : start + length]
            first.write(f"@{number}\n{piece[:50]}\n+\n{'I' * 50}\n")
            back = piece[-50:].translate(swap)[::-1]
            second.write(f"@{number}\n{back}\n+\n{'I' * 50}\n")
    index = ["salmon", "index", "-t", "t.fa", "-i", "index", "-k", "31"]
    subprocess.run(index, check=True, capture_output=True, cwd=folder)
    return folder


PAIRS = ("-l", "IU", "-1", "1.fq", "-2", "2.fq")
OURS = ("--noFragLengthDist", "--noEffectiveLengthCorrection")


@pytest.mark.tools
def test_no_reads_are_given_to_an_isoform_that_is_not_there(isoforms):
    found = column(quantified(isoforms, *PAIRS, "--numAuxModelSamples", "0", *OURS), 4)
    assert found["B"] < 0.01 * found["A"]
    # with its own 250 nt in force they would be
    without = column(quantified(isoforms, *PAIRS, "--numAuxModelSamples", "0"), 4)
    assert without["B"] > 0.05 * without["A"]


@pytest.mark.tools
def test_effective_lengths_are_salmons(isoforms, tmp_path):
    """Of single reads Salmon takes 250 nt for granted, as we do."""
    table = quantified(isoforms, "-l", "U", "-r", "1.fq")
    write_salmon_table(table, tmp_path / "ours.sf", usual_lengths())
    for number, places in ((2, 1), (3, 30)):
        theirs, ours = column(table, number), column(tmp_path / "ours.sf", number)
        assert ours == pytest.approx(theirs, abs=places)
    assert column(tmp_path / "ours.sf", 4) == column(table, 4)
