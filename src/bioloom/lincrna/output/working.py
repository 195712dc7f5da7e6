"""The working folder: judged transcripts, stored to be shown and explained later.

judged.jsonl        one judged transcript a line, unrounded
transcripts.fa      their spliced sequences
coding_model.json   the model that scored them
settings.json       thresholds in force and warnings
names.json          names of the novel candidates' loci
understood.json     what was understood of the annotation
partners.json       coding genes around each candidate
union.gtf           annotation rows unchanged, then the rows that were added
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from bioloom.errors import BadRunFolder, UnknownName
from bioloom.explain import Explanation
from bioloom.genome.gtf import gtf_lines
from bioloom.genome.sequence import Genome
from bioloom.genome.transcript import Transcript
from bioloom.lincrna.coding.potential import CodingModel, load_model, save_model
from bioloom.lincrna.inputs.understood import Understood, understood_json
from bioloom.lincrna.loci.names import LocusName
from bioloom.lincrna.output.explain import explain
from bioloom.lincrna.output.result import FilterResult
from bioloom.lincrna.output.sequences import (
    FOLDER,
    SEQUENCES,
    RunSequences,
    full_name,
    sequences_of,
)
from bioloom.lincrna.partners.classes import PlacedPartners
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.verdict.judged import Judged
from bioloom.lincrna.verdict.learned import Learning
from bioloom.run.config import check_config
from bioloom.run.output import open_aside, open_text, write_text
from bioloom.seq.fasta import Record, read_fasta, write_fasta

UNDERSTOOD, NAMES = "understood.json", "names.json"
PARTNERS = "partners.json"
_TRANSCRIPT_ID = re.compile(r'transcript_id "([^"]+)"')


def write_working(
    result: FilterResult, folder: Path, *, genome: Path, annotation: Path
) -> None:
    """Write the working folder of a result.

    Parameters
    ----------
    result
        What the filters returned.
    folder
        Where to write.
    genome, annotation
        The files that the filters read; the annotation as GTF.
    """
    folder.mkdir(parents=True, exist_ok=True)
    transcripts = [row.collected.transcript for row in result.rows]
    write_union(transcripts, folder / "union.gtf", annotation)
    with Genome(genome, cache=folder) as source:
        write_fasta(
            folder / SEQUENCES,
            (
                Record(row.transcript_id, source.spliced(row.collected.transcript))
                for row in result.rows
            ),
        )
    save_model(result.model, folder / "coding_model.json")
    entries = {
        "settings": asdict(result.settings),
        "warnings": result.warnings,
        "notes": result.notes,
        "learning": result.learning and asdict(result.learning),
    }
    write_text(folder / "settings.json", json.dumps(entries, indent=2) + "\n")
    write_text(folder / UNDERSTOOD, understood_json(result.understood))
    names = [asdict(name) for name in result.names]
    write_text(folder / NAMES, json.dumps(names, indent=2) + "\n")
    if result.partners is not None:
        write_text(folder / PARTNERS, json.dumps(asdict(result.partners)) + "\n")
    with open_aside(folder / "judged.jsonl") as stream:
        for row in result.rows:
            stream.write(json.dumps(asdict(row)) + "\n")


def write_union(
    transcripts: Iterable[Transcript], path: Path, annotation: Path
) -> None:
    """Annotation rows byte for byte, then the transcripts that the annotation lacks.

    Known lncRNAs of an extra file are among these.
    """
    annotated: set[str] = set()
    with open_text(annotation) as lines, open_aside(path) as union:
        for line in lines:
            annotated.update(_TRANSCRIPT_ID.findall(line))
            union.write(line if line.endswith("\n") else line + "\n")
        for tx in transcripts:
            if tx.transcript_id not in annotated:
                union.writelines(f"{line}\n" for line in gtf_lines(tx))


def read_working(run: Path) -> FilterResult:
    """Read back what `write_working` wrote, from a run folder.

    Raises
    ------
    BadRunFolder
        If the folder holds no filtered transcripts.
    """
    folder = _folder(run)
    entries = json.loads((folder / "settings.json").read_text("utf-8"))
    return FilterResult(
        rows=tuple(_rows(folder)),
        settings=_settings(folder),
        model=load_model(folder / "coding_model.json"),
        warnings=tuple(entries["warnings"]),
        sequences=RunSequences(run),
        notes=tuple(entries.get("notes", ())),
        understood=_understood(folder),
        learning=_learning(entries.get("learning")),
        names=_names(folder),
        partners=read_partners(run),
    )


def read_judge(run: Path) -> tuple[FilterSettings, CodingModel] | None:
    """Settings in force and coding model of a run; None if it has not judged yet."""
    folder = run / FOLDER
    if not (folder / "judged.jsonl").is_file():
        return None
    return _settings(folder), load_model(folder / "coding_model.json")


def _names(folder: Path) -> tuple[LocusName, ...]:
    from pydantic import TypeAdapter

    path = folder / NAMES
    if not path.is_file():
        return ()
    adapter = TypeAdapter(tuple[LocusName, ...])
    return adapter.validate_json(path.read_bytes())


def _learning(entry: object) -> Learning | None:
    from pydantic import TypeAdapter

    adapter: TypeAdapter[Learning | None] = TypeAdapter(Learning | None)
    return adapter.validate_python(entry)


def _understood(folder: Path) -> Understood | None:
    from pydantic import TypeAdapter

    path = folder / UNDERSTOOD
    if not path.is_file():
        return None
    adapter: TypeAdapter[Understood | None] = TypeAdapter(Understood | None)
    return adapter.validate_json(path.read_bytes())


def read_partners(run: Path) -> PlacedPartners | None:
    """Read the coding genes around each candidate; None where the run lacks them.

    Raises
    ------
    BadRunFolder
        If the folder holds no filtered transcripts.
    """
    from pydantic import TypeAdapter

    path = _folder(run) / PARTNERS
    if not path.is_file():
        return None
    return TypeAdapter(PlacedPartners).validate_json(path.read_bytes())


@dataclass(frozen=True, slots=True)
class StoredTranscript:
    """A judged transcript of a run, with all that its working needs."""

    row: Judged
    sequence: str
    model: CodingModel
    settings: FilterSettings

    def explain(self) -> Explanation:
        """Show the working behind its verdict."""
        return explain(self.row, self.sequence, self.model, self.settings)


def read_transcript(run: Path, transcript_id: str) -> StoredTranscript:
    """Read a judged transcript of a run.

    Raises
    ------
    BadRunFolder
        If the folder holds no filtered transcripts.
    UnknownName
        If it holds no such transcript; the message names similar ones.
    """
    folder = _folder(run)
    mark = f'"transcript_id": {json.dumps(transcript_id)}'
    rows = (row for row in _rows(folder, mark) if row.transcript_id == transcript_id)
    row = next(rows, None)
    if row is None:
        raise _unknown(transcript_id, run)
    sequence = sequences_of(run, {transcript_id})[transcript_id]
    model = load_model(folder / "coding_model.json")
    return StoredTranscript(row, sequence, model, _settings(folder))


def _unknown(transcript_id: str, run: Path) -> UnknownName:
    path = _folder(run) / SEQUENCES
    names = [full_name(record) for record in read_fasta(path)]
    return UnknownName(transcript_id, kind="transcript", where=str(run), known=names)


def _folder(run: Path) -> Path:
    folder = run / FOLDER
    if not (folder / "judged.jsonl").is_file():
        raise BadRunFolder(
            where=run,
            found="no filtered transcripts",
            expected="the folder of a finished `bioloom lincrna run` or `filter`",
            advice="Give the folder that --out named.",
        )
    return folder


def _settings(folder: Path) -> FilterSettings:
    source = folder / "settings.json"
    entries = json.loads(source.read_text("utf-8"))
    return check_config(entries["settings"], FilterSettings, source=source)


def _rows(folder: Path, mark: str = "") -> Iterator[Judged]:
    """Rows of the lines that hold `mark`."""
    from pydantic import TypeAdapter

    adapter = TypeAdapter(Judged)
    with open_text(folder / "judged.jsonl") as stream:
        for line in stream:
            if mark in line:
                yield adapter.validate_python(json.loads(line))
