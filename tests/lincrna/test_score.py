"""Coding potential of a FASTA file: the table, odd records, the working."""

import csv
import gzip
import io
import json
import math
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bioloom as bl
from bioloom.errors import BadConfig, BadFasta, BadInput, MissingFile, UnknownName
from bioloom.lincrna.coding.features import FEATURES
from bioloom.lincrna.coding.orf import longest_orfs
from bioloom.lincrna.coding.potential import load_model, score
from bioloom.lincrna.output.sequences import FOLDER, SEQUENCES, full_name
from bioloom.lincrna.scoring._decimals import decimal_rows
from bioloom.lincrna.scoring.records import MAX_NT
from bioloom.lincrna.scoring.table import COLUMNS
from bioloom.seq.alphabet import reverse_complement
from bioloom.seq.fasta import read_fasta
from tests.lincrna.toy import write_toy

GOLDEN = Path(__file__).parent.parent / "data" / "lincrna_scores.tsv"
MODEL = load_model()
CODING = "GCC" * 9 + "ATG" + "GCTGAACTGAAGGTTACTATTAAA" * 20 + "TAA" + "TTGCA" * 20
NONCODING = "ACGTTGCATTTAGC" * 40
SHOWS_NOTES = pytest.mark.filterwarnings("default::bioloom.errors.InputWarning")
FILE = {
    "mrna": CODING,
    "lnc": NONCODING,
    "open": CODING[:200].lower().replace("t", "u"),
    "back": reverse_complement(CODING),
    "empty": "",
    "short": "AC",
    "masked": NONCODING[:100] + "N" * 100,
}


def write(path, records):
    path.write_text("".join(f">{name} a b\n{seq}\n" for name, seq in records.items()))
    return path


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text), delimiter="\t"))


@pytest.fixture
def fasta(tmp_path):
    return write(tmp_path / "t.fa", FILE)


def scored(bioloom_cli, *words):
    code, out, err = bioloom_cli("lincrna", "score", *words)
    assert code == 0, err
    return rows_of(out), err


@SHOWS_NOTES
def test_the_table_is_the_golden_one(bioloom_cli, fasta, tmp_path):
    code, _, err = bioloom_cli(
        *("lincrna", "score", fasta, "--strand", "both", "--out", tmp_path / "s.tsv")
    )
    assert code == 0, err
    assert (tmp_path / "s.tsv").read_text() == GOLDEN.read_text()


@SHOWS_NOTES
def test_rows_are_those_of_the_model_in_the_order_of_the_file(bioloom_cli, fasta):
    rows, err = scored(bioloom_cli, fasta)
    assert [row["name"] for row in rows] == [*FILE]
    assert [int(row["length_nt"]) for row in rows] == [*map(len, FILE.values())]
    for row in rows:
        if row["note"] in ("no base", "fewer than 3 bases"):
            assert not any(
                row[column] for column in COLUMNS if column not in FIRST_COLUMNS
            )
            continue
        found = score(FILE[row["name"]], "+", MODEL)
        assert float(row["coding_probability"]) == float(f"{found.probability:.6g}")
        call = "coding" if found.probability >= MODEL.threshold else "noncoding"
        assert row["call"] == call
        is_sure = max(found.probability, 1 - found.probability) >= 0.8
        assert row["verdict"] == (call if is_sure else "unsure")
    assert "7 transcripts: " in err
    assert "2 not scored" in err


FIRST_COLUMNS = ("name", "length_nt", "note")


@SHOWS_NOTES
@pytest.mark.parametrize("strand", ["sense", "both"])
def test_contributions_add_up_to_the_log_odds_of_the_probability(
    bioloom_cli, fasta, strand
):
    rows, _ = scored(bioloom_cli, fasta, "--strand", strand)
    n_summed = 0
    for row in rows:
        if not row["call"]:
            continue
        parts = [float(row[f"adds_{name}"]) for name in FEATURES]
        log_odds = float(row["log_odds"])
        # whole millionths: the sum is exact
        millionths = [round(1e6 * part) for part in (float(row["bias"]), *parts)]
        assert sum(millionths) == round(1e6 * log_odds)
        probability = 1 / (1 + math.exp(-log_odds))
        assert float(row["coding_probability"]) == pytest.approx(probability, rel=1e-5)
        n_summed += 1
    assert n_summed == 5


@SHOWS_NOTES
def test_orfs_are_those_of_the_room(bioloom_cli, fasta):
    rows, _ = scored(bioloom_cli, fasta, "--strand", "both")
    for row in rows:
        sequence = FILE[row["name"]]
        on_strand = sequence.upper().replace("U", "T")
        if row["strand"] == "-":
            on_strand = reverse_complement(on_strand)
        orf = longest_orfs(on_strand, "+").longest
        if orf is None:
            assert row["orf_aa"] in ("", "0")
            continue
        shown = on_strand[int(row["orf_start"]) - 1 : int(row["orf_end"])]
        assert shown.startswith("ATG")
        is_complete = row["orf_kind"] == "complete"
        assert shown.endswith(("TAA", "TAG", "TGA")) == is_complete == orf.is_complete
        assert len(shown) == 3 * (int(row["orf_aa"]) + is_complete)
        both = [
            score(side, "+", MODEL) for side in (sequence, reverse_complement(sequence))
        ]
        assert row["strand"] == "+-"[both[1].probability > both[0].probability]
    strands = {row["name"]: row["strand"] for row in rows}
    assert (strands["mrna"], strands["back"]) == ("+", "-")


def test_scores_are_those_of_the_filter(tmp_path):
    toy = write_toy(tmp_path)
    result = bl.lincrna.filter(
        toy / "assembly.gtf",
        genome=toy / "genome.fa",
        annotation=toy / "annotation.gtf",
        out=tmp_path / "run",
    )
    table = (tmp_path / "run" / "tables" / "transcripts.tsv").read_text()
    by_filter = {row["transcript_id"]: row for row in rows_of(table)}
    read = {
        name: record.sequence
        for record in read_fasta(tmp_path / "run" / FOLDER / SEQUENCES)
        for name in [full_name(record)]
    }
    for strand, symbols in (("sense", "+-"), ("both", ".")):
        rows = [
            row for row in result.rows if row.collected.transcript.strand in symbols
        ]
        sequences = {row.transcript_id: read[row.transcript_id] for row in rows}
        if not sequences:
            continue
        found = bl.lincrna.score(sequences, model=result.model, strand=strand)
        for row, other in zip(found.rows, rows, strict=True):
            assert row.scored.reading.score == other.evidence.coding
            assert row.scored.reading.orfs == other.evidence.orfs
        for line in rows_of(found.to_frame().to_csv(sep="\t", index=False)):
            filtered = by_filter[line["name"]]
            probability = float(line["coding_probability"])
            shown = float(filtered["coding_probability"])  # with six decimals
            assert shown == pytest.approx(probability, abs=6e-7)
            if strand == "sense":
                assert filtered["orf_aa"] == line["orf_aa"]
            assert line["verdict"] == filtered["coding_call"]


def test_any_packing_standard_input_and_a_file_of_the_shell_give_the_same(
    bioloom_cli, tmp_path, monkeypatch
):
    plain = write(tmp_path / "t.fa", {"a": CODING, "b": NONCODING})
    packed = tmp_path / "t.fa.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    expected, _ = scored(bioloom_cli, plain)
    assert scored(bioloom_cli, packed)[0] == expected
    piped = io.TextIOWrapper(io.BufferedReader(io.BytesIO(plain.read_bytes())))
    monkeypatch.setattr("sys.stdin", piped)
    assert scored(bioloom_cli, "-")[0] == expected


def test_json_is_an_object_per_row_or_a_summary(bioloom_cli, tmp_path):
    path = write(tmp_path / "t.fa", {"a": CODING, "b": NONCODING})
    rows, _ = scored(bioloom_cli, path)
    _, out, _ = bioloom_cli("lincrna", "score", path, "--json")
    objects = [json.loads(line) for line in out.splitlines()]
    assert [list(each) for each in objects] == [[*COLUMNS]] * 2
    for each, row in zip(objects, rows, strict=True):
        shown = {
            name: "" if value is None else str(value) for name, value in each.items()
        }
        assert shown == row
    _, out, _ = bioloom_cli(
        "lincrna", "score", path, "--json", "--out", tmp_path / "s.tsv"
    )
    facts = json.loads(out)
    assert (facts["n_records"], facts["n_coding"], facts["n_noncoding"]) == (2, 1, 1)
    assert facts["threshold"] == MODEL.threshold
    assert rows_of((tmp_path / "s.tsv").read_text()) == rows


def test_a_model_of_train_and_thresholds(bioloom_cli, tmp_path):
    bl.lincrna.train({f"m{n}": mrna_of(n) for n in range(60)}, out=tmp_path / "m.json")
    path = write(tmp_path / "t.fa", {"a": CODING, "b": NONCODING})
    own = load_model(tmp_path / "m.json")
    rows, err = scored(bioloom_cli, path, "--model", tmp_path / "m.json")
    assert float(rows[0]["coding_probability"]) == pytest.approx(
        score(CODING, "+", own).probability, rel=1e-5
    )
    assert f"threshold {own.threshold:.3f}" in err
    (_, low), _ = scored(bioloom_cli, path, "--coding-threshold", "0")
    assert low["call"] == "coding"
    (_, sure), _ = scored(bioloom_cli, path, "--coding-sure", "1")
    assert sure["verdict"] == "unsure"


def mrna_of(n):
    from random import Random

    rng = Random(n)
    utr = "".join(rng.choices("ACGT", k=50))
    return f"{utr}ATG{''.join(rng.choices(['GCT', 'GAA', 'CTG'], k=120))}TAA{utr}"


@SHOWS_NOTES
def test_another_genetic_code_changes_the_orf_and_is_told(bioloom_cli, tmp_path):
    ciliate = "ATG" + "GCTTAAGAA" * 40 + "TGA"
    path = write(tmp_path / "t.fa", {"a": ciliate})
    (row,), _ = scored(bioloom_cli, path)
    (other,), err = scored(bioloom_cli, path, "--genetic-code", "6")
    assert (row["orf_aa"], other["orf_aa"]) == ("2", "121")
    assert float(row["coding_probability"]) < float(other["coding_probability"])
    assert "learnt from the standard code" in err


PROTEIN = "MKVLAAGIVGLLLAQWERTYIPASDFGHKLCVNMQEDLR"
ODD = [
    ({"a": CODING, "e": ""}, "1 of 2 records with no base, not scored, the first e"),
    ({"a": CODING, "s": "AC"}, "with fewer than 3 bases, not scored, the first s"),
    ({"a": CODING, "p": PROTEIN}, "with amino acids, not scored, the first p"),
    ({"a": CODING, "n": "ACG" * 9 + "N" * 4}, "10% letters that are no base, scored"),
    ({"a": CODING, "c": "AC" * (MAX_NT // 2 + 1)}, "longer than 1,000,000 nt, not"),
]


@SHOWS_NOTES
@pytest.mark.parametrize(("records", "message"), ODD)
def test_an_odd_record_is_noted_and_counted_or_an_error(
    bioloom_cli, tmp_path, records, message
):
    path = write(tmp_path / "t.fa", records)
    rows, err = scored(bioloom_cli, path)
    assert message in err
    assert rows[0]["note"] == ""
    assert rows[1]["note"] in message or rows[1]["note"].startswith("more than 10%")
    assert bool(rows[1]["call"]) == ("not scored" not in err)
    code, out, err = bioloom_cli("lincrna", "score", path, "--strict", "--out", "s.tsv")
    assert (code, out) == (1, "")
    assert err.startswith(f"bioloom: error: {path}: {[*records][1]}: found ")
    assert "leave out --strict" in err
    assert not Path("s.tsv").exists()


@pytest.mark.parametrize("letters", ["RYKMSWBDHV", "-", ".", "x"])
def test_letters_of_nucleotides_are_no_protein(letters):
    with pytest.warns(UserWarning, match="no base, scored all the same"):
        result = bl.lincrna.score({"a": (letters + "ACGTA") * 30})
    assert result.counts.n_skipped == 0


@pytest.mark.parametrize(
    ("records", "found", "advice"),
    [
        ({"p": PROTEIN, "q": PROTEIN}, "amino acids", "gffread -w transcripts.fa"),
        ({"p": PROTEIN + "*", "q": PROTEIN, "r": CODING}, "amino acids", "gffread"),
        ({"chr1": "ACGT" * (MAX_NT // 3)}, "longer than", "not chromosomes"),
        ({"a": "", "b": ""}, "no base", "the file you meant"),
    ],
)
def test_files_without_transcripts_are_refused(
    bioloom_cli, tmp_path, records, found, advice
):
    path = write(tmp_path / "t.fa", records)
    code, out, err = bioloom_cli("lincrna", "score", path, "--out", tmp_path / "s.tsv")
    assert (code, out) == (1, "")
    assert f"found {found}" in err
    assert not (tmp_path / "s.tsv").exists()
    with pytest.raises(BadFasta, match=f"found {found}") as caught:
        bl.lincrna.score(path)
    assert advice in str(caught.value)


def test_a_file_of_proteins_leaves_standard_output_empty(bioloom_cli, tmp_path):
    path = write(tmp_path / "t.fa", {"p": PROTEIN, "q": PROTEIN})
    assert bioloom_cli("lincrna", "score", path)[:2] == (1, "")


@SHOWS_NOTES
def test_names_may_occur_twice_which_is_told_once(bioloom_cli, tmp_path):
    path = tmp_path / "t.fa"
    path.write_text(f">a 1\n{CODING}\n>a 2\n{NONCODING}\n>a 3\n{CODING}\n>b\nACGT\n")
    rows, err = scored(bioloom_cli, path)
    assert [row["name"] for row in rows] == ["a", "a", "a", "b"]
    assert err.count("'a' occurs more than once") == 1


@SHOWS_NOTES
def test_an_empty_file_gives_an_empty_table(bioloom_cli, tmp_path):
    (tmp_path / "t.fa").write_text("")
    code, out, err = bioloom_cli("lincrna", "score", tmp_path / "t.fa")
    assert (code, out.split()) == (0, [*COLUMNS])
    assert "no record" in err


def test_case_and_u_do_not_matter():
    forms = [CODING, CODING.lower(), CODING.replace("T", "U")]
    frame = bl.lincrna.score(forms).to_frame()
    assert len(frame.drop(columns="name").drop_duplicates()) == 1


def test_threads_and_blocks_change_nothing(monkeypatch, tmp_path):
    path = write(tmp_path / "t.fa", {f"t{n}": mrna_of(n)[n:] for n in range(30)})
    whole = bl.lincrna.score(path).to_frame()
    for name in ("scorer.BLOCK", "scorer.PARALLEL_FROM"):
        monkeypatch.setattr(f"bioloom.lincrna.scoring.{name}", 4)
    for threads in (1, 2):
        out = tmp_path / f"{threads}.tsv"
        result = bl.lincrna.score(path, threads=threads, out=out)
        assert result.to_frame().equals(whole)
        assert result.rows == ()


def test_the_working_shows_what_was_scored(bioloom_cli, tmp_path):
    path = write(tmp_path / "t.fa", {"a": CODING, "b": NONCODING})
    rows, _ = scored(bioloom_cli, path)
    code, out, err = bioloom_cli("lincrna", "score", path, "--explain", "a")
    assert code == 0, err
    assert out.startswith("a: coding\n")
    assert f"{float(rows[0]['coding_probability']):.4f}" in out
    assert f"= {float(rows[0]['log_odds']):.3f}" in out
    assert f"nt {rows[0]['orf_start']}-{rows[0]['orf_end']}" in out
    result = bl.lincrna.score(path)
    assert str(result.explain("a")) + "\n" == out or str(result.explain("a")) == out
    _, out, _ = bioloom_cli("lincrna", "score", path, "--explain", "a", "--json")
    assert json.loads(out)["title"] == "a: coding"
    masked = write(tmp_path / "n.fa", {"n": NONCODING + "N" * 140})
    _, out, _ = bioloom_cli("lincrna", "score", masked, "--explain", "n")
    assert out.startswith("n: noncoding\n")
    assert "letters that are no base: 20.0%" in out
    code, _, err = bioloom_cli("lincrna", "score", path, "--explain", "c")
    assert code == 1
    assert "found no record 'c'" in err


def test_results_print_short_and_say_what_cannot_be_explained(tmp_path):
    result = bl.lincrna.score({"a": CODING})
    assert repr(result) == (
        "<ScoringResult: 1 transcript: 1 coding, 0 noncoding (threshold "
        f"{MODEL.threshold:.3f}), 0 of them unsure>"
    )
    with pytest.raises(UnknownName, match="'b'"):
        result.explain("b")
    streamed = bl.lincrna.score(io.StringIO(f">a\n{CODING}\n"), out=tmp_path / "s.tsv")
    with pytest.raises(BadInput, match="read only once"):
        streamed.explain("a")
    (tmp_path / "s.tsv").unlink()
    with pytest.raises(MissingFile, match="a table of scores"):
        streamed.to_frame()


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"model": "no.json"}, MissingFile),
        ({"coding_sure": 0.2}, BadConfig),
        ({"genetic_code": 7}, BadConfig),
    ],
)
def test_wrong_settings_are_named(options, problem):
    with pytest.raises(problem):
        bl.lincrna.score({"a": CODING}, **options)


@given(st.lists(st.text("ACGTUNacgtu", min_size=3, max_size=90), max_size=8))
@pytest.mark.filterwarnings("ignore::bioloom.errors.InputWarning")
def test_a_score_does_not_depend_on_its_company(sequences):
    together = bl.lincrna.score(sequences)
    assert together.counts.n_records == len(sequences)
    for row, sequence in zip(together.rows, sequences, strict=True):
        alone = score(sequence, "+", MODEL)
        assert row.scored.reading.score == alone
        added = MODEL.contributions(alone_features(alone))
        assert list(row.scored.contributions) == added.tolist()


def alone_features(found):
    import numpy as np

    return np.array(found.features)


@given(st.lists(st.integers(-(10**17), 10**17), min_size=1, max_size=8))
def test_decimals_are_the_shortest_that_read_as_the_number(millionths):
    text, ends = decimal_rows(np.array([millionths, [0] * len(millionths)]))
    words = text.tobytes().decode()[: ends[0]].split("\t")
    for word, number in zip(words, millionths, strict=True):
        assert Decimal(word) == Decimal(number).scaleb(-6)
        assert not word.endswith("0") or word.endswith(".0")
    assert text[ends[0] : ends[1]].tobytes().decode() == "\t".join(
        ["0.0"] * len(millionths)
    )
