"""The audit where a picture can have several labels: every label against the rest.

Each probe is judged by how well it tells the pictures with a label from those without.
The pictures are permuted with all their labels, and p holds for all probes of all
labels together. Only probes of the frame can find a shortcut: whether a subject is
there shows in all others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bioloom.images.auditing.audit import AuditResult, one_group, probed_places
from bioloom.images.auditing.findings import Finding, label_findings, warning_of
from bioloom.images.auditing.judging import judge_labels
from bioloom.images.auditing.probes import probe_values
from bioloom.images.auditing.where import Where, where_it_differs
from bioloom.images.auditing.words import limits_of, notes_on_label
from bioloom.images.dataset.admitting import MIN_PER_CLASS
from bioloom.images.dataset.class_groups import class_groups
from bioloom.images.dataset.data import Pictures, groups_of
from bioloom.images.dataset.scan import Scan
from bioloom.result import Result
from bioloom.run.language import tr

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_LABELS = 20
"""Labels that are audited, those of the most pictures first."""


@dataclass(frozen=True, slots=True, repr=False)
class LabelAudits(Result):
    """Findings of all probes for each label.

    Parameters
    ----------
    audits
        Of each label, by its name.
    left_out
        Labels that too few pictures have, or too few have not.
    not_audited
        Labels beyond the twenty of the most pictures.
    """

    audits: Mapping[str, AuditResult]
    left_out: tuple[str, ...]
    not_audited: tuple[str, ...]

    @property
    def n(self) -> int:
        """Number of pictures judged."""
        return next(iter(self.audits.values())).n

    @property
    def n_pictures(self) -> int:
        """Readable pictures."""
        return next(iter(self.audits.values())).n_pictures

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Of all labels."""
        return tuple(x for audit in self.audits.values() for x in audit.findings)

    @property
    def shortcuts(self) -> tuple[Finding, ...]:
        """What the pixels that a model gets tell about a label."""
        return tuple(x for audit in self.audits.values() for x in audit.shortcuts)

    @property
    def strongest(self) -> str:
        """The label that a probe of the picture predicts best, a shortcut first."""
        return max(self.audits, key=lambda k: _strength(self.audits[k].findings))

    @property
    def where(self) -> Where:
        """Where in the picture the strongest label shows."""
        return next(iter(self.audits.values())).where

    def warnings(self) -> list[str]:
        """One sentence for each shortcut, with its cure."""
        return [
            warning_of(finding, label=label)
            for label, audit in self.audits.items()
            for finding in audit.shortcuts
        ]

    def notes(self) -> list[str]:
        """What else there is to know, label by label."""
        notes = [x for name, a in self.audits.items() for x in notes_on_label(a, name)]
        return [*notes, *limits_of(self)]

    def summary(self) -> str:
        """Number of pictures, and names of the shortcuts of each label."""
        found = [
            f"{label}: {', '.join(finding.probe for finding in audit.shortcuts)}"
            for label, audit in self.audits.items()
            if audit.shortcuts
        ]
        return f"{self.n:,} pictures; shortcuts: {'; '.join(found) or 'none'}"

    def to_frame(self) -> pd.DataFrame:
        """One row per label and probe."""
        return pd.DataFrame(
            {"label": label, **asdict(finding)}
            for label, audit in self.audits.items()
            for finding in audit.findings
        )

    def plot(self, *, accuracy: float | None = None) -> "Figure":
        """Balanced accuracy of each probe for the strongest label.

        Parameters
        ----------
        accuracy
            Balanced accuracy of a model, to compare with.
        """
        return self.audits[self.strongest].plot(accuracy=accuracy)

    def plot_where(self) -> "Figure":
        """Mean picture with and without the strongest label, and where they differ."""
        return self.audits[self.strongest].plot_where()


Audit: TypeAlias = AuditResult | LabelAudits
"""Of classes, or of labels."""


def audit_labels(
    pictures: Pictures,
    scanned: Scan,
    *,
    near: bool = True,
    name_pattern: str = "",
    rng_seed: int,
    threads: int = 1,
) -> LabelAudits:
    """Judge all probes for each label, near-duplicates by hash in one fold.

    Parameters
    ----------
    pictures, scanned
        The files, whose labels are known, and their scan.
    near, name_pattern
        As for `bioloom.images.dataset.data.groups_of`.
    rng_seed
        Of the folds and permutations.
    threads
        Processor threads to use.

    Raises
    ------
    BadPictures
        If no label can be judged.
    """
    usable = np.flatnonzero(scanned.is_readable & (pictures.y >= 0))
    chosen = probed_places(scanned, usable)
    groups = groups_of(pictures, scanned, near=near, name_pattern=name_pattern)[chosen]
    has = pictures.has_label[chosen]
    enough = [k for k in range(has.shape[1]) if _can_be_judged(has[:, k], groups)]
    if not enough:
        raise one_group(pictures)
    order = sorted(enough, key=lambda k: -int(has[:, k].sum()))
    judged = sorted(order[:MOST_LABELS])
    looks = [look for place in chosen if (look := scanned.looks[place]) is not None]
    names = [pictures.names[place] for place in chosen]
    found = {(of, name): x for of, name, x in probe_values(looks, names)}
    judgements = judge_labels(
        found, has[:, judged], groups, rng_seed=rng_seed, threads=threads
    )
    findings = {
        k: label_findings(each, has[:, k], groups, scanned.conversion)
        for k, each in zip(judged, judgements, strict=True)
    }
    where = where_it_differs(
        scanned.pixels,
        found[("picture", "marks")],
        chosen,
        _of_label(pictures, max(judged, key=lambda k: _strength(findings[k]))),
    )
    audits = {
        pictures.class_names[k]: AuditResult(
            findings=findings[k],
            n=len(chosen),
            n_pictures=len(usable),
            conversion=scanned.conversion,
            left_out=(),
            is_torn=False,
            where=where,
        )
        for k in judged
    }
    rest = set(range(has.shape[1])) - set(enough)
    return LabelAudits(
        audits=audits,
        left_out=tuple(pictures.class_names[k] for k in sorted(rest)),
        not_audited=tuple(pictures.class_names[k] for k in sorted(order[MOST_LABELS:])),
    )


def _strength(findings: Sequence[Finding]) -> tuple[bool, float]:
    """Whether there is a shortcut, and how well the best probe predicts."""
    of_picture = [finding for finding in findings if finding.of == "picture"]
    is_shortcut = any(finding.verdict == "shortcut" for finding in of_picture)
    return is_shortcut, max(finding.balanced_accuracy for finding in of_picture)


def _can_be_judged(has: NDArray[np.bool_], groups: NDArray[np.int64]) -> bool:
    """Whether five pictures of two groups have a label, and as many have not."""
    n = int(has.sum())
    if min(n, len(has) - n) < MIN_PER_CLASS:
        return False
    return class_groups(has.astype(np.int64), groups).fewest > 1


def _of_label(pictures: Pictures, label: int) -> Pictures:
    """The pictures in two classes: those with a label, and the others."""
    name = pictures.class_names[label]
    y = np.where(pictures.y >= 0, 1 - pictures.has_label[:, label], -1)
    return replace(
        pictures,
        y=y.astype(np.int64),
        class_names=(name, tr("not {label}", label=name)),
        members=None,
    )
