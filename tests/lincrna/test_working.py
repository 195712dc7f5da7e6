"""The working folder."""

import json

import pytest

from bioloom.errors import BadConfig, BadRunFolder, UnknownName
from bioloom.lincrna.filtering import filter_transcripts
from bioloom.lincrna.inputs.files import FilterInputs
from bioloom.lincrna.output.tables import transcripts_frame, tsv
from bioloom.lincrna.output.working import (
    FOLDER,
    read_transcript,
    read_working,
    sequences_of,
    write_working,
)
from bioloom.lincrna.settings import FilterSettings
from tests.lincrna.toy import REASONS, write_toy


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    run = tmp_path_factory.mktemp("run")
    toy = write_toy(run / "in")
    given = FilterInputs(
        assembly=toy / "assembly.gtf",
        genome=toy / "genome.fa",
        annotation=toy / "annotation.gtf",
    )
    settings = FilterSettings(coding_model="packaged", locus_criteria=("orf",))
    result = filter_transcripts(given, settings, cache=run)
    write_working(
        result, run / FOLDER, genome=given.genome, annotation=given.annotation
    )
    return run, result


def test_what_is_read_is_what_was_written(made):
    run, result = made
    found = read_working(run)
    assert found.settings == result.settings
    assert found.warnings == result.warnings
    assert found.model.name == result.model.name
    assert tsv(transcripts_frame(found.rows)) == tsv(transcripts_frame(result.rows))
    for kept, row in zip(found.rows, result.rows, strict=True):
        assert kept.collected == row.collected
        assert kept.evidence == row.evidence
        assert (kept.reason, kept.spoiled_by) == (row.reason, row.spoiled_by)


@pytest.mark.parametrize("name", REASONS)
def test_each_transcript_can_be_asked_for(made, name):
    run, result = made
    kept = read_transcript(run, name)
    [row] = [row for row in result.rows if row.transcript_id == name]
    assert kept.row.evidence == row.evidence
    assert len(kept.sequence) == row.collected.transcript.length_nt
    assert kept.settings == result.settings


def test_writing_again_gives_equal_bytes(made, tmp_path):
    run, result = made
    toy = run / "in"
    write_working(
        result,
        tmp_path / FOLDER,
        genome=toy / "genome.fa",
        annotation=toy / "annotation.gtf",
    )
    for path in (tmp_path / FOLDER).iterdir():
        if path.suffix != ".fai":
            assert path.read_bytes() == (run / FOLDER / path.name).read_bytes()


def test_an_unknown_name_is_answered_with_close_ones(made):
    run, _ = made
    with pytest.raises(UnknownName) as caught:
        read_transcript(run, "NOV.1.2")
    assert "found no transcript 'NOV.1.2'" in str(caught.value)
    assert caught.value.close[0] == "NOV.1.1"
    with pytest.raises(UnknownName, match="It holds '"):
        read_transcript(run, "\u2603")


def test_sequences_of_some_names(made):
    run, _ = made
    assert sequences_of(run, {"EDGE200.1", "none"}).keys() == {"EDGE200.1"}
    assert len(sequences_of(run, {"EDGE200.1"})["EDGE200.1"]) == 200


def test_a_folder_without_filtered_transcripts_is_told(tmp_path):
    for ask in (read_working, lambda run: read_transcript(run, "t")):
        with pytest.raises(BadRunFolder, match="found no filtered transcripts"):
            ask(tmp_path)


def test_settings_of_another_version_are_told(made, tmp_path):
    run, _ = made
    folder = tmp_path / FOLDER
    folder.mkdir(parents=True)
    for path in (run / FOLDER).iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    kept = json.loads((folder / "settings.json").read_text())
    kept["settings"]["old_entry"] = 1
    (folder / "settings.json").write_text(json.dumps(kept))
    with pytest.raises(BadConfig, match=r"settings\.json: old_entry: found an unknown"):
        read_transcript(tmp_path, "NOV.1.1")
