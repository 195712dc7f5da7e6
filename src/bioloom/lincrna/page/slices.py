"""What igv.js shows of candidates: slices of genome and tracks, cut by igv-reports."""

import base64
import gzip
import json
from argparse import Namespace
from collections.abc import Iterable, Iterator, Sequence
from contextlib import redirect_stdout
from io import StringIO
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any, NamedTuple

from bioloom.genome.bed import bed12_line
from bioloom.genome.sequence import Genome
from bioloom.genome.transcript import Transcript
from bioloom.lincrna.browser.bigfiles import (
    BED_FIELDS,
    BigBedRow,
    is_bigtools_installed,
)
from bioloom.lincrna.browser.candidates import TBI_LIMIT_NT, write_indexed
from bioloom.lincrna.browser.folder import BrowserInputs
from bioloom.lincrna.browser.models import (
    CANDIDATES,
    GENES,
    candidate_bed_row,
    gene_bed_row,
    in_order,
)
from bioloom.lincrna.browser.profiles import open_bigwig
from bioloom.lincrna.browser.session import COVERAGE_HEIGHT_PX, MODELS_HEIGHT_PX
from bioloom.lincrna.browser.tracks import Track, coverage_tracks
from bioloom.lincrna.page.features import Feature, Sites, features_of
from bioloom.lincrna.page.locus import window_of
from bioloom.lincrna.verdict.judged import Judged

PACKAGE = "igv_reports"
_ON_TRANSCRIPTS = (
    Track("domains", "Protein domains", "Best domain hit", "", "213,94,0"),
    Track("mirna_sites", "miRNA sites", "Sites of miRNAs", "", "0,114,178"),
)
_AT_ONCE = 25
_MTIME = slice(4, 8)  # of a gzip header
_OPTIONS: dict[str, Any] = {
    **{"twobit": None, "ideogram": None, "flanking": 0, "window": None},
    **{"translate_sequence_track": False, "sort": "NONE", "sampleinfo": None},
}

Session = dict[str, Any]
"""What ``igv.createBrowser`` takes: genome, tracks and the place to show."""


def is_igv_reports_installed() -> bool:
    """Whether igv-reports is there; looked for without importing it."""
    from importlib.util import find_spec

    return find_spec(PACKAGE) is not None


class _Place(NamedTuple):
    """A stretch of a chromosome, 0-based, half-open."""

    chrom: str
    start: int
    end: int


def locus_sessions(
    rows: Sequence[Judged], folder: Path, inputs: BrowserInputs, sites: Sites
) -> Iterator[Session]:
    """Sessions of igv.js, one for each candidate, that hold all that they show.

    Parameters
    ----------
    rows
        Candidates.
    folder
        Of the browser files, where coverage is if the run has it.
    inputs
        Genome, annotation, samples.
    sites
        Of miRNAs on the candidates.

    Yields
    ------
    A session in the order of `rows`: the bases around a candidate, candidates,
    annotated genes, what lies on the candidates, coverage of each sample, all as data
    addresses. They are cut as
    they are asked for, some at once; the same inputs give the same bytes.

    Notes
    -----
    Each shows what the picture of the locus shows
    (`bioloom.lincrna.page.locus.window_of`).
    """
    with (
        TemporaryDirectory(prefix="bioloom-igv-") as made,
        Genome(inputs.genome, cache=inputs.cache) as genome,
    ):
        work, lengths = Path(made), genome.lengths
        bases = work / "genome.fa"  # beside it goes the index of pysam
        bases.symlink_to(genome.path.resolve())
        models = [
            _models_track(CANDIDATES, map(candidate_bed_row, rows), work),
            _models_track(GENES, map(gene_bed_row, inputs.annotated), work),
            *_features_tracks(rows, sites, work),
        ]
        places = (_place(row, lengths[row.collected.transcript.chrom]) for row in rows)
        while some := [*islice(places, _AT_ONCE)]:
            coverage = _coverage(some, folder, inputs.samples, work)
            tracks = [*filter(None, models), *coverage]
            yield from _cut(some, bases, [dict(track) for track in tracks])


def _place(row: Judged, length: int) -> _Place:
    start, end = window_of(row)
    return _Place(row.collected.transcript.chrom, start, min(end, length))


def _models_track(track: Track, rows: Iterable[BigBedRow], work: Path) -> Session:
    """Write models as indexed BED12; empty if there are none."""
    lines = [
        "\t".join([*map(str, row[:3]), *row[3].split("\t")][:BED_FIELDS])
        for row in in_order([*rows])
    ]
    if not lines:
        return {}
    path = work / f"{track.track_id}.bed"
    return _track(track, _indexed(path, lines), "annotation", "bed") | {
        "displayMode": "EXPANDED",
        "height": MODELS_HEIGHT_PX,
    }


def _features_tracks(
    rows: Sequence[Judged], sites: Sites, work: Path
) -> Iterator[Session]:
    """What lies on the transcripts, in colour; equal sites of isoforms appear once."""
    found = [
        (feature.kind == "site", _feature_bed_row(row.collected.transcript, feature))
        for row in rows
        for feature in features_of(row, sites.of.get(row.transcript_id, ()))
    ]
    for is_site, track in enumerate(_ON_TRANSCRIPTS):
        shown = dict.fromkeys(line for one, line in found if one == is_site)
        session = _models_track(track, shown, work)
        yield session and session | {"color": f"rgb({track.color})"}


def _feature_bed_row(transcript: Transcript, feature: Feature) -> BigBedRow:
    """A feature as BED12, its blocks thick."""
    weak = " (below its threshold)" if feature.kind == "weak_domain" else ""
    line = bed12_line(
        Transcript(
            transcript_id=feature.name + weak,
            gene_id="",
            chrom=transcript.chrom,
            strand=transcript.strand,
            exons=feature.blocks,
            cds=feature.blocks,
        )
    )
    chrom, start, end, rest = line.split("\t", 3)
    return chrom, int(start), int(end), rest


def _coverage(
    places: Sequence[_Place], folder: Path, samples: Sequence[str], work: Path
) -> Iterator[Session]:
    """Write the samples' coverage of some places as indexed bedGraph."""
    if not is_bigtools_installed():
        return
    for track in coverage_tracks(folder, samples):
        bigwig = open_bigwig(folder / track.path)
        lines = [
            f"{chrom}\t{max(left, start)}\t{min(right, end)}\t{value:g}"
            for chrom, start, end in _merged(places)
            for left, right, value in bigwig.records(chrom, start, end)
            if value
        ]
        if lines:
            path = _indexed(work / f"{track.track_id}.bedgraph", lines)
            yield _track(track, path, "wig", "bedgraph") | {
                "autoscale": True,
                "color": f"rgb({track.color})",
                "height": COVERAGE_HEIGHT_PX,
            }


def _merged(places: Sequence[_Place]) -> list[_Place]:
    """The places in order, those that overlap as one."""
    merged: list[_Place] = []
    for place in sorted(places, key=lambda one: (one.chrom.encode(), one.start)):
        last = merged[-1] if merged else None
        if last and last.chrom == place.chrom and place.start <= last.end:
            merged[-1] = last._replace(end=max(last.end, place.end))
        else:
            merged.append(place)
    return merged


def _indexed(path: Path, lines: Sequence[str]) -> Path:
    """Write lines packed, with an index."""
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    longest = max(int(line.split("\t", 3)[2]) for line in lines)
    write_indexed(path, ".tbi" if longest <= TBI_LIMIT_NT else ".csi")
    return path.with_name(f"{path.name}.gz")


def _track(track: Track, path: Path, kind: str, file_format: str) -> Session:
    return {
        "name": track.name,
        "url": str(path),
        "indexed": True,
        "type": kind,
        "format": file_format,
        "delimiter": "\t",  # names may have blanks, at which igv.js would split
    }


def _cut(
    places: Sequence[_Place], bases: Path, tracks: Sequence[Session]
) -> Iterator[Session]:
    from igv_reports.report import create_session_dict

    wanted = SimpleNamespace(
        features=[
            (SimpleNamespace(chr=one.chrom, start=one.start, end=one.end), number)
            for number, one in enumerate(places)
        ]
    )
    with redirect_stdout(StringIO()):  # it tells its progress
        cut = create_session_dict(
            Namespace(fasta=str(bases), **_OPTIONS), wanted, tracks
        )
    for address in cut.values():
        session = json.loads(gzip.decompress(_content(address)))
        genome = session["reference"]
        genome["fastaURL"] = _timeless(genome["fastaURL"])
        for track in session["tracks"]:
            del track["indexed"]
            track["url"] = _timeless(track["url"])
        yield session


def _content(address: str) -> bytes:
    return base64.b64decode(address.partition(",")[2])


def _timeless(address: str) -> str:
    """A packed data address without the time when it was packed."""
    packed = bytearray(_content(address))
    packed[_MTIME] = bytes(4)
    return f"{address.partition(',')[0]},{base64.b64encode(packed).decode()}"
