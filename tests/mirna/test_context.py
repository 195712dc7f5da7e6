"""Columns around a site: other species, ends of the target, a conservation track."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom.errors import BadInput, InputWarning, MissingFile
from bioloom.mirna.context.alignments import Row, TargetAlignment, read_alignments
from bioloom.mirna.context.columns import CONTEXT_COLUMNS, Context
from bioloom.mirna.context.conservation_track import ConservationTrack
from bioloom.mirna.inputs.records import Mirna, Target
from bioloom.mirna.options import SearchOptions
from bioloom.mirna.prediction import predict_records
from bioloom.seq.alphabet import encode, reverse_complement

LET7 = "UGAGGUAGUAGGUUGUAUAGUU"
UTR = "GGGGACUAUACAACCUACUACCUCAGGGG"  # the 8mer is at 17 to 25
SEED = slice(17, 25)


def conserved(alignment, start, end):
    found = alignment.conserved(np.array([start]), np.array([end]))
    return int(found.n_aligned[0]), int(found.n_identical[0])


def by_text(reference, other, start, end):
    """Twin: cut the columns of the span out of both rows and compare their letters."""
    places = [k for k, letter in enumerate(reference) if letter != "-"]
    first, last = places[start], places[end - 1] + 1
    mine, theirs = reference[first:last], other[first:last]
    return mine.replace("-", "") == theirs.replace("-", "") and all(
        other[k] != "-" for k in places[start:end]
    )


@given(
    st.lists(
        st.tuples(st.sampled_from("ACGT-"), st.sampled_from("ACGT-"), st.booleans()),
        min_size=4,
        max_size=30,
    ),
    st.data(),
)
def test_identity_is_that_of_the_texts(columns, data):
    reference = "".join(a for a, _, _ in columns)
    # most columns agree, so that both answers occur
    other = "".join(a if same else b for a, b, same in columns)
    n = len(reference.replace("-", ""))
    if not n:
        return
    start = data.draw(st.integers(0, n - 1))
    end = data.draw(st.integers(start + 1, n))
    alignment = TargetAlignment()
    alignment.add(Row("t", reference), 0, [Row("mouse", other)])
    expected = by_text(reference, other, start, end)
    assert conserved(alignment, start, end) == (1, int(expected))


def test_blocks_join_and_what_is_beyond_them_is_unknown():
    alignment = TargetAlignment()
    alignment.add(Row("t", "ACGT"), 4, [Row("mouse", "ACGT"), Row("rat", "ACCT")])
    alignment.add(Row("t", "GG-A"), 8, [Row("mouse", "GGTA")])
    assert conserved(alignment, 4, 8) == (2, 1)
    assert conserved(alignment, 6, 10) == (1, 1)
    assert conserved(alignment, 8, 11) == (1, 0)  # a base is inserted
    assert conserved(alignment, 2, 6) == (-1, -1)
    assert conserved(alignment, 9, 13) == (-1, -1)
    assert conserved(alignment, -1, -1) == (-1, -1)


def fasta(tmp_path, **rows):
    path = tmp_path / "alignment.fa"
    path.write_text("".join(f">{name}\n{text}\n" for name, text in rows.items()))
    return path


def columns_of(context, utr=UTR):
    prediction = predict_records(
        [Mirna("let-7", encode(LET7))],
        [Target("utr", encode(utr))],
        SearchOptions(),
        context=context,
    )
    (row,) = prediction.to_frame().to_dict("records")
    return row


def test_one_alignment_of_a_target(tmp_path):
    changed = UTR[:20] + "G" + UTR[21:]
    path = fasta(
        tmp_path, utr=UTR, mouse=UTR, rat=changed, dog=UTR.replace("ACUAU", "-----")
    )
    row = columns_of(Context(alignments=read_alignments(path)))
    assert row["seed"] == "8mer"
    assert (row["seed_start"], row["seed_end"]) == (SEED.start, SEED.stop)
    assert row["aligned_species"] == 3
    assert row["seed_conservation"] == pytest.approx(2 / 3)


def test_alignments_of_several_targets_in_one_fasta(tmp_path):
    path = tmp_path / "all.fa"
    path.write_text(f">utr|human\n{UTR}\n>utr|mouse\n{UTR}\n>x\nAC-G\n>x|mouse\nACTG\n")
    found = read_alignments(path)
    assert set(found) == {"utr", "x"}
    assert list(found["utr"].opposite) == ["mouse"]
    assert conserved(found["x"], 0, 2) == (1, 1)
    assert conserved(found["x"], 1, 3) == (1, 0)


def test_maf_in_positions_of_the_target(tmp_path):
    path = tmp_path / "utr.maf"
    first, second = UTR[:20], UTR[20:]
    path.write_text(
        "##maf version=1\n\na score=1\n"
        f"s human.utr 0 20 + 29 {first}\ns mouse.chr1 5 20 + 99 {first}\n"
        "i mouse.chr1 C 0 C 0\n\na score=2\n"
        f"s human.utr 20 9 + 29 {second}\ns mouse.chr1 25 9 + 99 {second}\n"
        f"s rat.chr2 0 9 - 50 {second}\n"
        f"\na score=3\ns human.utr 0 9 - 29 {second}\n"
    )
    with pytest.warns(InputWarning, match="1 block left out"):
        alignments = read_alignments(path)
    row = columns_of(Context(alignments=alignments))
    assert (row["aligned_species"], row["seed_conservation"]) == (1, 1.0)


def test_a_target_without_alignment_is_unknown():
    row = columns_of(Context(alignments={}))
    assert math.isnan(row["aligned_species"])
    assert math.isnan(row["seed_conservation"])


def test_rows_of_unequal_length_are_an_error(tmp_path):
    with pytest.raises(BadInput, match="rows of 4 to 5 letters"):
        read_alignments(fasta(tmp_path, utr="ACGU", mouse="ACGUU"))


def test_a_broken_maf_row_is_named(tmp_path):
    path = tmp_path / "x.maf"
    path.write_text("##maf version=1\na\ns human.utr x 4 + 4 ACGT\n")
    with pytest.raises(BadInput, match=r"x\.maf, line 3"):
        read_alignments(path)


def test_positions_are_counted_from_both_ends():
    row = columns_of(Context(position=True))
    assert row["end_distance"] == min(row["start"], len(UTR) - row["end"])
    middle = (row["start"] + row["end"]) / 2
    assert row["relative_position"] == pytest.approx(middle / len(UTR))


def test_opening_energies_stand_beside_the_score():
    pytest.importorskip("RNA")
    plain = columns_of(None)
    row = columns_of(Context(accessibility=True))
    assert row["score"] == plain["score"]
    assert row["opening_energy"] >= 0
    total = row["mfe"] + row["opening_energy"]
    assert row["mfe_and_opening"] == pytest.approx(total)
    assert set(row) - set(plain) == {"opening_energy", "mfe_and_opening"}
    assert set(row) - set(plain) <= set(CONTEXT_COLUMNS)


@pytest.mark.parametrize("strand", ["+", "-"])
def test_conservation_is_the_mean_over_the_seed_s_bases(strand, bioloom_cli, tmp_path):
    """A spliced 3'UTR whose seed match lies across its intron, base by base."""
    pybigtools = pytest.importorskip("pybigtools")
    exons = [(100, 121), (150, 158)] if strand == "+" else [(100, 108), (137, 158)]
    utr = UTR.replace("U", "T")
    on_plus = utr if strand == "+" else reverse_complement(utr)
    bases = [place for start, end in exons for place in range(start, end)]
    genome = ["A"] * 300
    for place, letter in zip(bases, on_plus, strict=True):
        genome[place] = letter
    (tmp_path / "g.fa").write_text(">chr1\n" + "".join(genome) + "\n")
    rows = [("exon", s + 1, e) for s, e in exons]
    note = 'gene_id "g"; transcript_id "t";'
    (tmp_path / "a.gtf").write_text(
        "".join(
            f"chr1\tx\t{kind}\t{s}\t{e}\t.\t{strand}\t.\t{note}\n"
            for kind, s, e in [("transcript", 101, 158), *rows]
        )
    )
    track = tmp_path / "c.bw"
    values = [("chr1", place, place + 1, place / 200) for place in range(90, 170)]
    pybigtools.open(str(track), "w").write({"chr1": 300}, iter(values))
    utrs, sites = tmp_path / "utrs.fa", tmp_path / "sites.tsv"
    mirna = tmp_path / "let7.fa"
    mirna.write_text(f">let-7\n{LET7}\n")
    annotation = tmp_path / "a.gtf"
    code, _, err = bioloom_cli(
        *("mirna", "targets", annotation, tmp_path / "g.fa", "--out", utrs),
        *("--region", "transcript"),
    )
    assert code == 0, err
    code, _, err = bioloom_cli(
        *("mirna", "predict", mirna, utrs, "--on-genome", "--out", sites),
        *("--conservation", track),
    )
    assert code == 0, err
    head, row = sites.read_text().splitlines()
    found = dict(zip(head.split("\t"), row.split("\t"), strict=True))
    order = bases if strand == "+" else bases[::-1]
    seed = order[int(found["seed_start"]) : int(found["seed_end"])]
    assert len(seed) == 8
    assert max(seed) - min(seed) > 8  # it lies across the intron
    expected = sum(place / 200 for place in seed) / 8
    assert float(found["conservation"]) == pytest.approx(expected, abs=1e-4)
    code, _, err = bioloom_cli("mirna", "predict", mirna, utrs, "--conservation", track)
    assert code == 2
    assert "--conservation needs --gtf or --on-genome" in err


def test_a_circle_has_no_ends():
    prediction = predict_records(
        [Mirna("let-7", encode(LET7))],
        [Target("utr", encode(UTR))],
        SearchOptions(circular=True),
        context=Context(position=True),
    )
    assert prediction.to_frame()["end_distance"].isna().all()


def test_mean_conservation_of_blocks(tmp_path):
    pybigtools = pytest.importorskip("pybigtools")
    path = tmp_path / "phastcons.bw"
    values = [("chr1", 0, 10, 0.5), ("chr1", 10, 20, 1.0), ("chr1", 30, 40, 0.0)]
    pybigtools.open(str(path), "w").write({"chr1": 50}, iter(values))
    with ConservationTrack(path) as track:
        assert track.mean("chr1", [(5, 15)]) == pytest.approx(0.75)
        assert track.mean("chr1", [(5, 10), (30, 35)]) == pytest.approx(0.25)
        assert track.mean("chr1", [(18, 32)]) == pytest.approx(2 / 4)
        assert track.mean("chr1", [(40, 90)]) != track.mean("chr1", [(40, 90)])
        assert math.isnan(track.mean("chr9", [(0, 5)]))
    with pytest.raises(MissingFile):
        ConservationTrack(Path(tmp_path / "none.bw"))
