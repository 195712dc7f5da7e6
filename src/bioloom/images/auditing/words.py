"""What an audit found besides shortcuts, in words."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bioloom.images.auditing.audit import AuditResult
    from bioloom.images.auditing.findings import Finding
    from bioloom.images.auditing.labels import LabelAudits


def notes_of(audit: "AuditResult") -> list[str]:
    """One sentence each: the usual script, the file, the cure, weak traces, limits."""
    return list(_notes(audit))


def notes_on_label(audit: "AuditResult", label: str) -> Iterator[str]:
    """What there is to know of one label of several; nothing where all is silent."""
    (usual,) = audit.of("usual script")
    if usual.verdict != "silent":
        yield f"{label}: {_usual_note(usual, what='the label')}"
    if differing := [f for f in audit.of("file") if f.verdict == "differs"]:
        yield (
            f"{label}: The file, not the picture: {_listed(differing)}. No model sees "
            "these; pictures with the label come from other sources, or compress "
            "otherwise."
        )
    for note in _in_the_picture(audit, f"{100 * usual.chance:.1f} %"):
        yield f"{label}: {note}"


def limits_of(audits: "LabelAudits") -> Iterator[str]:
    """Labels that were not judged, and pictures that were not."""
    if audits.left_out:
        yield (
            "Labels that too few pictures have, or have not, to be audited: "
            f"{', '.join(audits.left_out)}."
        )
    if audits.not_audited:
        yield (
            f"Only the {len(audits.audits)} labels of the most pictures are audited, "
            f"not: {', '.join(audits.not_audited)}."
        )
    yield from _sampled(audits)


def _notes(audit: "AuditResult") -> Iterator[str]:
    (usual,) = audit.of("usual script")
    yield _usual_note(usual)
    if differing := [f for f in audit.of("file") if f.verdict == "differs"]:
        yield (
            f"The file, not the picture: {_listed(differing)}. No model sees these, "
            "but the classes come from different sources."
        )
    yield from _in_the_picture(audit, f"{100 * usual.chance:.1f} %")
    yield from _limits(audit)


def _usual_note(usual: "Finding", *, what: str = "the class") -> str:
    return (
        f"What the usual script would have seen, convert('RGB') without transparency: "
        f"the corner pixels alone {_score(usual, what)}."
    )


def _in_the_picture(audit: "AuditResult", chance: str) -> Iterator[str]:
    before = audit.of("before the cure")
    if cured := [finding for finding in before if finding.verdict == "cured"]:
        yield f"Cured, silent in what the model gets: {_listed(cured)} before."
    if weak := [f for f in audit.of("picture") if f.verdict == "note"]:
        yield (
            f"Weak traces, or the subject itself: {_listed(weak)} (guessing {chance})."
        )


def _limits(audit: "AuditResult") -> Iterator[str]:
    if audit.is_torn:
        yield (
            "Near-duplicates are not kept in one fold, because they would be all of a "
            "class: where they are copies of each other, the figures are too high."
        )
    if audit.left_out:
        yield (
            f"Classes with too few pictures to be audited: {', '.join(audit.left_out)}."
        )
    yield from _sampled(audit)


def _sampled(audit: "AuditResult | LabelAudits") -> Iterator[str]:
    if audit.n < audit.n_pictures:
        yield f"Audited on {audit.n:,} of {audit.n_pictures:,} pictures, by chance."


def _score(finding: "Finding", what: str) -> str:
    score = f"{100 * finding.balanced_accuracy:.1f} %"
    chance = f"{100 * finding.chance:.1f} %"
    if finding.verdict == "silent":
        return f"predict nothing ({score}, guessing {chance})"
    return f"predict {what}: {score} (guessing {chance})"


def _listed(findings: list["Finding"]) -> str:
    return ", ".join(
        f"{finding.probe.replace('_', ' ')} {100 * finding.balanced_accuracy:.1f} %"
        for finding in findings
    )
