"""Sessions of IGV: XML for IGV on the desktop, JSON for igv.js."""

import json
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from bioloom.lincrna.browser.place import ShownGenome
from bioloom.lincrna.browser.tracks import Track

XML_VERSION = "8"
COVERAGE_HEIGHT_PX = 50
MODELS_HEIGHT_PX = 90
_SEQUENCE_ID = "Reference sequence"
_CLASSES = {True: "DataSourceTrack", False: "FeatureTrack"}


def igv_xml(genome: ShownGenome, tracks: Sequence[Track]) -> str:
    """The session for IGV (2.17 or newer, which reads 2bit); paths are relative to it.

    All coverage tracks have one scale.
    """
    session = ET.Element(
        "Session",
        {
            "genome": genome.two_bit or genome.name,
            "hasGeneTrack": str(not genome.two_bit).lower(),
            "hasSequenceTrack": "true",
            "locus": genome.locus,
            "nextAutoscaleGroup": "2",
            "version": XML_VERSION,
        },
    )
    resources = ET.SubElement(session, "Resources")
    panel = ET.SubElement(session, "Panel", {"name": "DataPanel"})
    for track in tracks:
        ET.SubElement(resources, "Resource", {"path": track.path})
        _add_track(panel, track)
    _add_sequence(ET.SubElement(session, "Panel", {"name": "FeaturePanel"}))
    ET.indent(session)
    text = ET.tostring(session, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n{text}\n'


def _add_track(panel: ET.Element, track: Track) -> None:
    attributes = {
        "clazz": f"org.broad.igv.track.{_CLASSES[track.is_coverage]}",
        "id": track.path,
        "name": track.name,
        "height": str(_height(track)),
        "visible": "true",
    }
    if track.is_coverage:
        attributes |= {
            "color": track.color,
            "altColor": track.color,
            "autoScale": "true",
            "autoscaleGroup": "1",
            "renderer": "BAR_CHART",
            "windowFunction": "mean",
        }
    else:  # without a colour of its own, those of the rows count
        attributes["displayMode"] = "EXPANDED"
    ET.SubElement(panel, "Track", attributes)


def _add_sequence(panel: ET.Element) -> None:
    attributes = {
        "clazz": "org.broad.igv.track.SequenceTrack",
        "id": _SEQUENCE_ID,
        "name": _SEQUENCE_ID,
        "visible": "true",
    }
    ET.SubElement(panel, "Track", attributes)


def igv_json(genome: ShownGenome, tracks: Sequence[Track]) -> str:
    """The session for igv.js; paths are relative to the page that loads it.

    All coverage tracks have one scale.
    """
    entries: dict[str, object] = {"genome": genome.name}
    if genome.two_bit:
        entries = {
            "reference": {
                "id": genome.identifier,
                "name": genome.name,
                "twoBitURL": genome.two_bit,
            }
        }
    entries["locus"] = genome.locus
    entries["tracks"] = [
        _json_track(track, order) for order, track in enumerate(tracks, 1)
    ]
    return json.dumps(entries, indent=2) + "\n"


def _json_track(track: Track, order: int) -> dict[str, object]:
    entries: dict[str, object] = {
        "name": track.name,
        "url": track.path,
        "order": order,
        "height": _height(track),
    }
    if track.is_coverage:
        return entries | {
            "type": "wig",
            "format": "bigwig",
            "color": f"rgb({track.color})",
            "autoscaleGroup": "coverage",
        }
    return entries | {
        "type": "annotation",
        "format": "bigbed",
        "displayMode": "EXPANDED",
    }


def _height(track: Track) -> int:
    return COVERAGE_HEIGHT_PX if track.is_coverage else MODELS_HEIGHT_PX
