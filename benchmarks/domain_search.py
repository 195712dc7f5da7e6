"""The domain search beside HMMER's own `hmmsearch`, on the same proteins.

    python benchmarks/domain_search.py --models Pfam-A.hmm.gz --transcripts mrna.fa.gz

Translates the transcripts as the domain filter does, searches the open segments with
both on one processor, several times in turn, and prints the CPU seconds, their ratio,
and whether the same transcripts have a domain above its family's gathering thresholds
(both that of the sequence and that of the domain).
"""

import argparse
import gzip
import resource
import statistics
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from bioloom.lincrna.coding.orf import open_segments
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.verdict.domains import DomainLibrary
from bioloom.seq.fasta import Record, read_fasta, write_fasta

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
    parser.add_argument("--transcripts", type=Path, required=True)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
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


if __name__ == "__main__":
    main()
