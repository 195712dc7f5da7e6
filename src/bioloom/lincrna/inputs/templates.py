"""The files that `bioloom lincrna init` writes."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from bioloom.lincrna.settings import RunConfig
from bioloom.result import Result
from bioloom.run.output import write_text
from bioloom.run.settings import yaml_lines

if TYPE_CHECKING:
    import pandas as pd

CONFIG = "config.yaml"
SHEET = "samples.tsv"

CONFIG_HEAD = """\
## bioloom lincrna run --config config.yaml --cores 8
## Relative paths start at the folder of this file. Entries behind a single # are
## optional and show their default or an example. To set one, remove "# " from its line
## and, if it is indented, from the line of its section.
"""

SAMPLES = """\
# One row per sample, columns separated by tabs; fastq_2 is empty for single reads.
# Several rows of one sample, or paths with commas between them, are its lanes.
# strandness: auto, forward (read 1 is sense), reverse (dUTP, TruSeq), unstranded.
# kind: bulk; or cell, nucleus (10x Genomics: fastq_1 barcodes, fastq_2 cDNA). Columns
# chemistry, barcodes, n_cells, cell (of a plate), fastq_3: docs, single cells.
# Alignments (BAM, CRAM, SAM) go in a column bam, with fastq_1 and fastq_2 empty.
# Long reads: kind ont_cdna, ont_drna or pacbio, one FASTQ in fastq_1 or reads; with the
# name of a sample of short reads where both are of one RNA.
# Further columns, such as tissue, describe the samples; designs are made of them.
sample\tfastq_1\tfastq_2\tstrandness\tkind\ttissue
liver_1\treads/liver_1_R1.fastq.gz\treads/liver_1_R2.fastq.gz\tauto\tbulk\tliver
brain_1\treads/brain_1.fastq.gz\t\tauto\tbulk\tbrain
blood_1\treads/blood_1_R1.fastq.gz\treads/blood_1_R2.fastq.gz\tauto\tcell\tblood
"""


@dataclass(frozen=True, slots=True)
class Template:
    """One file of `write_templates`.

    Parameters
    ----------
    path
        The file.
    is_new
        Whether it was written; otherwise it existed and was not changed.
    """

    path: Path
    is_new: bool

    @property
    def fate(self) -> str:
        """Its outcome, in one word."""
        return "written" if self.is_new else "kept"


@dataclass(frozen=True, slots=True, repr=False)
class Templates(Result):
    """The files of a new project, to be filled in.

    Parameters
    ----------
    files
        ``config.yaml`` and ``samples.tsv``.
    """

    files: tuple[Template, ...]

    @property
    def config(self) -> Path:
        """The configuration file."""
        return self.files[0].path

    def summary(self) -> str:
        """What was written, and what was left unchanged."""
        return ", ".join(f"{file.path} {file.fate}" for file in self.files)

    def to_frame(self) -> "pd.DataFrame":
        """One row per file."""
        import pandas as pd

        rows = [{"file": str(file.path), "fate": file.fate} for file in self.files]
        return pd.DataFrame(rows)


def config_text(entries: Mapping[str, str] = MappingProxyType({})) -> str:
    """A commented ``config.yaml``, made of the settings themselves.

    Parameters
    ----------
    entries
        Text of the entries that are set, by name; ``comparison.design`` is in a
        section.
    """
    lines = "\n".join(yaml_lines(RunConfig, off="# "))
    text = f"{CONFIG_HEAD}\n{lines}\n".replace("\n\n\n", "\n\n")
    for name, value in entries.items():
        text = _with_entry(text, name, json.dumps(value, ensure_ascii=False))
    return text


def _with_entry(text: str, name: str, value: str) -> str:
    """The configuration with an entry set, its meaning still behind it."""
    section, _, key = name.rpartition(".")
    before, indent = "", ""
    if section:
        start = re.search(rf"^(?:# )?{section}:", text, re.MULTILINE)
        if start is None:
            raise KeyError(name)
        before, text = f"{text[: start.start()]}{section}:", text[start.end() :]
        indent = "  "
    entry = re.compile(rf"^(?:# )?{indent}{key}: .*?(?=\s+#|$)", re.MULTILINE)
    # a function: a value may hold a backslash
    text, n = entry.subn(lambda _found: f"{indent}{key}: {value}", text, count=1)
    if not n:
        raise KeyError(name)
    return before + text


def write_templates(folder: Path) -> Templates:
    """Write ``config.yaml`` and ``samples.tsv``; existing files are not changed."""
    config = _written(folder / CONFIG, config_text())
    return Templates((config, _written(folder / SHEET, SAMPLES)))


def write_project(
    folder: Path, entries: Mapping[str, str], rows: Iterable[Sequence[str]]
) -> Templates:
    """Write ``config.yaml`` and ``samples.tsv`` filled in; existing files are kept.

    Parameters
    ----------
    folder
        Where to write.
    entries
        As of `config_text`; the sample sheet is set already.
    rows
        Of the sheet, its header first.
    """
    sheet = "".join("\t".join(row) + "\n" for row in rows)
    config = _written(folder / CONFIG, config_text({"samples": SHEET, **entries}))
    return Templates((config, _written(folder / SHEET, sheet)))


def _written(path: Path, text: str) -> Template:
    is_new = not path.exists()
    if is_new:
        write_text(path, text)
    return Template(path, is_new)
