"""Searches of libraries: which transcripts need one, and what it found.

One whose verdict a hit cannot change is not searched, unless all are asked for.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from bioloom.genome.transcript import Transcript
from bioloom.lincrna.inputs.collect import Collected
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.verdict.domains import DomainHit
from bioloom.lincrna.verdict.evidence import Evidence
from bioloom.lincrna.verdict.judged import Judged, judged
from bioloom.run.output import open_aside, open_text
from bioloom.run.words import counted

DomainHits = Mapping[str, DomainHit | None]
"""Best hit of each transcript that was searched, by name; None where it has none."""


@dataclass(frozen=True, slots=True)
class Searches:
    """What the searches found.

    Parameters
    ----------
    domains
        Best domain hit of each transcript that was searched; None if no models were
        given.
    """

    domains: DomainHits | None = None

    def notes(self, n_transcripts: int) -> tuple[str, ...]:
        """How many of the transcripts were searched, in sentences."""
        if self.domains is None or len(self.domains) == n_transcripts:
            return ()
        return (
            f"Searched for domains: {len(self.domains):,} of "
            f"{counted(n_transcripts, 'transcript')}, those whose verdict a domain can "
            "change. `domain_search: all` searches every one.",
        )


@dataclass(frozen=True, slots=True)
class Case:
    """Transcripts with all evidence that needs no search, to be judged.

    Parameters
    ----------
    collected, evidence, locus_ids
        Of each transcript, in order.
    settings
        Thresholds in force.
    """

    collected: Sequence[Collected]
    evidence: Sequence[Evidence]
    locus_ids: Sequence[str]
    settings: FilterSettings

    def judged(self, searches: Searches) -> tuple[Judged, ...]:
        """Judge each transcript with what the searches found."""
        evidence = [_searched(facts, searches) for facts in self.evidence]
        return judged(self.collected, evidence, self.locus_ids, self.settings)

    def domain_targets(self) -> list[Transcript]:
        """Transcripts to search for domains, in order.

        Without `domain_search: all` these are the transcripts that meet every other
        criterion and, where a domain rejects a locus, their isoforms.
        """
        if self.settings.domain_search == "all":
            return [item.transcript for item in self.collected]
        rows = self.judged(Searches())
        loci = {row.locus_id for row in rows if row.verdict == "candidate"}
        is_by_locus = (
            self.settings.strictness == "locus"
            and "domain" in self.settings.locus_criteria
        )
        return [
            row.collected.transcript
            for row in rows
            if (row.locus_id in loci if is_by_locus else row.verdict == "candidate")
        ]


def _searched(evidence: Evidence, searches: Searches) -> Evidence:
    """Evidence with what the searches found on its transcript."""
    if searches.domains is None:
        return evidence
    name = evidence.transcript.transcript_id
    if name not in searches.domains:
        return replace(evidence, is_domain_needed=False)
    return replace(evidence, domain=searches.domains[name], is_domain_searched=True)


def write_hits(hits: DomainHits, path: Path) -> None:
    """Write what a search found, one transcript that was searched a line (JSON)."""
    with open_aside(path) as stream:
        for name, hit in hits.items():
            entry = {"transcript_id": name, "hit": hit and asdict(hit)}
            stream.write(json.dumps(entry) + "\n")


def read_domain_hits(paths: Iterable[Path]) -> dict[str, DomainHit | None]:
    """Read back files of `write_hits`."""
    hits: dict[str, DomainHit | None] = {}
    for path in paths:
        with open_text(path) as stream:
            for entry in map(json.loads, stream):
                hit = entry["hit"]
                hits[entry["transcript_id"]] = hit and DomainHit(**hit)
    return hits
