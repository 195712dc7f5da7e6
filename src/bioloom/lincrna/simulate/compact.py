"""A compact genome, as of a fly or a plant: genes 1 to 5 kb apart, short UTRs.

Single-exon lincRNAs lie between the genes, on either strand; so do coding genes that
the annotation lacks. Run-on pieces lie behind genes: parts of ends that the annotation
lacks, as long as its 3' UTRs. Nothing is sequenced: the models are what an assembler
would give, for the filters alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bioloom.lincrna.simulate.annotation import write_annotation, write_models
from bioloom.lincrna.simulate.coding import compact_gene, unannotated_coding
from bioloom.lincrna.simulate.domains import invent_families
from bioloom.lincrna.simulate.draw import Draw
from bioloom.lincrna.simulate.locus import Block, Locus
from bioloom.lincrna.simulate.sequence import innocent_rna, random_bases
from bioloom.lincrna.simulate.truth import write_truth
from bioloom.run.settings import RNG_SEED
from bioloom.seq.alphabet import SeqCodes, decode
from bioloom.seq.fasta import Record, write_fasta

CHROM = "chrC1"  # a name that is no organelle's
UTR3_NT = (100, 600)
GAP_NT = (1000, 5000)
LINCRNA_NT = (250, 700)
MARGIN_NT = 200
LEAST_PIECE_NT = 210
# an ORF that fills a short RNA looks coding
_MAX_AA = 40
# what lies in one gap after another
_CONTENTS = ("known", "hidden", "run-on", "known", "coding", "hidden", "run-on", "none")


@dataclass(frozen=True, slots=True)
class CompactSimulation:
    """A compact genome and where it was written.

    Parameters
    ----------
    folder
        Holds genome.fa, annotation.gtf, transcripts.gtf and truth.tsv.
    loci
        Every locus with its truth, in genome order.
    """

    folder: Path
    loci: tuple[Locus, ...]

    def names(self, kind: str) -> frozenset[str]:
        """transcript_id of each locus of a kind."""
        return frozenset(
            locus.transcripts[0].transcript_id
            for locus in self.loci
            if locus.kind.name == kind
        )


def simulate_compact(
    out: str | Path, *, rng_seed: int = RNG_SEED, n_genes: int = 160
) -> CompactSimulation:
    """Write a compact genome, its annotation, and models of everything on it.

    Parameters
    ----------
    out
        Folder to write, made if missing.
    rng_seed
        Seed of all randomness.
    n_genes
        Annotated coding genes.
    """
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(rng_seed)
    draw = Draw(rng, invent_families(rng))
    parts: list[SeqCodes] = []
    loci: list[Locus] = []
    offset = 0
    for block in _blocks(draw, n_genes):
        loci += block.placed(CHROM, offset)
        parts.append(block.codes)
        offset += len(block.codes)
    loci.sort(key=lambda locus: locus.start)
    write_fasta(folder / "genome.fa", [Record(CHROM, decode(np.concatenate(parts)))])
    write_annotation(loci, folder / "annotation.gtf")
    write_models(loci, folder / "transcripts.gtf")
    write_truth(loci, {}, folder / "truth.tsv")
    return CompactSimulation(folder, tuple(loci))


def _blocks(draw: Draw, n_genes: int) -> Iterator[Block]:
    """Genes and the gaps between them; a run-on piece belongs to the gene before it."""
    yield Block(random_bases(draw.rng, MARGIN_NT), ())
    for number in range(n_genes):
        content = _CONTENTS[number % len(_CONTENTS)]
        gene = compact_gene(draw, draw.between(*UTR3_NT))
        if content == "run-on":
            gene = _with_run_on(draw, gene)
        yield gene.flipped() if draw.rng.random() < 0.5 else gene
        yield _gap(draw, content)


def _with_run_on(draw: Draw, gene: Block) -> Block:
    """A gene, and a piece of the end that its annotation lacks."""
    end_nt = draw.between(LEAST_PIECE_NT + 40, UTR3_NT[1])
    start = draw.between(0, end_nt - LEAST_PIECE_NT)
    rna = innocent_rna(draw.rng, end_nt - start, max_aa=_MAX_AA)
    before = random_bases(draw.rng, start)
    at = len(gene.codes) + start
    piece = draw.single("decoy_distance", rna, 1).placed("", at)
    return Block(np.concatenate([gene.codes, before, rna]), (*gene.loci, *piece))


def _gap(draw: Draw, content: str) -> Block:
    """Sequence between two genes, with what lies in it."""
    gap_nt = draw.between(*GAP_NT)
    if content in ("run-on", "none"):
        return Block(random_bases(draw.rng, gap_nt), ())
    block = _content(draw, content)
    free_nt = max(gap_nt - len(block.codes), 2 * MARGIN_NT + 100)
    before_nt = draw.between(MARGIN_NT, free_nt - MARGIN_NT)
    if draw.rng.random() < 0.5:
        block = block.flipped()
    before = random_bases(draw.rng, before_nt)
    after = random_bases(draw.rng, free_nt - before_nt)
    codes = np.concatenate([before, block.codes, after])
    return Block(codes, block.placed("", before_nt))


def _content(draw: Draw, content: str) -> Block:
    if content == "coding":
        return unannotated_coding(draw)
    kind = "known_monoexonic" if content == "known" else "novel_monoexonic"
    rna = innocent_rna(draw.rng, draw.between(*LINCRNA_NT), max_aa=_MAX_AA)
    return draw.single(kind, rna, 1)
