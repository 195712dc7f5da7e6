"""What an audit found besides shortcuts, in words."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bioloom.images.auditing.audit import AuditResult
    from bioloom.images.auditing.findings import Finding


def notes_of(audit: "AuditResult") -> list[str]:
    """One sentence each: the usual script, the file, the cure, weak traces, limits."""
    return list(_notes(audit))


def _notes(audit: "AuditResult") -> Iterator[str]:
    (usual,) = audit.of("usual script")
    yield (
        f"What the usual script would have seen, convert('RGB') without transparency: "
        f"the corner pixels alone {_score(usual)}."
    )
    if differing := [f for f in audit.of("file") if f.verdict == "differs"]:
        yield (
            f"The file, not the picture: {_listed(differing)}. No model sees these, "
            "but the classes come from different sources."
        )
    before = audit.of("before the cure")
    if cured := [finding for finding in before if finding.verdict == "cured"]:
        yield f"Cured, silent in what the model gets: {_listed(cured)} before."
    if weak := [f for f in audit.of("picture") if f.verdict == "note"]:
        yield (
            f"Weak traces, or the subject itself: {_listed(weak)} (guessing "
            f"{100 * usual.chance:.1f} %)."
        )
    if audit.is_torn:
        yield (
            "Near-duplicates are not kept in one fold, because they would be all of a "
            "class: where they are copies of each other, the figures are too high."
        )
    if audit.left_out:
        yield (
            f"Classes with too few pictures to be audited: {', '.join(audit.left_out)}."
        )
    if audit.n < audit.n_pictures:
        yield f"Audited on {audit.n:,} of {audit.n_pictures:,} pictures, by chance."


def _score(finding: "Finding") -> str:
    score = f"{100 * finding.balanced_accuracy:.1f} %"
    chance = f"{100 * finding.chance:.1f} %"
    if finding.verdict == "silent":
        return f"predict nothing ({score}, guessing {chance})"
    return f"predict the class: {score} (guessing {chance})"


def _listed(findings: list["Finding"]) -> str:
    return ", ".join(
        f"{finding.probe.replace('_', ' ')} {100 * finding.balanced_accuracy:.1f} %"
        for finding in findings
    )
