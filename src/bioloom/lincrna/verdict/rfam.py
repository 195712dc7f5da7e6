"""Known structured RNAs in transcripts: covariance models of Rfam, by Infernal.

This finds housekeeping RNAs that no annotation names. Which families are housekeeping
is data, in ``rfam_families.tsv``; other families (miRNA precursors, riboswitches,
domains of lncRNAs) are shown and reject nothing.

References
----------
Nawrocki E.P., Eddy S.R. (2013) Bioinformatics 29:2933.
doi:10.1093/bioinformatics/btt509
Ontiveros-Palacios N. et al. (2025) Nucleic Acids Res 53:D258. doi:10.1093/nar/gkae1023
"""

import csv
import logging
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bioloom.errors import BadModel, MissingFile
from bioloom.genome.transcript import Strand, joined
from bioloom.lincrna.verdict.sequences import Spliced, SplicedTranscripts
from bioloom.run.external import require_packages
from bioloom.run.output import UNREADABLE, open_bytes, open_text
from bioloom.run.progress import OnStep, silent
from bioloom.run.words import counted

if TYPE_CHECKING:
    from pyinfernal.cm import CM, Hit, TopHits

FAMILIES = "rfam_families.tsv"
SEARCHED_NT = 1_000_000_000
"""Both strands that E-values count, nt; Infernal's filters depend on it too.

Fixed, so that no score depends on what is searched together.
"""
REPORT_EVALUE = 1000.0  # looser than any gathering threshold
MAX_EVALUE = 1e-5  # of a hit to a model without a gathering threshold

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RfamHit:
    """Match of a transcript to one family, above its threshold.

    Parameters
    ----------
    family, accession
        Of the model, e.g. "tRNA", "RF00005".
    kind
        Class of housekeeping RNA, e.g. "tRNA"; empty for another family.
    score_bits
        Score, bits.
    threshold_bits
        The family's gathering threshold, bits; NaN if the E-value is used.
    evalue
        Expected number of such hits by chance in `SEARCHED_NT`.
    strand
        "+" on the transcript as given, "-" on its reverse complement.
    start, end
        Half-open span on the transcript as given.
    """

    family: str
    accession: str
    kind: str
    score_bits: float
    threshold_bits: float
    evalue: float
    strand: Strand
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class RfamMatch:
    """Families found in one transcript.

    Parameters
    ----------
    hits
        At least one: housekeeping families first, then by E-value.
    fraction
        Of the transcript, covered by hits to housekeeping families on one strand.
    """

    hits: tuple[RfamHit, ...]
    fraction: float

    @property
    def best(self) -> RfamHit:
        """The hit that is shown."""
        return self.hits[0]


class _Rule(NamedTuple):
    """A pattern of a model's accession, name or description, and its class."""

    kind: str
    field: str
    pattern: str


@cache
def _rules() -> tuple[_Rule, ...]:
    text = files(__package__).joinpath(FAMILIES).read_text("utf-8")
    rows = csv.reader(
        (line for line in text.splitlines() if not line.startswith("#")),
        delimiter="\t",
    )
    next(rows)
    return tuple(_Rule(*row) for row in rows)


def housekeeping_kind(name: str, accession: str, description: str) -> str:
    """Class of housekeeping RNA that a family is; empty if it is none.

    Examples
    --------
    >>> housekeeping_kind("U6", "RF00026", "U6 spliceosomal RNA")
    'snRNA'
    >>> housekeeping_kind("mir-17", "RF00051", "mir-17 microRNA precursor family")
    ''
    """
    values = {
        "accession": accession.partition(".")[0],
        "name": name,
        "description": description.casefold(),
    }
    for rule in _rules():
        pattern = rule.pattern
        if rule.field == "description":
            pattern = pattern.casefold()
        if fnmatchcase(values[rule.field], pattern):
            return rule.kind
    return ""


class _Family(NamedTuple):
    """What the head of a model says."""

    name: str
    accession: str
    description: str
    threshold_bits: float
    is_calibrated: bool


class RfamLibrary:
    """Covariance models, read from their file at each search.

    Parameters
    ----------
    path
        Models as Infernal 1.1 writes them, plain or gzip, e.g. ``Rfam.cm.gz``.

    Raises
    ------
    MissingFile
        If there is no such file.
    PackageMissing
        If pyinfernal is not installed.
    BadModel
        If it holds no calibrated covariance model.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise MissingFile(path, role="covariance models such as Rfam.cm.gz")
        require_packages("pyinfernal", extra="lincrna")
        self.path = path
        families = list(_families(path))
        if not families:
            raise _bad(path, "no covariance model", "Give Rfam.cm or Rfam.cm.gz.")
        self._families = {
            family.name: family for family in families if family.is_calibrated
        }
        self.n_uncalibrated = len(families) - len(self._families)
        if not self._families:
            raise _bad(path, "models that are not calibrated", "`cmcalibrate` them.")

    @property
    def n_models(self) -> int:
        """Number of models that are searched."""
        return len(self._families)

    @property
    def n_by_evalue(self) -> int:
        """Of these, those without a gathering threshold."""
        return sum(math.isnan(each.threshold_bits) for each in self._families.values())

    def search(
        self,
        transcripts: SplicedTranscripts,
        *,
        threads: int = 1,
        on_step: OnStep = silent,
    ) -> dict[str, RfamMatch | None]:
        """Families found in each transcript; None where there is none.

        Only the sense strand counts, both where the strand is not known. The result
        depends neither on `threads` nor on what else is searched.

        Parameters
        ----------
        transcripts
            With distinct names.
        threads
            Processors to use.
        on_step
            Called after each model.
        """
        searched = list(transcripts)
        if not searched:
            return {}
        n_kb = sum(len(tx.sequence) for tx in searched) / 1000
        label = (
            f"Rfam: {counted(len(searched), 'transcript')} ({n_kb:,.0f} kb) against "
            f"{counted(self.n_models, 'model')}"
        )
        _log.info(label)
        on_step(label, 0, self.n_models)
        found: dict[str, list[RfamHit]] = defaultdict(list)
        for n_done, hits in enumerate(self._results(searched, threads), 1):
            family = self._families[hits.query.name]
            for hit in hits.reported:  # the others overlap a better one
                tx = searched[int(hit.name)]
                rfam_hit = _as_hit(family, hit, tx)
                if rfam_hit is not None:
                    found[tx.transcript_id].append(rfam_hit)
            on_step(label, n_done, self.n_models)
        return {
            tx.transcript_id: _match(found[tx.transcript_id], tx) for tx in searched
        }

    def _results(self, searched: list[Spliced], threads: int) -> "Iterator[TopHits]":
        """Hits of each model in transcripts that are named by their number."""
        import pyinfernal
        from pyhmmer.easel import Alphabet, DigitalSequenceBlock, TextSequence

        alphabet = Alphabet.rna()
        targets = DigitalSequenceBlock(
            alphabet,
            [
                TextSequence(name=str(number), sequence=tx.sequence).digitize(alphabet)
                for number, tx in enumerate(searched)
            ],
        )
        yield from pyinfernal.cmsearch(
            self._models(), targets, cpus=threads, Z=SEARCHED_NT, E=REPORT_EVALUE
        )

    def _models(self) -> "Iterator[CM]":
        """The calibrated models, one at a time: all of Rfam would need gigabytes."""
        from pyinfernal.cm import CMFile

        with open_bytes(self.path) as stream, CMFile(stream) as models:
            for model in models:
                if model.name in self._families:
                    yield model


def _families(path: Path) -> Iterator[_Family]:
    """Heads of the models of a file."""
    try:
        with open_text(path) as lines:
            for head in _heads(lines):
                threshold = head.get("GA", "nan").split()[0]
                yield _Family(
                    name=head["NAME"],
                    accession=head.get("ACC", ""),
                    description=head.get("DESC", ""),
                    threshold_bits=float(threshold),
                    is_calibrated="ECMLC" in head,
                )
    except (*UNREADABLE, KeyError, ValueError) as problem:
        words = f"{type(problem).__name__}: {problem}"
        raise _bad(path, words, "Give Rfam.cm or Rfam.cm.gz.") from None


def _heads(lines: Iterable[str]) -> Iterator[Mapping[str, str]]:
    """Entries of each model by their keyword; not those of its filter HMM."""
    head: dict[str, str] | None = None
    for line in lines:
        if line.startswith("INFERNAL1/"):
            head = {}
        elif head is not None and line.rstrip() == "CM":
            yield head
            head = None
        elif head is not None:
            key, _, value = line.rstrip().partition(" ")
            head[key] = value.strip()


def _as_hit(family: _Family, hit: "Hit", tx: Spliced) -> RfamHit | None:
    """A hit above the threshold on a strand that counts."""
    strand: Strand = "+" if hit.strand == "+" else "-"
    if strand == "-" and tx.strand != ".":
        return None
    if math.isnan(family.threshold_bits):
        is_member = hit.evalue <= MAX_EVALUE
    else:
        is_member = hit.score >= family.threshold_bits
    if not is_member:
        return None
    first, last = sorted((hit.alignment.target_from, hit.alignment.target_to))
    return RfamHit(
        family=family.name,
        accession=family.accession,
        kind=housekeeping_kind(family.name, family.accession, family.description),
        score_bits=round(float(hit.score), 2),
        threshold_bits=family.threshold_bits,
        evalue=float(hit.evalue),
        strand=strand,
        start=first - 1,
        end=last,
    )


def _match(hits: list[RfamHit], tx: Spliced) -> RfamMatch | None:
    if not hits:
        return None
    ordered = sorted(
        hits, key=lambda hit: (not hit.kind, hit.evalue, hit.family, hit.start)
    )
    housekeeping = [hit for hit in hits if hit.kind]
    covered = max(
        _covered_nt(hit for hit in housekeeping if hit.strand == strand)
        for strand in "+-"
    )
    return RfamMatch(tuple(ordered), covered / len(tx.sequence))


def _covered_nt(hits: Iterable[RfamHit]) -> int:
    """Bases in at least one hit."""
    return sum(
        end - start for start, end in joined((hit.start, hit.end) for hit in hits)
    )


def _bad(path: Path, found: str, advice: str) -> BadModel:
    return BadModel(
        where=path,
        found=found,
        expected="calibrated covariance models of Infernal 1.1",
        advice=advice,
    )
