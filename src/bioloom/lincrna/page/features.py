"""What lies on a transcript, at its place in the genome: a domain, sites of miRNAs."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from bioloom.errors import BadTable
from bioloom.genome.bed import bed_transcript
from bioloom.genome.transcript import Span, Transcript
from bioloom.lincrna.verdict.domains import DomainHit
from bioloom.lincrna.verdict.judged import Judged
from bioloom.run.output import open_text

MOST_SITES = 100
"""Sites of a transcript that a picture has room for: those with the best scores."""
_SCORE = 4  # column of BED


@dataclass(frozen=True, slots=True)
class Feature:
    """A stretch of a transcript on the genome.

    Parameters
    ----------
    name
        Of the domain model or the miRNA.
    kind
        domain: a domain hit; weak_domain: one below its threshold; site: of a miRNA.
    blocks
        Its bases on the chromosome, ascending, 0-based, half-open; several if introns
        split it.
    """

    name: str
    kind: Literal["domain", "weak_domain", "site"]
    blocks: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Site:
    """A site of a miRNA: blocks on the spliced transcript, from its 5' end."""

    mirna: str
    blocks: tuple[Span, ...]
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Sites:
    """Sites of miRNAs by transcript, and notes on those that cannot be drawn."""

    of: Mapping[str, Sequence[Site]]
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _SitesCount:
    """Sites of a file, and those that cannot be drawn."""

    name: str
    n: int = 0
    n_not_here: int = 0
    n_beyond: int = 0
    unreadable: list[int] = field(default_factory=list)

    def notes(self) -> Iterator[str]:
        """What was left out, and why."""
        if self.n_not_here:
            yield (
                f"{self.n_not_here:,} of {self.n:,} sites of miRNAs in {self.name} are "
                "on transcripts that this run does not have."
            )
        if self.n_beyond:
            yield (
                f"{self.n_beyond:,} of {self.n:,} sites of miRNAs in {self.name} reach "
                "beyond the end of their transcript; they are not drawn."
            )
        if self.unreadable:
            first = self.unreadable[0]
            yield (
                f"{self.name}: {len(self.unreadable):,} of its lines left out, for "
                f"they are not BED (first line {first})."
            )


def read_sites(path: Path, transcripts: Sequence[Transcript]) -> Sites:
    """Read sites of miRNAs on the transcripts of a run.

    Parameters
    ----------
    path
        BED on the spliced transcripts, plain or packed, as ``bioloom mirna predict
        --format bed`` writes it: transcript, start, end, miRNA, score.
    transcripts
        Those of the run. What lies on others, or beyond an end, is counted in a note.

    Raises
    ------
    BadTable
        If the file has lines and none is BED.
    """
    lengths = {tx.transcript_id: tx.length_nt for tx in transcripts}
    sites: dict[str, list[Site]] = defaultdict(list)
    count = _SitesCount(path.name)
    with open_text(path) as stream:
        for number, line in enumerate(stream, 1):
            columns = line.rstrip("\r\n").split("\t")
            if not line.strip() or line.startswith(("#", "track", "browser")):
                continue
            try:
                name, site = _site(columns, number)
            except (ValueError, IndexError):
                count.unreadable.append(number)
                continue
            count.n += 1
            if name not in lengths:
                count.n_not_here += 1
            elif site.blocks[-1][1] > lengths[name]:
                count.n_beyond += 1
            else:
                sites[name].append(site)
    if count.unreadable and not count.n:
        raise _not_bed(path, count.unreadable[0])
    return Sites(sites, tuple(count.notes()))


def _site(columns: Sequence[str], number: int) -> tuple[str, Site]:
    """The transcript that a line of BED names, and the site on it."""
    found = bed_transcript(columns, number)
    score = float(columns[_SCORE]) if len(columns) > _SCORE else 0.0
    return found.chrom, Site(found.transcript_id, found.exons, score)


def _not_bed(path: Path, line: int) -> BadTable:
    return BadTable(
        where=f"{path}: line {line}",
        found="no line that is BED",
        expected="sites of miRNAs on the candidates, as BED",
        advice="Write them by `bioloom mirna predict … candidates.fa --format bed` "
        "(browser.mirna_sites).",
    )


def site_features(transcript: Transcript, sites: Sequence[Site]) -> list[Feature]:
    """The best sites of a transcript at their places, in order; at most `MOST_SITES`.

    Parameters
    ----------
    transcript
        Its exons say where on the genome they are.
    sites
        On the spliced transcript.
    """
    best = sorted(sites, key=lambda one: -one.score)[:MOST_SITES]
    found = [
        Feature(site.mirna, "site", _on_genome(transcript, site.blocks))
        for site in best
    ]
    return sorted(found, key=lambda one: (one.blocks, one.name))


def features_of(row: Judged, sites: Sequence[Site]) -> tuple[Feature, ...]:
    """What lies on a judged transcript: its best domain hit, then its best sites."""
    domain = domain_feature(row)
    shown = site_features(row.collected.transcript, sites)
    return (*([domain] if domain else []), *shown)


def domain_feature(row: Judged) -> Feature | None:
    """The best domain hit at its place; None if the run has none of the transcript."""
    hit = row.evidence.domain
    if hit is None:
        return None
    tx = row.collected.transcript
    span = domain_span(hit, tx.length_nt)
    kind: Literal["domain", "weak_domain"] = (
        "domain" if hit.is_member else "weak_domain"
    )
    return Feature(hit.model, kind, tx.lifted(span))


def domain_span(hit: DomainHit, length_nt: int) -> Span:
    """Where on the spliced transcript a domain hit is, from the 5' end.

    Parameters
    ----------
    hit
        Its segment counts from the 5' end of the strand that was translated.
    length_nt
        Of the spliced transcript.
    """
    side, start = hit.segment[0], int(hit.segment.rpartition(":")[2])
    first, last = start + 3 * hit.start_aa, start + 3 * hit.end_aa
    return (length_nt - last, length_nt - first) if side == "-" else (first, last)


def _on_genome(transcript: Transcript, blocks: Sequence[Span]) -> tuple[Span, ...]:
    return tuple(sorted(part for block in blocks for part in transcript.lifted(block)))
