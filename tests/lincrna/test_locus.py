"""The picture of a candidate's surroundings: what is in it, and where."""

import re
import xml.etree.ElementTree as ET
from types import SimpleNamespace

import pybigtools
import pytest

from bioloom.genome.transcript import Transcript
from bioloom.lincrna.browser.bigfiles import write_bigwig
from bioloom.lincrna.browser.profiles import N_BINS, profiles_of
from bioloom.lincrna.coding.orf import Orf
from bioloom.lincrna.coding.potential import CodingScore
from bioloom.lincrna.page.locus import MOST_MODELS, locus_views
from bioloom.lincrna.verdict.judged import Judged
from bioloom.report.lincrna_locus import locus_picture, locus_svg
from tests.lincrna.builders import collected, evidence


def judged(name, *exons, strand="+", verdict="candidate", **changes):
    tx = Transcript(name, name, "1", strand, exons)
    facts = evidence(tx, **changes)
    return Judged(collected(tx), name, facts, {}, verdict, "", ())


def annotated(name, *exons, cds=(), gene="G"):
    return Transcript(name, gene, "1", "-", exons, cds)


def view_of(row, *others, annotation=()):
    result = SimpleNamespace(rows=(row, *others), annotated=annotation)
    return locus_views(result)(row)


def test_the_window_holds_the_transcript_and_what_is_near():
    row = judged("t", (10_000, 10_400), (11_000, 12_000))
    assert (view_of(row).start, view_of(row).end) == (9_500, 12_500)
    wide = judged("t", (10_000, 10_400), (19_000, 20_000))
    assert (view_of(wide).start, view_of(wide).end) == (8_000, 22_000)


@pytest.mark.parametrize(("distance", "reach"), [(3_000, 4_000), (40_000, 500)])
def test_a_near_neighbour_is_shown_and_a_far_one_is_not(distance, reach):
    row = judged("t", (100_000, 100_400), gap_nt=distance)  # to its right
    found = view_of(row)
    assert (found.start, found.end) == (99_500, 100_400 + reach)
    assert [gene.distance_nt for gene in found.beyond] == [40_000][distance < 40_000 :]
    told = "Nearest coding genes outside the picture: " in locus_picture(found, "t")
    assert told is (distance == 40_000)


def bigwig(path, *rows):
    lengths = {"1": 200_000}
    write_bigwig(path, lengths, [("1", *row) for row in rows])


def test_coverage_is_that_of_the_bigwigs_on_the_transcripts_strand(tmp_path):
    folder = tmp_path / "browser/coverage"
    folder.mkdir(parents=True)
    rows = [(0, 10_100, 0.0), (10_100, 10_110, 7.0), (10_110, 10_350, 3.0)]
    bigwig(folder / "a.bw", (10_000, 10_400, 9.0))
    bigwig(folder / "a.plus.bw", *rows)
    bigwig(folder / "b <2>.bw", (12_000, 12_100, 5.0), (150_000, 150_010, 8.0))
    row = judged("t", (10_000, 10_400), (11_000, 12_000))
    result = SimpleNamespace(rows=(row,), annotated=())
    found = locus_views(result, profiles_of(tmp_path, ["a", "b <2>", "c"]))(row)
    assert [one.sample for one in found.profiles] == ["a", "b <2>"]
    assert [one.side for one in found.profiles] == ["plus", "all"]
    assert [one.most for one in found.profiles] == [7, 5]
    size = (found.end - found.start) / N_BINS
    for one, files in zip(found.profiles, ("a.plus.bw", "b <2>.bw"), strict=True):
        with pybigtools.open(str(folder / files)) as file:
            for place, height in enumerate(one.heights):
                left = found.start + place * size
                bases = range(int(left), max(int(left + size), int(left) + 1))
                values = [
                    value
                    for start, end, value in file.records("1", found.start, found.end)
                    if start < bases[-1] + 1 and end > bases[0]
                ]
                assert height >= max(values, default=0) or height in values
    svg = ET.fromstring(locus_svg(found, "t"))
    words = [text.text for text in svg.iter("text")]
    assert "a +, 7" in words
    assert "b <2>, 5" in words
    assert len([p for p in svg.iter("path") if p.get("class") == "area"]) == 2


def test_the_samples_with_most_reads_are_drawn_in_their_order(tmp_path):
    folder = tmp_path / "browser/coverage"
    folder.mkdir(parents=True)
    names = [f"s{n}" for n in range(9)]
    for n, name in enumerate(names):
        bigwig(folder / f"{name}.bw", (1_000, 1_200, float(9 - n)))
    row = judged("t", (1_000, 1_200))
    result = SimpleNamespace(rows=(row,), annotated=())
    found = locus_views(result, profiles_of(tmp_path, names[::-1]))(row)
    assert [one.sample for one in found.profiles] == names[5::-1]
    assert found.n_silent == 3
    assert "3 samples with fewer reads" in locus_picture(found, "t")


def test_models_come_by_kind_and_place_and_none_twice():
    row = judged("t", (1_000, 1_200))
    found = view_of(
        row,
        judged("bad", (900, 950), verdict="rejected"),
        judged("good", (1_300, 1_400)),
        judged("far", (90_000, 90_100)),
        annotation=(
            annotated("o", (1_250, 1_260)),
            annotated("c", (700, 800), cds=((720, 780),)),
            annotated("copy", (700, 800), cds=((720, 780),)),
            annotated("t", (1_000, 1_200)),  # judged: it is there once
        ),
    )
    assert [(one.name, one.kind) for one in found.models] == [
        ("t", "shown"),
        ("good", "candidate"),
        ("bad", "rejected"),
        ("G (c)", "coding"),
        ("G (o)", "other"),
    ]
    assert found.models[3].thick == ((720, 780),)
    assert found.n_left_out == 1  # the copy


def test_of_many_models_some_are_left_out_and_counted():
    row = judged("t", (1_000, 1_200))
    others = [judged(f"x{n}", (1_000 + n, 1_100)) for n in range(30)]
    found = view_of(row, *others)
    assert len(found.models) == MOST_MODELS
    assert found.n_left_out == 31 - MOST_MODELS
    assert f"{31 - MOST_MODELS} more models are not drawn." in locus_picture(found, "t")


@pytest.mark.parametrize(("strand", "thick"), [("+", (130, 190)), ("-", (210, 270))])
def test_the_orf_is_lifted_to_the_genome(strand, thick):
    coding = CodingScore(0.1, (), Orf(30, 90, "+", is_complete=True))
    row = judged("t", (100, 300), strand=strand, coding=coding)
    assert view_of(row).models[0].thick == (thick,)


def test_the_svg_is_well_formed_escaped_and_inside_its_frame():
    row = judged("<t&1>", (5_000, 5_003), (7_000, 7_400), strand="-")
    view = view_of(row, annotation=(annotated("c", (1, 6_000), (6_500, 99_000)),))
    svg = ET.fromstring(str(locus_svg(view, "<t&1>")))
    _, _, width, height = map(float, svg.get("viewBox").split())
    assert "<t&1>" in svg.get("aria-label")
    boxes = svg.iter("rect")
    for box in boxes:
        left, top = float(box.get("x")), float(box.get("y"))
        assert 190 <= left <= left + float(box.get("width")) <= width + 1.3
        assert 0 < top < top + float(box.get("height")) < height
    shown = svg.find("g[@class='shown']")
    assert len(shown.findall("rect")) == 2
    heads = re.findall(r"l(-?3) 3", "".join(one.get("d") for one in shown.iter("path")))
    assert heads
    assert set(heads[::2]) == {"-3"}  # each head is two strokes
