"""What sequences tell, however the work is split."""

from bioloom.genome.gtf import read_annotation
from bioloom.genome.sequence import Genome
from bioloom.lincrna.coding.potential import load_model
from bioloom.lincrna.verdict import sequences as module
from bioloom.lincrna.verdict.sequences import (
    Measurer,
    Spliced,
    read_evidence,
    read_spliced,
    write_evidence,
    write_spliced,
)
from bioloom.run.progress import silent
from tests.lincrna.toy import write_toy


def spliced(toy):
    transcripts = read_annotation(toy / "assembly.gtf").transcripts
    with Genome(toy / "genome.fa", cache=toy) as genome:
        return [
            Spliced(tx.transcript_id, tx.strand, genome.spliced(tx))
            for tx in transcripts
        ]


def measured(transcripts, threads=1, on_step=silent):
    return Measurer(load_model()).measure(
        transcripts, n=len(transcripts), threads=threads, on_step=on_step
    )


def test_blocks_change_nothing_and_progress_is_told(tmp_path, monkeypatch):
    transcripts = spliced(write_toy(tmp_path))
    whole = measured(transcripts)
    told = []
    monkeypatch.setattr(module, "BLOCK", 4)
    assert measured(transcripts, on_step=lambda *step: told.append(step)) == whole
    n = len(whole)
    assert told == [("transcripts", done, n) for done in [*range(0, n, 4), n]]


def test_processes_change_nothing(tmp_path, monkeypatch):
    transcripts = spliced(write_toy(tmp_path))
    whole = measured(transcripts)
    monkeypatch.setattr(module, "BLOCK", 2)
    monkeypatch.setattr(module, "PARALLEL_FROM", 1)
    assert measured(transcripts, threads=2) == whole


def test_blocks_are_written_and_read_back(tmp_path):
    transcripts = spliced(write_toy(tmp_path))
    paths = [tmp_path / f"{number}.tsv" for number in range(5)]
    write_spliced(iter(transcripts), paths, n=len(transcripts))
    parts = [read_spliced(path) for path in paths]
    assert [tx for part in parts for tx in part] == transcripts
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_more_blocks_than_transcripts_leave_some_empty(tmp_path):
    transcripts = spliced(write_toy(tmp_path))[:2]
    paths = [tmp_path / f"{number}.tsv" for number in range(3)]
    write_spliced(transcripts, paths, n=2)
    assert sorted(len(read_spliced(path)) for path in paths) == [0, 1, 1]
    assert measured([]) == []


def test_evidence_is_written_unrounded_and_read_back(tmp_path):
    found = measured(spliced(write_toy(tmp_path)))
    write_evidence(found, tmp_path / "found.jsonl")
    assert read_evidence(tmp_path / "found.jsonl") == found
