"""Small transcripts, evidence and verdicts for tests."""

import math

from bioloom.genome.transcript import Transcript
from bioloom.lincrna.coding.orf import LongestOrfs, Orf
from bioloom.lincrna.coding.potential import FEATURES, CodingScore
from bioloom.lincrna.inputs.collect import Collected
from bioloom.lincrna.loci.classcodes import ClassCode
from bioloom.lincrna.loci.housekeeping import HousekeepingOverlap
from bioloom.lincrna.loci.neighbours import Neighbour, Neighbours
from bioloom.lincrna.verdict.domains import DomainHit
from bioloom.lincrna.verdict.evidence import Evidence
from bioloom.lincrna.verdict.homology import HomologyHit
from bioloom.lincrna.verdict.rfam import RfamHit


def tx(name, *exons, strand="+", chrom="1", gene="", **more):
    """A transcript; its gene bears its name unless told."""
    return Transcript(name, gene or name, chrom, strand, exons, **more)


def orf(length_aa, *, start=0, strand="+", is_complete=True):
    """An ORF of a length."""
    return Orf(start, start + 3 * length_aa, strand, is_complete)


def near(distance_nt, *, side="right", strand="+", relation="same strand downstream"):
    """A coding gene at a distance."""
    return Neighbour("g", "Abc", strand, distance_nt, side, relation)


def hit(**changes):
    """A domain hit 12 bits above its threshold unless told."""
    facts = {
        "model": "RRM_1",
        "accession": "PF00076",
        "score_bits": 30.0,
        "threshold_bits": 18.0,
        "evalue": 1e-9,
        "segment": "+1:0",
        "start_aa": 3,
        "end_aa": 70,
        "is_member": True,
    }
    return DomainHit(**(facts | changes))


def protein_hit(**changes):
    """Likeness to four fifths of a protein unless told."""
    facts = {
        "protein": "sp|P1|ROA3_HUMAN",
        "description": "Heterogeneous nuclear ribonucleoprotein A3 OS=Homo sapiens",
        "evalue": 1e-40,
        "score_bits": 150.5,
        "identity": 0.8125,
        "coverage": 0.8,
        "segment": "+1:0",
        "start_aa": 3,
        "end_aa": 83,
        "protein_start": 10,
        "protein_end": 90,
        "n_segments": 1,
    }
    return HomologyHit(**(facts | changes))


def rfam_hit(**changes):
    """A hit to the tRNA family 20 bits above its threshold unless told."""
    facts = {
        "family": "tRNA",
        "accession": "RF00005",
        "kind": "tRNA",
        "score_bits": 44.0,
        "threshold_bits": 24.0,
        "evalue": 1e-9,
        "strand": "+",
        "start": 3,
        "end": 76,
    }
    return RfamHit(**(facts | changes))


def evidence(transcript=None, **changes):
    """Evidence of a transcript that passes everything unless told."""
    gap = changes.pop("gap_nt", math.inf)
    aa = changes.pop("orf_aa", 0)
    probability = changes.pop("probability", 0.01)
    fraction = changes.pop("housekeeping_fraction", 0.0)
    gene = near(gap) if math.isfinite(gap) else None
    facts = {
        "transcript": transcript or tx("t", (0, 300), (400, 700)),
        "class_code": ClassCode("u", "", ""),
        "neighbours": Neighbours(None, gene, (), (gene,) if gene else ()),
        "orfs": LongestOrfs(orf(aa) if aa else None, None),
        "coding": CodingScore(probability, (0.0,) * len(FEATURES), None),
        "housekeeping": HousekeepingOverlap("SNORD1", "snoRNA", 9, fraction, 0.9),
        "domain": None,
        "is_domain_searched": False,
    }
    return Evidence(**(facts | changes))


def collected(transcript, *, origin="novel"):
    """A transcript of a collection."""
    known_as = transcript.transcript_id if origin == "known" else ""
    return Collected(transcript, origin, known_as)
