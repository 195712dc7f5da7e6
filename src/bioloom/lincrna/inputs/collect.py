"""The transcript collection: assembled and known lncRNA transcripts, each once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bioloom.genome.intervals import exonic_overlap_nt, overlapping_pairs
from bioloom.genome.transcript import Span, Transcript

MONO_SAME_FRACTION = 0.8
SUPPORT_FRACTION = 0.5

_Chain = tuple[str, str, bool, tuple[Span, ...]]


@dataclass(frozen=True, slots=True)
class Collected:
    """A transcript of the collection.

    Parameters
    ----------
    transcript
        The model; where several share an intron chain, the annotated one, else the
        longest.
    origin
        "known" if the annotation or the extra lncRNA file holds it, else "novel".
    known_as
        transcript_id of the annotated twin; empty for novel ones.
    assembled_as
        Of a known one: names of assembled transcripts that are the same and were
        collapsed into it.
    n_samples
        Samples whose own assembly supports it; None where samples are not known.
    n_bulk_samples
        Those of them that are not droplet samples.
    host
        Of a novel one without introns: transcript_id of the first of the collection
        that holds it in an intron, on its strand; empty if none does.
    is_known_lncrna
        Whether it is a known lncRNA; a known one that is not was assembled and is the
        same as another annotated transcript, such as a pseudogene's.
    """

    transcript: Transcript
    origin: Literal["known", "novel"]
    known_as: str = ""
    assembled_as: tuple[str, ...] = ()
    n_samples: int | None = None
    n_bulk_samples: int | None = None
    host: str = ""
    is_known_lncrna: bool = False


def collect(
    assembled: Sequence[Transcript],
    *,
    lncrna: Sequence[Transcript],
    annotated: Sequence[Transcript],
    samples: Mapping[str, Sequence[Transcript]] | None = None,
    droplet_samples: Collection[str] = (),
) -> tuple[Collected, ...]:
    """Join assembled transcripts with known lncRNAs, duplicates collapsed.

    Two transcripts with introns are the same if they share chromosome, strand and
    intron chain. Two without are the same if they lie on the same strand ("." fits
    both) and share at least 80 % of the longer one. An annotated model always stands
    as it is.

    Parameters
    ----------
    assembled
        Any assembly; rows that copy an annotated transcript under its name are left
        out, also where merging has moved their ends.
    lncrna
        Known lncRNAs: the annotation's own and an extra file's.
    annotated
        Every annotated transcript, to distinguish known from novel.
    samples
        Assembly of each sample, to count support.
    droplet_samples
        Names of those that are cells or nuclei.

    Returns
    -------
    Known lncRNAs first, then the rest of the assembly, in order of the input. Of two
    of one name the second is called ``id@2``.
    """
    # of one intron chain the annotated one stays, whatever the extra file has
    annotated_models = set(annotated)
    known = _distinct(tx for tx in lncrna if tx in annotated_models)
    chains = {_chain(tx) for tx in known}
    known += _distinct(
        tx for tx in lncrna if tx not in annotated_models and _chain(tx) not in chains
    )
    known_ids = {tx.transcript_id for tx in known}
    by_name: dict[str, list[Transcript]] = defaultdict(list)
    for tx in (*annotated, *lncrna):
        by_name[tx.transcript_id].append(tx)
    fresh = _distinct(
        tx
        for tx in assembled
        if not any(_is_copy(tx, same) for same in by_name.get(tx.transcript_id, ()))
    )
    twins = twins_of(fresh, [*known, *annotated])
    added = [
        Collected(tx, "known" if tx in twins else "novel", twins.get(tx, ""))
        for tx in fresh
        if twins.get(tx) not in known_ids
    ]
    collapsed: dict[str, list[str]] = defaultdict(list)
    for tx in fresh:
        if twins.get(tx) in known_ids:
            collapsed[twins[tx]].append(tx.transcript_id)
    collected = [
        Collected(
            tx,
            "known",
            known_as=tx.transcript_id,
            assembled_as=tuple(collapsed[tx.transcript_id]),
            is_known_lncrna=True,
        )
        for tx in known
    ] + added
    named = _hosted(_named_apart(collected))
    if samples is None:
        return tuple(named)
    return _supported(named, samples, droplet_samples)


def _is_copy(tx: Transcript, named_alike: Transcript) -> bool:
    """Whether a row is the annotated transcript of that name; its ends may differ.

    The name is not enough: two StringTie runs may give two transcripts the same name.
    """
    if tx.is_spliced or named_alike.is_spliced:
        return _chain(tx) == _chain(named_alike)
    on_chrom = tx.chrom == named_alike.chrom and same_strand(tx, named_alike)
    return on_chrom and exonic_overlap_nt(tx.exons, named_alike.exons) > 0


def _named_apart(collected: Iterable[Collected]) -> list[Collected]:
    """Give transcripts distinct names: a second ``id`` becomes ``id@2``."""
    taken: set[str] = set()
    named = []
    for item in collected:
        tx, number = item.transcript, 1
        name = tx.transcript_id
        while name in taken:
            number += 1
            name = f"{tx.transcript_id}@{number}"
        taken.add(name)
        if number > 1:
            item = replace(item, transcript=replace(tx, transcript_id=name))
        named.append(item)
    return named


def _hosted(collected: Sequence[Collected]) -> list[Collected]:
    """Add to each novel transcript without introns the one in whose intron it lies."""
    hosts: dict[int, str] = {}
    mono = [
        number
        for number, item in enumerate(collected)
        if item.origin == "novel" and not item.transcript.is_spliced
    ]
    spliced = [item.transcript for item in collected if item.transcript.is_spliced]
    introns = [tx.introns for tx in spliced]
    pairs = overlapping_pairs([collected[i].transcript for i in mono], spliced)
    for left, right in pairs.tolist():
        if mono[left] in hosts:
            continue
        tx, host = collected[mono[left]].transcript, spliced[right]
        if same_strand(tx, host) and any(
            start <= tx.start and tx.end <= end for start, end in introns[right]
        ):
            hosts[mono[left]] = host.transcript_id
    return [
        replace(item, host=hosts[number]) if number in hosts else item
        for number, item in enumerate(collected)
    ]


def twins_of(
    transcripts: Sequence[Transcript], annotated: Sequence[Transcript]
) -> dict[Transcript, str]:
    """transcript_id of the first annotated twin of each transcript that has one."""
    chains: dict[_Chain, str] = {}
    for tx in annotated:
        chains.setdefault(_chain(tx), tx.transcript_id)
    twins = {
        tx: chains[_chain(tx)]
        for tx in transcripts
        if tx.is_spliced and _chain(tx) in chains
    }
    mono = [tx for tx in transcripts if not tx.is_spliced]
    known_mono = [tx for tx in annotated if not tx.is_spliced]
    for left, right in overlapping_pairs(mono, known_mono):
        tx, known = mono[left], known_mono[right]
        if tx not in twins and _is_same_mono(tx, known):
            twins[tx] = known.transcript_id
    return twins


def _distinct(transcripts: Iterable[Transcript]) -> list[Transcript]:
    """The longest transcript of each intron chain; single-exon ones by their place."""
    best: dict[_Chain, Transcript] = {}
    for tx in transcripts:
        chain = _chain(tx)
        if chain not in best or tx.length_nt > best[chain].length_nt:
            best[chain] = tx
    return list(best.values())


def _chain(tx: Transcript) -> _Chain:
    # an exon is not the intron of the same span
    return (tx.chrom, tx.strand, tx.is_spliced, tx.introns or tx.exons)


def _is_same_mono(left: Transcript, right: Transcript) -> bool:
    if not same_strand(left, right):
        return False
    shared = exonic_overlap_nt(left.exons, right.exons)
    longer = max(left.length_nt, right.length_nt)
    return shared >= MONO_SAME_FRACTION * longer


def same_strand(left: Transcript, right: Transcript) -> bool:
    """Whether two transcripts may lie on one strand; "." fits both."""
    return left.strand == right.strand or "." in (left.strand, right.strand)


def _supported(
    collected: Sequence[Collected],
    samples: Mapping[str, Sequence[Transcript]],
    droplet_samples: Collection[str],
) -> tuple[Collected, ...]:
    transcripts = [item.transcript for item in collected]
    bulk = {
        name: assembly
        for name, assembly in samples.items()
        if name not in droplet_samples
    }
    counts = zip(
        collected,
        n_supporting_samples(transcripts, samples),
        n_supporting_samples(transcripts, bulk),
        strict=True,
    )
    return tuple(
        replace(item, n_samples=n_all, n_bulk_samples=n_bulk)
        for item, n_all, n_bulk in counts
    )


def n_supporting_samples(
    transcripts: Sequence[Transcript], samples: Mapping[str, Sequence[Transcript]]
) -> list[int]:
    """How many samples support each transcript.

    A sample supports a transcript with introns if its own assembly holds every one of
    them on the same strand, and one without if one of its transcripts covers at least
    half of it on the same strand.
    """
    counts = [0] * len(transcripts)
    for assembly in samples.values():
        for index in _supported_by(transcripts, assembly):
            counts[index] += 1
    return counts


def _supported_by(
    transcripts: Sequence[Transcript], assembly: Sequence[Transcript]
) -> set[int]:
    introns: dict[tuple[str, str], set[Span]] = defaultdict(set)
    for tx in assembly:
        introns[tx.chrom, tx.strand].update(tx.introns)
    supported = {
        index
        for index, tx in enumerate(transcripts)
        if tx.is_spliced and introns[tx.chrom, tx.strand].issuperset(tx.introns)
    }
    mono = [index for index, tx in enumerate(transcripts) if not tx.is_spliced]
    pairs = overlapping_pairs([transcripts[index] for index in mono], assembly)
    for left, right in pairs:
        tx = transcripts[mono[left]]
        shared = exonic_overlap_nt(tx.exons, assembly[right].exons)
        if (
            same_strand(tx, assembly[right])
            and shared >= SUPPORT_FRACTION * tx.length_nt
        ):
            supported.add(mono[left])
    return supported
