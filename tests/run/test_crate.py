"""A run folder as an RO-Crate: read by rocrate, its files and digests true."""

import hashlib
import json

import pytest
from rocrate.rocrate import ROCrate

import bioloom
from bioloom.errors import InputWarning
from bioloom.run.crate import METADATA

LICENCE = "https://spdx.org/licenses/CC-BY-4.0"


@pytest.fixture
def run(bioloom_cli, tmp_path):
    """A finished run with one input."""
    (tmp_path / "one.fa").write_text(">a\nACGTTGCATGGCTAACGGATCCATTACGATTTCAGG\n")
    code, _, err = bioloom_cli(
        *("debruijn", "graph", tmp_path / "one.fa", "--k", "11", "--min-count", "1"),
        *("--out", tmp_path / "run"),
    )
    assert code == 0, err
    (tmp_path / "run" / "working").mkdir()
    (tmp_path / "run" / "working" / "huge.bam").write_text("x")
    return tmp_path / "run"


def test_it_names_what_was_run_on_what_and_what_came_out(bioloom_cli, run):
    words = ("--license", LICENCE, "--author", "Ada Lovelace", "--name", "My graph")
    code, out, err = bioloom_cli("crate", run, *words)
    assert code == 0, err
    assert str(run / METADATA) in out
    crate = ROCrate(run)
    assert crate.name == "My graph"
    assert crate.license.id == LICENCE
    action = crate.get("#run")
    record = json.loads((run / "run.json").read_text())
    assert (action["startTime"], action["endTime"]) == (record["start"], record["end"])
    assert action["agent"]["name"] == "Ada Lovelace"
    assert action["instrument"]["softwareVersion"] == bioloom.__version__
    assert action["object"]["name"] == "one.fa"
    assert action["object"]["sha256"] == record["inputs"][0]["sha256"]
    assert str(run.parent) not in (run / METADATA).read_text()


def test_every_result_is_in_it_with_its_digest(bioloom_cli, run):
    bioloom_cli("crate", run, "--license", LICENCE)
    entities = {one.id: one for one in ROCrate(run).get("#run")["result"]}
    files = {
        path.relative_to(run).as_posix(): path
        for path in run.rglob("*")
        if path.is_file()
    }
    assert entities.keys() == files.keys() - {METADATA, "working/huge.bam"}
    for place, entity in entities.items():
        content = files[place].read_bytes()
        assert entity["sha256"] == hashlib.sha256(content).hexdigest()
        assert int(entity["contentSize"]) == len(content)
    assert entities["tables/summary.tsv"]["encodingFormat"] == (
        "text/tab-separated-values"
    )


def test_written_again_it_is_the_same(bioloom_cli, run):
    bioloom_cli("crate", run, "--license", LICENCE)
    first = json.loads((run / METADATA).read_text())
    bioloom_cli("crate", run, "--license", LICENCE)
    assert json.loads((run / METADATA).read_text())["@graph"] == first["@graph"]


@pytest.mark.filterwarnings("default::bioloom.errors.InputWarning")
def test_a_missing_licence_is_told(bioloom_cli, run):
    code, _, err = bioloom_cli("crate", run)
    assert code == 0
    assert "--license" in err
    assert issubclass(InputWarning, Warning)


def test_what_is_no_ended_run_is_told(bioloom_cli, run, tmp_path):
    code, _, err = bioloom_cli("crate", tmp_path)
    assert code == 1
    assert "no readable run.json" in err
    record = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps(record | {"state": "running"}))
    code, _, err = bioloom_cli("crate", run)
    assert code == 1
    assert "a run that is running" in err
    assert not (run / METADATA).exists()
