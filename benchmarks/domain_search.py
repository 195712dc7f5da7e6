"""The domain search beside HMMER's own `hmmsearch`, and its cost at human scale.

    python benchmarks/domain_search.py --models Pfam-A.hmm.gz --transcripts mrna.fa.gz
    python benchmarks/domain_search.py --models Pfam-A.hmm.gz --scale 300000

Translates the transcripts as the domain filter does, searches the open segments with
both on one processor, several times in turn, and prints the CPU seconds, their ratio,
and whether the same transcripts have a domain above its family's gathering thresholds
(both that of the sequence and that of the domain).

With `--scale` it filters an assembly of so many transcripts (that of
`lincrna_filter.py`) without domains, and prints for `domain_search: all` and `needed`
how many transcripts and distinct segments would be searched, the CPU time that a sample
of the search leads to expect, and that of the whole Pfam-A. Its size is assumed: 20,795
models (Pfam 36.0) of 175 positions on average.
"""

import argparse
import gzip
import resource
import statistics
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from lincrna_filter import write_annotation, write_assembly, write_genome

from bioloom.genome.sequence import Genome
from bioloom.lincrna.coding.orf import open_segments
from bioloom.lincrna.filtering import Measured, SplicedSequences, case_of
from bioloom.lincrna.inputs.files import FilterInputs, read_collection
from bioloom.lincrna.models import measurer_of
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.verdict.domain_search import DomainSearch, SearchCost
from bioloom.lincrna.verdict.domains import DomainLibrary
from bioloom.lincrna.verdict.searches import Case
from bioloom.seq.fasta import Record, read_fasta, write_fasta

PFAM_MODELS, PFAM_POSITIONS = 20_795, 175

Segments = Mapping[str, Mapping[str, str]]


def by_hmmsearch(models: Path, proteins: Path, folder: Path) -> tuple[set[str], float]:
    table = folder / "hits.tbl"
    command = ["hmmsearch", "--cpu", "0", "--cut_ga", "--noali", "-o", "/dev/null"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([*command, "--domtblout", table, models, proteins], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    names = {
        line.split()[0].rpartition("|")[0]
        for line in table.read_text().splitlines()
        if not line.startswith("#")
    }
    return names, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def by_bioloom(models: Path, segments: Segments) -> tuple[set[str], float]:
    begin = time.process_time()
    hits = DomainLibrary(models, FilterSettings()).search(segments, threads=1)
    names = {name for name, hit in hits.items() if hit.is_member}
    return names, time.process_time() - begin


def unpacked(path: Path, folder: Path) -> Path:
    plain = folder / "models.hmm"
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rb") as packed:
        plain.write_bytes(packed.read())
    return plain


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--transcripts", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--scale", type=int, help="transcripts of the assembly")
    options = parser.parse_args()
    if options.scale:
        with tempfile.TemporaryDirectory() as name:
            at_scale(options.models, options.scale, Path(name))
        return
    settings = FilterSettings()
    segments = {
        record.name: open_segments(
            record.sequence.upper(), "+", min_aa=settings.min_segment_aa
        )
        for record in read_fasta(options.transcripts)
    }
    with tempfile.TemporaryDirectory() as name:
        compare(options, segments, Path(name))


def compare(options: argparse.Namespace, segments: Segments, folder: Path) -> None:
    models, proteins = unpacked(options.models, folder), folder / "proteins.fa"
    write_fasta(
        proteins,
        (
            Record(f"{name}|{segment}", protein)
            for name, own in segments.items()
            for segment, protein in own.items()
        ),
    )
    theirs, ours = [], []
    for _ in range(options.runs):
        hmmer, their_s = by_hmmsearch(models, proteins, folder)
        found, our_s = by_bioloom(models, segments)
        theirs.append(their_s)
        ours.append(our_s)
    n_proteins = sum(map(len, segments.values()))
    print(f"{len(segments)} transcripts, {n_proteins} segments, {options.runs} runs")
    print(f"transcripts with a domain: hmmsearch {len(hmmer)}, bioloom {len(found)},")
    print(f"  by one of them only: {sorted(hmmer ^ found)[:10]}")
    print(f"CPU s: hmmsearch {statistics.median(theirs):.2f}", end=", ")
    print(f"bioloom {statistics.median(ours):.2f}", end=", ratio ")
    print(f"{statistics.median(theirs) / statistics.median(ours):.2f}")


def at_scale(models: Path, n: int, folder: Path) -> None:
    library = DomainLibrary(models, FilterSettings())
    n_positions = sum(model.M for model in library.models)
    to_pfam = PFAM_MODELS * PFAM_POSITIONS / n_positions
    print(
        f"{library.n_models} models of {n_positions / library.n_models:.0f} positions"
    )
    with written_genome(n, folder) as genome:
        case = evidenced(genome, folder)
        costs = {
            which: cost_of(which, case, library, genome) for which in ("all", "needed")
        }
    heads = ("transcripts", "segments", "M aa", "CPU s here", "CPU s Pfam-A")
    print(f"{'domain_search':13} " + " ".join(f"{head:>12}" for head in heads))
    for which, cost in costs.items():
        values = (cost.n_transcripts, cost.n_segments, cost.n_residues / 1e6)
        times = (cost.cpu_s, cost.cpu_s * to_pfam)
        print(f"{which:13} " + " ".join(f"{value:12,.0f}" for value in values + times))
    print(f"all / needed: {costs['all'].cpu_s / costs['needed'].cpu_s:.1f}")


def written_genome(n: int, folder: Path) -> Genome:
    rng = np.random.default_rng(42)
    write_genome(rng, folder / "genome.fa")
    genes = write_annotation(rng, folder / "annotation.gtf")
    write_assembly(rng, folder / "assembly.gtf", n, genes)
    return Genome(folder / "genome.fa", cache=folder)


def evidenced(genome: Genome, folder: Path) -> Case:
    """The assembly with all evidence but domains."""
    settings = FilterSettings(coding_model="packaged")
    inputs = FilterInputs(
        assembly=folder / "assembly.gtf",
        genome=folder / "genome.fa",
        annotation=folder / "annotation.gtf",
    )
    collection = read_collection(inputs, settings, genome)
    measurer, _ = measurer_of(collection, genome, settings, rng_seed=42)
    transcripts = SplicedSequences(collection.transcripts, genome)
    rows = measurer.measure(transcripts, n=len(transcripts), threads=2)
    return case_of(inputs, settings, genome, Measured(rows, measurer.model, ()))


def cost_of(
    which: str, case: Case, library: DomainLibrary, genome: Genome
) -> SearchCost:
    settings = replace(case.settings, domain_search=which)
    targets = replace(case, settings=settings).domain_targets()
    search = DomainSearch(library, settings)
    return search.tell_cost(SplicedSequences(targets, genome))


if __name__ == "__main__":
    main()
