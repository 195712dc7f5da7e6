"""Searches of libraries: which transcripts need one, and what it found.

One whose verdict a hit cannot change is not searched, unless all are asked for.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from bioloom.genome.transcript import Transcript
from bioloom.lincrna.inputs.collect import Collected
from bioloom.lincrna.settings import CriterionName, FilterSettings
from bioloom.lincrna.verdict.domains import DomainHit
from bioloom.lincrna.verdict.evidence import Evidence
from bioloom.lincrna.verdict.homology import HomologyHit
from bioloom.lincrna.verdict.judged import Judged, judged
from bioloom.lincrna.verdict.rfam import RfamHit, RfamMatch
from bioloom.run.output import open_aside, open_text
from bioloom.run.words import counted

DomainHits = Mapping[str, DomainHit | None]
"""Best hit of each transcript that was searched, by name; None where it has none."""

HomologyHits = Mapping[str, HomologyHit | None]
"""Most similar protein of each transcript that was searched, by name."""

RfamMatches = Mapping[str, RfamMatch | None]
"""Families in each transcript that was searched, by name; None where it has none."""


@dataclass(frozen=True, slots=True)
class Searches:
    """What the searches found.

    Parameters
    ----------
    domains
        Best domain hit of each transcript that was searched; None if no models were
        given.
    rfam
        The same for Rfam.
    homology
        Most similar protein of each transcript that was searched; None if no proteins
        were given.
    proteins
        How many proteins, and what compared the transcripts with them.
    """

    domains: DomainHits | None = None
    rfam: RfamMatches | None = None
    homology: HomologyHits | None = None
    proteins: str = ""

    def notes(self, n_transcripts: int) -> tuple[str, ...]:
        """How many of the transcripts were searched, in sentences."""
        notes = []
        whole = counted(n_transcripts, "transcript")
        if self.domains is not None and len(self.domains) < n_transcripts:
            notes.append(
                f"Searched for domains: {len(self.domains):,} of {whole}, those whose "
                "verdict a domain can change. `domain_search: all` searches every one."
            )
        if self.homology is not None:
            notes.append(
                f"Compared with {self.proteins}: {len(self.homology):,} of {whole}, "
                "those whose verdict a protein can change."
            )
        if self.rfam is not None:
            notes.append(
                f"Searched with Rfam: {len(self.rfam):,} of {whole}, those that meet "
                "every other criterion."
            )
        return tuple(notes)


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
        return self._targets("domain", Searches())

    def homology_targets(self, searches: Searches) -> list[Transcript]:
        """Transcripts to compare with proteins, in order.

        These meet every other criterion, domains included, or are isoforms of one that
        does, where a protein rejects a locus.
        """
        return self._targets("homology", replace(searches, homology=None, rfam=None))

    def _targets(self, name: CriterionName, searches: Searches) -> list[Transcript]:
        """Transcripts whose verdict a criterion that is not judged yet can change."""
        rows = self.judged(searches)
        loci = {row.locus_id for row in rows if row.verdict == "candidate"}
        is_by_locus = (
            self.settings.strictness == "locus" and name in self.settings.locus_criteria
        )
        return [
            row.collected.transcript
            for row in rows
            if (row.locus_id in loci if is_by_locus else row.verdict == "candidate")
        ]

    def rfam_targets(self, searches: Searches) -> list[Transcript]:
        """Transcripts to search with Rfam, in order: what is still a candidate."""
        return [
            row.collected.transcript
            for row in self.judged(replace(searches, rfam=None))
            if row.verdict == "candidate"
        ]


def _searched(evidence: Evidence, searches: Searches) -> Evidence:
    """Evidence with what the searches found on its transcript."""
    name = evidence.transcript.transcript_id
    if searches.domains is not None:
        is_searched = name in searches.domains
        evidence = replace(
            evidence,
            domain=searches.domains.get(name),
            is_domain_searched=is_searched,
            is_domain_needed=is_searched,
        )
    if searches.rfam is not None:
        evidence = replace(
            evidence,
            rfam=searches.rfam.get(name),
            is_rfam_searched=name in searches.rfam,
        )
    if searches.homology is not None:
        evidence = replace(
            evidence,
            homology=searches.homology.get(name),
            is_homology_searched=name in searches.homology,
        )
    return evidence


def write_hits(hits: DomainHits | HomologyHits | RfamMatches, path: Path) -> None:
    """Write what a search found, one transcript that was searched a line (JSON)."""
    with open_aside(path) as stream:
        for name, hit in hits.items():
            entry = {"transcript_id": name, "hit": hit and asdict(hit)}
            stream.write(json.dumps(entry) + "\n")


def read_domain_hits(paths: Iterable[Path]) -> dict[str, DomainHit | None]:
    """Read back what `write_hits` wrote of domains."""
    return {
        name: DomainHit(**entry) if entry else None for name, entry in _entries(paths)
    }


def read_homology_hits(paths: Iterable[Path]) -> dict[str, HomologyHit | None]:
    """Read back what `write_hits` wrote of proteins."""
    return {
        name: HomologyHit(**entry) if entry else None for name, entry in _entries(paths)
    }


def read_rfam_matches(paths: Iterable[Path]) -> dict[str, RfamMatch | None]:
    """Read back what `write_hits` wrote of Rfam."""
    matches: dict[str, RfamMatch | None] = {}
    for name, entry in _entries(paths):
        matches[name] = None
        if entry:
            hits = tuple(RfamHit(**hit) for hit in entry["hits"])
            matches[name] = RfamMatch(hits, entry["fraction"])
    return matches


def _entries(paths: Iterable[Path]) -> Iterator[tuple[str, Any]]:
    """Name and hit of each line."""
    for path in paths:
        with open_text(path) as stream:
            for line in map(json.loads, stream):
                yield line["transcript_id"], line["hit"]
