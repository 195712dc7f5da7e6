"""Options that several commands of `bioloom mirna` have, and their checks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import get_args

import click
from click.decorators import FC

from bioloom.cli.options import COUNT
from bioloom.cli.settings import settings_options
from bioloom.errors import BadInput
from bioloom.mirna.options import (
    OnBadRecord,
    Preset,
    SearchOptions,
    SeedRegion,
    read_seed_region,
)

PRESETS: tuple[Preset, ...] = get_args(Preset)


class SeedRegionType(click.ParamType[SeedRegion]):
    """Two positions of the miRNA, as in 2-8."""

    name = "first-last"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> SeedRegion:
        """Read ``2-8`` (or RNAhybrid's ``2,8``)."""
        if isinstance(value, SeedRegion):
            return value
        try:
            return read_seed_region(str(value))
        except BadInput:
            self.fail(f"{value!r} is not two positions, as in 2-8.", param, ctx)


def search_rules(*more: str) -> Callable[[FC], FC]:
    """Options for the rules of a search.

    Parameters
    ----------
    more
        Rules beside those on the seed region and on loops.

    Notes
    -----
    The command takes `changes`, the rules that were typed, and `seed_region`.
    """
    rules = settings_options(
        SearchOptions, *more, "max_loop", "max_bulge", allow_gu="--gu"
    )
    seed_region = click.option(
        "--seed-region",
        type=SeedRegionType(),
        help="miRNA bases that must form one helix, e.g. 2-8.",
    )
    return lambda command: seed_region(rules(command))


def site_options(command: FC) -> FC:
    """Options that choose the site and the pair to show."""
    for option in (
        click.option(
            "--site",
            type=COUNT,
            default=1,
            show_default=True,
            help="Number of the site; 1 is the best.",
        ),
        click.option("--target", "target_name", help="Name; default: the first."),
        click.option("--mirna", "mirna_name", help="Name; default: the first."),
    ):
        command = option(command)
    return command


def calibration_option(command: FC) -> FC:
    """Option ``--calibration``."""
    return click.option(
        "--calibration",
        type=click.Path(path_type=Path),
        help="File from `bioloom mirna calibrate`.",
    )(command)


def record_options(command: FC) -> FC:
    """Options on odd records: `on_bad_record`, `bad_records`, `species`."""
    for option in (
        click.option(
            "--bad-records",
            type=click.Path(path_type=Path),
            help="Table of all odd records to write, TSV.",
        ),
        click.option(
            "--on-bad-record",
            type=click.Choice(get_args(OnBadRecord)),
            default="skip",
            show_default=True,
            help="A record that cannot be used (empty, not nucleotides, too long) is "
            "skipped and counted, or ends the run.",
        ),
        click.option(
            "--species",
            multiple=True,
            help="Take only miRNAs whose names begin so, e.g. hsa; may be repeated.",
        ),
    ):
        command = option(command)
    return command


def context_options(command: FC) -> FC:
    """Options for columns on the surroundings of a site."""
    for option in (
        click.option(
            "--alignments",
            type=click.Path(path_type=Path),
            help="MAF or aligned FASTA of the targets with other species: adds the "
            "share of them whose seed match is the same.",
        ),
        click.option(
            "--conservation",
            type=click.Path(path_type=Path),
            help="bigWig (phastCons, phyloP): adds its mean over the seed match; with "
            "--gtf or --on-genome.",
        ),
        click.option(
            "--position", is_flag=True, help="Add distances to the target's ends."
        ),
        click.option(
            "--accessibility",
            is_flag=True,
            help="Add the energy that opens each site of the folded target (needs "
            "ViennaRNA).",
        ),
    ):
        command = option(command)
    return command


def check_pipes(mirnas: Path, targets: Path) -> None:
    """Refuse both inputs from standard input, which can be read only once."""
    if str(mirnas) == str(targets) == "-":
        raise click.UsageError("MIRNAS and TARGETS cannot both be standard input.")
