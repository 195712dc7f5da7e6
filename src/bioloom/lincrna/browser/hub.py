"""A track hub for the UCSC Genome Browser, all in one hub.txt."""

from collections.abc import Mapping, Sequence

from bioloom.lincrna.browser.place import ShownGenome
from bioloom.lincrna.browser.tracks import Track

MAX_SHORT_LABEL = 17
MAX_LONG_LABEL = 80
EMAIL = "nobody@example.org"
"""UCSC wants an address in a hub; a user who publishes it puts in their own."""

_TITLE = "lincRNAs"
_COVERAGE_ID = "coverage"


def hub_text(genome: ShownGenome, tracks: Sequence[Track]) -> str:
    """What hub.txt holds.

    Parameters
    ----------
    genome
        One that UCSC has, or the 2bit that the hub brings (an assembly hub).
    tracks
        In the order in which they are shown.

    References
    ----------
    https://genome.ucsc.edu/goldenPath/help/trackDb/trackDbHub.html
    """
    stanzas = [_hub(), _genome(genome)]
    coverage = [track for track in tracks if track.is_coverage]
    stanzas += [_models(track) for track in tracks if not track.is_coverage]
    if coverage:
        stanzas.append(_coverage_group())
        stanzas += [_coverage(track) for track in coverage]
    return "\n".join(map(_stanza, stanzas))


def short_label(name: str) -> str:
    """A label of at most 17 characters; of a longer name its two ends.

    Examples
    --------
    >>> short_label("liver +"), short_label("experiment_12_liver_rep2 +")
    ('liver +', 'experim..r_rep2 +')
    """
    if len(name) <= MAX_SHORT_LABEL:
        return name
    n_first = (MAX_SHORT_LABEL - 2) // 2
    return f"{name[:n_first]}..{name[n_first + 2 - MAX_SHORT_LABEL :]}"


def _stanza(entries: Mapping[str, str]) -> str:
    return "".join(f"{name} {value}\n" for name, value in entries.items())


def _hub() -> dict[str, str]:
    return {
        "hub": "bioloom_lincrna",
        "shortLabel": _TITLE,
        "longLabel": "lincRNA candidates and read coverage, by bioloom",
        "useOneFile": "on",
        "email": EMAIL,
    }


def _genome(genome: ShownGenome) -> dict[str, str]:
    if not genome.two_bit:
        return {"genome": genome.name}
    return {
        "genome": f"bioloom_{genome.identifier}",
        "twoBitPath": genome.two_bit,
        "organism": genome.name,
        "scientificName": genome.name,
        "description": genome.name,
        "defaultPos": genome.locus,
        "orderKey": "1",
    }


def _models(track: Track) -> dict[str, str]:
    return _common(track) | {
        "type": "bigBed 12 +",
        "visibility": "pack",
        "itemRgb": "on",
    }


def _coverage_group() -> dict[str, str]:
    return {
        "track": _COVERAGE_ID,
        "superTrack": "on show",
        "shortLabel": "Coverage",
        "longLabel": "Reads over each base, not scaled to the library's size",
    }


def _coverage(track: Track) -> dict[str, str]:
    return _common(track) | {
        "parent": _COVERAGE_ID,
        "type": "bigWig",
        "visibility": "full",
        "color": track.color,
        "autoScale": "on",
        "alwaysZero": "on",
        "maxHeightPixels": "128:40:11",
    }


def _common(track: Track) -> dict[str, str]:
    return {
        "track": track.track_id,
        "shortLabel": short_label(track.name),
        "longLabel": track.description[:MAX_LONG_LABEL],
        "bigDataUrl": track.path,
    }
