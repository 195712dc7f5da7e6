"""What a run did, as a paragraph for a paper, with what to cite.

Every version and threshold is read from the run's record; nothing is said that the run
did not do.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bioloom.errors import BadRunFolder
from bioloom.lincrna.coding.potential import CodingModel
from bioloom.lincrna.inputs.sample import LONG_KINDS
from bioloom.lincrna.output.references import PAPERS, Reference, bibtex, ris
from bioloom.lincrna.output.working import read_judge
from bioloom.lincrna.settings import FilterSettings
from bioloom.run.language import use_language
from bioloom.run.output import write_text
from bioloom.run.record import RECORD, read_record
from bioloom.run.words import counted, joined

COMMANDS = ("lincrna run", "lincrna filter", "lincrna demo")
_NAMES = {
    **{"fastqc": "FastQC", "trim_galore": "Trim Galore", "hisat2": "HISAT2"},
    **{"stringtie": "StringTie", "pyhmmer": "PyHMMER", "pydeseq2": "PyDESeq2"},
    **{"salmon": "Salmon", "isoquant": "IsoQuant"},
    **{"diamond": "DIAMOND", "mmseqs": "MMseqs2"},
    **{"pyinfernal": "Infernal (pyinfernal)", "snakemake": "Snakemake"},
}
_KINDS = {
    **{"bulk": "bulk", "cell": "single-cell", "nucleus": "single-nucleus"},
    **{"ont_cdna": "Nanopore cDNA", "ont_drna": "Nanopore direct RNA"},
    "pacbio": "PacBio cDNA",
}
_RULES = {
    "intergenic": "no overlap with a coding gene",
    "length": "longer than {min_length_nt} nt",
    "housekeeping": "exons covered by a housekeeping RNA to less than "
    "{housekeeping_fraction:.0%}",
    "pseudogene": "no base in common with a pseudogene",
    "repeat": "less than {repeat_fraction:.0%} of its bases in a transposable element",
    "junctions": "{min_junction_reads} reads or more across its weakest junction",
}


def _distance(filters: Mapping[str, Any]) -> str:
    spliced, mono = (_limit(filters[f"gap_{kind}_nt"], "nt") for kind in _SHAPES)
    place = "from a coding gene on the same strand"
    if filters["gap_multi_nt"] == 0:
        return f"at least {mono} {place} if it has one exon"
    return f"at least {spliced} (with one exon {mono}) {place}"


def _orf(filters: Mapping[str, Any]) -> str:
    """The rule of the ORF's length; none where it counts in the probability alone."""
    if filters["orf_mode"] == "calibrated":
        return ""
    return f"longest ORF below {_limit(filters['max_orf_aa'], 'aa')}"


def _coding(filters: Mapping[str, Any]) -> str:
    return f"coding probability below {_threshold(filters)}"


def _threshold(filters: Mapping[str, Any]) -> str:
    limit = filters["coding_threshold"]
    return "the threshold of the model" if limit is None else f"{limit:.4g}"


def _expression(filters: Mapping[str, Any]) -> str:
    return (
        f"at least {filters['min_tpm']:g} TPM (with one exon "
        f"{filters['min_tpm_mono']:g}) in {counted(filters['min_samples'], 'sample')} "
        "or more"
    )


def _limit(value: object, unit: str) -> str:
    """A limit with its unit, or where it comes from."""
    return (
        "a limit learned from the annotation" if value == "auto" else f"{value} {unit}"
    )


_SHAPES = ("multi", "mono")
_VOTES = {"any": "any", "majority": "the majority", "all": "all"}
_WORDED: Mapping[str, Callable[[Mapping[str, Any]], str]] = MappingProxyType(
    {
        "distance": _distance,
        "orf": _orf,
        "coding": _coding,
        "expression": _expression,
    }
)


@dataclass(frozen=True, slots=True)
class Methods:
    """A paragraph on the methods of a run.

    Parameters
    ----------
    text
        The paragraph; numbers in brackets are those of the references.
    references
        Papers, in the order in which they are cited.
    """

    text: str
    references: tuple[Reference, ...]

    def __str__(self) -> str:
        numbered = (f"{n}. {one.text()}" for n, one in enumerate(self.references, 1))
        return "\n".join([self.text, "", *numbered])

    def bibtex(self) -> str:
        """The references as BibTeX."""
        return bibtex(self.references)

    def ris(self) -> str:
        """The references as RIS."""
        return ris(self.references)


@dataclass(slots=True)
class _Writer:
    """Sentences about a record, and the references that they cite."""

    record: Mapping[str, Any]
    samples: Sequence[Mapping[str, str]]
    criteria: Sequence[str]
    judge: tuple[FilterSettings, CodingModel] | None = None
    cited: list[Reference] = field(default_factory=list)

    @property
    def versions(self) -> dict[str, str]:
        """Of all programs and packages."""
        return {**self.record["packages"], **self.record["tools"]}

    @property
    def arguments(self) -> Mapping[str, Any]:
        """Of the run."""
        arguments: Mapping[str, Any] = self.record["arguments"]
        return arguments

    def named(self, tool: str) -> str:
        """A program with its version, and its reference's number."""
        name = _NAMES.get(tool, tool)
        version = f" {self.versions[tool]}" if tool in self.versions else ""
        key = "infernal" if tool == "pyinfernal" else tool
        if key not in PAPERS:
            return f"{name}{version}"
        return f"{name}{version} {self.cite(key)}"

    def cite(self, key: str) -> str:
        """The number of a reference, in brackets."""
        paper = PAPERS[key]
        if paper not in self.cited:
            self.cited.append(paper)
        return f"[{self.cited.index(paper) + 1}]"

    def sentences(self) -> Iterator[str]:
        if self.samples and "trimming" in self.arguments:
            yield from self._reads()
        yield from self._filters()
        if self.judge is not None and "coding" in self.criteria:
            yield self._coding_model(self.judge[1])
        if self.arguments.get("comparison", {}).get("design"):
            yield self._comparison()

    def _reads(self) -> Iterator[str]:
        read = [
            row for row in self.samples if row.get("reads_from", "FASTQ") == "FASTQ"
        ]
        n_taken = len(self.samples) - len(read)
        short = [row for row in read if row["kind"] not in LONG_KINDS]
        for rows, is_by_fastp in self._by_trimmer(short):
            yield self._short_reads(rows, is_by_fastp=is_by_fastp)
        long = [row for row in read if row["kind"] in LONG_KINDS]
        if long:
            yield (
                f"Long reads of {_of_kinds(long)} were {self._oriented()} and "
                f"aligned to the genome with {self.named('minimap2')} and "
                f"{self.named('samtools')}."
            )
        if n_taken:
            yield f"Alignments of {counted(n_taken, 'sample')} were taken as given."
        yield from self._assembly()
        yield from self._strandness(short)
        if self.arguments.get("quantifier") == "salmon":
            yield from self._salmon()
        else:
            yield (
                "Expression of known and assembled transcripts was measured with "
                f"{self.named('stringtie')} (`-e`)."
            )
        yield f"All steps were run by {self.named('snakemake')}."

    def _by_trimmer(
        self, short: Sequence[Mapping[str, str]]
    ) -> Iterator[tuple[Sequence[Mapping[str, str]], bool]]:
        """Samples of short reads, and whether fastp trimmed them: not of droplets."""
        if self.arguments.get("trimmer") != "fastp":
            groups = [(short, False)]
        else:
            droplets = [row for row in short if _is_droplets(row)]
            others = [row for row in short if not _is_droplets(row)]
            groups = [(others, True), (droplets, False)]
        yield from ((rows, is_by_fastp) for rows, is_by_fastp in groups if rows)

    def _short_reads(
        self, rows: Sequence[Mapping[str, str]], *, is_by_fastp: bool
    ) -> str:
        trimming = self.arguments["trimming"]
        return (
            f"Reads of {_of_kinds(rows)} were {self._trimmed(is_by_fastp=is_by_fastp)} "
            f"(quality from {trimming['quality']}, at least "
            f"{trimming['min_length_nt']} nt), and aligned to the genome with "
            f"{self.named(self._aligner())} and {self.named('samtools')}."
        )

    def _oriented(self) -> str:
        primers = self.arguments.get("long_reads", {}).get("primers", "none")
        if primers == "none":
            return "cut at their poly-A tails"
        shown = {"auto": "of the kit that they show"}.get(primers, Path(primers).name)
        return f"oriented by primers ({shown}) and poly-A tails, cut there"

    def _assembly(self) -> Iterator[str]:
        assembly = self.arguments["assembly"]
        is_by_isoquant = "isoquant" in self.record["tools"]
        is_long_alone = all(row["kind"] in LONG_KINDS for row in self.samples)
        done = "merged" if is_by_isoquant and is_long_alone else "assembled and merged"
        covered = f"coverage from {assembly['min_coverage']:g}, in the merge "
        yield (
            f"Transcripts were {done} with {self.named('stringtie')} "
            f"({covered if done != 'merged' else ''}from "
            f"{assembly['merge_min_tpm']:g} TPM)."
        )
        if is_by_isoquant:
            yield (
                "Those of long reads without short ones of the same RNA were assembled "
                f"with {self.named('isoquant')}."
            )

    def _strandness(self, short: Sequence[Mapping[str, str]]) -> Iterator[str]:
        """How the libraries of short reads are stranded, and who says so."""
        rows = [row for row in short if row.get("strandness")]
        for is_inferred, how in (
            (True, "inferred from reads on annotated exons"),
            (False, "as stated"),
        ):
            of = [
                row["strandness"]
                for row in rows
                if (row.get("stated_strandness") in ("", "auto")) == is_inferred
            ]
            if of:
                kinds = joined(
                    [
                        f"{kind} ({counted(of.count(kind), 'sample')})"
                        for kind in dict.fromkeys(of)
                    ]
                )
                yield f"The strandness of libraries was {kinds}, {how}."

    def _salmon(self) -> Iterator[str]:
        kinds = {row["kind"] in LONG_KINDS for row in self.samples}
        salmon = self.named("salmon")
        how = []
        if False in kinds:
            how.append("of short reads with the genome as decoy")
        if True in kinds:
            aligned = f"aligned to the transcripts by {self.named('minimap2')}"
            how.append(f"of long reads {aligned}")
        yield (
            "Expression of known and assembled transcripts was measured with "
            f"{salmon}, {joined(how)}."
        )

    def _trimmed(self, *, is_by_fastp: bool) -> str:
        if is_by_fastp:
            return f"checked and trimmed with {self.named('fastp')}"
        checked = f"checked with {self.named('fastqc')}"
        tools = f"{self.named('trim_galore')} and {self.named('cutadapt')}"
        return f"{checked}, trimmed with {tools}"

    def _aligner(self) -> str:
        return "STAR" if self.arguments.get("aligner") == "star" else "hisat2"

    def _filters(self) -> Iterator[str]:
        filters = self._settings()
        rules = (self._rule(criterion, filters) for criterion in self.criteria)
        yield (
            "Known and assembled transcripts were filtered with bioloom "
            f"{self.record['version']} by these criteria: "
            f"{'; '.join(filter(None, rules))}."
        )
        if filters["strictness"] == "locus":
            names = [one for one in filters["locus_criteria"] if one in self.criteria]
            if not names:
                return
            yield f"A locus was dropped if one of its isoforms failed {_or(names)}."

    def _settings(self) -> Mapping[str, Any]:
        """Settings of the filters: those in force where the run has judged."""
        if self.judge is None:
            given: Mapping[str, Any] = self.arguments.get("filters", self.arguments)
            return given
        return asdict(self.judge[0])

    def _coding_model(self, model: CodingModel) -> str:
        return (
            f"The coding probability is that of {model.method}, by gradient boosting "
            f"{self.cite('boosting')}, in-frame hexamers {self.cite('cpat')} and the "
            f"Fickett score {self.cite('fickett')} among them, trained on {model.name}."
        )

    def _rule(self, criterion: str, filters: Mapping[str, Any]) -> str:
        """One criterion in words; empty where it decided nothing."""
        if criterion == "housekeeping" and self.arguments.get("rfam"):
            rule = _RULES[criterion].format_map(filters)
            name = Path(self.arguments["rfam"]).name
            return f"{rule} and no hit of {name} ({self.named('pyinfernal')})"
        if criterion in _RULES:
            return _RULES[criterion].format_map(filters)
        if criterion == "coding" and self._has_votes(filters):
            files = joined([Path(one).name for one in self.arguments["votes"]])
            which = _VOTES[filters["vote_rule"]]
            own = f"bioloom's model (from a probability of {_threshold(filters)})"
            return f"not coding by {which} of {own} and {files}"
        if criterion in _WORDED:
            return _WORDED[criterion](filters)
        return self._search(criterion, filters)

    def _has_votes(self, filters: Mapping[str, Any]) -> bool:
        return bool(self.arguments.get("votes")) and filters["vote_rule"] != "own"

    def _search(self, criterion: str, filters: Mapping[str, Any]) -> str:
        name = {"domain": "domains", "homology": "proteins"}.get(criterion, "")
        file = self.arguments.get(name)
        if not file:
            return ""
        if criterion == "domain":
            limit = "at its gathering threshold"
            if filters["domain_cutoff"] != "gathering":
                limit = f"with an E-value up to {filters['domain_max_evalue']:g}"
            return f"no domain of {Path(file).name} {limit} ({self.named('pyhmmer')})"
        share, evalue = filters["min_homology_coverage"], filters["max_homology_evalue"]
        return (
            f"no likeness to {share:.0%} or more of a protein of {Path(file).name} "
            f"(E-value up to {evalue:g}) by {self._homology_program()}"
        )

    def _homology_program(self) -> str:
        for tool in ("diamond", "mmseqs"):
            if tool in self.record["tools"]:
                return self.named(tool)
        return f"phmmer of {self.named('pyhmmer')}"

    def _comparison(self) -> str:
        comparison = self.arguments["comparison"]
        return (
            f"Conditions were compared with {self.named('pydeseq2')} by the design "
            f"`{comparison['design']}`, at a false discovery rate of "
            f"{comparison['alpha']:g}."
        )


def methods_of(run: Path) -> Methods:
    """Describe what a run did.

    Parameters
    ----------
    run
        Folder of a finished `lincrna run` or `lincrna filter`.

    Raises
    ------
    BadRunFolder
        If it is no such folder.
    """
    record = read_record(run)
    if record.get("command") not in COMMANDS or record["state"] != "finished":
        raise BadRunFolder(
            where=run,
            found=f"{record.get('command')}, {record['state']}",
            expected="a finished run of `bioloom lincrna run` or `lincrna filter`",
            advice="Give the folder of its --out; resume it if it was interrupted.",
        )
    return _described(run, record)


def methods_so_far(run: Path) -> Methods | None:
    """The same for a run that only lacks its page; None where it has no record."""
    return _described(run, read_record(run)) if (run / RECORD).is_file() else None


def write_methods(out: Path) -> None:
    """Write paragraph and references, as text, BibTeX and RIS, where there is a record.

    Parameters
    ----------
    out
        Run folder with its tables.
    """
    methods = methods_so_far(out)
    if methods is None:
        return
    write_text(out / "methods.txt", f"{methods}\n")
    write_text(out / "references.bib", methods.bibtex())
    write_text(out / "references.ris", methods.ris())


def _described(run: Path, record: Mapping[str, Any]) -> Methods:
    attrition = _rows(run, "attrition")
    criteria = dict.fromkeys(row["criterion"] for row in attrition)
    writer = _Writer(record, _rows(run, "samples"), [*criteria], read_judge(run))
    with use_language("en"):  # papers are
        text = " ".join(writer.sentences())
    return Methods(text, tuple(writer.cited))


def _rows(run: Path, table: str) -> list[dict[str, str]]:
    path = run / "tables" / f"{table}.tsv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


def _is_droplets(row: Mapping[str, str]) -> bool:
    """Whether a sample's reads are partly of no cell; on plates all have one."""
    return bool(row.get("n_cells")) and float(row["percent_in_cells"]) < 100  # noqa: PLR2004


def _of_kinds(samples: Sequence[Mapping[str, str]]) -> str:
    """Samples by kind: 4 bulk samples and 1 single-nucleus sample."""
    kinds = [row["kind"] for row in samples]
    return joined(
        [
            counted(kinds.count(kind), f"{_KINDS.get(kind, kind)} sample")
            for kind in dict.fromkeys(kinds)
        ]
    )


def _or(names: Sequence[str]) -> str:
    return " or ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
