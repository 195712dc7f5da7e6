"""`bioloom doctor`: what is there, which version, what is missing."""

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib import metadata

import click

# what each extra is for; `dev` and `docs` are for those who work on bioloom itself
EXTRAS = {
    "lincrna": "the main job",
    "cells": "single cells and nuclei; umi_tools too",
    "slurm": "jobs on a cluster",
    "mirna": "tables as Parquet",
    "graph": "node classification",
    "images": "picture classification",
    "backprop": "chain rule in symbols",
}
MAIN_JOB = "lincrna"


@dataclass(frozen=True, slots=True)
class Needed:
    """A program or Python package, and what it is needed for.

    `version` is empty where it is missing; `install` is the command that brings it.
    """

    name: str
    version: str
    room: str
    purpose: str
    install: str


@click.command()
@click.argument("rooms", nargs=-1, type=click.Choice(list(EXTRAS)), metavar="[ROOM]...")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def doctor(rooms: tuple[str, ...], *, as_json: bool) -> None:
    """Tell what is installed, which versions, and how to install what is missing.

    Exits with 1 if something is missing that the ROOMs need; without ROOM all is told,
    and the main job (lincrna) counts.

    \b
    Examples:
      bioloom doctor
      bioloom doctor mirna graph
    """
    import platform

    import bioloom

    found = [one for one in _needed() if not rooms or one.room in rooms]
    missing = [one for one in found if not one.version]
    if as_json:
        told = {"bioloom": bioloom.__version__, "python": platform.python_version()}
        click.echo(json.dumps(told | {"needed": [asdict(one) for one in found]}))
    else:
        click.echo(f"bioloom {bioloom.__version__}, Python {platform.python_version()}")
        _print_rooms(found)
        _print_cure(missing)
    if any(one.room in (rooms or (MAIN_JOB,)) for one in missing):
        sys.exit(1)


def _print_rooms(found: list[Needed]) -> None:
    for room in dict.fromkeys(one.room for one in found):
        click.echo(f"\n{room}: {EXTRAS[room]}")
        for one in (one for one in found if one.room == room):
            sign = "✓" if one.version else "✗"
            version = one.version or "missing"
            click.echo(f"  {sign} {one.name:32} {version:10} {one.purpose}".rstrip())


def _print_cure(missing: list[Needed]) -> None:
    if not missing:
        click.echo("\nEverything is there.")
        return
    click.echo("\nTo install what is missing:")
    programs = [one.install for one in missing if one.purpose]
    if programs:
        click.echo(f"  apt-get install {' '.join(dict.fromkeys(programs))}")
    for command in dict.fromkeys(one.install for one in missing if not one.purpose):
        click.echo(f"  {command}")


def _needed() -> Iterator[Needed]:
    from bioloom.run.external import TOOLS, installed_versions

    versions = installed_versions()
    for tool in TOOLS:
        version = versions.get(tool.name, "")
        yield Needed(tool.name, version, MAIN_JOB, tool.purpose, tool.apt)
    packages = _packages()
    for room in EXTRAS:
        for name in packages.get(room, ()):
            install = f"pip install 'bioloom[{room}]'"
            yield Needed(name, _version(name), room, "", install)
        if room == "cells":
            install = "pip install --no-build-isolation umi_tools (docs: Start)"
            yield Needed("umi_tools", _version("umi_tools"), room, "", install)


def _packages() -> dict[str, list[str]]:
    """Python packages of each extra, as the installed bioloom states them."""
    found: dict[str, list[str]] = {}
    for told in metadata.requires("bioloom") or ():
        if match := re.match(r"([\w.-]+).*extra\s*==\s*['\"]([\w-]+)['\"]", told):
            found.setdefault(match[2], []).append(match[1])
    return found


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""
