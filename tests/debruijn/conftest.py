"""The reference program and real genomes, which `make test` installs."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from bioloom.seq.alphabet import decode, encode
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
def kmc():
    needed(missing=[one for one in ("kmc", "kmc_dump") if not shutil.which(one)])
    return "kmc"


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
    n = depth * len(genome) // length
    begins = rng.integers(len(genome) - length + 1, size=n)
    codes = encode(genome)
    for number, begin in enumerate(begins):
        read = codes[begin : begin + length]
        is_wrong = rng.random(length) < error
        read = (read + is_wrong * rng.integers(1, 4, length, np.uint8)) % 4
        read = 3 - read[::-1] if rng.random() < 0.5 else read
        yield Record(f"r{number}", decode(read.astype(np.uint8)))
