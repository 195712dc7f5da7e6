"""The main job on a simulated example, compared with the known truth."""

import csv
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bioloom.genome.gtf import read_annotation
from bioloom.genome.intervals import exonic_overlap_nt, overlapping_pairs
from bioloom.genome.transcript import Transcript
from bioloom.lincrna.inputs.collect import same_strand
from bioloom.lincrna.output.result import FilterResult
from bioloom.lincrna.output.working import read_working
from bioloom.lincrna.simulate import Simulation, simulate
from bioloom.lincrna.verdict.judged import LOCUS, Judged
from bioloom.lincrna.workflow.runner import run_workflow
from bioloom.result import Result
from bioloom.run.output import write_text
from bioloom.run.progress import OnStep, silent
from bioloom.run.settings import RNG_SEED
from bioloom.run.workflow import Launch

if TYPE_CHECKING:
    import pandas as pd

MIN_COVERAGE = 5.0
STAMP = "simulated.json"
DESIGN = "~ layout + condition"
RIGHT = "right"


@dataclass(frozen=True, slots=True)
class TrueLocus:
    """A simulated locus and its expected outcome.

    Parameters
    ----------
    locus_id, kind
        Name, and what it is.
    transcripts
        True models of its isoforms.
    coverage
        Reads per base of its main isoform, all samples.
    expected
        "candidate" or "rejected".
    reason
        Criterion that should reject it; empty for a candidate.
    is_expected_in
        Whether the run must find it: an annotated lncRNA, or covered well enough.
    """

    locus_id: str
    kind: str
    transcripts: tuple[Transcript, ...]
    coverage: float
    expected: str
    reason: str
    is_expected_in: bool


@dataclass(frozen=True, slots=True)
class LocusVerdict:
    """Outcome of a true locus.

    `outcome` is "right" or says what is wrong.
    """

    truth: TrueLocus
    rows: tuple[Judged, ...]
    outcome: str


@dataclass(frozen=True, slots=True)
class ChangedCalls:
    """Genes called changed, against the truth.

    Parameters
    ----------
    n_changed
        Tested genes that change.
    n_found
        Of these, called in the right direction.
    n_false
        Other genes that are called.
    """

    n_changed: int
    n_found: int
    n_false: int

    def __str__(self) -> str:
        """In one line."""
        return (
            f"changed genes: {self.n_found} of {self.n_changed} found, "
            f"{self.n_false} false"
        )


@dataclass(frozen=True, slots=True, repr=False)
class DemoResult(Result):
    """The run on the example, compared with the truth.

    Parameters
    ----------
    loci
        Every true locus that the run should find or did find.
    unexpected
        Candidates that lie on no true lincRNA.
    changes
        Genes called changed between the conditions, against the true changes.
    """

    loci: tuple[LocusVerdict, ...]
    unexpected: tuple[str, ...]
    changes: ChangedCalls | None = None

    @property
    def n_right(self) -> int:
        """True loci with the expected outcome."""
        return sum(locus.outcome == RIGHT for locus in self.loci)

    @property
    def wrong(self) -> tuple[LocusVerdict, ...]:
        """True loci with an unexpected outcome."""
        return tuple(locus for locus in self.loci if locus.outcome != RIGHT)

    @property
    def is_right(self) -> bool:
        """Whether every lincRNA was found and every decoy rejected for its reason."""
        return not self.wrong and not self.unexpected

    def summary(self) -> str:
        """Loci with the expected outcome, and unexpected candidates."""
        return (
            f"{self.n_right} of {len(self.loci)} loci as expected, "
            f"{len(self.unexpected)} unexpected candidates"
        )

    def to_frame(self) -> "pd.DataFrame":
        """One row per true locus: what was expected, and what came out."""
        import pandas as pd

        rows = [
            {
                "locus": locus.truth.locus_id,
                "kind": locus.truth.kind,
                "expected": locus.truth.expected,
                "reason": locus.truth.reason,
                "outcome": locus.outcome,
            }
            for locus in self.loci
        ]
        return pd.DataFrame(rows)

    def to_text(self) -> str:
        """A line for each kind of locus, then any errors."""
        kinds: dict[str, list[LocusVerdict]] = defaultdict(list)
        for locus in self.loci:
            kinds[locus.truth.kind].append(locus)
        lines = [f"{'kind of locus':22} {'right':>5}  should be"]
        for kind, group in kinds.items():
            n_right = sum(locus.outcome == RIGHT for locus in group)
            truth = group[0].truth
            fate = f"rejected by {truth.reason}" if truth.reason else truth.expected
            lines.append(f"{kind:22} {n_right:2}/{len(group):2}  {fate}")
        for locus in self.wrong:
            lines.append(f"wrong: {locus.truth.locus_id}: {locus.outcome}")
        lines += [
            f"wrong: {name}: accepted, but not a lincRNA" for name in self.unexpected
        ]
        lines += [str(self.changes)] if self.changes else []
        word = "as expected" if self.is_right else "NOT as expected"
        lines.append(f"result compared with the known truth: {word}")
        return "\n".join(lines)


def run_demo(
    out: Path,
    *,
    cores: int = 2,
    rng_seed: int = RNG_SEED,
    with_cells: bool = False,
    on_step: OnStep = silent,
) -> DemoResult:
    """Simulate an example, run the workflow on it and judge the outcome.

    Parameters
    ----------
    out
        Folder: ``input`` is simulated, ``run`` is the run folder. A finished or
        interrupted run of the same seed is resumed.
    cores
        Processors to use.
    rng_seed
        Random seed of the simulation.
    with_cells
        Whether to add a single-cell sample.

    Raises
    ------
    BioloomError
        If a program is missing or fails.
    """
    simulation_folder = out / "input"
    _simulate_once(simulation_folder, rng_seed, with_cells=with_cells)
    config = simulation_folder / "config.yaml"
    run_workflow(config, Launch(cores, force=True), on_step=on_step)
    result = read_working(out / "run")
    judged = judge(result, read_truth(simulation_folder))
    changes = _changed_calls(out / "run", simulation_folder, judged)
    return replace(judged, changes=changes)


def _changed_calls(run: Path, simulated: Path, judged: DemoResult) -> ChangedCalls:
    """Compare the calls with the true changes.

    Annotated genes go by the name of their true locus, novel ones by that of the run.
    """
    truth = {
        locus: float(row["log2_fold_change"])
        for locus, row in _rows_by(simulated / "fold_changes.tsv", "locus_id").items()
    }
    for locus in judged.loci:
        for row in locus.rows:
            truth.setdefault(row.locus_id, truth[locus.truth.locus_id])
    calls = _rows_by(run / "tables/comparisons.tsv", "gene_id")
    changed = [gene for gene in calls if truth.get(gene, 0.0)]
    right = {True: "up", False: "down"}
    found = [
        gene for gene in changed if calls[gene]["change"] == right[truth[gene] > 0]
    ]
    n_called = sum(bool(row["change"]) for row in calls.values())
    return ChangedCalls(len(changed), len(found), n_called - len(found))


def _rows_by(path: Path, key: str) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return {row[key]: row for row in csv.DictReader(stream, delimiter="\t")}


def _simulate_once(folder: Path, rng_seed: int, *, with_cells: bool) -> None:
    """Simulate unless that was done: new files would restart the workflow."""
    stamp = folder / STAMP
    wanted = {"rng_seed": rng_seed, "with_cells": with_cells}
    if stamp.is_file() and json.loads(stamp.read_text("utf-8")) == wanted:
        return
    simulation = simulate(folder, rng_seed=rng_seed, with_cells=with_cells)
    write_text(folder / "config.yaml", _config(simulation))
    write_text(stamp, json.dumps(wanted) + "\n")


def _config(simulation: Simulation) -> str:
    entries = {
        "samples": simulation.samples_path.name,
        "genome": simulation.genome_path.name,
        "annotation": simulation.annotation_path.name,
        "domains": simulation.domains_path.name,
        "out": "../run",
    }
    lines = [f"{name}: {value}\n" for name, value in entries.items()]
    more = f"comparison:\n  design: {DESIGN}\nbrowser:\n  coverage: true\n"
    return "".join([*lines, more])


def read_truth(folder: Path) -> tuple[TrueLocus, ...]:
    """Loci of a simulation that are judged: all but the known genes."""
    models: dict[str, list[Transcript]] = defaultdict(list)
    for tx in read_annotation(folder / "transcripts.gtf").transcripts:
        models[tx.gene_id].append(tx)
    with (folder / "truth.tsv").open(encoding="utf-8", newline="") as stream:
        return tuple(
            _true_locus(row, models[row["locus_id"]])
            for row in csv.DictReader(stream, delimiter="\t")
            if row["kind"] not in {"coding", "small_rna"}
        )


def _true_locus(row: Mapping[str, str], models: Sequence[Transcript]) -> TrueLocus:
    coverage = float(row["coverage_total"])
    return TrueLocus(
        locus_id=row["locus_id"],
        kind=row["kind"],
        transcripts=tuple(models),
        coverage=coverage,
        expected=row["expected"],
        reason=row["expected_reason"],
        is_expected_in=row["annotated"] == "yes"
        or float(row["coverage"]) >= MIN_COVERAGE
        or (row["kind"] == "novel_unstranded" and coverage >= MIN_COVERAGE),
    )


def judge(result: FilterResult, truth: Sequence[TrueLocus]) -> DemoResult:
    """Compare a result with the truth.

    A row belongs to the true locus with which it shares exonic bases on one strand; a
    row in an intron of such a row is that RNA before splicing.
    """
    true_models = [(tx, locus) for locus in truth for tx in locus.transcripts]
    rows_of: dict[str, dict[str, Judged]] = defaultdict(dict)
    placed: set[str] = set()
    pairs = overlapping_pairs(
        [row.collected.transcript for row in result.rows],
        [tx for tx, _ in true_models],
    )
    for left, right in pairs:
        row, (model, locus) = result.rows[left], true_models[right]
        tx = row.collected.transcript
        if same_strand(tx, model) and exonic_overlap_nt(tx.exons, model.exons):
            rows_of[locus.locus_id][row.transcript_id] = row
            if locus.expected == "candidate":
                placed.add(row.transcript_id)
    verdicts = []
    for locus in truth:
        rows = tuple(rows_of[locus.locus_id].values())
        if rows or locus.is_expected_in:
            verdicts.append(LocusVerdict(locus, rows, _outcome(locus, rows)))
    stray = {
        row.transcript_id
        for row in result.candidates
        if placed.isdisjoint((row.transcript_id, row.collected.host))
    }
    return DemoResult(tuple(verdicts), tuple(sorted(stray)))


def _outcome(locus: TrueLocus, rows: Sequence[Judged]) -> str:
    accepted = [row for row in rows if row.verdict == "candidate"]
    if not rows:
        return "not found"
    if locus.expected == "candidate":
        reasons = {row.reason for row in rows}
        return RIGHT if accepted else f"rejected by {', '.join(sorted(reasons))}"
    if accepted:
        return f"accepted as {accepted[0].transcript_id}"
    reasons = {row.reason for row in rows} - {LOCUS}
    if reasons == {locus.reason}:
        return RIGHT
    return f"rejected by {', '.join(sorted(reasons))}"
