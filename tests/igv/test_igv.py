"""The browser files of a run in igv.js and Chromium; `make igv-test` starts it."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from bioloom.lincrna.simulate import simulate
from bioloom.lincrna.workflow.runner import run_workflow
from tests.igv.showing import show
from tests.programs import needed

pytestmark = pytest.mark.igv

NAMES = ["lincRNAs", "Annotated genes", "A +", "A -", "B +", "B -", "C", "E"]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run on simulated reads with coverage, moved to another place."""
    folder = tmp_path_factory.mktemp("igv")
    data = simulate(folder / "input")
    config = folder / "input/config.yaml"
    config.write_text(
        f"samples: {data.samples_path.name}\n"
        f"genome: {data.genome_path.name}\n"
        f"annotation: {data.annotation_path.name}\n"
        "out: ../first\n"
        "browser: {coverage: true}\n"
    )
    run_workflow(config)
    shutil.copy(data.genome_path, folder / "genome.fa")
    shutil.rmtree(folder / "input")
    return (folder / "first").rename(folder / "moved")


@pytest.fixture
def shown(run, tmp_path):
    """What igv.js reports; pictures are in build/igv."""
    needed("chromium")
    igv_js = Path(os.environ["BIOLOOM_IGV_JS"])
    pictures = Path("build/igv").resolve()
    pictures.mkdir(parents=True, exist_ok=True)

    def opened(name, options, folder=run / "browser"):
        return show(
            folder,
            options,
            igv_js=igv_js,
            profile=tmp_path / "profile",
            picture=pictures / f"{name}.png",
        )

    return opened


def candidates(run, report):
    """Rows of candidates.bed in what is shown: name, span, number of exons."""
    lines = [
        line.split("\t") for line in (run / "candidates.bed").read_text().splitlines()
    ]
    return sorted(
        (line[3], int(line[1]), int(line[2]), int(line[9]))
        for line in lines
        if line[0] == report["chr"]
        and int(line[1]) < report["end"]
        and int(line[2]) > report["start"]
    )


def features(report, name):
    [track] = [track for track in report["tracks"] if track["name"] == name]
    return track["features"]


def models(report, name="lincRNAs"):
    return sorted(
        (each["name"], each["start"], each["end"], each["exons"])
        for each in features(report, name)
        if each["start"] < report["end"] and each["end"] > report["start"]
    )


def test_the_session_shows_every_candidate(run, shown):
    report = shown("session", {"sessionURL": "session.json", "search": "chrS1"})
    assert report["errors"] == []
    assert [track["name"] for track in report["tracks"]] == NAMES
    assert len(models(report)) > 10
    assert models(report) == candidates(run, report)
    assert {each["color"] for each in features(report, "lincRNAs")} == {
        *("rgb(152,78,163)", "rgb(0,130,90)")
    }


def test_the_session_opens_at_a_candidate_with_its_bases(run, shown):
    report = shown("candidate", {"sessionURL": "session.json"})
    assert report["errors"] == []
    assert len(models(report)) >= 1
    [popup] = [track["popup"] for track in report["tracks"][:1]]
    facts = {entry["name"]: entry["value"] for entry in popup if "name" in entry}
    assert facts["Origin"] in {"known", "novel"}
    assert 0 <= float(facts["CodingProbability"]) <= 1
    lines = (run.parent / "genome.fa").read_text().split(">")
    [chrom] = [each for each in lines if each.startswith(report["chr"])]
    bases = "".join(chrom.splitlines()[1:])
    assert report["bases"] == bases[report["start"] : report["start"] + 60].upper()


def test_coverage_is_what_samtools_counts(run, shown):
    """Close up, igv.js reads the values themselves, no summaries."""
    needed("samtools")
    first = (run / "candidates.bed").read_text().split("\t", 3)
    chrom, start = first[0], int(first[1])
    place = f"{chrom}:{start + 1}-{start + 200}"
    report = shown("close", {"sessionURL": "session.json", "search": place})
    assert report["errors"] == []
    for names, sample in ((("A +", "A -"), "A"), (("C",), "C")):
        bam = run / f"working/aligned/{sample}.bam"
        done = subprocess.run(
            ["samtools", "depth", "-a", "-r", place, bam],
            capture_output=True,
            text=True,
            check=True,
        )
        counted = [int(line.split("\t")[2]) for line in done.stdout.splitlines()]
        runs = [each for name in names for each in features(report, name)]
        assert sum(counted) > 0
        assert counted == [
            sum(run["value"] for run in runs if run["start"] <= base < run["end"])
            for base in range(start, start + 200)
        ]


def test_the_hub_brings_genome_and_tracks(run, shown):
    report = shown("hub", {"hubURL": "hub.txt", "search": "chrS1"})
    assert report["errors"] == []
    assert [track["name"] for track in report["tracks"]] == NAMES
    assert models(report) == candidates(run, report)
    assert report["genome"] == "lincRNAs (bioloom_genome)"


def test_the_session_of_desktop_igv_names_the_same_tracks(run, shown, tmp_path):
    """igv.js reads IGV's XML too, with FASTA alone as the genome."""
    folder = tmp_path / "browser"
    shutil.copytree(run / "browser", folder)
    shutil.copy(run.parent / "genome.fa", folder)
    xml = (folder / "session.xml").read_text()
    (folder / "session.xml").write_text(xml.replace("genome.2bit", "genome.fa"))
    report = shown("xml", {"sessionURL": "session.xml"}, folder)
    assert report["errors"] == []
    by_json = json.loads((folder / "session.json").read_text())["tracks"]
    colors = {"wig": lambda track: track["color"], "annotation": lambda track: None}
    assert [
        (track["name"], track["height"], track.get("color"))
        for track in report["tracks"]
    ] == [
        (track["name"], track["height"], colors[track["type"]](track))
        for track in by_json
    ]
