"""Track hub and sessions of IGV, by the rules of UCSC and of IGV."""

import json
import re
import shutil
import struct
from dataclasses import replace
from pathlib import PurePosixPath
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom.genome.gtf import read_annotation
from bioloom.genome.sequence import Genome
from bioloom.lincrna.browser import folder as browser_folder
from bioloom.lincrna.browser.candidates import write_browser_files
from bioloom.lincrna.browser.coverage import SUFFIXES
from bioloom.lincrna.browser.folder import BrowserInputs, write_browser_folder
from bioloom.lincrna.browser.hub import short_label
from bioloom.lincrna.browser.models import CANDIDATES_SQL, GENES_SQL
from bioloom.lincrna.browser.tracks import coverage_tracks
from bioloom.lincrna.filtering import run_filter
from bioloom.lincrna.inputs.files import FilterInputs
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.verdict.judged import judged
from bioloom.report.lincrna import write_report
from tests.lincrna.builders import collected, evidence, tx
from tests.lincrna.toy import write_toy

pybigtools = pytest.importorskip("pybigtools")

LENGTHS = {"chr2": 3000, "chr10": 9000}
MODELS = [
    tx("N.1", (100, 300), (500, 900), chrom="chr2", gene="N"),
    tx("K.1", (7000, 7400), chrom="chr10", gene="K", strand="-", gene_name="Kay"),
    tx("U.1", (20, 260), chrom="chr10", gene="NA", strand="."),
]
GTF = """\
chr2\ts\tgene\t2001\t2400\t.\t+\t.\tgene_id "C"; gene_name "Cee";
chr2\ts\ttranscript\t2001\t2400\t.\t+\t.\tgene_id "C"; transcript_id "C.1"; \
gene_name "Cee"; transcript_biotype "protein_coding";
chr2\ts\texon\t2001\t2100\t.\t+\t.\tgene_id "C"; transcript_id "C.1";
chr2\ts\texon\t2201\t2400\t.\t+\t.\tgene_id "C"; transcript_id "C.1";
chr2\ts\tCDS\t2051\t2100\t.\t+\t0\tgene_id "C"; transcript_id "C.1";
chr10\ts\ttranscript\t101\t200\t.\t-\t.\tgene_id "D"; transcript_id "D.1";
chr10\ts\texon\t101\t200\t.\t-\t.\tgene_id "D"; transcript_id "D.1";
"""


def rows():
    items = [collected(model) for model in MODELS]
    items[1] = replace(items[1], origin="known")
    return judged(
        items,
        [evidence(model, probability=0.0123) for model in MODELS],
        [f"L_{model.gene_id}" for model in MODELS],
        FilterSettings(coding_threshold=0.5),
    )


@pytest.fixture
def inputs(tmp_path):
    source = tmp_path / "in"
    source.mkdir()
    (source / "Toy-1.fa").write_text(
        "".join(f">{name}\n{'ACGT' * (n // 4)}\n" for name, n in LENGTHS.items())
    )
    (source / "a.gtf").write_text(GTF)
    annotated = read_annotation(source / "a.gtf").transcripts
    return BrowserInputs(source / "Toy-1.fa", annotated, cache=source)


SAMPLES = ("liver-1", "gut.2")


@pytest.fixture
def made(inputs, tmp_path):
    """A folder with a stranded sample, another one, and one without coverage."""
    folder = tmp_path / "run/browser"
    (folder / "coverage").mkdir(parents=True)
    names = [f"{SAMPLES[0]}{suffix}" for suffix in SUFFIXES.values()]
    for name in (*names, f"{SAMPLES[1]}.bw"):
        (folder / "coverage" / name).write_bytes(b"")
    inputs = replace(inputs, samples=(*SAMPLES, "absent"))
    assert write_browser_folder(rows(), folder, inputs) == ()
    return folder


def stanzas(folder):
    """Of hub.txt: paragraphs of names and values."""
    text = (folder / "hub.txt").read_text("utf-8")
    return [
        dict(line.split(" ", 1) for line in paragraph.splitlines())
        for paragraph in text.strip().split("\n\n")
    ]


def test_the_hub_keeps_the_rules_of_ucsc(made):
    hub, genome, *tracks = stanzas(made)
    assert hub.keys() >= {"hub", "shortLabel", "longLabel", "email"}
    assert hub["useOneFile"] == "on"
    assert (genome["genome"], genome["twoBitPath"]) == ("bioloom_Toy_1", "genome.2bit")
    assert genome.keys() >= {"organism", "scientificName", "description", "defaultPos"}
    names = [track["track"] for track in tracks]
    assert len(set(names)) == len(names)
    for stanza in (hub, genome, *tracks):
        assert all(value.strip() for value in stanza.values())
    for track in tracks:
        assert re.fullmatch(r"[A-Za-z]\w*", track["track"], re.ASCII)
        assert len(track["shortLabel"]) <= 17
        assert len(track["longLabel"]) <= 80
        assert track.get("parent", names[0]) in names
        assert "superTrack" in track or {"type", "bigDataUrl", "visibility"} <= {*track}


def test_a_stranded_sample_has_a_track_of_each_strand(made):
    shown = {
        track["bigDataUrl"]: (track["shortLabel"], track["type"])
        for track in stanzas(made)
        if "bigDataUrl" in track
    }
    assert shown == {
        "candidates.bb": ("lincRNAs", "bigBed 12 +"),
        "genes.bb": ("Annotated genes", "bigBed 12 +"),
        "coverage/liver-1.plus.bw": ("liver-1 +", "bigWig"),
        "coverage/liver-1.minus.bw": ("liver-1 -", "bigWig"),
        "coverage/gut.2.bw": ("gut.2", "bigWig"),
    }


def paths_of(folder):
    """Paths that each of the three files names."""
    hub = stanzas(folder)
    session = json.loads((folder / "session.json").read_text())
    xml = ET.fromstring((folder / "session.xml").read_text())
    return {
        "hub": [each["bigDataUrl"] for each in hub if "bigDataUrl" in each]
        + [each["twoBitPath"] for each in hub if "twoBitPath" in each],
        "json": [track["url"] for track in session["tracks"]]
        + [session["reference"]["twoBitURL"]],
        "xml": [each.attrib["path"] for each in xml.iter("Resource")]
        + [xml.attrib["genome"]],
    }


def test_the_folder_can_be_moved(made, tmp_path):
    moved = tmp_path / "elsewhere"
    shutil.move(made, moved)
    shutil.rmtree(tmp_path / "run")
    shutil.rmtree(tmp_path / "in")
    hub, *others = (sorted(paths) for paths in paths_of(moved).values())
    assert others == [hub, hub]
    for path in hub:
        assert not PurePosixPath(path).is_absolute()
        assert ".." not in path
        assert (moved / path).is_file()


def test_the_sessions_open_at_the_first_candidate(made):
    session = json.loads((made / "session.json").read_text())
    xml = ET.fromstring((made / "session.xml").read_text())
    # chr10 comes before chr2, as in candidates.bed
    assert session["locus"] == xml.attrib["locus"] == "chr10:1-1260"
    *shown, sequence = xml.iter("Track")
    assert sequence.attrib["clazz"].endswith(".SequenceTrack")
    assert [each.attrib["id"] for each in shown] == [
        track["url"] for track in session["tracks"]
    ]
    names = [each.attrib["name"] for each in shown]
    assert names == ["lincRNAs", "Annotated genes", "liver-1 +", "liver-1 -", "gut.2"]


def test_the_bigbed_holds_the_candidates_of_the_bed(made, tmp_path):
    write_browser_files(rows(), tmp_path)
    lines = [
        line.split("\t")
        for line in (tmp_path / "candidates.bed").read_text().splitlines()
    ]
    with pybigtools.open(str(made / "candidates.bb")) as source:
        found = [
            [chrom, *map(str, row)]
            for chrom in ("chr10", "chr2")
            for row in source.records(chrom)
        ]
        assert source.chroms() == LENGTHS
        fields = source.sql(True)["fields"]
    assert [row[:8] + row[9:12] for row in found] == [
        line[:8] + line[9:] for line in lines
    ]
    assert {len(row) for row in found} == {len(fields)}
    by_name = {row[3]: row for row in found}
    assert by_name["K.1"][8:9] + by_name["K.1"][12:] == [
        *("0,130,90", "K", "Kay", "L_K", "known", "u", "0", "0.0123")
    ]
    assert by_name["N.1"][12:14] == ["N", "N"]
    assert by_name["U.1"][12:14] == ["U.1", "U.1"]  # "NA" is no gene
    assert by_name["U.1"][5] == "."


def test_genes_have_their_symbol_and_coding_part(made):
    with pybigtools.open(str(made / "genes.bb")) as source:
        [coding] = source.records("chr2")
        [other] = source.records("chr10")
    assert coding[:3] == (2000, 2400, "Cee")
    assert coding[5:8] == ("2050", "2100", "50,60,120")
    assert coding[-3:] == ("C.1", "C", "protein_coding")
    assert other[2] == "D.1"
    assert other[-1] == "unknown"


@pytest.mark.parametrize(
    ("name", "auto_sql"), [("candidates.bb", CANDIDATES_SQL), ("genes.bb", GENES_SQL)]
)
def test_the_header_says_that_twelve_columns_are_of_bed(made, name, auto_sql):
    """Its layout: Kent et al. (2010) doi:10.1093/bioinformatics/btq351, table 5."""
    content = (made / name).read_bytes()
    magic, _, _, _, _, _, n_fields, n_of_bed = struct.unpack("<IHHQQQHH", content[:36])
    assert magic == 0x8789F2EB
    assert (n_fields, n_of_bed) == (auto_sql.count(";"), 12)


def test_a_genome_that_browsers_know_is_not_brought(inputs, tmp_path):
    (tmp_path / "genome.2bit").write_text("of an earlier run")
    write_browser_folder(rows(), tmp_path, replace(inputs, assembly="mm39"))
    assert not (tmp_path / "genome.2bit").exists()
    assert stanzas(tmp_path)[1] == {"genome": "mm39"}
    session = json.loads((tmp_path / "session.json").read_text())
    assert (session["genome"], "reference" in session) == ("mm39", False)
    xml = ET.fromstring((tmp_path / "session.xml").read_text())
    assert (xml.attrib["genome"], xml.attrib["hasGeneTrack"]) == ("mm39", "true")


def test_without_candidates_the_genes_are_shown(inputs, tmp_path):
    assert write_browser_folder((), tmp_path, inputs) == ()
    paths = [each["bigDataUrl"] for each in stanzas(tmp_path) if "bigDataUrl" in each]
    assert paths == ["genes.bb"]
    assert json.loads((tmp_path / "session.json").read_text())["locus"] == "chr2:1-3000"


def test_without_pybigtools_a_note_says_so(made, inputs, monkeypatch):
    monkeypatch.setattr(browser_folder, "is_bigtools_installed", lambda: False)
    [note] = write_browser_folder(rows(), made, inputs)
    assert "bioloom doctor lincrna" in note
    assert [path.name for path in made.iterdir()] == ["coverage"]


def test_the_bytes_are_always_the_same(made, inputs):
    before = {path.name: path.read_bytes() for path in made.glob("*.*")}
    write_browser_folder(rows(), made, replace(inputs, samples=(*SAMPLES, "absent")))
    assert before == {path.name: path.read_bytes() for path in made.glob("*.*")}


def test_no_coverage_no_tracks(tmp_path):
    assert [*coverage_tracks(tmp_path, SAMPLES)] == []


@given(name=st.text(min_size=1))
def test_a_label_is_the_name_or_its_ends(name):
    label = short_label(name)
    first, dots, last = label[:7], label[7:9], label[9:]
    assert len(label) <= 17
    assert label == name or (
        dots == ".." and name.startswith(first) and name.endswith(last)
    )


def test_the_genome_is_the_same(made, inputs):
    twobitreader = pytest.importorskip("twobitreader")
    with (
        Genome(inputs.genome, cache=inputs.cache) as genome,
        twobitreader.TwoBitFile(str(made / "genome.2bit")) as two_bit,
    ):
        for name, length in LENGTHS.items():
            assert str(two_bit[name][:]) == genome.fetch(name, (0, length))


def test_filter_writes_the_folder_too(tmp_path):
    """With the genes of the annotation that lie on the genome."""
    toy = write_toy(tmp_path / "in")
    out = tmp_path / "out"
    files = FilterInputs(
        assembly=toy / "assembly.gtf",
        genome=toy / "genome.fa",
        annotation=toy / "annotation.gtf",
    )
    settings = FilterSettings(coding_model="packaged")
    result = run_filter(files, settings, out=out, report=write_report)
    assert {path.name for path in (out / "browser").iterdir()} == {
        *("hub.txt", "session.xml", "session.json"),
        *("candidates.bb", "genes.bb", "genome.2bit"),
        *("igv.html", "igv.zh.html"),
    }
    with pybigtools.open(str(out / "browser/genes.bb")) as source:
        found = {row[-3] for chrom in source.chroms() for row in source.records(chrom)}
    annotated = read_annotation(files.annotation).transcripts
    assert found == {tx.transcript_id for tx in annotated}
    with pybigtools.open(str(out / "browser/candidates.bb")) as source:
        found = {row[2] for chrom in source.chroms() for row in source.records(chrom)}
    assert found == {row.transcript_id for row in result.candidates}
    assert "browser/session.xml" in (out / "report.html").read_text("utf-8")
