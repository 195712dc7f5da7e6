"""How well what is unrelated to the subject predicts the class.

Where that is so, a model may have learnt only that, and its accuracy means little. Each
probe is judged by cross-validation with a small classifier, near-duplicates in the same
fold, and against permutations of the labels. What the pixels show that a model gets
decides the alarm; what only the file shows is told apart.

References
----------
Geirhos R. et al. (2020) Shortcut learning in deep neural networks. Nature Machine
Intelligence 2:665. doi:10.1038/s42256-020-00257-z
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bioloom.images.auditing.findings import Finding, findings_of, warning_of
from bioloom.images.auditing.judging import judge
from bioloom.images.auditing.probes import Of, probe_values
from bioloom.images.auditing.where import Where, where_it_differs
from bioloom.images.dataset.admitting import MIN_PER_CLASS, admitted, tell_notes
from bioloom.images.dataset.admitting_labels import admitted_labels
from bioloom.images.dataset.class_groups import class_groups
from bioloom.images.dataset.data import (
    Pictures,
    audited_places,
    groups_of,
    read_folder,
)
from bioloom.images.dataset.scan import SIDE, Scan, pixels_on_disk, scan
from bioloom.images.errors import BadPictures
from bioloom.images.files.view import Conversion
from bioloom.result import Result
from bioloom.run.progress import OnStep, silent
from bioloom.run.settings import RNG_SEED

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bioloom.images.auditing.labels import Audit


@dataclass(frozen=True, slots=True, repr=False)
class AuditResult(Result):
    """Findings of all probes.

    Parameters
    ----------
    findings
        Of the picture, before the cure, of the usual script, of the file.
    n
        Number of pictures judged.
    n_pictures
        Readable pictures of the classes judged.
    conversion
        How pictures become what a model gets.
    left_out
        Classes with too few pictures to be judged.
    is_torn
        Whether near-duplicates are not kept in one fold, because they would be all of
        a class.
    where
        Where in the picture classes differ.
    """

    findings: tuple[Finding, ...]
    n: int
    n_pictures: int
    conversion: Conversion
    left_out: tuple[str, ...]
    is_torn: bool
    where: Where

    def of(self, of: Of) -> tuple[Finding, ...]:
        """Findings of one kind, the most accurate first."""
        found = [finding for finding in self.findings if finding.of == of]
        return tuple(sorted(found, key=lambda each: -each.balanced_accuracy))

    @property
    def shortcuts(self) -> tuple[Finding, ...]:
        """What the pixels that a model gets tell about the class, strongest first."""
        return tuple(f for f in self.of("picture") if f.verdict == "shortcut")

    def warnings(self) -> list[str]:
        """One sentence for each shortcut, with its cure."""
        return [warning_of(finding) for finding in self.shortcuts]

    def notes(self) -> list[str]:
        """What else there is to know: the usual script, the file, what was cured."""
        from bioloom.images.auditing.words import notes_of

        return notes_of(self)

    def summary(self) -> str:
        """Number of pictures and names of the shortcuts."""
        names = ", ".join(finding.probe for finding in self.shortcuts)
        return f"{self.n:,} pictures; shortcuts: {names or 'none'}"

    def to_frame(self) -> pd.DataFrame:
        """One row per probe."""
        return pd.DataFrame(asdict(finding) for finding in self.findings)

    def plot(self, *, accuracy: float | None = None) -> "Figure":
        """Balanced accuracy of each probe with its interval.

        Parameters
        ----------
        accuracy
            Balanced accuracy of a model, to compare with.
        """
        from bioloom.images.auditing.figure import audit_figure

        return audit_figure(self, accuracy)

    def plot_where(self) -> "Figure":
        """Mean picture of each class, where they differ, and their fineness."""
        from bioloom.images.auditing.figure import where_figure

        return where_figure(self.where)


def audit_folder(
    folder: Path,
    *,
    conversion: Conversion | None = None,
    near: bool = True,
    name_pattern: str = "",
    multilabel: bool = False,
    threads: int = 1,
    rng_seed: int = RNG_SEED,
    on_step: OnStep = silent,
) -> "Audit":
    """Audit a folder of class folders; nothing is trained or written.

    Parameters
    ----------
    folder
        As for `bioloom.images.dataset.data.read_folder`.
    conversion
        How pictures become what a model gets; where it is a cure, they are audited
        before it as well.
    near, name_pattern
        As for `bioloom.images.dataset.data.groups_of`.
    multilabel
        Whether a picture can have several labels: each is audited against the rest.
    threads
        Processor threads to read with.
    rng_seed
        Of the folds and permutations.
    on_step
        Called as pictures are read.

    Raises
    ------
    MissingFile, BadPictures, BadConfig
        If the folder or the pattern cannot be used.
    """
    conversion = conversion or Conversion(side=SIDE)
    pictures = read_folder(folder, multilabel=multilabel)
    scanned = scan(
        pictures.paths,
        pixels_on_disk(len(pictures.files), conversion.side),
        conversion=conversion,
        audited=audited_places(pictures.alike, rng_seed),
        threads=threads,
        on_step=on_step,
    )
    admit = admitted_labels if multilabel else admitted
    pictures = admit(pictures, scanned)
    tell_notes(pictures)
    return audited(
        pictures,
        scanned,
        near=near,
        name_pattern=name_pattern,
        rng_seed=rng_seed,
        threads=threads,
    )


def audited(
    pictures: Pictures,
    scanned: Scan,
    *,
    near: bool,
    name_pattern: str,
    rng_seed: int,
    threads: int,
) -> "Audit":
    """The audit of scanned pictures: of their classes, or of each label."""
    from bioloom.images.auditing.labels import audit_labels

    audit = audit_labels if pictures.is_multilabel else audit_scan
    return audit(
        pictures,
        scanned,
        near=near,
        name_pattern=name_pattern,
        rng_seed=rng_seed,
        threads=threads,
    )


def audit_scan(
    pictures: Pictures,
    scanned: Scan,
    *,
    near: bool = True,
    name_pattern: str = "",
    rng_seed: int,
    threads: int = 1,
) -> AuditResult:
    """Judge all probes on scanned pictures, near-duplicates by hash in one fold."""
    usable = np.flatnonzero(scanned.is_readable & (pictures.y >= 0))
    chosen, left_out = _enough_of_each(pictures, scanned, usable)
    looks = [look for place in chosen if (look := scanned.looks[place]) is not None]
    names = [pictures.names[place] for place in chosen]
    _, y = np.unique(pictures.y[chosen], return_inverse=True)
    for is_near in (near, False):
        groups = groups_of(pictures, scanned, near=is_near, name_pattern=name_pattern)
        groups = groups[chosen]
        if class_groups(y, groups).fewest > 1:
            break
    else:
        raise one_group(pictures)
    found = {(of, name): x for of, name, x in probe_values(looks, names)}
    judged = judge(
        found, y.astype(np.int64), groups, rng_seed=rng_seed, threads=threads
    )
    return AuditResult(
        findings=findings_of(judged, y, groups, scanned.conversion),
        n=len(chosen),
        n_pictures=int(np.isin(pictures.y[usable], pictures.y[chosen]).sum()),
        conversion=scanned.conversion,
        left_out=left_out,
        is_torn=near and not is_near,
        where=where_it_differs(
            scanned.pixels, found[("picture", "marks")], chosen, pictures
        ),
    )


def one_group(pictures: Pictures) -> BadPictures:
    """The error for a class that cannot be judged."""
    return BadPictures(
        where=pictures.folder,
        found="a class whose pictures are all of one group",
        expected="two groups of each class, to learn from one and judge by the other",
        advice="Give a --group-by-name that forms smaller groups.",
    )


class _Chosen(NamedTuple):
    """Places that are judged, and classes that are too small."""

    places: NDArray[np.int64]
    left_out: tuple[str, ...]


def _enough_of_each(
    pictures: Pictures, scanned: Scan, usable: NDArray[np.int64]
) -> _Chosen:
    places = probed_places(scanned, usable)
    n = np.bincount(pictures.y[places], minlength=len(pictures.class_names))
    small = np.flatnonzero(n < MIN_PER_CLASS)
    names = tuple(pictures.class_names[number] for number in small.tolist())
    return _Chosen(places[~np.isin(pictures.y[places], small)], names)


def probed_places(scanned: Scan, usable: NDArray[np.int64]) -> NDArray[np.int64]:
    """Those of some pictures that are audited."""
    probed = [
        place
        for place in usable.tolist()
        if (look := scanned.looks[place]) is not None and look.probes
    ]
    return np.array(probed, dtype=np.int64)
