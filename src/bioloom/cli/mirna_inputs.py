"""What the commands of `bioloom mirna` share: records by name, rules, laws, pipes."""

from pathlib import Path
from typing import Any

import click

from bioloom.cli.progress import note

PRESETS = ("3utr_fly", "3utr_worm", "3utr_human")
_OTHER_LAWS = "give a preset, or --calibration with a file of `mirna calibrate`"


def named(records: Any, name: str | None, kind: str, path: Path) -> Any:
    """The record of a name, or the first."""
    from bioloom.errors import UnknownName

    names = []
    for one in records:
        if name is None or one.name == name:
            return one
        names.append(one.name)
    raise UnknownName(str(name), kind=kind, where=str(path), known=names)


def options_of(given: dict[str, Any]) -> Any:
    """Rules of the search, as typed."""
    from bioloom.mirna.options import SearchOptions

    limit = given["max_mfe"]
    top = given["top"] or (1 if limit is None else None)
    return SearchOptions(
        max_hits=top,
        max_mfe=0.0 if limit is None else limit,
        helix=given["seed_region"],
        allow_gu=not given["no_gu"],
        max_loop=given["max_loop"],
        max_bulge=given["max_bulge"],
    )


def transcripts_of(gtf: Path | None) -> Any:
    """Where the targets lie, by name; None without a file."""
    if gtf is None:
        return None
    from bioloom.genome.gtf import read_annotation

    return {tx.transcript_id: tx for tx in read_annotation(gtf).transcripts}


def laws_of(
    mirnas: Any, targets: Path, options: Any, given: dict[str, Any], *, show: Any
) -> Any:
    """Law of each miRNA's best energy; None where there are no p-values."""
    from bioloom.mirna.chance.background import MIN_BASES, background_of
    from bioloom.mirna.chance.evd import preset_law
    from bioloom.mirna.inputs.records import read_targets
    from bioloom.mirna.sites.duplex import stacked_energies

    if given["calibration"]:
        from bioloom.mirna.chance import calibration

        path = given["calibration"]
        known = calibration.load_calibration(path)
        return calibration.laws_for(mirnas, known, options, source=path)
    if given["p_values"] in PRESETS:
        stacked = stacked_energies([one.codes for one in mirnas])
        return [
            preset_law(given["p_values"], energy, len(one.codes))
            for one, energy in zip(mirnas, stacked, strict=True)
        ]
    if given["p_values"] == "none":
        return None
    if not _is_file(targets):  # what comes through a pipe is read only once
        note(f"no p-values for targets from a pipe: {_OTHER_LAWS}")
        return None
    background = background_of(one.codes for one in read_targets(targets))
    if background.n_bases < MIN_BASES:
        note(f"no p-values for targets below {MIN_BASES:,} bases: {_OTHER_LAWS}")
        return None
    from bioloom.mirna.chance import calibration

    fitted = calibration.calibrate(
        mirnas,
        background,
        options,
        rng_seed=given["rng_seed"],
        threads=given["threads"],
        on_step=show,
    )
    return [fitted.laws[one.name] for one in mirnas]


def bases_at_most(targets: Path) -> int | None:
    """Bytes of a plain file; None where they tell nothing of its bases."""
    from bioloom.run.output import is_gzip

    is_plain = _is_file(targets) and not is_gzip(targets)
    return targets.stat().st_size if is_plain else None


def check_pipes(mirnas: Path, targets: Path) -> None:
    """Standard input can be read once."""
    if str(mirnas) == str(targets) == "-":
        both = "MIRNAS and TARGETS cannot both be standard input."
        raise click.UsageError(both)


def _is_file(path: Path) -> bool:
    """Whether it can be read again; - is standard input, whatever lies around."""
    return str(path) != "-" and path.is_file()
