"""A run folder as an RO-Crate: what was run, on what, and what came out.

References
----------
RO-Crate 1.1, https://w3id.org/ro/crate/1.1
Process Run Crate 0.5, https://w3id.org/ro/wfrun/process/0.5
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from bioloom.errors import BadRunFolder
from bioloom.run.external import require_packages
from bioloom.run.output import write_text
from bioloom.run.record import RECORD, read_record
from bioloom.run.text import warn_input

if TYPE_CHECKING:
    from rocrate.model.entity import Entity
    from rocrate.rocrate import ROCrate

METADATA = "ro-crate-metadata.json"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
# checkpoints and files of tools, which a finished run does not need
LEFT_OUT = ("working", "logs", ".snakemake", "checkpoints")
_TYPES = {
    ".tsv": "text/tab-separated-values",
    ".csv": "text/csv",
    ".json": "application/json",
    ".yaml": "application/yaml",
    ".html": "text/html",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".md": "text/markdown",
    ".txt": "text/plain",
    ".fa": "text/x-fasta",
    ".gtf": "text/x-gtf",
    ".gff3": "text/x-gff3",
    ".gfa": "text/plain",
    ".gz": "application/gzip",
}
_OTHER = "application/octet-stream"
_STATES = {"finished": "CompletedActionStatus", "failed": "FailedActionStatus"}


@dataclass(frozen=True, slots=True)
class CrateSettings:
    """What a crate says that a run does not know.

    Parameters
    ----------
    name
        Of the data; by default the command and the folder's name.
    description
        What they are; by default the command and its arguments.
    license
        Address of the licence of the results.
    author
        Who ran it.
    """

    name: str = ""
    description: str = ""
    license: str = ""
    author: str = ""


def write_crate(run: Path, settings: CrateSettings) -> Path:
    """Write `ro-crate-metadata.json` into a run folder.

    Parameters
    ----------
    run
        Folder of a run of any room that has ended.
    settings
        Name, description and licence.

    Returns
    -------
    The file.

    Raises
    ------
    BadRunFolder
        If the folder is no such run.
    PackageMissing
        If rocrate is not installed.
    """
    record = read_record(run)
    if record["state"] not in _STATES:
        raise BadRunFolder(
            where=run,
            found=f"a run that is {record['state']}",
            expected="a run that has ended",
            advice="Wait for it, or resume it if it was interrupted.",
        )
    require_packages("rocrate", extra="crate")
    from rocrate.rocrate import ROCrate

    crate = ROCrate(version="1.1")
    _describe(crate, run, record, settings)
    return _written(crate, run)


def _written(crate: "ROCrate", run: Path) -> Path:
    with TemporaryDirectory() as aside:
        crate.metadata.write(aside)
        write_text(run / METADATA, (Path(aside) / METADATA).read_text("utf-8"))
    return run / METADATA


def _describe(
    crate: "ROCrate", run: Path, record: Mapping[str, Any], settings: CrateSettings
) -> None:
    command = f"bioloom {record['command']}"
    crate.name = settings.name or f"{command}: {run.resolve().name}"
    crate.description = settings.description or f"Results of `{command}`."
    crate.datePublished = record["end"]
    if not settings.license:
        warn_input(f"{run}: no licence was given, which RO-Crate asks for (--license)")
    else:
        crate.license = _add(crate, settings.license, "CreativeWork", name="Licence")
    crate.root_dataset["conformsTo"] = {"@id": PROFILE}
    _add(crate, PROFILE, "CreativeWork", name="Process Run Crate", version="0.5")
    software = _software(crate, "pypi", "bioloom", record["version"])
    software["softwareRequirements"] = list(_requirements(crate, record))
    results = [_file(crate, run, path) for path in results_of(run)]
    action = _add(
        crate,
        "#run",
        "CreateAction",
        name=command,
        description=f"Arguments: {_arguments(record)}",
        startTime=record["start"],
        endTime=record["end"],
        actionStatus=f"http://schema.org/{_STATES[record['state']]}",
        instrument=software,
        object=_one_or_all([_input(crate, entry) for entry in record["inputs"]]),
        result=_one_or_all(results),
    )
    crate.root_dataset["mentions"] = action
    if settings.author:
        person = _add(crate, "#author", "Person", name=settings.author)
        crate.root_dataset["author"] = action["agent"] = person


def results_of(run: Path) -> Iterator[Path]:
    """Files of a run folder that are results, in order; no checkpoints of tools."""
    for path in sorted(run.rglob("*")):
        parts = path.relative_to(run).parts
        is_ours = parts[0] not in LEFT_OUT and path.name != METADATA
        if path.is_file() and is_ours and not path.name.startswith("."):
            yield path


def _arguments(record: Mapping[str, Any]) -> str:
    """Arguments in words, inputs without the folders that they lay in."""
    pairs = (f"{name} = {value}" for name, value in record["arguments"].items())
    text = ", ".join(pairs)
    for entry in record["inputs"]:
        text = text.replace(entry["path"], Path(entry["path"]).name)
    return text


def _requirements(crate: "ROCrate", record: Mapping[str, Any]) -> "Iterator[Entity]":
    for name, version in record["packages"].items():
        yield _software(crate, "pypi", name, version)
    for name, version in record["tools"].items():
        if name not in record["packages"]:
            yield _software(crate, "generic", name, version)


def _software(crate: "ROCrate", kind: str, name: str, version: object) -> "Entity":
    """A program by its package URL, https://github.com/package-url/purl-spec."""
    return _add(
        crate,
        f"pkg:{kind}/{quote(name)}@{quote(str(version))}",
        "SoftwareApplication",
        name=name,
        softwareVersion=str(version),
    )


def _one_or_all(entities: "list[Entity]") -> "Entity | list[Entity]":
    return entities[0] if len(entities) == 1 else entities


def _input(crate: "ROCrate", entry: Mapping[str, Any]) -> "Entity":
    """An input, named by its content: where it lay says nothing to others."""
    entity = _add(
        crate,
        f"urn:sha256:{entry['sha256']}",
        "File",
        name=Path(entry["path"]).name,
        encodingFormat=_TYPES.get(Path(entry["path"]).suffix, _OTHER),
        contentSize=str(entry["n_bytes"]),
        sha256=entry["sha256"],
    )
    crate.root_dataset.append_to("hasPart", entity)
    return entity


def _file(crate: "ROCrate", run: Path, path: Path) -> "Entity":
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    properties = {
        "name": path.name,
        "encodingFormat": _TYPES.get(path.suffix, _OTHER),
        "contentSize": str(path.stat().st_size),
        "sha256": digest,
    }
    if path.name == RECORD:
        properties["description"] = "What was run, on what, with which versions."
    place = path.relative_to(run).as_posix()
    return crate.add_file(path, dest_path=place, properties=properties)


def _add(crate: "ROCrate", entity_id: str, kind: str, **properties: Any) -> "Entity":
    from rocrate.model.contextentity import ContextEntity

    return crate.add(ContextEntity(crate, entity_id, {"@type": kind, **properties}))
