"""What `bioloom lincrna run` reads: config.yaml and the sample sheet."""

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from bioloom.errors import BadConfig, MissingFile
from bioloom.lincrna.inputs.chemistry import chemistry_of
from bioloom.lincrna.inputs.long_samples import check_long
from bioloom.lincrna.inputs.primers import checked_primers
from bioloom.lincrna.inputs.sample import Sample
from bioloom.lincrna.inputs.sample_checks import check_cells
from bioloom.lincrna.inputs.sample_sheet import right_samples
from bioloom.lincrna.settings import (
    CellSettings,
    FilterSettings,
    LongReadSettings,
    RunConfig,
)
from bioloom.run.config import load_config, read_entries, right_part
from bioloom.run.mistakes import Mistakes, missing_files
from bioloom.seq.genetic_code import genetic_code

MOST_OF_FASTP = 36
"""Largest quality that fastp trims by."""
NAMED_MODELS = ("auto", "packaged")


class ConfiguredRun(NamedTuple):
    """A run as configured: its settings, and the samples of its sheet."""

    config: RunConfig
    samples: tuple[Sample, ...]


def read_run_config(path: Path) -> ConfiguredRun:
    """Read `config.yaml` and its sample sheet, and check that every file exists.

    Raises
    ------
    MissingFile
        If a file that they name does not exist.
    BadConfig, BadSampleSheet
        If an entry is wrong.
    SeveralMistakes
        If several of these are found; all are told.
    """
    mistakes = Mistakes()
    run = right_run(path, mistakes)
    mistakes.check()
    assert run is not None  # noqa: S101 (it is where there is no mistake)
    return run


def right_run(path: Path, mistakes: Mistakes) -> ConfiguredRun | None:
    """Read a configuration and its sheet as far as they are right.

    `mistakes` takes what is wrong. None is left if nothing can be checked.
    """
    config = None
    with mistakes.gathered():
        entries = read_entries(path)
        config = right_part(entries, RunConfig, source=path, mistakes=mistakes)
    if config is None:
        return None
    folder, where = path.parent, str(path)
    with mistakes.gathered():
        filters = checked_filters(config.filters, source=where, folder=folder)
        config = replace(config, filters=filters)
    with mistakes.gathered():
        _check_trimming(config, where)
    with mistakes.gathered():
        long_reads = _checked_long_reads(config.long_reads, where, folder)
        config = replace(config, long_reads=long_reads)
    for missing in missing_files(_files(config), where=where):
        mistakes.add(missing)
    named = {"out": config.out, **_files(config)}
    for place, file in {"": path.resolve(), **named}.items():
        with mistakes.gathered():
            _check_path(file, f"{where}: {place}" if place else where)
    if config.samples == path.resolve():  # the sheet is what is not given
        return ConfiguredRun(config, ())
    samples = [
        _with_defaults(sample, config.cells)
        for sample in right_samples(config.samples, mistakes)
    ]
    for sample in samples:
        with mistakes.gathered():
            _check_chemistry(sample, str(config.samples))
    return ConfiguredRun(config, tuple(samples))


def _check_path(path: Path | None, where: str) -> None:
    """No brackets that Snakemake takes for its own; reads are linked, these are not."""
    if path is not None and set(str(path)) & set("{}<>"):
        raise BadConfig(
            where=where,
            found=repr(str(path)),
            expected="a path without curly or angle brackets, which Snakemake takes "
            "for its own",
            advice="Rename the file or the folder.",
        )


def _check_trimming(config: RunConfig, where: str) -> None:
    quality = config.trimming.quality
    if config.trimmer == "fastp" and quality > MOST_OF_FASTP:
        raise BadConfig(
            where=f"{where}: trimming.quality",
            found=f"{quality} with fastp",
            expected=f"{MOST_OF_FASTP} at most",
            advice="Lower it, or leave the trimmer as it is.",
        )


def _checked_long_reads(
    settings: LongReadSettings, where: str, folder: Path
) -> LongReadSettings:
    """Settings of long reads whose files are there, their paths absolute."""
    primers = checked_primers(settings.primers, where=where, folder=folder)
    program = settings.isoquant
    if "/" in program and settings.assembler == "isoquant":
        program = _absolute(program, folder, "IsoQuant", where)
    return replace(settings, primers=primers, isoquant=program)


def _with_defaults(sample: Sample, cells: CellSettings) -> Sample:
    """What the sample sheet leaves open is as in the configuration's `cells`."""
    if not sample.has_cells:
        return sample
    listed = (cells.barcodes,) if cells.barcodes is not None else ()
    return replace(
        sample,
        chemistry=sample.chemistry or cells.chemistry,
        barcodes=sample.barcodes or listed,
        n_cells=sample.n_cells or cells.n_cells,
    )


def _check_chemistry(sample: Sample, where: str) -> None:
    if sample.has_cells and sample.chemistry != "auto":
        chemistry_of(sample.chemistry, where=f"{where}: sample {sample.name}")
    check_cells(sample, where)
    check_long(sample, where)


def _files(config: RunConfig) -> dict[str, Path | None]:
    """Files that a configuration names, by entry."""
    return {
        "genome": config.genome,
        "annotation": config.annotation,
        "lncrna": config.lncrna,
        "housekeeping": config.housekeeping,
        "repeats": config.repeats,
        "domains": config.domains,
        "proteins": config.proteins,
        "rfam": config.rfam,
        "names": config.names,
        "cells.barcodes": config.cells.barcodes,
        "partners.gene_sets": config.partners.gene_sets,
        "partners.ontology": config.partners.ontology,
        "browser.mirna_sites": config.browser.mirna_sites,
        **{f"votes[{index}]": path for index, path in enumerate(config.votes)},
        **{
            f"named_sets[{index}]": path for index, path in enumerate(config.named_sets)
        },
    }


def read_filter_settings(path: Path) -> FilterSettings:
    """Read a file that holds what ``config.yaml`` has below ``filters:``.

    Raises
    ------
    MissingFile
        If there is no such file, or it names a coding model that does not exist.
    BadConfig
        If an entry is wrong.
    """
    settings = load_config(path, FilterSettings)
    return checked_filters(settings, source=str(path), folder=path.parent)


def checked_filters(
    settings: FilterSettings, *, source: str = "", folder: Path = Path()
) -> FilterSettings:
    """Check the genetic code, and make the paths in the settings absolute.

    Parameters
    ----------
    settings
        As read.
    source
        Where they were read, for messages; empty if typed.
    folder
        Where relative paths start.

    Raises
    ------
    BadConfig
        If NCBI has no genetic code of that number.
    MissingFile
        If there is no such file.
    """
    mistakes = Mistakes()
    with mistakes.gathered():
        genetic_code(settings.genetic_code)
    model, biotypes = settings.coding_model, settings.biotypes
    with mistakes.gathered():
        if model not in NAMED_MODELS:
            role = f"a coding model ({' or '.join(NAMED_MODELS)}, or a file)"
            model = _absolute(model, folder, role, source)
    with mistakes.gathered():
        if biotypes:
            biotypes = _absolute(biotypes, folder, "a table of biotypes", source)
    mistakes.check()
    return replace(settings, coding_model=model, biotypes=biotypes)


def _absolute(name: str, folder: Path, role: str, source: str) -> str:
    path = folder.resolve() / Path(name).expanduser()
    if not path.is_file():
        raise MissingFile(path, role=role, where=source)
    return str(path)
