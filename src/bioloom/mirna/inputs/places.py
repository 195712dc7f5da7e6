"""Where targets lie on the genome: which region of which transcript each one is."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple, get_args

import numpy as np

from bioloom.errors import BadAnnotation, BadInput
from bioloom.genome.gtf import read_annotation
from bioloom.genome.transcript import Span, Strand, Transcript
from bioloom.mirna.inputs.oddities import RecordLog
from bioloom.mirna.inputs.records import Target
from bioloom.mirna.inputs.regions import (
    TranscriptRegion,
    longest_by_gene,
    regions_of,
)
from bioloom.mirna.options import Region
from bioloom.run.output import open_aside, open_text
from bioloom.run.text import warn_input
from bioloom.seq.fasta import Record

TABLE_COLUMNS = ("name", "region", "gene", "gene_name", "transcript", "at", "length_nt")
"""Columns of the table that `bioloom mirna targets` writes beside its FASTA."""

_A = 0
_TAG_NAMES = ("region", "gene", "transcript", "at")
_TAG = re.compile(r"(?:^|\s)(\w+)=(\S+)")
_AT = re.compile(r"(?P<chrom>.+):(?P<spans>[\d,-]+)\((?P<strand>[-+.])\)")


@dataclass(frozen=True, slots=True)
class TargetPlace:
    """Position of a target on a genome.

    Parameters
    ----------
    blocks
        A transcript whose exons are the blocks of the target.
    tail_nt
        Bases at the target's end that are beyond them: its poly(A) tail.
    """

    blocks: Transcript
    tail_nt: int = 0

    def lifted(self, span: Span) -> tuple[Span, ...]:
        """Blocks on the chromosome of a span of the target; empty for one in the tail.

        Parameters
        ----------
        span
            0-based, half-open, from the target's 5' end.
        """
        if span[1] > self.blocks.length_nt:
            return ()
        return self.blocks.lifted(span)

    def on_target(self, span: Span) -> Iterator[Span]:
        """Parts of the target that a span of the chromosome covers, 5'→3'.

        Parameters
        ----------
        span
            0-based, half-open.
        """
        before, n = 0, self.blocks.length_nt
        for start, end in self.blocks.exons:
            low, high = max(start, span[0]), min(end, span[1])
            if low < high:
                first, last = before + low - start, before + high - start
                is_minus = self.blocks.strand == "-"
                yield (n - last, n - first) if is_minus else (first, last)
            before += end - start


@dataclass(frozen=True, slots=True)
class _Tags:
    """What a target's header, or its row of the table, says of it; empty if nothing."""

    region: str = ""
    gene: str = ""
    transcript: str = ""
    at: str = ""


class _Misplaced(Exception):  # noqa: N818 (never leaves this module)
    """Why a target has no position."""

    def __init__(self, *, what: str, found: str) -> None:
        self.what, self.found = what, found


@dataclass(slots=True)
class Places:
    """Positions of targets, found as the targets are read.

    Parameters
    ----------
    source
        Where positions come from, for messages.
    log
        Takes targets without a position.
    transcripts
        Of an annotation; None if headers alone say where targets lie.
    region
        What targets are that do not say so themselves; None if their length decides.
    rows
        What the table beside the targets says, by name.
    by_target
        The positions, by name of the target.
    """

    source: str
    log: RecordLog
    transcripts: TranscriptIndex | None = None
    region: Region | None = None
    rows: Mapping[str, _Tags] = field(default_factory=dict)
    by_target: dict[str, TargetPlace] = field(default_factory=dict)
    _first: BadAnnotation | None = None

    def visit(self, target: Target) -> None:
        """Find the position of a target; one without is noted and left out."""
        try:
            self.by_target[target.name] = self._place(target)
        except _Misplaced as problem:
            error = self._error(target, problem.found)
            self._first = self._first or error
            self.log.skip(self.source, target.name, problem.what, error)

    def finish(self) -> None:
        """Tell which targets have no position.

        Raises
        ------
        BadAnnotation
            If none has one.
        """
        if self._first is not None and not self.by_target:
            raise self._first
        self.log.finish(self.source, len(self.by_target))

    def _error(self, target: Target, found: str) -> BadAnnotation:
        return BadAnnotation(
            where=f"{self.source}: {target.name}",
            found=found,
            expected="targets as `bioloom mirna targets` writes them, or named by "
            "transcript or gene and as long as the region that they are",
            advice="Give the annotation that the targets were made from, or say with "
            "--region what they are.",
        )

    def _place(self, target: Target) -> TargetPlace:
        tags = _tags(target.description) or self.rows.get(target.name, _Tags())
        if self.transcripts is None:
            return _place_in_header(target, tags)
        txs = self.transcripts.named((tags.transcript, target.name, tags.gene))
        if not txs:
            what = "no transcript or gene of its name"
            raise _Misplaced(what=what, found=f"{what} in the annotation")
        region = self._region(target, tags)
        fit = _fitting(target, txs, region)
        _check_same_place(tags, fit.chosen)
        self._note(target, fit, is_guess=region is None)
        blocks = replace(fit.chosen.tx, exons=fit.chosen.blocks, cds=())
        return TargetPlace(blocks, fit.tail_nt)

    def _note(self, target: Target, fit: _Fit, *, is_guess: bool) -> None:
        if is_guess:
            done = f"taken as {fit.chosen.region} by its length"
            self.log.mend(self.source, target.name, "no region said", done)
        if fit.tail_nt:
            done = "the tail has no position"
            self.log.mend(self.source, target.name, "a poly(A) tail", done)

    def _region(self, target: Target, tags: _Tags) -> Region | None:
        region = tags.region or self.region
        if self.region and tags.region and tags.region != self.region:
            raise BadInput(
                where=f"{self.source}: {target.name}",
                found=f"region={tags.region} in its header, and --region {self.region}",
                expected="one of the two",
                advice="Leave --region out: the targets say what they are.",
            )
        known: dict[str, Region] = {name: name for name in get_args(Region)}
        return known.get(region) if region else None


def _tags(description: str) -> _Tags | None:
    tags = dict(_TAG.findall(description))
    known = {name: tags[name] for name in _TAG_NAMES if name in tags}
    return _Tags(**known) if known else None


def _place_in_header(target: Target, tags: _Tags) -> TargetPlace:
    match = _AT.fullmatch(tags.at)
    if match is None:
        what = "no position in its header"
        raise _Misplaced(what=what, found=f"{what} (at=chr1:101-200(+))")
    ends = (span.split("-") for span in match["spans"].split(","))
    blocks = tuple((int(start) - 1, int(end)) for start, end in ends)
    strand: Strand = "-" if match["strand"] == "-" else "+"
    tx = Transcript(tags.transcript, tags.gene, match["chrom"], strand, blocks)
    tail_nt = len(target.codes) - tx.length_nt
    if tail_nt and not 0 < tail_nt <= _trailing_as(target):
        found = f"{len(target.codes):,} nt, and a position of {tx.length_nt:,}"
        raise _Misplaced(what="another length than its position", found=found)
    return TargetPlace(tx, tail_nt)


def _check_same_place(tags: _Tags, chosen: TranscriptRegion) -> None:
    # the names of chromosomes may be the genome's in one, the annotation's in the other
    there, here = tags.at.rpartition(":")[2], chosen.at.rpartition(":")[2]
    if there and there != here:
        found = f"{tags.at} in its header, and {chosen.at} in the annotation"
        raise _Misplaced(what="another position than in the annotation", found=found)


class _Fit(NamedTuple):
    """The region that a target is, and the length of its poly(A) tail."""

    chosen: TranscriptRegion
    tail_nt: int


def _fitting(target: Target, txs: Sequence[Transcript], region: Region | None) -> _Fit:
    """The region that has the length of a target, with or without its poly(A) tail."""
    n, wanted = len(target.codes), (region,) if region else get_args(Region)
    regions = [each for part in wanted for each in regions_of(txs, part)]
    shortest = n - _trailing_as(target)
    # of regions that fit without some A's, the longest leaves the fewest to the tail
    tailed = (
        each.length_nt
        for each in regions
        if shortest <= each.length_nt < n and each.region in ("transcript", "3utr")
    )
    without_tail = max(tailed, default=n)
    for length in (n, without_tail):
        if fitting := [each for each in regions if each.length_nt == length]:
            return _Fit(_only(fitting, regions), n - length)
    raise _wrong_length(n, regions, region)


def _only(
    fitting: Sequence[TranscriptRegion], regions: Sequence[TranscriptRegion]
) -> TranscriptRegion:
    """The one region that fits; of a gene's transcripts, the one that targets take."""
    if len({each.at for each in fitting}) == 1:
        return fitting[0]
    parts = sorted({each.region for each in fitting})
    if len(parts) == 1:
        same = [each for each in regions if each.region == parts[0]]
        for longest in longest_by_gene(same).values():
            if longest in fitting:
                return longest
    length, names = fitting[0].length_nt, sorted({each.at for each in fitting})
    raise _Misplaced(
        what="several regions of its length",
        found=f"{length:,} nt, the length of {names[0]} and of {names[1]}",
    )


def _wrong_length(
    n: int, regions: Sequence[TranscriptRegion], region: Region | None
) -> _Misplaced:
    if not regions:
        missing = f"no {region} in the annotation"
        return _Misplaced(what=missing, found=missing)
    lengths = ", ".join(f"{each.region} {each.length_nt:,} nt" for each in regions[:4])
    found = f"{n:,} nt (in the annotation: {lengths})"
    return _Misplaced(what="another length than in the annotation", found=found)


def _trailing_as(target: Target) -> int:
    """How many A's a target ends with."""
    others = np.flatnonzero(target.codes[::-1] != _A)
    return int(others[0]) if len(others) else len(target.codes)


class TranscriptIndex:
    """Transcripts of an annotation, by the names that targets may have."""

    def __init__(self, transcripts: Iterable[Transcript]) -> None:
        self._by_name: dict[str, list[Transcript]] = {}
        every = list(transcripts)
        for names in (_transcript_names, _gene_names):
            fresh: dict[str, list[Transcript]] = {}
            for tx in every:
                for name in dict.fromkeys(names(tx)):
                    fresh.setdefault(name, []).append(tx)
            for name, txs in fresh.items():
                self._by_name.setdefault(name, txs)

    def named(self, names: Iterable[str]) -> Sequence[Transcript]:
        """The transcript of the first name that is known, or those of its gene.

        Parameters
        ----------
        names
            Whole names, or several joined by ``|`` as BioMart writes them.
        """
        for name in filter(None, names):
            parts = (name, *reversed(name.split("|")))
            for part in (*parts, *map(_without_version, parts)):
                if part in self._by_name:
                    return self._by_name[part]
        return ()


def _transcript_names(tx: Transcript) -> Iterator[str]:
    yield tx.transcript_id
    yield _without_version(tx.transcript_id)


def _gene_names(tx: Transcript) -> Iterator[str]:
    for name in (tx.gene_id, _without_version(tx.gene_id), tx.gene_name):
        if name:
            yield name


def _without_version(name: str) -> str:
    """``ENST00000456328.2`` without its version."""
    return re.sub(r"\.\d+$", "", name)


def places_of(
    targets: Path, log: RecordLog, *, annotation: Path | None, region: Region | None
) -> Places:
    """What finds the positions of a file's targets.

    Parameters
    ----------
    targets
        The FASTA file; the table that `bioloom mirna targets` wrote beside it is used
        where headers say nothing.
    log
        Takes targets without a position.
    annotation
        GTF, GFF3 or BED12; None if headers alone say where targets lie.
    region
        What targets are that do not say so themselves.
    """
    rows = _read_table(table_beside(targets))
    if annotation is None:
        return Places(str(targets), log, None, region, rows)
    whole = read_annotation(annotation)
    for message in whole.warnings:
        warn_input(message)
    index = TranscriptIndex(whole.transcripts)
    return Places(str(annotation), log, index, region, rows)


def table_beside(targets: Path) -> Path:
    """The table of positions that belongs to a FASTA file of targets."""
    return targets.with_name(f"{targets.name}.places.tsv")


def write_table(path: Path, records: Iterable[Record]) -> None:
    """Write what the headers of targets say as a table, TSV."""
    with open_aside(path) as stream:
        stream.write("\t".join(TABLE_COLUMNS) + "\n")
        for record in records:
            tags = dict(_TAG.findall(record.description))
            facts = {"name": record.name, "length_nt": str(len(record.sequence))} | tags
            cells = (facts.get(column, "") for column in TABLE_COLUMNS)
            stream.write("\t".join(cells) + "\n")


def _read_table(path: Path) -> dict[str, _Tags]:
    if not path.is_file():
        return {}
    with open_text(path) as stream:
        return {
            row["name"]: _Tags(*(row.get(tag) or "" for tag in _TAG_NAMES))
            for row in csv.DictReader(stream, delimiter="\t")
            if row.get("name")
        }
