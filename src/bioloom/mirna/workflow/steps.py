"""Steps of the workflow: plan the blocks, search each, gather them in order.

The result does not depend on the number of blocks: each target's sites are found alone,
laws and pairs are those of all targets, and blocks are joined in the order of the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import numpy as np

from bioloom.mirna.chance.calibration import (
    Calibration,
    load_calibration,
    rules_of,
)
from bioloom.mirna.chance.laws import LawSource, simulated_laws
from bioloom.mirna.inputs.oddities import RecordLog
from bioloom.mirna.inputs.records import Target, read_mirnas, read_targets
from bioloom.mirna.inputs.targets import Targets, targets_of_file
from bioloom.mirna.output.writers import RowFacts, RowWriter, write_rows
from bioloom.mirna.prediction import GenomeSource, Search, TargetFile, opened
from bioloom.mirna.workflow.config import MirnaRun
from bioloom.run.output import open_aside, write_text
from bioloom.run.progress import OnStep, silent


@dataclass(frozen=True, slots=True)
class Block:
    """A run of targets in the order of the file: its first, and how many."""

    first: int
    n: int


SIMULATED, ODD_RECORDS = "simulated.json", "odd_records.tsv"


def plan_blocks(
    run: MirnaRun, out: Path, *, threads: int = 1, on_step: OnStep = silent
) -> None:
    """Divide the targets into blocks of about equal length; write them as JSON.

    Odd records are listed in ``odd_records.tsv`` beside it, and laws that must be
    simulated, once for all blocks, are in ``simulated.json``.

    Parameters
    ----------
    run
        The run.
    out
        File to write.
    threads, on_step
        As for `prepared`.
    """
    log = RecordLog(run.on_bad_record)
    mirnas = read_mirnas(run.mirnas, log=log, species=run.species)
    file = TargetFile(run.targets, _genome(run))
    places = file.places(log)
    with targets_of_file(run.targets, log, places.visit if places else None) as usable:
        if places:
            places.finish()
        blocks = _blocks(usable.lengths, run.blocks)
        laws = Calibration({}, rules_of(run.rules))
        if run.p_values == "auto" and run.calibration is None and not run.rules.plant:
            laws = simulated_laws(
                mirnas,
                usable,
                run.rules,
                rng_seed=run.rng_seed,
                threads=threads,
                on_step=on_step,
            )
    laws.save(out.with_name(SIMULATED))
    log.write(out.with_name(ODD_RECORDS))
    entries = {
        "n_mirnas": len(mirnas),
        "n_targets": len(usable),
        "n_bases": usable.n_bases,
        "blocks": [[block.first, block.n] for block in blocks],
    }
    write_text(out, json.dumps(entries) + "\n")


def _blocks(lengths: np.ndarray, n_blocks: int) -> list[Block]:
    """Blocks of whole targets; the last ones may be empty."""
    before = np.concatenate([[0], np.cumsum(lengths)])
    wanted = np.linspace(0, before[-1], n_blocks + 1)
    edges = np.searchsorted(before, wanted)
    edges[0], edges[-1] = 0, len(lengths)
    pairs = zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)
    return [Block(first, last - first) for first, last in pairs]


@dataclass(frozen=True, slots=True)
class Planned:
    """A block of a plan, and what was simulated for all of them."""

    block: Block
    simulated: Calibration


def read_block(plan: Path, number: int) -> Planned:
    """The block of a number, from 1, of a plan."""
    block = Block(*json.loads(plan.read_text("utf-8"))["blocks"][number - 1])
    return Planned(block, load_calibration(plan.with_name(SIMULATED)))


def search_block(
    run: MirnaRun,
    planned: Planned,
    out: Path,
    *,
    threads: int = 1,
    on_step: OnStep = silent,
) -> None:
    """Search one block; its rows go to a file, what false discovery needs beside it.

    Parameters
    ----------
    run
        The run.
    planned
        Its targets, and their laws.
    out
        File of rows to write; ``.npz`` is added for the other.
    threads, on_step
        As for `prepared`.
    """
    laws = LawSource(
        run.p_values, run.calibration, run.rng_seed, simulated=planned.simulated
    )
    with _search(run, laws, threads, on_step) as search, open_aside(out) as stream:
        rows = RowWriter(run.form, stream)
        part = replace(search, targets=_part(run, search.targets, planned.block))
        rows.write_all(part.sites(on_step))
    facts = rows.facts()
    np.savez(
        out.with_name(f"{out.name}.npz"),
        p=facts.p,
        is_best=facts.is_best,
        columns=np.array(facts.columns, dtype=np.str_),
        n_pairs=np.array(search.n_pairs),
    )


def gather(run: MirnaRun, blocks: Sequence[Path], out: Path) -> int:
    """Join the rows of all blocks, with their false discovery rates.

    Parameters
    ----------
    run
        The run.
    blocks
        Files of rows, in the order of the targets.
    out
        File to write.

    Returns
    -------
    Number of sites.
    """
    sides = [np.load(path.with_name(f"{path.name}.npz")) for path in blocks]
    facts = RowFacts(
        columns=tuple(sides[0]["columns"].tolist()),
        p=np.concatenate([side["p"] for side in sides]),
        is_best=np.concatenate([side["is_best"] for side in sides]),
    )
    n_pairs = int(sides[0]["n_pairs"])
    with open_aside(out) as stream:
        write_rows(run.form, stream, _lines(blocks), facts, n_pairs=n_pairs)
    return facts.n_sites


def _lines(blocks: Sequence[Path]) -> Iterator[str]:
    for path in blocks:
        with path.open(encoding="utf-8", newline="\n") as stream:
            yield from stream


@contextmanager
def _search(
    run: MirnaRun, laws: LawSource, threads: int, on_step: OnStep
) -> Iterator[Search]:
    """The search of all targets; odd records were told by the plan."""
    log = RecordLog(run.on_bad_record, is_silent=True)
    with opened(
        read_mirnas(run.mirnas, log=log, species=run.species),
        TargetFile(run.targets, _genome(run)),
        run.rules,
        laws,
        log=log,
        threads=threads,
        on_step=on_step,
    ) as search:
        yield search


def _genome(run: MirnaRun) -> GenomeSource | None:
    if run.gtf is None and not run.on_genome:
        return None
    return GenomeSource(run.gtf, run.region)


def _part(run: MirnaRun, whole: Targets, block: Block) -> Targets:
    """The targets of a block, read from the file as they are searched."""
    lengths = whole.lengths[block.first : block.first + block.n]

    def records() -> Iterator[Target]:
        yield from islice(read_targets(run.targets), block.first, block.first + block.n)

    return replace(whole, lengths=lengths, read=records)
