"""All words of the room: the working behind its results."""

from bioloom.bounds.explaining.explain_check import explain_check, notes_remark
from bioloom.bounds.explaining.explain_report import explain_report
from bioloom.bounds.explaining.explain_samples import explain_samples
from bioloom.bounds.explaining.explain_simulate import explain_simulation
from bioloom.bounds.explaining.paper import sentences, sentences_in_all_languages

__all__ = [
    "explain_check",
    "explain_report",
    "explain_samples",
    "explain_simulation",
    "notes_remark",
    "sentences",
    "sentences_in_all_languages",
]
