"""What `bioloom mirna run` reads: config.yaml."""

from __future__ import annotations

from dataclasses import MISSING, dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from annotated_types import Ge

from bioloom.mirna.options import (
    OnBadRecord,
    PValues,
    Region,
    SearchOptions,
    options_with,
)
from bioloom.run.config import FORBID_UNKNOWN, check_config, read_entries
from bioloom.run.language import mark
from bioloom.run.mistakes import Mistakes, missing_files
from bioloom.run.settings import RNG_SEED, setting

EXAMPLE = "docs/mirna.md shows"


@dataclass(frozen=True, slots=True)
class MirnaRun:
    """A prediction as configured.

    Parameters
    ----------
    mirnas, targets
        FASTA files.
    out
        Run folder.
    form
        Format of the sites.
    blocks
        Parts of the targets that are searched at the same time.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = FORBID_UNKNOWN

    mirnas: Path = setting(MISSING, mark("miRNAs, FASTA."))
    targets: Path = setting(MISSING, mark("Targets, FASTA."))
    out: Path = setting(MISSING, mark("Run folder to write."))
    rules: SearchOptions = setting(SearchOptions, mark("Rules of the search."))
    species: tuple[str, ...] = setting((), mark("Prefixes of the miRNAs to take."))
    form: Literal["tsv", "jsonl", "rnahybrid", "bed", "gff3"] = setting(
        "tsv", mark("Format of the sites.")
    )
    gtf: Path | None = setting(None, mark("Annotation of the targets."))
    region: Region | None = setting(None, mark("Part of the transcripts."))
    on_genome: bool = setting(
        False,  # noqa: FBT003 (a default)
        mark("Positions on the genome by the targets' headers."),
    )
    p_values: PValues = setting("auto", mark("Source of p-values."))
    calibration: Path | None = setting(None, mark("File of `mirna calibrate`."))
    on_bad_record: OnBadRecord = setting("skip", mark("Odd records."))
    blocks: Annotated[int, Ge(1)] = setting(8, mark("Parts of the targets."))
    rng_seed: Annotated[int, Ge(0)] = setting(RNG_SEED, mark("Random seed."))


def read_mirna_config(path: Path) -> MirnaRun:
    """Read `config.yaml`, and check that every file exists.

    Raises
    ------
    MissingFile
        If a file that it names does not exist.
    BadConfig
        If an entry is wrong.
    """
    entries = read_entries(path, example=EXAMPLE)
    run = check_config(_with_top(entries), MirnaRun, source=path)
    files = {
        "mirnas": run.mirnas,
        "targets": run.targets,
        "gtf": run.gtf,
        "calibration": run.calibration,
    }
    mistakes = Mistakes()
    for missing in missing_files(files, where=str(path)):
        mistakes.add(missing)
    mistakes.check()
    return run


def _with_top(entries: dict[str, Any]) -> dict[str, Any]:
    """Entries with all sites asked for where the command would ask for all."""
    rules = entries.get("rules")
    if not isinstance(rules, dict) or "top" in rules:
        return entries
    asking = {"max_mfe", "all_seed_matches", "plant"}
    changes = {name: rules[name] for name in asking & rules.keys()}
    return entries | {"rules": {"top": options_with(changes).top} | rules}
