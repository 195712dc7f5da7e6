"""What `bioloom lincrna run` reads: config.yaml and the sample sheet."""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, cast, get_args

from annotated_types import Ge, Le

from bioloom.errors import BadSampleSheet, MissingFile
from bioloom.lincrna.inputs.chemistry import ChemistryName
from bioloom.lincrna.settings import FilterSettings
from bioloom.run.config import FORBID_UNKNOWN, load_config

Strandness = Literal["forward", "reverse", "unstranded"]
StatedStrandness = Literal["auto", "forward", "reverse", "unstranded"]

COLUMNS = ("sample", "fastq_1", "fastq_2", "strandness", "kind")
REQUIRED = COLUMNS[:2]
SampleKind = Literal["bulk", "cell", "nucleus"]
NAMED_MODELS = ("auto", "packaged")
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")


@dataclass(frozen=True, kw_only=True)
class TrimmingSettings:
    """Trim Galore: base quality (Phred) and shortest read kept, nt."""

    __pydantic_config__: ClassVar[dict[str, Any]] = FORBID_UNKNOWN

    quality: Annotated[int, Ge(0), Le(50)] = 20
    min_length_nt: Annotated[int, Ge(15)] = 25


@dataclass(frozen=True, kw_only=True)
class AssemblySettings:
    """StringTie: least coverage (reads per base) and, for merging, least TPM."""

    __pydantic_config__: ClassVar[dict[str, Any]] = FORBID_UNKNOWN

    min_coverage: Annotated[float, Ge(0.001)] = 1.0
    merge_min_tpm: Annotated[float, Ge(0)] = 1.0


@dataclass(frozen=True, kw_only=True)
class CellSettings:
    """Droplet samples: the kit, how many cells each holds, and the kit's barcodes.

    Parameters
    ----------
    chemistry
        "10xv2" (read 1: 16 + 10 nt), "10xv3" (16 + 12), or "auto" by its length.
    n_cells
        Cells of each sample, those with most reads; None: above the knee.
    barcodes
        The kit's barcode list, one a line, plain or gzip; None: any barcode.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = FORBID_UNKNOWN

    chemistry: ChemistryName = "auto"
    n_cells: Annotated[int, Ge(1)] | None = None
    barcodes: Path | None = None


@dataclass(frozen=True, kw_only=True)
class RunConfig:
    """Everything `config.yaml` may hold; paths are absolute once read.

    Parameters
    ----------
    samples
        Sample sheet, TSV.
    genome, annotation
        FASTA; GTF or GFF3.
    out
        Run folder.
    lncrna, housekeeping
        Further known lncRNAs and housekeeping RNAs, GTF or BED.
    domains
        Profile HMMs such as ``Pfam-A.hmm.gz``.
    votes
        What CPC2, CPAT, FEELnc or RNAsamba wrote on the transcripts' coding potential.
    trimming, assembly, cells, filters
        Settings of the stages.
    blocks
        Parts into which the transcripts are split to be measured by jobs of their own;
        the tables do not depend on it.
    multiqc
        Whether MultiQC, which must be installed, gathers the tools' reports too.
    rng_seed
        Of the cross-validation of the coding model.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = FORBID_UNKNOWN

    samples: Path
    genome: Path
    annotation: Path
    out: Path
    lncrna: Path | None = None
    housekeeping: Path | None = None
    domains: Path | None = None
    votes: tuple[Path, ...] = ()
    trimming: TrimmingSettings = field(default_factory=TrimmingSettings)
    assembly: AssemblySettings = field(default_factory=AssemblySettings)
    cells: CellSettings = field(default_factory=CellSettings)
    filters: FilterSettings = field(default_factory=FilterSettings)
    blocks: Annotated[int, Ge(1), Le(1000)] = 1
    multiqc: bool = False
    rng_seed: Annotated[int, Ge(0), Le(2**32 - 1)] = 42


@dataclass(frozen=True, slots=True)
class Sample:
    """One row of the sample sheet.

    Parameters
    ----------
    name
        Letters, digits, ``_``, ``.`` and ``-``.
    reads
        One FASTQ file, or two for paired reads; of cells and nuclei, barcodes first.
    strandness
        "forward" (read 1 is sense), "reverse" (dUTP: read 1 is antisense),
        "unstranded", or "auto" to infer it.
    kind
        "bulk", or 10x Genomics' "cell" and "nucleus".
    """

    name: str
    reads: tuple[Path, ...]
    strandness: StatedStrandness
    kind: SampleKind = "bulk"

    @property
    def is_droplets(self) -> bool:
        """Whether read 1 holds barcode and UMI."""
        return self.kind != "bulk"

    @property
    def is_paired(self) -> bool:
        """Whether both files hold cDNA."""
        return len(self.reads) == 2 and not self.is_droplets


def read_run_config(path: Path) -> tuple[RunConfig, tuple[Sample, ...]]:
    """Read `config.yaml` and its sample sheet, and check that every file is there.

    Raises
    ------
    MissingFile
        If a file that they name does not exist.
    BadConfig, BadSampleSheet
        If an entry is wrong.
    """
    config = load_config(path, RunConfig)
    filters = with_model_path(config.filters, path)
    config = replace(config, filters=filters)
    roles = ("genome", "annotation", "lncrna", "housekeeping", "domains")
    files = {role: getattr(config, role) for role in roles}
    files["cells.barcodes"] = config.cells.barcodes
    files |= {f"votes[{place}]": path for place, path in enumerate(config.votes)}
    for role, named in files.items():
        if named is not None and not named.is_file():
            raise MissingFile(named, role=f"the file of {role!r}", where=str(path))
    return config, read_samples(config.samples)


def with_model_path(settings: FilterSettings, source: Path) -> FilterSettings:
    """The settings with the path of their coding model, if it is one, made absolute.

    Parameters
    ----------
    settings
        As read.
    source
        The file that they were read from.

    Raises
    ------
    MissingFile
        If there is no such model.
    """
    if settings.coding_model in NAMED_MODELS:
        return settings
    path = source.parent.resolve() / Path(settings.coding_model).expanduser()
    if not path.is_file():
        role = f"a coding model ({' or '.join(NAMED_MODELS)}, or a file)"
        raise MissingFile(path, role=role, where=str(source))
    return replace(settings, coding_model=str(path))


def read_samples(path: Path) -> tuple[Sample, ...]:
    """Read a sample sheet: TSV with the columns of `COLUMNS`, the last three optional.

    Raises
    ------
    MissingFile
        If the sheet, or a FASTQ file that it names, does not exist.
    BadSampleSheet
        If a column or an entry is wrong; the message names the line.
    """
    if not path.is_file():
        raise MissingFile(path, role="a sample sheet")
    numbers, lines = _numbered_lines(path)
    rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    _check_columns(path, rows.fieldnames or ())
    samples = tuple(
        _sample(path, number, row)
        for number, row in zip(numbers[1:], rows, strict=True)
    )
    _check_names(path, samples)
    return samples


def _numbered_lines(path: Path) -> tuple[list[int], list[str]]:
    """Lines that are no comment, and where they stand; a byte order mark is dropped."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise _wrong(str(path), "another encoding", "UTF-8 text") from None
    kept = [
        (number, line)
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip() and not line.startswith("#")
    ]
    return [number for number, _ in kept], [line for _, line in kept]


def _check_columns(path: Path, names: Sequence[str]) -> None:
    if not set(REQUIRED) <= set(names) <= set(COLUMNS):
        raise BadSampleSheet(
            where=f"{path}: header",
            found=f"columns {', '.join(names) or 'none'}",
            expected=f"tab-separated columns {', '.join(COLUMNS)} "
            f"({', '.join(REQUIRED)} at least)",
            advice="Separate columns with tabs, as `bioloom lincrna init` does.",
        )


def _sample(path: Path, number: int, row: Mapping[str, str | None]) -> Sample:
    where = f"{path}: line {number}"
    if None in row:
        raise _wrong(where, "more cells than columns", "as many as the header names")
    name = (row["sample"] or "").strip()
    if not _NAME.fullmatch(name):
        raise _wrong(where, f"sample {name!r}", "letters, digits, '_', '.' and '-'")
    strandness = (row.get("strandness") or "auto").strip()
    if strandness not in get_args(StatedStrandness):
        words = ", ".join(get_args(StatedStrandness))
        raise _wrong(where, f"strandness {strandness!r}", f"one of {words}")
    kind = (row.get("kind") or "bulk").strip()
    if kind not in get_args(SampleKind):
        words = ", ".join(get_args(SampleKind))
        raise _wrong(where, f"kind {kind!r}", f"one of {words}")
    reads = _reads(path, row, where)
    for file in reads:
        if not file.is_file():
            raise MissingFile(file, role=f"reads of sample {name}", where=where)
    sample = Sample(
        name, reads, cast(StatedStrandness, strandness), cast(SampleKind, kind)
    )
    _check_droplets(sample, where)
    return sample


def _check_droplets(sample: Sample, where: str) -> None:
    if not sample.is_droplets:
        return
    if len(sample.reads) != 2:
        raise _wrong(where, f"one file for {sample.kind}s", "barcodes and cDNA")
    if sample.strandness not in {"auto", "forward"}:
        raise _wrong(where, f"strandness {sample.strandness!r}", "auto or forward")


def _reads(path: Path, row: Mapping[str, str | None], where: str) -> tuple[Path, ...]:
    named = [(row.get(column) or "").strip() for column in ("fastq_1", "fastq_2")]
    reads = tuple(path.parent.resolve() / file for file in named if file)
    if not named[0]:
        raise _wrong(where, "no fastq_1", "the path of a FASTQ file")
    if len(set(reads)) < len(reads):
        raise _wrong(where, "the same file twice", "the two files of a pair")
    return reads


def _check_names(path: Path, samples: Sequence[Sample]) -> None:
    names = [sample.name for sample in samples]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise _wrong(str(path), f"sample {twice[0]!r} twice", "distinct names")
    if not samples:
        raise _wrong(str(path), "no sample", "at least one row below the header")


def _wrong(where: str, found: str, expected: str) -> BadSampleSheet:
    return BadSampleSheet(
        where=where, found=found, expected=expected, advice="Correct the sample sheet."
    )
