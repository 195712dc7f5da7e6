"""All words of the room: the working behind its results."""

from bioloom.bounds.explain.check import explain_check, notes_remark
from bioloom.bounds.explain.report import explain_report
from bioloom.bounds.explain.samples import explain_samples
from bioloom.bounds.explain.simulate import explain_simulation

__all__ = [
    "explain_check",
    "explain_report",
    "explain_samples",
    "explain_simulation",
    "notes_remark",
]
