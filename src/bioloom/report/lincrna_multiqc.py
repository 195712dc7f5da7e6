"""bioloom's numbers in a MultiQC report: what MultiQC calls by its entry points.

MultiQC finds the tables of a run folder by their names and first lines. It is imported
here only once it has called.
"""

import csv
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import bioloom

ATTRITION, SAMPLES = "bioloom/attrition", "bioloom/samples"
PATTERNS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        ATTRITION: {"fn": "attrition.tsv", "contents": "level\torigin\tcriterion"},
        SAMPLES: {"fn": "samples.tsv", "contents": "sample\tkind\tn_reads"},
    }
)
CANDIDATES = "candidates"
_HOME = "https://bioloom.readthedocs.io"
_COLUMNS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "n_reads": {"title": "Reads", "format": "{:,.0f}", "min": 0},
        "mapped_percent": {"title": "Mapped", "suffix": "%", "min": 0, "max": 100},
        "unique_percent": {"title": "Unique", "suffix": "%", "min": 0, "max": 100},
        "sense_fraction": {
            "title": "Sense",
            "description": "Of the reads on annotated exons, those on the sense strand",
            "min": 0,
            "max": 1,
        },
        "n_assembled": {"title": "Assembled", "format": "{:,.0f}", "min": 0},
    }
)


def dropped_of(lines: Iterable[str]) -> dict[str, int]:
    """Transcripts that each criterion dropped, and the candidates that are left.

    Parameters
    ----------
    lines
        Of ``tables/attrition.tsv``.
    """
    counts: dict[str, int] = {}
    left: dict[str, int] = {}
    for row in csv.DictReader(lines, delimiter="\t"):
        if row["level"] == "transcript":
            name, n = row["criterion"], int(row["n_dropped"])
            counts[name] = counts.get(name, 0) + n
            left[row["origin"]] = int(row["n_after"])
    return {**counts, CANDIDATES: sum(left.values())}


def samples_of(lines: Iterable[str]) -> dict[str, dict[str, float]]:
    """Numbers of each sample, without those that it lacks.

    Parameters
    ----------
    lines
        Of ``tables/samples.tsv``.
    """
    return {
        row["sample"]: {name: float(row[name]) for name in _COLUMNS if row.get(name)}
        for row in csv.DictReader(lines, delimiter="\t")
    }


def add_patterns() -> None:
    """Tell MultiQC how the tables are found (hook ``before_config``)."""
    from multiqc import config

    for name, pattern in PATTERNS.items():
        config.update_dict(config.sp, {name: dict(pattern)})


def module() -> Any:
    """The section of a MultiQC report (entry point ``multiqc.modules.v1``).

    Raises
    ------
    multiqc.base_module.ModuleNoSamplesFound
        If there is no table of bioloom's.
    """
    from multiqc.base_module import BaseMultiqcModule, ModuleNoSamplesFound
    from multiqc.plots import bargraph

    shown = BaseMultiqcModule(
        name="bioloom",
        anchor="bioloom",
        href=_HOME,
        info="finds lincRNA candidates and says what drops each of the others.",
    )
    runs = _found(shown, ATTRITION, dropped_of)
    samples: dict[str, dict[str, float]] = {}
    for found in _found(shown, SAMPLES, samples_of).values():
        samples |= found
    if not runs and not samples:
        raise ModuleNoSamplesFound
    shown.add_software_version(bioloom.__version__)
    if samples:
        shown.general_stats_addcols(samples, {k: dict(v) for k, v in _COLUMNS.items()})
    if runs:
        settings = {"id": "bioloom_attrition", "title": "bioloom: transcripts"}
        plot = bargraph.plot(runs, pconfig=settings | {"ylab": "Transcripts"})
        shown.add_section(
            name="What became of the transcripts",
            anchor="bioloom-attrition",
            description="Each is counted at the first criterion that it fails.",
            plot=plot,
        )
        shown.write_data_file(runs, "multiqc_bioloom_attrition")
    return shown


def _found(
    shown: Any, name: str, read: Callable[[Iterable[str]], dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    """What the tables of a kind hold, by their run folder's name."""
    by_run = {}
    for file in shown.find_log_files(name, filecontents=True):
        folder = Path(file["root"]).resolve().parent
        run = folder.name
        if run in by_run:  # of two projects, each with a folder of that name
            run = f"{folder.parent.name}/{run}"
        if shown.is_ignore_sample(run):
            continue
        by_run[run] = read(file["f"].splitlines())
        shown.add_data_source(file, run)
    return by_run
