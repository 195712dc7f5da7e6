"""Positions of sites on the genome, against a base-by-base lift."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bioloom as bl
from bioloom.errors import BadAnnotation
from bioloom.genome.transcript import Transcript
from bioloom.mirna.inputs.oddities import RecordLog
from bioloom.mirna.inputs.places import Places, TranscriptIndex
from bioloom.mirna.inputs.records import Target
from bioloom.mirna.inputs.regions import TranscriptRegion, region_of
from bioloom.seq.alphabet import encode

REGIONS = ("3utr", "5utr", "cds", "transcript")


@st.composite
def transcripts(draw):
    """A transcript of one to five exons with a coding part, on either strand."""
    steps = draw(st.lists(st.integers(1, 30), min_size=2, max_size=10))
    ends = np.cumsum(steps[: len(steps) // 2 * 2]).tolist()
    exons = tuple(zip(ends[::2], ends[1::2], strict=True))
    bases = [base for start, end in exons for base in range(start, end)]
    first, last = sorted(draw(st.tuples(*[st.integers(0, len(bases) - 1)] * 2)))
    low, high = bases[first], bases[last] + 1
    blocks = ((max(a, low), min(b, high)) for a, b in exons)
    cds = tuple((a, b) for a, b in blocks if a < b)
    return Transcript("t", "g", "c", draw(st.sampled_from("+-")), exons, cds)


def bases_5_to_3(tx, region):
    """Genome position of every base of a region, one by one, 5'→3'."""
    exonic = [base for start, end in tx.exons for base in range(start, end)]
    coding = {base for start, end in tx.cds for base in range(start, end)}
    if tx.strand == "-":
        exonic.reverse()
    if region == "transcript":
        return exonic
    if region == "cds":
        return [base for base in exonic if base in coding]
    places = [place for place, base in enumerate(exonic) if base in coding]
    return exonic[: places[0]] if region == "5utr" else exonic[places[-1] + 1 :]


@given(transcripts(), st.sampled_from(REGIONS), st.data())
def test_a_site_lies_where_its_bases_lie_one_by_one(tx, region, data):
    bases = bases_5_to_3(tx, region)
    blocks = region_of(tx, region)
    assert sorted(bases) == [base for a, b in blocks for base in range(a, b)]
    if not bases:
        return
    tail = data.draw(st.integers(0, 3)) if region in ("3utr", "transcript") else 0
    header = " ".join(
        f"{key}={value}"
        for key, value in TranscriptRegion(region, tx, blocks).tags().items()
    )
    target = Target("t", encode("C" * len(bases) + "A" * tail), header)
    start = data.draw(st.integers(0, len(bases) - 1))
    end = data.draw(st.integers(start + 1, len(bases) + tail))
    wanted = set(bases[start:end]) if end <= len(bases) else set()
    for index in (TranscriptIndex([tx]), None):
        places = Places("a.gtf", RecordLog("stop"), index)
        places.visit(target)
        lifted = places.by_target["t"].lifted((start, end))
        assert {base for a, b in lifted for base in range(a, b)} == wanted
        assert all(
            left[1] <= right[0] for left, right in zip(lifted, lifted[1:], strict=False)
        )


@pytest.mark.parametrize("how", ["headers", "table", "region", "length", "on genome"])
def test_the_cases_lie_where_they_should(bioloom, cases_dir, tmp_path, how):
    folder, utrs = cases_dir / "mirna", tmp_path / "u.fa"
    annotation = folder / "a.gtf"
    bioloom("targets", annotation, folder / "g.fa", "--every-isoform", "--out", utrs)
    if how in ("table", "region", "length"):
        names = (line.split()[0] for line in utrs.read_text().splitlines())
        utrs.write_text("\n".join(names) + "\n")
    if how in ("region", "length"):
        (tmp_path / "u.fa.places.tsv").unlink()
    options = {
        "region": ("--gtf", annotation, "--region", "3utr"),
        "on genome": ("--on-genome",),
    }.get(how, ("--gtf", annotation))
    searched = ("predict", folder / "let7.fa", utrs, *options, "--p-values", "none")
    bed = bioloom(*searched, "--format", "bed")
    assert bed.returncode == 0, bed.stderr
    rows = [line.split("\t") for line in bed.stdout.splitlines()]
    shown = [(*row[:3], row[5], *row[9:]) for row in rows]
    assert shown == [
        ("chr1", "1200", "1222", "+", "1", "22", "0"),
        ("chr1", "3050", "3072", "-", "1", "22", "0"),
        ("chr1", "4049", "4211", "-", "2", "11,11", "0,151"),
    ]
    gff = bioloom(*searched, "--format", "gff3").stdout.splitlines()[1:]
    spans = [tuple(line.split("\t")[3:5]) for line in gff]
    assert spans == [
        *(("1201", "1222"), ("3051", "3072"), ("4050", "4060"), ("4201", "4211"))
    ]
    table = bioloom(*searched).stdout
    assert "chr1:4050-4060,4201-4211(-)" in table


def test_targets_named_by_gene_are_lifted(bioloom, cases_dir, tmp_path):
    folder, utrs = cases_dir / "mirna", tmp_path / "u.fa"
    bioloom("targets", folder / "a.gtf", folder / "g.fa", "--out", utrs)
    names = (line.split()[0] for line in utrs.read_text().splitlines())
    utrs.write_text("\n".join(names) + "\n")
    given = ("--gtf", folder / "a.gtf", "--format", "bed", "--region", "3utr")
    done = bioloom("predict", folder / "let7.fa", utrs, *given)
    assert [line.split("\t")[1] for line in done.stdout.splitlines()] == [
        *("1200", "3050", "4049")
    ]


def test_a_target_longer_than_its_transcript_is_an_error(bioloom, cases_dir):
    folder = cases_dir / "mirna"
    given = ("--gtf", folder / "a.gtf", "--format", "bed")
    done = bioloom("predict", folder / "let7.fa", folder / "tail.fa", *given)
    assert (done.returncode, done.stdout) == (1, "")
    assert "TP: found 544 nt (in the annotation: 3utr 200 nt" in done.stderr
    assert "Traceback" not in done.stderr


TX = Transcript("ENST1.3", "ENSG1.1", "c", "+", ((0, 10), (20, 30)), ((0, 10),))


def placed(name, sequence, header="", region=None, txs=(TX,)):
    log = RecordLog()
    places = Places("a.gtf", log, TranscriptIndex(txs), region)
    places.visit(Target(name, encode(sequence), header))
    return places, log


@pytest.mark.parametrize(
    "name", ["ENST1.3", "ENST1", "ENST1.9", "ENSG1", "ENSG1|ENST1"]
)
def test_versions_and_names_of_biomart_do_not_matter(name):
    places, _ = placed(name, "C" * 20)
    assert places.by_target[name].lifted((5, 15)) == ((5, 10), (20, 25))


@pytest.mark.parametrize(
    ("sequence", "header", "region", "words"),
    [
        ("C" * 10, "", None, "the length of its|the length of c:"),
        ("C" * 12, "", "3utr", "12 nt .in the annotation: 3utr 10 nt"),
        ("C" * 10, "", "5utr", "no 5utr in the annotation"),
        ("C" * 10, "region=cds at=c:2-11(+)", None, "in its header, and c:1-10"),
    ],
)
def test_what_does_not_fit_has_no_position(sequence, header, region, words):
    places, log = placed("ENST1", sequence, header, region)
    assert places.by_target == {}
    assert len(log.records) == 1
    with pytest.raises(BadAnnotation, match=words):
        places.finish()


def test_transcripts_of_a_gene_with_regions_of_one_length_are_told_apart():
    other = Transcript("ENST2", "ENSG1.1", "c", "+", ((40, 60),), ((40, 50),))
    longer = Transcript("ENST3", "ENSG1.1", "c", "+", ((0, 10), (70, 90)), ((0, 10),))
    # the longest, first of equals, is what `targets` writes
    places, _ = placed("ENSG1", "C" * 10, region="3utr", txs=(TX, other))
    assert places.by_target["ENSG1"].lifted((0, 10)) == ((20, 30),)
    lost, _ = placed("ENSG1", "C" * 10, region="3utr", txs=(TX, other, longer))
    with pytest.raises(BadAnnotation, match="the length of c:21-30"):
        lost.finish()


def test_in_python_too_targets_know_where_they_lie(cases_dir):
    folder = cases_dir / "mirna"
    utrs = bl.mirna.targets(folder / "a.gtf", folder / "g.fa", every_isoform=True)
    for rules in ({"on_genome": True}, {"gtf": folder / "a.gtf"}):
        frame = bl.mirna.predict(folder / "let7.fa", utrs, **rules).to_frame()
        assert frame["genome"].tolist() == [
            "chr1:1201-1222(+)",
            "chr1:3051-3072(-)",
            "chr1:4050-4060,4201-4211(-)",
        ]
