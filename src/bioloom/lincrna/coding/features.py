"""Features of a transcript's sequence that distinguish mRNA from non-coding RNA.

Everything is computed for a block of transcripts at once, from counts and integer
scores, so that a transcript's features do not depend on its company.

References
----------
Wang L. et al. (2013) Nucleic Acids Res 41:e74. doi:10.1093/nar/gkt006
Sun L. et al. (2013) Nucleic Acids Res 41:e166. doi:10.1093/nar/gkt646
Kozak M. (1987) Nucleic Acids Res 15:8125. doi:10.1093/nar/15.20.8125
Kyte J., Doolittle R.F. (1982) J Mol Biol 157:105. doi:10.1016/0022-2836(82)90515-0
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from bioloom.lincrna.coding._frames import running_scores
from bioloom.lincrna.coding.blocks import (
    Block,
    chance_rates,
    n_hexamers,
    of_longest,
    running,
    sums_in_frame,
)
from bioloom.lincrna.coding.codons import CODON_BASES
from bioloom.lincrna.coding.fickett import fickett_of_counts
from bioloom.lincrna.coding.likeliest import likeliest_features
from bioloom.lincrna.coding.paths import path_features
from bioloom.lincrna.coding.peptides import peptide_features
from bioloom.lincrna.coding.usage import CONTEXT, PER_NAT, UsageTables
from bioloom.run.language import mark
from bioloom.seq.alphabet import START_CODON

_Floats = NDArray[np.float64]
_Ints = NDArray[np.int64]

_DECIMALS = 6  # of a feature: hides rounding that depends on the processor


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature.

    Parameters
    ----------
    meaning
        In words, with the unit.
    group
        What it is evidence of; `explain` adds up the features of a group.
    trend
        1 or -1 where a larger value may only raise, or lower, the coding probability,
        0 where it is free.
    """

    meaning: str
    group: str
    trend: int


_LENGTH, _PLACE, _SECOND = mark("ORF length"), mark("ORF place"), mark("second ORF")
_POSITIONS, _HEXAMERS = mark("codon positions"), mark("hexamers")
_BEST, _PEPTIDE = mark("best open segment"), mark("peptide")
_PATH = mark("best path")
_CODONS, _LIKELIEST = mark("synonymous codons"), mark("likeliest ORF")
_STRETCHES = mark("hydrophobic stretches")

FEATURES: Mapping[str, Feature] = MappingProxyType(
    {
        "log10_orf_nt": Feature("log10 of the ORF length with stop, nt", _LENGTH, 1),
        "orf_surprise": Feature(
            "-log10 of the number of ORFs as long expected by chance, given length "
            "and base composition",
            *(_LENGTH, 1),
        ),
        "orf_coverage": Feature("part of the transcript that is ORF", _PLACE, 0),
        "orf_complete": Feature("1 if the ORF has a stop codon", _PLACE, 0),
        "orf_start": Feature("part of the transcript before the ORF", _PLACE, 0),
        "upstream_atg": Feature(
            "ln of the ATGs before the ORF over those expected by chance", _PLACE, -1
        ),
        "start_context": Feature("log-ratio of the bases around its ATG", _PLACE, 1),
        "second_log10_nt": Feature(
            "log10 of the length of the second longest ORF, nt", _SECOND, 0
        ),
        "second_ratio": Feature(
            "ln of the longest over the second longest ORF", _SECOND, 1
        ),
        "second_surprise": Feature(
            "as orf_surprise, of the second longest ORF", _SECOND, 0
        ),
        "fickett": Feature("Fickett TESTCODE score of the ORF", _POSITIONS, 1),
        "fickett_all": Feature(
            "Fickett TESTCODE score of the whole transcript", _POSITIONS, 1
        ),
        "gc3": Feature(
            "G+C at third codon positions less G+C of the transcript", _POSITIONS, 0
        ),
        "g1": Feature(
            "G at first codon positions less G of the transcript", _POSITIONS, 0
        ),
        "hexamer_bias": Feature("mean log-ratio of in-frame hexamers", _HEXAMERS, 1),
        "hexamer_sum": Feature("sum of their log-ratios", _HEXAMERS, 1),
        "hexamer_lead": Feature(
            "hexamer_bias less that of the better of the other frames", _HEXAMERS, 1
        ),
        "hexamer_contrast": Feature(
            "sum of log-ratios less the mean of the other frames, over the root of "
            "their number",
            *(_HEXAMERS, 1),
        ),
        "segment_score": Feature(
            "ln of 1 + the best score of any stop-free segment: hexamers less their "
            "mean by chance",
            *(_BEST, 1),
        ),
        "segment_lead": Feature(
            "that score less the best of the other frames", _BEST, 1
        ),
        "segment_rate": Feature("that score per 100 nt of the transcript", _BEST, 1),
        "path_score": Feature(
            "ln of 1 + the best score of a path that may change its frame (-5 nats) "
            "and read through stops (-8 nats)",
            *(_PATH, 1),
        ),
        "path_excess": Feature(
            "that score less ln of the transcript's length", _PATH, 1
        ),
        "path_rate": Feature("that score per 100 nt of the transcript", _PATH, 1),
        "path_span": Feature("part of the transcript that it covers", _PATH, 0),
        "path_shifts": Feature("times that it changes its frame", _PATH, 0),
        "path_gain": Feature("its score less that of the best segment", _PATH, 0),
        "amino_acids": Feature("mean log-ratio of its amino acids", _PEPTIDE, 1),
        "amino_acid_sum": Feature(
            "sum of those log-ratios over the root of their number", _PEPTIDE, 1
        ),
        "synonymous": Feature(
            "mean log-ratio of its codons among synonymous ones", _CODONS, 1
        ),
        "likeliest_score": Feature(
            "log-likelihood ratio of the ORF that is likeliest to be coding, hexamers "
            "and freedom from stops, less ln of the ATGs expected by chance",
            *(_LIKELIEST, 1),
        ),
        "likeliest_lead": Feature(
            "its log-likelihood ratio less that of the next ORF", _LIKELIEST, 1
        ),
        "likeliest_start": Feature("part of the transcript before it", _LIKELIEST, 0),
        "hydrophobic": Feature(
            "share of A, F, I, L, M, V, W in the peptide less that expected by base "
            "composition",
            *(_PEPTIDE, 0),
        ),
        "entropy": Feature("entropy of its amino acids, nats", _PEPTIDE, 0),
        "most_excess": Feature(
            "largest share of one amino acid less that expected by base composition",
            *(_PEPTIDE, 0),
        ),
        "leader_peak": Feature(
            "highest sum of the hydropathy of 10 of its first 30 amino acids",
            *(_STRETCHES, 0),
        ),
        "leader_mean": Feature(
            "mean hydropathy of its first 20 amino acids", _STRETCHES, 0
        ),
        "membrane_peak": Feature(
            "highest sum of the hydropathy of 19 amino acids", _STRETCHES, 0
        ),
    }
)
GROUPS = tuple(dict.fromkeys(feature.group for feature in FEATURES.values()))


def measure(block: Block, usage: UsageTables) -> _Floats:
    """Features of each transcript, shape (n, number of `FEATURES`).

    All features of the ORF are 0 where there is none.
    """
    columns = (
        _orf_features(block)
        | _composition_features(block)
        | _hexamer_features(block, usage)
        | _usage_features(block, usage)
        | path_features(block, usage)
        | peptide_features(block)
    )
    features = np.stack([columns[name] for name in FEATURES], axis=1)
    return features.round(_DECIMALS) + 0.0  # no negative zero


def _orf_features(block: Block) -> dict[str, _Floats]:
    longest, length = block.longest, np.maximum(block.frames.lengths, 1)
    n_codons = of_longest(block, longest.n_codons)
    is_complete = of_longest(block, longest.is_complete)
    orf_nt = 3 * (n_codons + is_complete)
    second = _second_longest(block)
    start_rate, stop_rate = chance_rates(block)
    expected_atg = of_longest(block, longest.start) * start_rate
    place = dict.fromkeys(("orf_surprise", "second_surprise"), n_codons)
    for name, codons in (("orf_surprise", n_codons), ("second_surprise", second)):
        log_expected = np.log(length * start_rate) + codons * np.log1p(-stop_rate)
        place[name] = np.where(codons > 0, -log_expected / np.log(10), 0.0)
    return place | {
        "log10_orf_nt": np.log10(np.maximum(orf_nt, 1)),
        "orf_coverage": orf_nt / length,
        "orf_complete": is_complete,
        "orf_start": of_longest(block, longest.start) / length,
        "upstream_atg": np.where(
            n_codons > 0,
            np.log((_upstream_atgs(block) + 0.5) / (expected_atg + 0.5)),
            0,
        ),
        "second_log10_nt": np.log10(3 * second + 1),
        "second_ratio": np.log((n_codons + 5) / (second + 5)),
    }


def _second_longest(block: Block) -> _Floats:
    """Codons of the second longest ORF, 0 where there is none."""
    orfs = block.orfs
    after = orfs.seconds()
    second = np.zeros(len(block))
    second[orfs.transcript[after]] = orfs.n_codons[after]
    return second


def _upstream_atgs(block: Block) -> _Floats:
    """ATGs of any frame that begin before the longest ORF."""
    frames, longest = block.frames, block.longest
    first = frames.columns[longest.transcript]
    n_atgs = np.zeros(len(first), dtype=np.int64)
    for frame in range(3):
        before = running(frames.codons[frame] == START_CODON)
        last = first + np.maximum(longest.start - frame + 2, 0) // 3
        n_atgs += before[last] - before[first]
    return of_longest(block, n_atgs)


def _composition_features(block: Block) -> dict[str, _Floats]:
    counts = block.codon_counts
    by_position = np.zeros((len(block), 3, 4), dtype=np.int64)
    for position in range(3):
        for base in range(4):
            of_base = CODON_BASES[:, position] == base
            by_position[:, position, base] = counts[:, of_base].sum(axis=1)
    in_transcript = block.bases
    overall = in_transcript.sum(axis=1)
    share = overall / np.maximum(overall.sum(axis=1, keepdims=True), 1)
    n_codons = counts.sum(axis=1)
    at_position = by_position / np.maximum(n_codons, 1)[:, None, None]
    gc3 = at_position[:, 2, 1:3].sum(axis=1) - share[:, 1:3].sum(axis=1)
    g1 = at_position[:, 0, 2] - share[:, 2]
    return {
        "fickett": fickett_of_counts(by_position),
        "fickett_all": fickett_of_counts(in_transcript),
        "gc3": np.where(n_codons > 0, gc3, 0.0),
        "g1": np.where(n_codons > 0, g1, 0.0),
    }


def _hexamer_features(block: Block, usage: UsageTables) -> dict[str, _Floats]:
    before = running_scores(block.frames.codons, usage.padded_hexamer)
    in_frame, second, third = _orf_scores(block, before)
    n = np.maximum(n_hexamers(block.longest), 1)
    lead = (in_frame - np.maximum(second, third)) / n
    contrast = (in_frame - (second + third) / 2) / np.sqrt(n)
    return {
        "hexamer_sum": of_longest(block, in_frame),
        "hexamer_bias": of_longest(block, in_frame / n),
        "hexamer_lead": of_longest(block, lead),
        "hexamer_contrast": of_longest(block, contrast),
    } | likeliest_features(block, before)


def _orf_scores(block: Block, before: _Ints) -> _Floats:
    """Nats of the longest ORFs read in frame, and one and two bases later."""
    sums = [sums_in_frame(block.longest, before, shift=shift) for shift in range(3)]
    return np.array(sums) / PER_NAT


def _usage_features(block: Block, usage: UsageTables) -> dict[str, _Floats]:
    counts = block.codon_counts
    n_codons = np.maximum(counts.sum(axis=1), 1)
    amino_acids = (counts * usage.amino_acid).sum(axis=1) / PER_NAT
    synonymous = (counts * usage.synonymous).sum(axis=1) / PER_NAT
    with_unknown = np.pad(usage.context, ((0, 0), (0, 1)))
    context = with_unknown[np.arange(len(CONTEXT)), block.context].sum(axis=1)
    return {
        "start_context": context / PER_NAT,
        "amino_acids": amino_acids / n_codons,
        "amino_acid_sum": amino_acids / np.sqrt(n_codons),
        "synonymous": synonymous / n_codons,
    }
