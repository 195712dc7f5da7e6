"""run.json."""

import hashlib
import json
from datetime import datetime

import pytest

import bioloom
from bioloom.errors import BadRunFolder, MissingFile, OutputExists
from bioloom.run.record import describe_input, is_finished, read_record, recorded_run


def run(out, inputs=(), **options):
    return recorded_run(
        out, command="x y", arguments={"a": 1}, inputs=inputs, tools={}, **options
    )


def test_a_finished_run_tells_how_to_repeat_it(tmp_path):
    given = tmp_path / "in é.txt"
    given.write_bytes(b"content")
    out = tmp_path / "out"
    with recorded_run(
        out,
        command="lincrna filter",
        arguments={"gtf": given, "n": 2},
        inputs=[given],
        tools={"hisat2": "2.2.1"},
        rng_seed=7,
    ):
        assert read_record(out)["state"] == "running"
        assert not is_finished(out)
    entries = json.loads((out / "run.json").read_text("utf-8"))
    assert entries["state"] == "finished"
    assert entries["inputs"] == [
        {
            "path": str(given),
            "n_bytes": 7,
            "sha256": hashlib.sha256(b"content").hexdigest(),
        }
    ]
    assert entries["arguments"] == {"gtf": str(given), "n": 2}
    assert entries["tools"] == {"hisat2": "2.2.1"}
    assert (entries["command"], entries["rng_seed"]) == ("lincrna filter", 7)
    assert (entries["version"], entries["schema"]) == (bioloom.__version__, 1)
    assert "numpy" in entries["packages"]
    start, end = (datetime.fromisoformat(entries[key]) for key in ("start", "end"))
    assert start <= end
    assert start.utcoffset().total_seconds() == 0


@pytest.mark.parametrize("problem", [ValueError, KeyboardInterrupt])
def test_a_failed_run_says_so_and_may_be_run_again(tmp_path, problem):
    with pytest.raises(problem), run(tmp_path):
        raise problem
    entries = read_record(tmp_path)
    assert entries["state"] == "failed"
    assert entries["end"]
    with run(tmp_path):
        pass
    assert is_finished(tmp_path)


def test_a_finished_run_is_replaced_only_by_force(tmp_path):
    with run(tmp_path, rng_seed=1):
        pass
    with pytest.raises(OutputExists, match="add --force"), run(tmp_path, rng_seed=2):
        pytest.fail("must not start")
    assert read_record(tmp_path)["rng_seed"] == 1
    with run(tmp_path, force=True, rng_seed=2):
        pass
    assert read_record(tmp_path)["rng_seed"] == 2


def test_a_missing_input_starts_no_run(tmp_path):
    with (
        pytest.raises(MissingFile, match=r"none\.gtf"),
        run(tmp_path / "out", [tmp_path / "none.gtf"]),
    ):
        pytest.fail("must not start")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("text", [None, "{", "[]", "{}", "\udcff"])
def test_a_folder_without_a_readable_record_is_told(tmp_path, text):
    if text is not None:
        path = tmp_path / "run.json"
        path.write_text(text, "utf-8", "surrogateescape")
    with pytest.raises(BadRunFolder, match=r"found no readable run\.json"):
        read_record(tmp_path)


def test_a_large_file_has_the_digest_of_hashlib(tmp_path):
    content = bytes(range(256)) * 9000
    (tmp_path / "big").write_bytes(content)
    found = describe_input(tmp_path / "big")
    assert found.sha256 == hashlib.sha256(content).hexdigest()
    assert found.n_bytes == len(content)
