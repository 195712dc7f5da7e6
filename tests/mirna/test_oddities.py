"""Odd records: skipped or mended, counted, listed; one never ends a long run."""

import csv
import gzip
import warnings

import numpy as np
import pytest

import bioloom as bl
from bioloom.errors import BadFasta, InputWarning, UnknownName
from bioloom.mirna.errors import BadMirna
from bioloom.mirna.inputs.oddities import RecordLog
from bioloom.mirna.inputs.records import read_mirnas, read_targets
from bioloom.seq.alphabet import decode

LET7 = "UGAGGUAGUAGGUUGUAUAGUU"


@pytest.fixture
def fasta(tmp_path):
    def write(text, name="in.fa"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def rows_of(done):
    return list(csv.DictReader(done.stdout.splitlines(), delimiter="\t"))


@pytest.mark.parametrize(
    ("case", "usable", "words"),
    [
        ("biomart.fa", ["ENSG1|ENST1", "ENSG3|ENST3"], "1 of 3 records skipped"),
        ("emptyrec.fa", ["t1", "t3"], "1 of 3 records skipped (1 x no base)"),
        ("dup.fa", ["BRCA1", "TP53", "BRCA1_2"], "renamed BRCA1_2"),
        ("gaps.fa", ["hg_utr", "hg_nogap"], "gaps left out (hg_utr)"),
    ],
)
def test_an_odd_record_does_not_end_the_run(bioloom, cases_dir, case, usable, words):
    folder = cases_dir / "mirna"
    given = ("predict", folder / "let7.fa", folder / case)
    done = bioloom(*given)
    assert done.returncode == 0, done.stderr
    assert [row["target"] for row in rows_of(done)] == usable
    assert words in done.stderr
    stopped = bioloom(*given, "--on-bad-record", "stop")
    if case != "gaps.fa":
        assert stopped.returncode == 1
        assert stopped.stdout == ""


def test_gaps_of_an_alignment_change_no_energy(bioloom, cases_dir):
    folder = cases_dir / "mirna"
    done = bioloom("predict", folder / "let7.fa", folder / "gaps.fa")
    assert [row["mfe"] for row in rows_of(done)] == ["-41.00", "-41.00"]


def test_each_odd_record_is_listed(bioloom, fasta, tmp_path):
    targets = fasta(">a\nACGUACGUACGUACGU\n>b\n\n>c\nSequence unavailable\n", "t.fa")
    mirnas = fasta(
        f">m\n{LET7}\n>n\n{LET7[1:]}\n>long\n{'ACGU' * 9}\n>y\nACGUYACGUACG\n", "m.fa"
    )
    listed = tmp_path / "odd.tsv"
    done = bioloom("predict", mirnas, targets, "--bad-records", listed)
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(listed.read_text().splitlines(), delimiter="\t"))
    assert [(row["record"], row["what"], row["done"]) for row in rows] == [
        ("long", "longer than 30 nt", "skipped"),
        ("y", "an ambiguous base", "skipped"),
        ("b", "no base", "skipped"),
        ("c", "'Sequence unavailable'", "skipped"),
    ]


def test_a_byte_order_mark_is_no_text(fasta):
    text = f"\ufeff>m\n{LET7}\n"
    for source in (fasta(text), text):
        [mirna] = read_mirnas(source)
        assert mirna.name == "m"


def test_a_repeated_record_is_skipped_and_an_isomir_is_renamed(fasta):
    path = fasta(f">m\n{LET7}\n>m\n{LET7}\n>m\n{LET7}G\n>m_2\n{LET7}C\n")
    log = RecordLog()
    with pytest.warns(InputWarning):
        mirnas = read_mirnas(path, log=log)
    assert [mirna.name for mirna in mirnas] == ["m", "m_2", "m_2_2"]
    assert [odd.done for odd in log.records] == [
        *("skipped", "renamed m_2", "renamed m_2_2")
    ]


def test_names_of_mirgenedb_are_names(fasta):
    mirnas = read_mirnas(fasta(f">Hsa-Let-7-P1a_3p*\n{LET7}\n"))
    assert mirnas[0].name == "Hsa-Let-7-P1a_3p*"


def test_swapped_files_are_told_though_some_targets_are_short(fasta):
    path = fasta(">a\n" + "ACGU" * 50 + f"\n>b\n{LET7}\n>c\n" + "ACGU" * 40 + "\n")
    with pytest.raises(BadMirna, match="Were the two files swapped"):
        read_mirnas(path)


def test_nothing_usable_is_an_error(fasta):
    path = fasta(">a\nSequence unavailable\n>b\n\n")
    with pytest.raises(BadFasta, match="no usable record among 2"):
        bl.mirna.predict(LET7, path)


def test_a_species_is_chosen_by_its_prefix(data_dir, fasta):
    folder = data_dir / "mirna" / "mirbase"
    every = fasta(
        "".join((folder / f"{name}_mature.fa").read_text() for name in ("dme", "ame"))
    )
    assert len(read_mirnas(every, species=["ame"])) == 262
    assert len(read_mirnas(every, species=["AME", "dme"])) == 262 + 469
    with pytest.raises(UnknownName, match="species 'hsa'"):
        read_mirnas(every, species=["hsa"])


def test_a_file_as_large_and_odd_as_mirbase_is_read(tmp_path):
    """48,000 records; of every thousand one is too long and one holds a Y."""
    rng = np.random.default_rng(18)
    path = tmp_path / "mature.fa.gz"
    with gzip.open(path, "wt") as stream:
        for number in range(48_000):
            length = 33 if number % 1000 == 7 else int(rng.integers(17, 28))
            letters = decode(rng.integers(0, 4, length, dtype=np.uint8))
            if number % 1000 == 9:
                letters = letters[:-1] + "Y"
            name = f"hsa-miR-{number - number % 2000 // 1999}"
            stream.write(f">{name} MIMAT{number:07} Homo sapiens\n{letters}\n")
    with pytest.warns(InputWarning) as notes:
        mirnas = read_mirnas(path)
    assert len(mirnas) == 48_000 - 96
    text = " ".join(str(note.message) for note in notes)
    assert "96 of 48,000 records skipped" in text
    assert "24 records with the name of another" in text


def test_a_seed_region_beyond_a_mirna_is_told(bioloom, fasta):
    mirnas = fasta(f">short\n{LET7[:9]}\n>long\n{LET7}\n", "m.fa")
    targets = fasta(">t\nAAACUAUACAACCUACUACCUCAGG\n", "t.fa")
    done = bioloom("predict", mirnas, targets, "--seed-region", "2-10")
    assert done.returncode == 0
    assert "1 miRNA shorter than the seed region 2-10 cannot have a site: short" in (
        done.stderr
    )
    assert [row["mirna"] for row in rows_of(done)] == ["long"]


def test_usual_files_are_read_without_a_word(data_dir):
    folder = data_dir / "mirna"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read_mirnas(folder / "mirbase" / "dme_mature.fa")
        list(read_targets(folder / "examples" / "hid_UTR.fasta"))
