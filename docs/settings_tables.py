"""Tables of settings for the docs, made of the dataclasses that define them."""

from collections.abc import Iterator
from dataclasses import MISSING, is_dataclass
from pathlib import Path
from typing import Any

from bioloom.lincrna.settings import RunConfig
from bioloom.run.settings import Setting, settings_of, yaml_value

FOLDER = Path(__file__).parent / "reference" / "generated"
TABLES = {"lincrna_settings": RunConfig}
"""Settings dataclass of each table, by file name."""


def setup(app: Any) -> None:
    """Have the tables written before Sphinx reads the pages that include them."""
    app.connect("builder-inited", write)


def write(_app: Any) -> None:
    """One file for each table."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, kind in TABLES.items():
        (FOLDER / f"{name}.txt").write_text(table(kind), "utf-8")


def table(kind: type) -> str:
    """A Markdown table; nested settings have their section before the name."""
    return "\n".join(
        ["| setting | default | meaning |", "| --- | --- | --- |", *_rows(kind), ""]
    )


def _rows(kind: type, section: str = "") -> Iterator[str]:
    for each in settings_of(kind):
        name = f"{section}{each.name}"
        if is_dataclass(each.kind):
            yield from _rows(each.kind, f"{name}.")
            continue
        meaning = each.help().replace("|", "\\|")
        yield f"| `{name}` | {_default(each)} | {meaning} |"


def _default(each: Setting) -> str:
    if each.default is MISSING:
        return "required"
    if each.default is None or each.default == ():
        return ""
    values = each.default if isinstance(each.default, tuple) else (each.default,)
    return ", ".join(f"`{yaml_value(value)}`" for value in values)
