"""`bioloom doctor`: what is there, which version, what is missing."""

import sys
from importlib import metadata

import click

PACKAGES = {"snakemake": "lincrna", "pyhmmer": "lincrna", "scikit-learn": "lincrna"}
FOR_CELLS = ("anndata", "umi_tools")


@click.command()
def doctor() -> None:
    """Tell what is installed, which versions, and how to install what is missing.

    Exits with 1 if something is missing.

    \b
    Example:
      bioloom doctor
    """
    import platform

    import bioloom

    click.echo(f"bioloom {bioloom.__version__}, Python {platform.python_version()}")
    missing = [*_report_tools(), *_report_packages()]
    if missing:
        click.echo("\nTo install what is missing:")
        for command in dict.fromkeys(missing):
            click.echo(f"  {command}")
        sys.exit(1)
    click.echo("\nEverything is there.")


def _report_tools() -> list[str]:
    """Print a line for each outside program; commands that install the missing."""
    from bioloom.run.external import TOOLS, installed_versions

    versions = installed_versions()
    for tool in TOOLS:
        found = versions.get(tool.name, "missing")
        sign = "✓" if tool.name in versions else "✗"
        click.echo(f"  {sign} {tool.name:14} {found:12} {tool.purpose}")
    absent = [tool for tool in TOOLS if tool.name not in versions]
    packages = dict.fromkeys(tool.apt for tool in absent)
    return [f"apt-get install {' '.join(packages)}"] if absent else []


def _report_packages() -> list[str]:
    commands = []
    for package, extra in PACKAGES.items():
        try:
            version = metadata.version(package)
            click.echo(f"  ✓ {package:14} {version:12} Python package")
        except metadata.PackageNotFoundError:
            click.echo(f"  ✗ {package:14} {'missing':12} Python package")
            commands.append(f"pip install 'bioloom[{extra}]'")
    for package in FOR_CELLS:
        _report_for_cells(package)
    return commands


def _report_for_cells(package: str) -> None:
    """Print a line for a package that only single-cell samples need."""
    try:
        click.echo(f"  ✓ {package:14} {metadata.version(package):12} single cells")
    except metadata.PackageNotFoundError:
        click.echo(f"  · {package:14} {'missing':12} single cells only")
