"""Primers of long reads: found with errors, cut off, and the strand that they tell."""

import random
from collections import Counter
from pathlib import Path

import dnaio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom.errors import BadConfig, BadInput, MissingFile
from bioloom.lincrna.alignments._kernels import nearest_match
from bioloom.lincrna.alignments.matching import (
    MAX_EDITS,
    OF_PRIMER,
    OF_READ,
    WINDOW_NT,
    PrimerMatcher,
    base_sets,
)
from bioloom.lincrna.alignments.orienting import chosen_primers, orient_reads
from bioloom.lincrna.alignments.read_ends import Ends, ReadEnds
from bioloom.lincrna.inputs.primers import (
    KITS,
    PrimerPair,
    checked_primers,
    primers_of,
    read_primers,
)
from bioloom.lincrna.settings import LongReadSettings
from bioloom.lincrna.simulate import simulate
from bioloom.lincrna.simulate.long_reads import LongKind, LongLibrary
from bioloom.run.settings import setting_named
from bioloom.seq.alphabet import reverse_complement

RNG = random.Random(3)  # noqa: S311 (no secret)
BODY = "".join(RNG.choices("ACGT", k=400)) + "C"
KIT_NAMES = pytest.mark.parametrize("kit", KITS)


def edits(some: str, other: str) -> int:
    """Edit distance, by its definition; V of the first agrees with A, C and G."""
    if not some or not other:
        return len(some) + len(other)
    agrees = other[0] in ("ACG" if some[0] == "V" else some[0])
    return min(
        edits(some[1:], other[1:]) + (not agrees),
        edits(some[1:], other) + 1,
        edits(some, other[1:]) + 1,
    )


@given(st.text("ACGTV", min_size=1, max_size=4), st.text("ACGT", max_size=5))
def test_the_nearest_piece_of_a_read_is_found(primer: str, text: str) -> None:
    pieces = {
        (edits(primer, text[start:end]), end)
        for end in range(len(text) + 1)
        for start in range(end + 1)
    }
    fewest = min(pieces)[0]
    found = nearest_match(base_sets(primer, OF_PRIMER), base_sets(text, OF_READ))
    assert tuple(found) == (fewest, max(end for n, end in pieces if n == fewest))


def resolved(primer: str) -> str:
    """A primer as it was made: each ambiguity letter is one base."""
    return "".join(RNG.choice("ACG") if base == "V" else base for base in primer)


def cdna(kit: str, body: str = BODY, *, tail: str = "A" * 30) -> str:
    """A whole read of the RNA's strand."""
    pair = KITS[kit]
    return resolved(pair.front) + body + tail + reverse_complement(pair.back)


@KIT_NAMES
@pytest.mark.parametrize("adapter", ["", "CCTGTACTTCGTTCAGTTACGTATTGC"])
def test_what_is_left_is_the_rna(kit: str, adapter: str) -> None:
    look = ReadEnds("ont_cdna", PrimerMatcher(KITS[kit]))
    read = adapter + cdna(kit) + adapter
    there, back = look.of(read), look.of(reverse_complement(read))
    assert read[there.n_start : len(read) - there.n_end] == BODY
    assert (there.strand, back.strand) == ("+", "-")
    assert (back.n_start, back.n_end) == (there.n_end, there.n_start)
    for ends in (there, back):
        assert (ends.told_by, ends.is_full, ends.has_tail) == ("primers", True, True)


def test_primers_decide_before_tails() -> None:
    look = ReadEnds("ont_cdna", PrimerMatcher(KITS["pcs109"]))
    # an RNA that begins with T, and whose tail the read lacks
    read = cdna("pcs109", "T" * 25 + BODY, tail="")
    assert ReadEnds("ont_cdna").of(read).strand == "-"
    found = look.of(read)
    assert (found.strand, found.has_tail) == ("+", False)
    assert read[found.n_start : len(read) - found.n_end] == "T" * 25 + BODY


def test_one_primer_is_enough_and_two_that_disagree_are_none() -> None:
    look = ReadEnds("ont_cdna", PrimerMatcher(KITS["pcs109"]))
    front, back = KITS["pcs109"].front, reverse_complement(KITS["pcs109"].back)
    for read, strand in ((front + BODY, "+"), (BODY + back, "+")):
        found = look.of(read)
        assert (found.strand, found.is_full) == (strand, False)
    artefact = front + BODY + reverse_complement(front)
    assert look.of(artefact) == Ends(n_start=len(front), n_end=len(front))
    tailed = look.of(front + BODY + "A" * 25 + reverse_complement(front))
    assert (tailed.strand, tailed.told_by) == ("+", "tail")


def test_primers_are_looked_for_where_they_can_be() -> None:
    look = ReadEnds("ont_cdna", PrimerMatcher(KITS["pcs109"]))
    far = BODY[:WINDOW_NT] + KITS["pcs109"].front + BODY
    assert look.of(far).told_by == ""
    # shifted, some of the wrong bases are right
    n_wrong = int(MAX_EDITS * len(KITS["pcs109"].front)) + 4
    wrong = "".join(
        {"A": "C", "C": "A", "G": "T", "T": "G"}[base]
        for base in KITS["pcs109"].front[:n_wrong]
    )
    assert look.of(wrong + KITS["pcs109"].front[n_wrong:] + BODY).told_by == ""


def test_chance_finds_no_primers() -> None:
    reads = ["".join(RNG.choices("ACGT", k=500)) for _ in range(2000)]
    for pair in KITS.values():
        look = ReadEnds("ont_cdna", PrimerMatcher(pair))
        told = sum(look.of(read).told_by == "primers" for read in reads)
        assert told <= 5  # 6 of 20,000 were found of the worst


@pytest.fixture(scope="module")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Simulated reads with the primers of each kit, a fifth of them bare."""
    folder = tmp_path_factory.mktemp("primers")

    def library(kit: str) -> LongLibrary:
        kind: LongKind = "pacbio" if kit.startswith("isoseq") else "ont_cdna"
        return LongLibrary(kit, kind, primers=kit, bare_share=0.2)

    made = [library(kit) for kit in KITS]
    simulate(folder, scale=0.1, long_reads=made)
    return {each.sample: folder / each.file for each in made}


@KIT_NAMES
def test_simulated_reads_are_turned_as_they_were_read(
    libraries: dict[str, Path], kit: str, tmp_path: Path
) -> None:
    kind = "pacbio" if kit.startswith("isoseq") else "ont_cdna"
    chosen = chosen_primers([libraries[kit]], kind, "auto")
    assert chosen is not None
    assert chosen.name == kit
    look, verdicts, strands = ReadEnds(kind, chosen), Counter[str](), {}
    with dnaio.open(libraries[kit]) as reader:
        for read in reader:
            name, _, strand = read.name.partition(" strand=")
            ends = look.of(read.sequence)
            strands[name] = strand
            verdict = "right" if ends.strand == strand else "wrong"
            verdicts[f"{verdict} {ends.told_by}" if ends.strand else "neither"] += 1
    n_reads = verdicts.total()
    assert n_reads > 300
    assert verdicts["wrong primers"] == 0
    # four of five reads have primers, with errors of up to 5 %
    assert 0.76 * n_reads < verdicts["right primers"] < 0.85 * n_reads
    assert verdicts["wrong tail"] <= 0.01 * n_reads
    counts = orient_reads([libraries[kit]], tmp_path / "o.fastq.gz", kind)
    assert counts.n_by_primers == verdicts["right primers"]
    assert counts.n_full > 0.9 * counts.n_by_primers
    assert (counts.n_untold > 0) == (kind == "pacbio")
    with dnaio.open(tmp_path / "o.fastq.gz") as reader:
        assert sum(1 for _ in reader) == counts.n_left
    for words in (
        f"of {n_reads:,} reads {counts.n_by_primers:,} were oriented by the primers of",
        f"{kit} ({counts.n_full:,} full-length, with both)",
        "turned to the RNA's strand",
    ):
        assert words in counts.note


def test_reads_without_primers_show_no_kit(libraries: dict[str, Path]) -> None:
    reads = [libraries["pcs109"]]
    assert chosen_primers(reads, "ont_drna", "auto") is None
    assert chosen_primers(reads, "ont_cdna", "none") is None


def test_named_primers_that_no_read_has_are_an_error(tmp_path: Path) -> None:
    path = tmp_path / "r.fastq"
    path.write_text(f"@r\n{BODY}\n+\n{'I' * len(BODY)}\n")
    with pytest.raises(BadInput, match="no read with the primers of isoseq_neb"):
        orient_reads([path], tmp_path / "o.fastq.gz", "pacbio", "isoseq_neb")
    assert not (tmp_path / "o.fastq.gz").exists()


def fasta(folder: Path, *records: tuple[str, str]) -> Path:
    path = folder / "p.fa"
    path.write_text("".join(f">{name}\n{bases}\n" for name, bases in records))
    return path


FRONT, BACK = KITS["pcs109"].front, KITS["pcs109"].back


@pytest.mark.parametrize(
    "records",
    [
        (("a", FRONT), ("b", BACK)),
        (("a", FRONT.lower()), ("b", BACK + "T" * 20 + "VN")),
        (("VNP", BACK + "T" * 20), ("SSP", FRONT)),
        (("x_5p", FRONT), ("x_3p", reverse_complement(BACK))),
    ],
)
def test_primers_of_ones_own_are_read(tmp_path: Path, records) -> None:
    path = fasta(tmp_path, *records)
    assert read_primers(path) == PrimerPair("p.fa", FRONT, BACK)
    setting = checked_primers("p.fa", where="c", folder=tmp_path)
    assert primers_of(setting) == read_primers(path)


@pytest.mark.parametrize(
    ("records", "found"),
    [
        ((("a", FRONT),), "1 sequences"),
        ((("a", FRONT), ("b", "ACGT" + "N" * 30)), "the primer ACGTNN"),
        ((("a", FRONT), ("b", "T" * 30)), "the primer of nothing but T"),
        ((("a", "MEEPQSDPSVEPPLSQ"), ("b", BACK)), "the primer MEEPQ"),
    ],
)
def test_what_is_no_pair_of_primers_is_an_error(tmp_path: Path, records, found) -> None:
    fasta(tmp_path, *records)
    with pytest.raises(BadInput, match=found):
        checked_primers("p.fa", where="c", folder=tmp_path)


def test_a_slip_of_a_kits_name_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match="Did you mean 'pcs114'"):
        checked_primers("PCS-114", where="c", folder=tmp_path)
    with pytest.raises(BadConfig, match="Name the kit, or give the file"):
        checked_primers("xyz", where="c", folder=tmp_path)
    with pytest.raises(MissingFile):
        checked_primers("my.fasta", where="c", folder=tmp_path)


def test_the_setting_names_every_kit() -> None:
    sentence = setting_named(LongReadSettings, "primers").help()
    assert all(kit in sentence for kit in (*KITS, "auto", "none"))


LIMA_FRONT, LIMA_BACK = "GCAATGAAGTCGCAGGGTTGGG", "AAGCAGTGGTATCAACGCAGAGTAC"


@pytest.mark.parametrize("is_turned", [False, True])
def test_limas_primers_are_told_by_their_names_in_any_order(tmp_path, is_turned):
    rows = [f">x_5p\n{LIMA_FRONT}\n", f">x_3p\n{reverse_complement(LIMA_BACK)}\n"]
    path = tmp_path / "p.fa"
    path.write_text("".join(rows[::-1] if is_turned else rows))
    assert read_primers(path) == PrimerPair("p.fa", LIMA_FRONT, LIMA_BACK)


def test_two_primers_of_one_end_are_no_pair(tmp_path):
    path = tmp_path / "p.fa"
    path.write_text(f">x_3p\n{LIMA_FRONT}\n>y_3p\n{LIMA_BACK}\n")
    with pytest.raises(BadInput, match="two primers of one end"):
        read_primers(path)


def test_marks_of_an_order_are_no_letters(tmp_path):
    path = tmp_path / "p.fa"
    path.write_text(f">a\nAAGCAGTGGTATCAACGCAGAGTACATrGrG+G\n>b\n{LIMA_BACK}\n")
    assert read_primers(path).front == "AAGCAGTGGTATCAACGCAGAGTACATGGG"


def test_chance_hardly_orients_a_read(tmp_path):
    path = tmp_path / "p.fa"
    path.write_text(f">a\n{LIMA_FRONT[:17]}\n>b\n{LIMA_BACK}\n")
    with pytest.raises(BadInput, match="at least 18"):
        read_primers(path)
    pair = PrimerPair("shortest", LIMA_FRONT[:18], LIMA_BACK[:18])
    look = ReadEnds("ont_cdna", PrimerMatcher(pair))
    reads = ("".join(RNG.choices("ACGT", k=1_000)) for _ in range(2_000))
    assert sum(look.of(read).told_by == "primers" for read in reads) <= 20
