"""The reference program and real genomes, which `make test` installs."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from bioloom.seq.alphabet import reverse_complement
from bioloom.seq.fasta import Record, read_fasta

BOWTIE2 = Path("/usr/share/doc/bowtie2/examples")
LAMBDA = BOWTIE2 / "reference" / "lambda_virus.fa.gz"
LAMBDA_READS = tuple(BOWTIE2 / "reads" / f"reads_{mate}.fq.gz" for mate in (1, 2))
ECOLI = Path("/usr/share/doc/bowtie/examples/genomes/NC_008253.fna.gz")


def needed(*, missing):
    """Skip without what is missing; fail under CI."""
    if missing and os.environ.get("CI"):
        pytest.fail(f"missing: {missing}; `make test` installs them")
    if missing:
        pytest.skip(f"missing: {missing}; `make test` installs them")


@pytest.fixture(scope="session")
def bcalm():
    needed(missing=[] if shutil.which("bcalm") else ["bcalm"])
    return "bcalm"


@pytest.fixture(scope="session")
def genomes():
    """Paths of the real genome and reads."""
    files = (LAMBDA, *LAMBDA_READS, ECOLI)
    needed(missing=[str(path) for path in files if not path.is_file()])
    return {"lambda": (LAMBDA,), "lambda_reads": LAMBDA_READS, "ecoli": (ECOLI,)}


@pytest.fixture(scope="session")
def phage(genomes):
    """The genome of phage lambda."""
    return next(read_fasta(LAMBDA)).sequence.upper()


def simulated(genome, *, error, rng_seed, depth=40, length=100):
    """Reads of both strands; each base is wrong with a chance of `error`."""
    rng = np.random.default_rng(rng_seed)
    for number in range(depth * len(genome) // length):
        begin = rng.integers(len(genome) - length + 1)
        letters = list(genome[begin : begin + length])
        for place in np.flatnonzero(rng.random(length) < error):
            letters[place] = rng.choice([x for x in "ACGT" if x != letters[place]])
        read = "".join(letters)
        yield Record(
            f"r{number}", reverse_complement(read) if rng.random() < 0.5 else read
        )
