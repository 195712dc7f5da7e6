"""Reads of a simulation: strand, adapters, quality, coverage."""

import csv
import gzip
from itertools import islice

import pytest

from bioloom.lincrna.simulate import simulate

ADAPTER = "AGATCGGAAGAGC"
COMPLEMENT = str.maketrans("ACGT", "TGCA")


def read_fastq(path):
    with gzip.open(path, "rt") as file:
        lines = file.read().splitlines()
    return list(zip(lines[::4], lines[1::4], lines[3::4], strict=True))


def transcripts(simulation):
    """Spliced sequences from the genome and the models, 5'→3'."""
    genome = {}
    for record in simulation.genome_path.read_text().split(">")[1:]:
        name, sequence = record.split("\n", 1)
        genome[name] = sequence.replace("\n", "")
    found = {}
    for locus in simulation.loci:
        for transcript in locus.transcripts:
            chrom = genome[transcript.chrom]
            rna = "".join(chrom[start:end] for start, end in transcript.exons)
            if transcript.strand == "-":
                rna = rna.translate(COMPLEMENT)[::-1]
            found[transcript.transcript_id] = rna
    return found


@pytest.fixture(scope="module")
def simulation(tmp_path_factory):
    return simulate(tmp_path_factory.mktemp("reads"), rng_seed=3, scale=0.2)


@pytest.fixture(scope="module")
def rnas(simulation):
    return transcripts(simulation)


@pytest.fixture(scope="module")
def samples(simulation):
    with simulation.samples_path.open() as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    folder = simulation.folder
    return {
        row["sample"]: [
            read_fastq(folder / row[column])
            for column in ("fastq_1", "fastq_2")
            if row[column]
        ]
        for row in rows
    }


def sense_share(reads, rnas):
    """Share of sense among reads whose bases 5 to 40 lie in a transcript.

    Reads where two transcripts overlap on opposite strands tell nothing.
    """
    joined = "|".join(rnas.values())
    opposite = joined.translate(COMPLEMENT)[::-1]
    n_sense = n_antisense = 0
    for _, read, _ in islice(reads, 600):
        is_sense, is_antisense = read[5:40] in joined, read[5:40] in opposite
        n_sense += is_sense and not is_antisense
        n_antisense += is_antisense and not is_sense
    assert n_sense + n_antisense > 450
    return n_sense / (n_sense + n_antisense)


def test_sample_sheet(simulation):
    assert simulation.samples_path.read_text() == (
        "sample\tfastq_1\tfastq_2\tstrandness\tlayout\tcondition\n"
        "A\treads/A_1.fastq.gz\treads/A_2.fastq.gz\treverse\tpaired\tcontrol\n"
        "B\treads/B_1.fastq.gz\treads/B_2.fastq.gz\treverse\tpaired\ttreated\n"
        "C\treads/C.fastq.gz\t\tunstranded\tsingle\tcontrol\n"
        "E\treads/E.fastq.gz\t\tunstranded\tsingle\ttreated\n"
    )


def test_reads_are_100_nt_and_pairs_stay_together(simulation, samples):
    assert {name: len(ends[0]) for name, ends in samples.items()} == dict(
        simulation.n_fragments
    )
    for ends in samples.values():
        for reads in ends:
            assert all(len(read) == len(scores) == 100 for _, read, scores in reads)
    for name in ("A", "B"):
        first, second = ([read[0].split()[0] for read in e] for e in samples[name])
        assert first == second
        assert len(set(first)) == len(first)


def test_strandness(samples, rnas):
    for name in ("A", "B"):
        antisense, sense = samples[name]
        assert sense_share(antisense, rnas) == 0
        assert sense_share(sense, rnas) == 1
    assert sense_share(samples["C"][0], rnas) == pytest.approx(0.5, abs=0.07)


def test_short_fragments_read_into_the_adapter(samples):
    for ends in samples.values():
        for reads in ends:
            with_adapter = [read for _, read, _ in reads if ADAPTER in read]
            assert 0.015 < len(with_adapter) / len(reads) < 0.06
    mates = zip(*samples["A"], strict=True)
    inserts = [
        (first[1].find(ADAPTER), second[1].find(ADAPTER)) for first, second in mates
    ]
    found = [pair for pair in inserts if min(pair) > 0]
    assert len(found) > 30
    assert all(one == other for one, other in found)


def test_quality_falls_and_read_2_is_worse(samples):
    def mean(reads, cycles):
        scores = [ord(q) - 33 for _, _, quality in reads for q in quality[cycles]]
        return sum(scores) / len(scores)

    first, second = samples["A"]
    assert mean(first, slice(0, 2)) < mean(first, slice(20, 40))
    assert mean(first, slice(20, 40)) - mean(first, slice(90, 100)) > 3
    assert mean(first, slice(90, 100)) - mean(second, slice(90, 100)) > 1


def test_errors_are_as_common_as_the_qualities_say(samples, rnas):
    """Counted against the locus with one exon, by the start of its reads."""
    rna = next(seq for name, seq in rnas.items() if "known_monoexonic" in name)
    n_wrong = n_bases = 0
    expected = 0.0
    for _, read, quality in samples["A"][1] + samples["B"][1]:
        at = rna.find(read[:30])
        if at < 0 or at + 100 > len(rna) or ADAPTER[:5] in read:
            continue
        true = rna[at + 30 : at + 100]
        wrong = sum(a != b for a, b in zip(read[30:], true, strict=True))
        if wrong > 20:
            continue
        n_wrong, n_bases = n_wrong + wrong, n_bases + 70
        expected += sum(10 ** (-(ord(q) - 33) / 10) for q in quality[30:])
    assert n_bases > 10_000
    assert n_wrong == pytest.approx(expected, rel=0.35)


def test_coverage_is_what_was_sequenced(simulation, samples, rnas):
    with simulation.truth_path.open() as file:
        truth = {row["locus_id"]: row for row in csv.DictReader(file, delimiter="\t")}
    for kind in ("novel_monoexonic", "known_monoexonic", "decoy_domain"):
        name = f"{kind}_01"
        rna = rnas[f"{name}.1"]
        n_pairs = sum(
            read[10:35] in rna for e in ("A", "B") for _, read, _ in samples[e][1]
        )
        measured = n_pairs * 200 / 2 / len(rna)
        assert measured == pytest.approx(float(truth[name]["coverage"]), rel=0.1)
    low = float(truth["novel_low_01"]["coverage"])
    assert low == pytest.approx(4.0, abs=0.4)


def test_one_locus_is_seen_in_the_unstranded_sample_only(samples, rnas):
    rna = rnas["novel_unstranded_01.1"]
    both = rna + "|" + rna.translate(COMPLEMENT)[::-1]
    seen = {
        name: sum(read[10:35] in both for _, read, _ in ends[0])
        for name, ends in samples.items()
    }
    assert seen["A"] == seen["B"] == 0
    assert seen["C"] > 100


def test_gzip_headers_hold_no_time(simulation):
    for path in simulation.folder.glob("reads/*.gz"):
        assert path.read_bytes()[4:8] == bytes(4)
