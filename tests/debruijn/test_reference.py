"""The judge of contigs: against dnadiff, and against rearrangements made on purpose."""

import shutil
import subprocess
from itertools import combinations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bioloom.debruijn.graphs.assembly import Contig, assemble
from bioloom.debruijn.graphs.reference import check_contigs
from bioloom.seq.alphabet import encode, reverse_complement
from bioloom.seq.fasta import Record, read_fasta, write_fasta
from tests.debruijn.conftest import ECOLI, needed, simulated

MADE = np.random.default_rng(11)
GENOME = "".join(MADE.choice(list("ACGT"), 5000))
SECOND = "".join(MADE.choice(list("ACGT"), 3000))
FOREIGN = "".join(MADE.choice(list("ACGT"), 900))
ROTATE = dict(zip("ACGT", "CGTA", strict=True))


@pytest.fixture(scope="session")
def dnadiff():
    needed(missing=[] if shutil.which("dnadiff") else ["dnadiff"])
    return "dnadiff"


def by_dnadiff(program, reference, contigs, folder):
    """Rows of the report: columns of the reference and of the contigs."""
    write_fasta(folder / "r.fa", [Record(*each) for each in reference.items()])
    write_fasta(folder / "q.fa", [Record(*each) for each in contigs.items()])
    subprocess.run(
        [program, "r.fa", "q.fa"], cwd=folder, check=True, capture_output=True
    )
    rows = map(str.split, (folder / "out.report").read_text().splitlines())
    told = {}
    for row in rows:
        if len(row) == 3:
            told.setdefault(row[0], [float(x.split("(")[0]) for x in row[1:]])
    return told


def judged(*texts, reference=None, is_circle=False, n_shared=0):
    contigs = [Contig(f"c{i}", encode(x), 1.0, "", is_circle, "") for i, x in
               enumerate(texts)]  # fmt: skip
    given = {"chr": GENOME} if reference is None else reference
    return check_contigs(contigs, given, n_shared=n_shared)


def events(check):
    """What is not zero, but for bases that are aligned."""
    return {k: v for k, v in check.totals.items() if v and k != "n_aligned"}


def mosaic(rng, records):
    """Parts of records, none twice: record, begin, end, strand."""
    while True:
        parts = []
        for _ in range(rng.integers(1, 7)):
            record = int(rng.integers(len(records)))
            n = int(rng.integers(200, 1500))
            begin = int(rng.integers(len(records[record]) - n))
            parts.append((record, begin, begin + n, int(rng.integers(2))))
        if not any(
            one[0] == two[0] and one[1] < two[2] and two[1] < one[2]
            for one, two in combinations(parts, 2)
        ):
            return parts


def spelled(records, parts):
    texts = [(records[record][begin:end], side) for record, begin, end, side in parts]
    return "".join(reverse_complement(x) if side else x for x, side in texts)


@pytest.mark.tools
@pytest.mark.parametrize("rng_seed", range(16))
def test_random_mosaics_are_judged_as_by_dnadiff(dnadiff, tmp_path, rng_seed):
    rng = np.random.default_rng(rng_seed)
    parts = mosaic(rng, (GENOME, SECOND))
    reference = {"one": GENOME, "two": SECOND}
    contig = spelled((GENOME, SECOND), parts)
    check = judged(contig, reference=reference)
    told = by_dnadiff(dnadiff, reference, {"c": contig}, tmp_path)
    sums = check.totals
    for kind in ("Relocations", "Inversions", "Translocations"):
        assert sums[f"n_{kind.lower()}"] == told[kind][1]
    assert check.n_covered == sum(end - begin for _, begin, end, _ in parts)
    assert check.n_covered == pytest.approx(told["AlignedBases"][0], abs=30)
    assert (sums["n_errors"], sums["n_unplaced"]) == (0, 0)


@pytest.mark.tools
@pytest.mark.slow
def test_a_bacterium_from_reads_is_judged_as_by_dnadiff(dnadiff, genomes, tmp_path):
    genome = next(read_fasta(ECOLI)).sequence.upper()
    path = tmp_path / "reads.fa"
    write_fasta(path, simulated(genome, error=0.005, rng_seed=1, depth=20))
    found = assemble([path], 31)
    check = check_contigs(found.contigs, ECOLI, n_shared=30)
    contigs = {x.name: x.record.sequence for x in found.contigs}
    told = by_dnadiff(dnadiff, {"chr": genome}, contigs, tmp_path)
    assert check.n_covered == pytest.approx(told["AlignedBases"][0], rel=5e-4)
    assert check.recovered > 0.998
    sums = check.totals
    for kind in ("Relocations", "Inversions", "Translocations"):
        assert sums[f"n_{kind.lower()}"] == told[kind][1]
    n_told = told["TotalSNPs"][1] + told["TotalIndels"][1]
    assert check.n_errors == pytest.approx(n_told, rel=0.2)


@given(st.integers(0, len(GENOME) - 1), st.booleans())
@example(1, False)
@example(len(GENOME) - 1, True)
def test_a_circular_genome_turned_round_is_whole(begin, is_reversed):
    contig = GENOME[begin:] + GENOME[:begin]
    contig = reverse_complement(contig) if is_reversed else contig
    check = judged(contig)
    assert check.recovered == 1
    assert events(check) == ({"n_origins": 1} if begin else {})


@given(st.integers(0, len(GENOME) - 1), st.booleans())
def test_a_circle_is_whole_wherever_it_is_cut(begin, is_reversed):
    contig = GENOME[begin:] + GENOME[:begin]
    contig = reverse_complement(contig) if is_reversed else contig
    check = judged(contig + contig[:30], is_circle=True, n_shared=30)
    assert check.recovered == 1
    assert events(check) == {"n_origins": 1}
    assert check.contigs[0].length == len(GENOME)


@given(st.integers(0, 4999), st.integers(300, 1500))
def test_an_inversion_in_a_circle_has_two_ends_wherever_it_is_cut(begin, n):
    ring = (
        GENOME[:1000] + reverse_complement(GENOME[1000 : 1000 + n]) + GENOME[1000 + n :]
    )
    contig = ring[begin:] + ring[:begin]
    check = judged(contig + contig[:30], is_circle=True, n_shared=30)
    assert (check.recovered, events(check)) == (1, {"n_inversions": 2, "n_origins": 1})


def test_a_record_said_to_be_linear_has_no_origin_to_pass():
    contig = GENOME[2000:] + GENOME[:2000]
    for words, kind in (
        ("[topology=linear]", "n_relocations"),
        ("[topology=circular]", "n_origins"),
        ("", "n_origins"),
    ):
        check = judged(contig, reference=[Record("chr", GENOME, words)])
        assert events(check) == {kind: 1}


PLACES = st.integers(300, 2500)
LENGTHS = st.integers(60, 800)


@given(PLACES, LENGTHS, st.booleans())
def test_what_a_contig_lacks_is_not_recovered(begin, n, is_reversed):
    contig = GENOME[:begin] + GENOME[begin + n :]
    contig = reverse_complement(contig) if is_reversed else contig
    check = judged(contig)
    assert events(check) == {"n_deletions": 1, "n_missing": n}
    assert check.n_covered == len(GENOME) - n


@given(PLACES, st.integers(100, 900))
def test_foreign_bases_are_an_insertion(begin, n):
    check = judged(GENOME[:begin] + FOREIGN[:n] + GENOME[begin:])
    assert check.recovered == 1
    told = events(check)
    assert told["n_insertions"] == 1
    for bases in (told["n_inserted"], told["n_unplaced"]):
        assert bases == pytest.approx(n, abs=12)  # a few match by chance at its ends


@given(PLACES, st.integers(100, 900), st.sampled_from([0, 300]))
def test_bases_that_a_contig_repeats_are_a_duplication(begin, n, further):
    at = begin + n + further
    check = judged(GENOME[:at] + GENOME[begin : begin + n] + GENOME[at:])
    told = events(check)
    assert check.recovered == 1
    assert told.pop("n_repeated") == pytest.approx(n, abs=8)
    assert told == {"n_duplications": 1}


@given(PLACES, st.integers(120, 1500))
def test_a_block_turned_round_has_two_inversions(begin, n):
    block = reverse_complement(GENOME[begin : begin + n])
    check = judged(GENOME[:begin] + block + GENOME[begin + n :])
    assert (check.recovered, events(check)) == (1, {"n_inversions": 2})


def test_parts_that_change_places_are_relocations():
    a, b, c, d = (GENOME[i : i + 1250] for i in range(0, 5000, 1250))
    check = judged(a + c + b + d)
    assert (check.recovered, events(check)) == (1, {"n_relocations": 3})


def test_a_part_of_another_record_is_between_two_translocations():
    contig = GENOME[:2000] + SECOND[500:1500] + GENOME[2000:]
    check = judged(contig, reference={"one": GENOME, "two": SECOND})
    assert events(check) == {"n_translocations": 2}
    assert check.n_covered == 6000


def test_all_places_of_a_repeat_are_recovered_by_one_contig():
    genome = GENOME[:1000] + FOREIGN + GENOME[1000:2000] + FOREIGN + GENOME[2000:3000]
    check = judged(FOREIGN, reference={"chr": genome})
    assert (check.n_covered, events(check)) == (1800, {})


@given(st.sets(st.integers(0, 999), min_size=1, max_size=12))
def test_wrong_bases_are_counted_up_to_the_ends(places):
    text = list(GENOME[:1000])
    for place in places:
        text[place] = ROTATE[text[place]]
    check = judged("".join(text), reference={"chr": GENOME[:1000] + FOREIGN})
    assert check.n_errors + check.totals["n_unplaced"] >= len(places)
    assert check.n_errors <= len(places)
    if min(places) > 5 and max(places) < 994:
        assert (check.n_errors, check.n_covered) == (len(places), 1000)


def test_unknown_bases_are_neither_recovered_nor_matched():
    reference = GENOME[:1000] + "N" * 40 + GENOME[1040:2000]
    check = judged(GENOME[:2000], reference={"chr": reference})
    assert (check.n_reference, check.n_covered) == (1960, 1960)
    assert check.n_breaks == 0


def test_short_contigs_of_a_lesson_are_judged_too():
    check = judged("GGACCATTAGC", reference={"chr": "ACGTTGCATGGACCATTAGC"})
    assert (check.n_covered, events(check)) == (11, {})


def test_cases(bioloom_cli, cases_dir, tmp_path):
    folder = cases_dir / "debruijn"
    for reads, reference, told in (
        ("swap_BA.fa.gz", "ref_ABC.fa.gz", "100.0000% of the reference recovered, 0 "
         "errors, 2 breaks"),
        ("del_AC.fa.gz", "ref_ABC.fa.gz", "66.6667% of the reference recovered, 0 "
         "errors, 0 breaks"),
        ("reads.fa", "ref.fa", "20.0000% of the reference recovered, 0 errors, 0 "
         "breaks"),
    ):  # fmt: skip
        out = tmp_path / reads
        words = ("--k", 31, "--min-count", 1, "--reference", folder / reference)
        code, text, err = bioloom_cli(
            "debruijn", "assemble", folder / reads, *words, "--out", out
        )
        assert (code, err) == (0, "")
        assert told in text
