"""Known protein domains in the translated frames of transcripts (profile HMMs).

A model's *gathering threshold* is the score that the curators of its family demand of
a member; the best hit of every transcript is kept even below it, so that a near miss
can be reported.

References
----------
Eddy S.R. (2011) PLoS Comput Biol 7:e1002195. doi:10.1371/journal.pcbi.1002195
Mistry J. et al. (2021) Nucleic Acids Res 49:D412. doi:10.1093/nar/gkaa913
Larralde M., Zeller G. (2023) Bioinformatics 39:btad214.
doi:10.1093/bioinformatics/btad214
"""

import math
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, cast

from bioloom.errors import BadModel, MissingFile
from bioloom.lincrna.settings import FilterSettings
from bioloom.run.output import open_bytes
from bioloom.run.packing import MAGIC_BYTES, is_packed
from bioloom.run.progress import OnStep, silent

if TYPE_CHECKING:
    from pyhmmer.easel import DigitalSequence
    from pyhmmer.plan7 import HMM, Hit, HMMFile, TopHits

REPORT_EVALUE = 1.0  # keep near misses down to what chance would give
SAMPLE_MODELS = 24  # timed to say beforehand what a search will take


@dataclass(frozen=True, slots=True)
class DomainHit:
    """Best match of a transcript's translations to one domain model.

    Parameters
    ----------
    model, accession
        Name and accession of the model, e.g. "RRM_1", "PF00076.24".
    score_bits
        Score of the whole segment, bits.
    threshold_bits
        The model's gathering threshold, bits; NaN if the E-value is used.
    evalue
        Expected number of such hits by chance in one segment against all models.
    segment
        Translated segment, ``<strand><frame>:<start>``.
    start_aa, end_aa
        Half-open span of the match in the segment, amino acids.
    is_member
        Whether it passes the threshold in force.
    """

    model: str
    accession: str
    score_bits: float
    threshold_bits: float
    evalue: float
    segment: str
    start_aa: int
    end_aa: int
    is_member: bool

    @property
    def margin_bits(self) -> float:
        """Score above the gathering threshold; NaN if the E-value is used."""
        return self.score_bits - self.threshold_bits


class _Segment(NamedTuple):
    """A translated segment of a transcript."""

    transcript: str
    name: str


class DomainLibrary:
    """Profile HMMs, read once and searched block by block.

    Parameters
    ----------
    path
        HMMER3 file, plain or gzip, e.g. ``Pfam-A.hmm.gz``.
    settings
        Which cutoff is used.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadModel
        If it holds no HMM that can be read.
    """

    def __init__(self, path: Path, settings: FilterSettings) -> None:
        if not path.is_file():
            raise MissingFile(path, role="profile HMMs such as Pfam-A.hmm.gz")
        self.path, self._settings = path, settings
        self._models: dict[str, HMM] = {hmm.name: hmm for hmm in _read_hmms(path)}

    @property
    def models(self) -> "tuple[HMM, ...]":
        """The models, in the order of the file."""
        return tuple(self._models.values())

    @property
    def n_models(self) -> int:
        """Number of models."""
        return len(self._models)

    @property
    def n_by_evalue(self) -> int:
        """Models without a threshold, for which the E-value is used."""
        if self._settings.domain_cutoff == "evalue":
            return 0
        return sum(_gathering(hmm) is None for hmm in self._models.values())

    def search(
        self,
        segments: Mapping[str, Mapping[str, str]],
        *,
        threads: int = 1,
        on_step: OnStep = silent,
    ) -> dict[str, DomainHit]:
        """Best hit of each transcript that has one.

        E-values count one segment against all models, and thresholds do not depend on
        how many transcripts are searched: splitting the work changes nothing. A segment
        that several isoforms share is searched once.

        Parameters
        ----------
        segments
            Translated segments by name, by transcript.
        threads
            Processors to use.
        on_step
            Called after each model.
        """
        owners: dict[str, list[_Segment]] = defaultdict(list)
        for transcript, proteins in segments.items():
            for name, protein in proteins.items():
                owners[protein].append(_Segment(transcript, name))
        by_number = list(owners.values())
        best: dict[str, DomainHit] = {}
        results = self._results(self.models, list(owners), threads=threads)
        for n_done, hits in enumerate(results, 1):
            model = self._models[hits.query.name]
            for hit in hits:
                first, *others = by_number[int(hit.name)]
                domain_hit = self._as_hit(model, hit, first.name)
                self._keep_best(best, first.transcript, domain_hit)
                for other in others:
                    same = replace(domain_hit, segment=other.name)
                    self._keep_best(best, other.transcript, same)
            on_step("domain models", n_done, self.n_models)
        return best

    def estimated_cpu_s(
        self, sample: Sequence[str], *, n_residues: int, n_batches: int
    ) -> float:
        """CPU time that a search will take, from a small one of some of the models.

        Parameters
        ----------
        sample
            Some of the segments to be searched, at least one.
        n_residues
            Amino acids of all of them.
        n_batches
            Calls of `search` that they are split into.

        Notes
        -----
        A model takes time to be prepared, then time for each of its positions with
        each amino acid. Both are measured and extrapolated.
        """
        models = self.models
        some = models[:: math.ceil(len(models) / SAMPLE_MODELS)]
        self._seconds(some[:1], sample[:1])  # the first search also loads code
        preparing = self._seconds(some, sample[:1])
        searching = max(self._seconds(some, sample) - preparing, 0.0)
        n_cells = sum(model.M for model in some) * sum(map(len, sample))
        n_all_cells = sum(model.M for model in models) * n_residues
        prepared = n_batches * len(models) / len(some)
        return preparing * prepared + searching * n_all_cells / n_cells

    def _seconds(self, models: Sequence["HMM"], proteins: Sequence[str]) -> float:
        begin = time.thread_time()
        for _ in self._results(models, proteins, threads=1):
            pass
        return time.thread_time() - begin

    def _results(
        self, models: Sequence["HMM"], proteins: Sequence[str], *, threads: int
    ) -> "Iterator[TopHits]":
        """Hits of each model in proteins that are named by their number."""
        import pyhmmer

        alphabet = pyhmmer.easel.Alphabet.amino()
        targets = pyhmmer.easel.DigitalSequenceBlock(
            alphabet,
            [
                pyhmmer.easel.TextSequence(name=str(number), sequence=protein).digitize(
                    alphabet
                )
                for number, protein in enumerate(proteins)
            ],
        )
        evalue = max(REPORT_EVALUE, self._settings.domain_max_evalue)
        results: Iterator[TopHits] = pyhmmer.hmmsearch(
            models,
            cast("Iterable[DigitalSequence]", targets),
            cpus=threads,
            Z=self.n_models,
            domZ=self.n_models,
            E=evalue,
            domE=evalue,
        )
        return results

    def _as_hit(self, model: "HMM", hit: "Hit", segment: str) -> DomainHit:
        best = hit.best_domain
        cutoff = _gathering(model)
        if self._settings.domain_cutoff == "evalue" or cutoff is None:
            threshold = math.nan
            is_member = hit.evalue <= self._settings.domain_max_evalue
        else:
            threshold = cutoff.sequence_bits
            is_member = (
                hit.score >= cutoff.sequence_bits and best.score >= cutoff.domain_bits
            )
        return DomainHit(
            model=model.name,
            accession=model.accession or "",
            score_bits=round(float(hit.score), 2),
            threshold_bits=round(float(threshold), 2),
            evalue=float(hit.evalue),
            segment=segment,
            start_aa=best.env_from - 1,
            end_aa=best.env_to,
            is_member=bool(is_member),
        )

    @staticmethod
    def _keep_best(best: dict[str, DomainHit], name: str, hit: DomainHit) -> None:
        if name not in best or _rank(hit) < _rank(best[name]):
            best[name] = hit


def _rank(hit: DomainHit) -> tuple[Any, ...]:
    """Members first, then by E-value; names make the order unique."""
    return (not hit.is_member, hit.evalue, -hit.score_bits, hit.model, hit.segment)


class _Gathering(NamedTuple):
    """Gathering thresholds of a model, bits."""

    sequence_bits: float
    domain_bits: float


def _gathering(hmm: "HMM") -> _Gathering | None:
    """Sequence and domain threshold; None if absent or of the negative HMMER2 kind."""
    cutoff = hmm.cutoffs.gathering
    if cutoff is None or cutoff[0] <= 0:
        return None
    return _Gathering(cutoff[0], cutoff[1])


def _read_hmms(path: Path) -> Sequence["HMM"]:
    try:
        with _opened_hmms(path) as stream:
            models = list(_protein_models(stream))
    except (ValueError, EOFError, OSError, RuntimeError) as problem:
        raise _not_hmms(path, str(problem) or type(problem).__name__) from None
    if not models:
        raise _not_hmms(path, "no protein model")
    return models


@contextmanager
def _opened_hmms(path: Path) -> "Iterator[HMMFile[Any]]":
    """Models of a file; HMMER knows a gzip file by its name alone, as ``x.hmm.gz``."""
    from pyhmmer.plan7 import HMMFile

    with path.open("rb") as file:
        packed = is_packed(file.read(MAGIC_BYTES))
    if path.suffix == ".gz" or not packed:
        with HMMFile(path) as models:
            yield models
    else:
        with open_bytes(path) as stream, HMMFile(cast("BinaryIO", stream)) as models:
            yield models


def _protein_models(stream: Iterable["HMM"]) -> Iterable["HMM"]:
    return (hmm for hmm in stream if hmm.alphabet.is_amino())


def _not_hmms(path: Path, found: str) -> BadModel:
    return BadModel(
        where=path,
        found=found,
        expected="protein HMMs in HMMER3 format",
        advice="Give a file such as Pfam-A.hmm.gz; old files: `hmmconvert` first.",
    )
