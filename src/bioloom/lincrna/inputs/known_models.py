"""Known transcripts of a run and the genes that they belong to."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bioloom.genome.kinds import Kind, gene_key
from bioloom.genome.transcript import Transcript
from bioloom.lincrna.inputs.files import Collection
from bioloom.run.output import open_aside, open_text


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A known transcript and its gene.

    Parameters
    ----------
    transcript_id
        Its name in the run.
    gene_id
        Its gene; no two genes of a run share one.
    gene_name
        Symbol of the gene; empty if it has none.
    kind
        What the annotation says that the transcript is.
    length_nt
        Spliced length, nt.
    """

    transcript_id: str
    gene_id: str
    gene_name: str
    kind: Kind
    length_nt: int


def known_models(collection: Collection) -> list[KnownModel]:
    """Every annotated transcript, then the other known ones that are judged.

    An assembled transcript with an annotated twin belongs to the twin's gene. A
    transcript without a gene_id, or with a placeholder such as "NA", is a gene by
    itself. Where one gene_id stands on several chromosomes, it is several genes: the
    first keeps the name, the others are called ``gene_id@chrom``.
    """
    reference = collection.reference
    annotated = {tx.transcript_id: tx for tx in reference.annotation.transcripts}
    further: dict[str, Transcript] = {}
    owners: dict[str, Transcript] = {}
    for item in collection.collected:
        tx = item.transcript
        if item.origin == "known" and tx.transcript_id not in annotated:
            twin = annotated.get(item.known_as, tx)
            further[tx.transcript_id] = tx
            owners[tx.transcript_id] = twin if twin.chrom == tx.chrom else tx
    transcripts = [*reference.annotation.transcripts, *further.values()]
    named = [owners.get(tx.transcript_id, tx) for tx in transcripts]
    kind_of: dict[str, Kind] = {
        tx.transcript_id: meaning.kind
        for tx, meaning in zip(
            reference.annotation.transcripts, reference.meanings, strict=True
        )
    }
    return [
        KnownModel(
            transcript_id=tx.transcript_id,
            gene_id=gene_id,
            gene_name=owner.gene_name,
            # what the annotation lacks comes from the file of known lncRNAs
            kind=kind_of.get(owner.transcript_id, "lncRNA"),
            length_nt=tx.length_nt,
        )
        for tx, owner, gene_id in zip(
            transcripts, named, gene_ids_by_chrom(named), strict=True
        )
    ]


def gene_ids_by_chrom(transcripts: Sequence[Transcript]) -> list[str]:
    """gene_id of each transcript, made different where its gene is on another chrom.

    Examples
    --------
    >>> def on(chrom, gene_id):
    ...     return Transcript("t", gene_id, chrom, "+", ((0, 9),))
    >>> gene_ids_by_chrom([on("X", "g"), on("Y", "g"), on("X", "g"), on("Y", "NA")])
    ['g', 'g@Y', 'g', 't']
    """
    first_chrom: dict[str, str] = {}
    for tx in transcripts:
        first_chrom.setdefault(gene_key(tx), tx.chrom)
    return [
        gene if first_chrom[gene] == tx.chrom else f"{gene}@{tx.chrom}"
        for tx in transcripts
        for gene in [gene_key(tx)]
    ]


def write_known_models(models: Iterable[KnownModel], path: Path) -> None:
    """Write the models as JSON, one a line."""
    with open_aside(path) as stream:
        for model in models:
            stream.write(json.dumps(asdict(model)) + "\n")


def read_known_models(path: Path) -> Iterator[KnownModel]:
    """Read back what `write_known_models` wrote."""
    with open_text(path) as stream:
        for line in stream:
            yield KnownModel(**json.loads(line))
