"""`bl.mirna`: what users hold goes in, Results come out."""

import io
import subprocess
import sys

import pytest

import bioloom as bl
from bioloom.errors import BadInput, InputWarning, UnknownName
from bioloom.mirna.errors import BadMirna, NoSite
from bioloom.mirna.options import SeedRegion, read_seed_region, search_options
from bioloom.mirna.output.result import COLUMNS
from bioloom.seq.fasta import Record

LET7 = "UGAGGUAGUAGGUUGUAUAGUU"
SITE = "AACTATACAACCTACTACCTCA"
UTRS = {"a": f"GG{SITE}GG{SITE[8:]}AA", "b": "ACGTACGTTTGACCATGCATGCA"}


@pytest.fixture
def sites():
    return bl.mirna.predict({"let-7": LET7}, UTRS, top=2)


def test_paths_texts_dictionaries_files_and_records_are_the_same(tmp_path, sites):
    path = tmp_path / "utrs.fa"
    text = "".join(f">{name}\n{sequence}\n" for name, sequence in UTRS.items())
    path.write_text(text)
    sources = (
        str(path),
        path,
        text,
        io.StringIO(text),
        [Record(name, sequence) for name, sequence in UTRS.items()],
    )
    for source in sources:
        frame = bl.mirna.predict(f">let-7\n{LET7}\n", source, top=2).to_frame()
        assert frame.equals(sites.to_frame())


def test_a_prediction_is_short_to_print_and_complete_as_a_table(sites, tmp_path):
    assert repr(sites).startswith("<Prediction: sites: ")
    assert len(repr(sites).splitlines()) == 1
    assert "8mer" in sites._repr_html_()
    assert [*sites.to_frame()] == [*COLUMNS]
    assert sites.write(tmp_path / "sites.tsv") == len(sites)
    assert (tmp_path / "sites.tsv").read_text().count("\n") == len(sites) + 1


@pytest.mark.slow
def test_every_row_is_explained_and_drawn(sites):
    frame = sites.to_frame()
    for row, mfe in enumerate(frame["mfe"]):
        explanation = sites.explain(row)
        assert explanation.steps[1].value.number == pytest.approx(mfe)
        assert sites.plot(row).axes
    second = sites.explain(mirna="let-7", target="a", site=2)
    assert second.to_text() == sites.explain(1).to_text()
    assert sites.plot_map("a").axes
    with pytest.raises(IndexError, match="the prediction has"):
        sites.explain(len(frame))
    with pytest.raises(UnknownName, match="no target 'c'"):
        sites.explain(target="c")
    with pytest.raises(NoSite):
        sites.plot(target="a", site=9)


def test_explain_and_draw_are_those_of_the_prediction(sites):
    explanation = bl.mirna.explain({"let-7": LET7}, UTRS, target="a")
    assert explanation.to_text() == sites.explain(0).to_text()
    assert bl.mirna.draw({"let-7": LET7}, UTRS, target="a").axes
    assert bl.mirna.draw({"let-7": LET7}, UTRS, as_map=True, max_mfe=-10).axes


def test_a_calibration_is_used_as_it_is_or_as_its_file(tmp_path):
    with pytest.warns(InputWarning, match="few targets"):
        laws = bl.mirna.calibrate({"let-7": LET7}, UTRS, samples=1200)
    laws.save(tmp_path / "laws.json")
    assert laws.to_frame()["mirna"].tolist() == ["let-7"]
    p = [
        bl.mirna.predict({"let-7": LET7}, UTRS, calibration=given).to_frame()["p"]
        for given in (laws, tmp_path / "laws.json", str(tmp_path / "laws.json"))
    ]
    assert p[0].equals(p[1])
    assert p[0].equals(p[2])
    assert p[0].between(0, 1).all()


def test_targets_of_an_annotation_are_searched(tmp_path):
    (tmp_path / "g.fa").write_text(f">c\n{'ACGTC' * 10}{SITE}{'GGC' * 10}\n")
    rows = (("exon", 1, 100), ("CDS", 1, 30))
    (tmp_path / "a.gtf").write_text(
        "".join(
            f'c\tx\t{kind}\t{a}\t{b}\t.\t+\t.\tgene_id "G"; transcript_id "T";\n'
            for kind, a, b in rows
        )
    )
    utrs = bl.mirna.targets(tmp_path / "a.gtf", tmp_path / "g.fa")
    assert (len(utrs), utrs.to_frame()["name"].tolist()) == (1, ["G"])
    assert "sequences: 1 (3utr)" in repr(utrs)
    assert bl.mirna.predict(LET7, utrs).to_frame()["seed"].tolist() == ["8mer"]


def test_rules_are_read_and_checked():
    assert search_options(max_mfe=-20).top is None
    assert search_options().top == 1
    assert read_seed_region("2,8") == SeedRegion(2, 8)
    assert str(search_options(seed_region="2-8").seed_region) == "2-8"
    with pytest.raises(BadInput, match="expected two positions"):
        search_options(seed_region="8-2")
    with pytest.raises(BadInput, match="max_loop: found 16"):
        bl.mirna.predict(LET7, UTRS, max_loop=16)


def test_what_is_no_mirna_is_named():
    with pytest.raises(BadMirna, match="miRNAs: x: found 5 nt"):
        bl.mirna.predict({"x": "ACGUA"}, UTRS)
    with pytest.raises(UnknownName, match="preset"):
        bl.mirna.predict(LET7, UTRS, p_values="3utr_mouse")


def test_the_room_imports_nothing_heavy():
    code = (
        "import sys, bioloom as bl; dir(bl.mirna); bl.mirna.predict; "
        "bl.debruijn.sequence; print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    assert not {"numba", "scipy", "pandas", "matplotlib"} & set(done.stdout.split())
