"""Peaks beside sites: overlap base by base, and how many would overlap by chance."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bioloom as bl
from bioloom.errors import BadAnnotation, InputWarning
from bioloom.genome.transcript import Transcript
from bioloom.mirna.evidence.overlap import in_words
from bioloom.mirna.evidence.peaks import read_peaks
from bioloom.mirna.inputs.places import TargetPlace
from bioloom.seq.alphabet import decode

LET7 = "UGAGGUAGUAGGUUGUAUAGUU"


def predicted(folder, peaks, **rules):
    rng = np.random.default_rng(3)
    targets = {
        f"t{k}": decode(rng.integers(0, 4, 300).astype(np.uint8)) for k in range(40)
    }
    path = folder / "peaks.bed"
    path.write_text("".join("\t".join(map(str, peak)) + "\n" for peak in peaks))
    return bl.mirna.predict({"let-7": LET7}, targets, evidence=path, **rules)


PEAKS = [(f"t{k}", 20 * k, 20 * k + 60, "p", 0, "+") for k in range(10)]


def test_a_site_s_evidence_is_its_covered_bases(tmp_path):
    sites = predicted(tmp_path, PEAKS)
    for row in sites.to_frame().to_dict("records"):
        spans = [p[1:3] for p in PEAKS if p[0] == row["target"]]
        bases = {base for start, end in spans for base in range(start, end)}
        assert row["evidence"] == len(bases & set(range(row["start"], row["end"])))


def test_the_expected_number_is_that_of_sites_moved_at_random(tmp_path):
    sites = predicted(tmp_path, PEAKS)
    frame = sites.to_frame()
    frame = frame[frame["target"].isin({peak[0] for peak in PEAKS})]
    rng, n_repeats = np.random.default_rng(4), 3000
    counts = np.zeros(n_repeats, dtype=int)
    for row in frame.to_dict("records"):
        (low, high) = next(peak[1:3] for peak in PEAKS if peak[0] == row["target"])
        length = row["end"] - row["start"]
        start = rng.integers(0, 300 - length + 1, n_repeats)
        counts += (start < high) & (start + length > low)
    enrichment = sites.evidence
    assert enrichment.n_sites == len(frame) == 10
    assert enrichment.expected == pytest.approx(counts.mean(), abs=0.1)
    assert enrichment.p == pytest.approx(
        (counts >= enrichment.n_overlapping).mean(), abs=0.03
    )
    [step] = enrichment.explain().steps
    assert step.value.number == pytest.approx(enrichment.ratio)


def test_peaks_on_no_target_are_told(tmp_path):
    sites = predicted(tmp_path, [("chr1", 5, 50)])
    assert "no peak lies on a target" in in_words(sites.evidence)


@given(
    st.lists(st.integers(1, 20), min_size=2, max_size=8),
    st.sampled_from("+-"),
    st.integers(0, 90),
    st.integers(1, 60),
)
def test_a_peak_lies_on_the_target_where_its_bases_do(steps, strand, start, length):
    ends = np.cumsum(steps[: len(steps) // 2 * 2]).tolist()
    exons = tuple(zip(ends[::2], ends[1::2], strict=True))
    place = TargetPlace(Transcript("t", "g", "c", strand, exons))
    bases = [base for a, b in exons for base in range(a, b)]
    if strand == "-":
        bases.reverse()
    wanted = {k for k, base in enumerate(bases) if start <= base < start + length}
    spans = list(place.on_target((start, start + length)))
    assert {k for a, b in spans for k in range(a, b)} == wanted


def test_on_the_genome_strand_and_introns_count(bioloom, cases_dir, tmp_path):
    folder, utrs = cases_dir / "mirna", tmp_path / "u.fa"
    bioloom(
        "targets", folder / "a.gtf", folder / "g.fa", "--every-isoform", "--out", utrs
    )
    peaks = tmp_path / "peaks.narrowPeak"
    rows = [
        ("chr1", 1195, 1210, "a", 0, "+", 1.5, 2.5, 3.5, 7),
        ("chr1", 3050, 3060, "b", 0, "+", 1.5, 2.5, 3.5, 7),  # the other strand
        ("chr1", 4055, 4205, "c", 0, "-", 1.5, 2.5, 3.5, 7),  # over an intron
    ]
    peaks.write_text("".join("\t".join(map(str, row)) + "\n" for row in rows))
    given = ("--gtf", folder / "a.gtf", "--evidence", peaks, "--p-values", "none")
    done = bioloom("predict", folder / "let7.fa", utrs, *given)
    column = [line.split("\t")[-1] for line in done.stdout.splitlines()]
    assert column == ["evidence", "10", "0", "10"]
    assert "2 of 2 sites on targets with a peak overlap one" in done.stderr


def test_of_a_plant_s_site_the_cut_must_be_covered(tmp_path):
    mirna = "UGCCAAAGGAGAUUUGCCCUG"
    target = "C" * 30 + "CAGGGCAAAUCUCCUUUGGCA" + "C" * 30
    for start, covered in ((41, 1), (42, 0)):
        path = tmp_path / "cuts.bed"
        path.write_text(f"1\t{start}\t{start + 1}\n")
        frame = bl.mirna.predict(mirna, target, plant=True, evidence=path).to_frame()
        assert frame["cut"].tolist() == [41]
        assert frame["evidence"].tolist() == [covered]


def test_rows_that_are_no_bed_are_counted(tmp_path):
    path = tmp_path / "p.bed"
    path.write_text("chr1\t5\t9\nchr1\tx\t9\n")
    with pytest.warns(InputWarning, match="1 of 2 rows are not BED"):
        assert len(read_peaks(path).by_chrom["chr1"]) == 1
    path.write_text("nothing\n")
    with pytest.raises(BadAnnotation, match="no row of BED"):
        read_peaks(path)
