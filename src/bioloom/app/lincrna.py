"""The main job, screen by screen: reads, samples, checks, run."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bioloom.app.arguments import checked_arguments, command_text
from bioloom.app.bench import Told, bench_of, is_part, shown
from bioloom.app.errors import BadValue, OutsideRoots
from bioloom.app.pages import session_of
from bioloom.app.roots import Roots
from bioloom.app.security import checked_form
from bioloom.errors import BioloomError
from bioloom.lincrna.inputs.guessing import GuessedSample, guess_samples
from bioloom.lincrna.inputs.sample import SampleKind, StatedStrandness
from bioloom.lincrna.settings import RunConfig
from bioloom.run.language import listed, tr
from bioloom.run.settings import setting_named

COLUMNS = ("sample", "condition", "fastq_1", "fastq_2", "strandness", "kind")
MOST_SAMPLES = 200
MOST_TOLD = 5
"""Names of files that a message lists."""
N_SPARE = 2
"""Empty rows below the samples."""
FILES = ("genome", "annotation", "domains")
"""Files of the form that the configuration names."""
CHECKS = ("programs", "annotation", "plan")

Row = dict[str, str]


async def reads(request: Request) -> Response:
    """First screen: the folder with the reads."""
    return shown(request, "lincrna_reads.html", folder="", message="")


async def samples(request: Request) -> Response:
    """Second screen: the samples as guessed, to be put right."""
    bench = bench_of(request)
    asked = request.query_params.get("folder", "")
    try:
        folder = bench.roots.inside(asked or bench.roots.first)
    except OutsideRoots as problem:
        return _reads(request, asked, str(problem))
    if not folder.is_dir():
        return _reads(request, asked, tr("There is no such folder: {path}", path=asked))
    files = [*_files(folder, bench.roots)]
    left_out = [path.name for path in files if not _fits_a_sheet(path)]
    guessed = guess_samples(filter(_fits_a_sheet, files))
    if len(guessed) > MOST_SAMPLES:
        message = tr(
            "There are {n} samples in this folder, more than the {most} of a form: "
            "write the sheet with `bioloom lincrna init`.",
            n=len(guessed),
            most=MOST_SAMPLES,
        )
        return _reads(request, asked, message)
    if not guessed:
        message = tr("There is no FASTQ file in this folder.")
        return _reads(request, asked, message)
    rows = [_row(each, bench.roots) for each in guessed]
    rows += [dict.fromkeys(COLUMNS, "") for _ in range(N_SPARE)]
    values = {"project": bench.roots.shown(_project_for(folder, bench.roots))}
    message = ""
    if left_out:
        message = tr(
            "Left out, for a sample sheet cannot hold their names: {files}. Rename "
            "them.",
            files=listed(sorted(map(repr, left_out))[:MOST_TOLD]),
        )
    return _samples(request, rows, values, message=message, status=200)


def _fits_a_sheet(path: Path) -> bool:
    """Whether a sheet can name a file: it separates files by commas."""
    return "," not in path.name and path.name.isprintable()


def _project_for(reads: Path, roots: Roots) -> Path:
    """Beside the reads; among them where these lie in a root itself."""
    beside = reads.parent / f"{reads.name}_lincrna"
    return beside if roots.is_inside(beside) else reads / "lincrna"


async def write(request: Request) -> Response:
    """Write the configuration, then go on to the checks."""
    values = await checked_form(request)
    rows = list(_rows(values))
    try:
        config = _written(rows, values, bench_of(request).roots)
    except (BioloomError, OSError) as problem:
        return _samples(request, rows, values, message=str(problem))
    return RedirectResponse(f"/lincrna/checks?config={quote(config)}", 303)


async def checks(request: Request) -> Response:
    """Third screen: three checks, and the button that starts the run."""
    path = request.query_params.get("config", "")
    return shown(request, "lincrna_checks.html", **_check_values(request, path))


async def check(request: Request) -> Response:
    """Run one check, and show what it says."""
    values = await checked_form(request)
    name = request.path_params["check"]
    if name not in CHECKS:
        raise HTTPException(404)
    path = values.get("config", "")
    told = await _checked(request, name, path)
    return shown(
        request,
        "told_part.html" if is_part(request) else "lincrna_checks.html",
        **{**_check_values(request, path), "name": name, "told": told},
    )


def _reads(request: Request, folder: str, message: str) -> Response:
    values = {"folder": folder, "message": message}
    return shown(request, "lincrna_reads.html", status=422, **values)


def _samples(
    request: Request,
    rows: list[Row],
    values: Mapping[str, str],
    *,
    message: str,
    status: int = 422,
) -> Response:
    return shown(
        request,
        "lincrna_samples.html",
        status=status,
        rows=rows,
        values=values,
        files=FILES,
        meanings={name: setting_named(RunConfig, name).help() for name in FILES},
        message=message,
        strands=[*dict.fromkeys(get_args(StatedStrandness))],
        kinds=get_args(SampleKind),
    )


def _files(folder: Path, roots: Roots) -> Iterator[Path]:
    """Files of a folder, and of the folders in it."""
    for entry in roots.entries(folder):
        if not entry.is_folder:
            yield entry.path
        else:
            inner = roots.entries(entry.path)
            yield from (below.path for below in inner if not below.is_folder)


def _row(each: GuessedSample, roots: Roots) -> Row:
    files = [
        ",".join(map(roots.shown, paths)) for paths in (each.fastq_1, each.fastq_2)
    ]
    return {
        "sample": each.name,
        "condition": each.condition,
        "fastq_1": files[0],
        "fastq_2": files[1],
        "strandness": "auto",
        "kind": "bulk",
    }


def _rows(values: Mapping[str, str]) -> Iterator[Row]:
    """Rows of the form's table."""
    for number in range(MOST_SAMPLES + N_SPARE):
        row = {name: values.get(f"{name}.{number}", "").strip() for name in COLUMNS}
        if f"sample.{number}" in values:
            yield row


def _written(rows: list[Row], values: Mapping[str, str], roots: Roots) -> str:
    """Write the project of a form; its configuration, as a form has it.

    Raises
    ------
    BioloomError
        If something is missing or wrong, or a project is there already.
    """
    from bioloom.lincrna.inputs.sample_sheet import read_samples
    from bioloom.lincrna.inputs.templates import write_project

    for row in rows:
        if not row["sample"] and (row["fastq_1"] or row["fastq_2"]):
            raise BadValue(
                tr(
                    "{path} has no sample: name it, or leave its files out as well.",
                    path=row["fastq_1"] or row["fastq_2"],
                )
            )
    named = [row for row in rows if row["sample"]]
    if not named:
        raise BadValue(tr("Give at least one sample a name."))
    folder = roots.inside(values.get("project", "").strip() or "lincrna")
    if any((folder / name).exists() for name in ("config.yaml", "samples.tsv")):
        raise BadValue(
            tr(
                "{path} holds a project already. Choose another folder.",
                path=roots.shown(folder),
            )
        )
    entries = _entries(values, folder, roots)
    sheet = [COLUMNS, *(_cells(row, folder, roots) for row in named)]
    templates = write_project(folder, entries, sheet)
    try:
        read_samples(templates.files[1].path)
    except BioloomError:  # the form is put right, and the project written then
        for file in templates.files:
            file.path.unlink()
        raise
    return roots.shown(templates.config)


def _entries(values: Mapping[str, str], folder: Path, roots: Roots) -> dict[str, str]:
    entries = {"out": "run"}
    for name in FILES:
        text = values.get(name, "").strip()
        if text:
            entries[name] = _from(folder, text, roots)
        elif name != "domains":
            raise BadValue(tr("Choose a file: {name}.", name=name), field=name)
    if values.get("compare"):
        entries["comparison.design"] = "~ condition"
    return entries


def _cells(row: Row, folder: Path, roots: Roots) -> list[str]:
    """A row of the sheet; files by their way from the project's folder."""
    if any(ord(one) < 32 for text in row.values() for one in text):
        raise BadValue(tr("A value is too long, or holds a control character."))
    paths = {
        name: ",".join(
            _from(folder, part.strip(), roots)
            for part in row[name].split(",")
            if part.strip()
        )
        for name in ("fastq_1", "fastq_2")
    }
    return [{**row, **paths}[name] for name in COLUMNS]


def _from(folder: Path, text: str, roots: Roots) -> str:
    """A file as seen from a folder.

    Raises
    ------
    BadValue
        If it is not there.
    OutsideRoots
        If it is outside the roots.
    """
    place = roots.inside(text)
    if not place.is_file():
        raise BadValue(tr("There is no such file: {path}", path=text))
    return os.path.relpath(place, folder)


def _check_values(request: Request, path: str) -> dict[str, Any]:
    roots = bench_of(request).roots
    try:
        place = roots.inside(path)
    except OutsideRoots:
        raise HTTPException(404) from None
    if not path or not place.is_file():
        raise HTTPException(404)
    return {
        "config": path,
        "checks": {
            name: command_text((), _check_words(name, place, roots)) for name in CHECKS
        },
        "told": None,
        "name": "",
    }


def _check_words(name: str, config: Path, roots: Roots) -> list[str]:
    """Words of the command that a check is."""
    if name == "programs":
        return ["doctor", "lincrna"]
    if name == "plan":
        return ["lincrna", "run", f"--config={roots.shown(config)}", "--dry-run"]
    from bioloom.lincrna.inputs.config import right_run
    from bioloom.run.mistakes import Mistakes

    run = right_run(config, Mistakes())
    if run is None:
        return ["lincrna", "inspect", "--annotation=?"]
    files = {"annotation": run.config.annotation, "genome": run.config.genome}
    named = [f"--{name}={roots.shown(path.resolve())}" for name, path in files.items()]
    return ["lincrna", "inspect", *named]


async def _checked(request: Request, name: str, path: str) -> Told:
    bench = bench_of(request)
    try:
        config = bench.roots.inside(path)
    except OutsideRoots:
        raise HTTPException(404) from None
    return await bench.told(_check_words(name, config, bench.roots))


async def begin(request: Request) -> Response:
    """Start the run."""
    values = await checked_form(request)
    bench = bench_of(request)
    offer = bench.line.offer(("lincrna", "run"))
    given = {name: values.get(name, "") for name in ("config", "cores")}
    try:
        arguments = checked_arguments(offer, given, bench.roots)
    except BadValue as problem:
        told = Told(is_good=False, text=str(problem))
        return shown(request, "told.html", status=422, title=offer.title, told=told)
    job = bench.jobs.add(
        offer.words,
        arguments,
        given,
        place=bench.roots.first,
        language=session_of(request).language,
    )
    return RedirectResponse(f"/jobs/{job.name}", 303)
