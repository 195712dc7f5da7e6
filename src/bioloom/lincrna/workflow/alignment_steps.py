"""The steps for samples that come as alignments, and for long reads."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from bioloom.genome.sequence import Genome, contig_lengths
from bioloom.lincrna.alignments.orienting import OrientedReads
from bioloom.lincrna.alignments.taking import look_at, take_alignments
from bioloom.lincrna.alignments.tally import Tally
from bioloom.lincrna.inputs.sample import Sample
from bioloom.lincrna.workflow.read_steps import write_json
from bioloom.run.external import require_packages
from bioloom.run.mistakes import Mistakes
from bioloom.run.output import write_text


def check_alignments(samples: Sequence[Sample], genome: Path) -> None:
    """Check the alignments of bulk samples before a run.

    Raises
    ------
    PackageMissing
        If pysam is not installed.
    BadInput, SeveralMistakes
        If a file cannot be used, or several.
    """
    given = [each for each in samples if each.is_long or each.route == "alignments"]
    if not given:
        return
    require_packages("pysam", extra="lincrna")
    contigs = contig_lengths(genome)
    mistakes = Mistakes()
    for sample in given:
        with mistakes.gathered():
            if sample.bam is not None:
                look_at(sample.bam, contigs, kind=sample.kind)
    mistakes.check()


def take_sample(sample: Sample, working: Path) -> None:
    """Take alignments in place of reads, or those that minimap2 made of long reads.

    Writes ``aligned/SAMPLE.bam``, the facts on it, and what the steps from reads to
    alignments would have written.

    Raises
    ------
    BadInput
        If they cannot be used.
    """
    name = sample.name
    bam = sample.bam or working / f"minimap2/{name}.bam"
    with Genome(working / "reference/genome.fa", cache=working / "reference") as genome:
        taken = take_alignments(
            bam,
            working / f"aligned/{name}.bam",
            genome,
            kind=sample.kind,
            is_own=sample.bam is None,
        )
    # of FASTQ the check of the reads has written the first
    for stage in ("trimmed",) if sample.bam is None else ("raw", "trimmed"):
        stats = asdict(taken.tally.stats)
        write_json(working / f"reads/{name}.{stage}.json", stats)
    write_text(working / f"aligned/{name}.summary.txt", _summary(taken.tally))
    facts = taken.facts
    if sample.bam is None:
        tails = OrientedReads(**_json(working / f"oriented/{name}.json"))
        facts = replace(facts, note="; ".join(filter(None, (tails.note, facts.note))))
    write_json(working / f"aligned/{name}.facts.json", asdict(facts))


def _json(path: Path) -> dict[str, Any]:
    entries: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return entries


def _summary(tally: Tally) -> str:
    """A summary in HISAT2's form; without rates if no unmapped reads are there."""
    what = "pairs" if tally.n_paired else "reads"
    lines = ["Reads of the alignments given:", f"\tTotal {what}: {tally.n_reads}"]
    if tally.has_unmapped:
        once = 100 * tally.n_once / tally.n_reads
        how = "concordantly 1 time" if tally.n_paired else "1 time"
        mapped = 100 * tally.n_mapped / tally.n_ends
        lines += [
            f"\t\tAligned {how}: {tally.n_once} ({once:.2f}%)",
            f"\tOverall alignment rate: {mapped:.2f}%",
        ]
    return "".join(f"{line}\n" for line in lines)
