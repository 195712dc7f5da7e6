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

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bioloom.images.auditing.judging import Judgement, fewest_groups, judge
from bioloom.images.auditing.probes import PROBES, Of, probe_values
from bioloom.images.auditing.where import Where, where_it_differs
from bioloom.images.dataset.admitting import MIN_PER_CLASS, admitted, tell_notes
from bioloom.images.dataset.data import (
    Pictures,
    audited_places,
    groups_of,
    read_folder,
)
from bioloom.images.dataset.scan import SIDE, Scan, scan
from bioloom.images.errors import BadPictures
from bioloom.images.files.view import Conversion
from bioloom.result import Result
from bioloom.run.progress import OnStep, silent
from bioloom.run.settings import RNG_SEED

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Verdict = Literal["shortcut", "note", "silent", "cured", "remains", "differs"]
STRONG = 0.5
"""Skill from which a probe is called a shortcut: halfway from guessing to certainty."""
WEAK = 0.1
MAX_P = 0.05
"""Probability of a false alarm in any probe when the labels mean nothing."""
_Z = 1.96
_CALM = ("silent", "cured")
_CUT_OUT = frozenset({"corner", "border", "background", "thumbnail"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """How well a probe alone predicts the class.

    Parameters
    ----------
    probe
        Its name.
    of
        What it looks at: the picture as a model gets it, the same before
        `--neutralise` or `--equalise`, what the usual script would have seen, or the
        file.
    balanced_accuracy
        Mean of the classes' recalls, cross-validated.
    low, high
        Its 95 % interval.
    chance
        Score of guessing: one divided by the number of classes.
    skill
        0 for guessing, 1 for certainty.
    p
        Probability of a score as high in any probe if labels meant nothing
        (permutations, the largest of all probes).
    verdict
        In the picture: "shortcut" if even `low` is halfway from guessing to certainty,
        "note" if it is a tenth of the way, else "silent"; both need p of at most .05.
        Before the cure: "cured" or "remains". Elsewhere: "differs".
    advice
        What to do, or what it means; "" where nothing was found.
    """

    probe: str
    of: Of
    balanced_accuracy: float
    low: float
    high: float
    chance: float
    skill: float
    p: float
    verdict: Verdict
    advice: str

    @property
    def what(self) -> str:
        """What the probe uses, in words."""
        return PROBES[self.probe].what


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


def warning_of(finding: Finding) -> str:
    """What a finding means, in words.

    Examples
    --------
    >>> print(warning_of(Finding(probe="corner", of="picture", balanced_accuracy=0.997,
    ...     low=0.99, high=1.0, chance=0.5, skill=0.994, p=0.002, verdict="shortcut",
    ...     advice="Crop.")))
    The four corner pixels alone predict the class: 99.7 % (balanced, \
cross-validated; guessing 50.0 %). Crop.
    """
    what = finding.what
    is_plural = finding.probe in {"corner", "border", "steps", "grid", "centre"}
    verb = "predict" if is_plural or finding.probe == "corners" else "predicts"
    return (
        f"{what[0].upper()}{what[1:]} alone {verb} the class: "
        f"{100 * finding.balanced_accuracy:.1f} % (balanced, cross-validated; guessing "
        f"{100 * finding.chance:.1f} %). {finding.advice}"
    )


def audit_folder(
    folder: Path,
    *,
    conversion: Conversion | None = None,
    near: bool = True,
    name_pattern: str = "",
    threads: int = 1,
    rng_seed: int = RNG_SEED,
    on_step: OnStep = silent,
) -> AuditResult:
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
    pictures = read_folder(folder)
    side = conversion.side
    pixels = np.zeros((len(pictures.files), side, side, 3), dtype=np.uint8)
    scanned = scan(
        pictures.paths,
        pixels,
        conversion=conversion,
        audited=audited_places(pictures.y, rng_seed),
        threads=threads,
        on_step=on_step,
    )
    pictures = admitted(pictures, scanned)
    tell_notes(pictures)
    return audit_scan(
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
        if fewest_groups(y, groups) > 1:
            break
    else:
        raise _one_group(pictures)
    found = {(of, name): x for of, name, x in probe_values(looks, names)}
    judged = judge(
        found, y.astype(np.int64), groups, rng_seed=rng_seed, threads=threads
    )
    scores = {key: _score(each, y, groups) for key, each in judged.items()}
    conversion = scanned.conversion
    findings = [_finding(key, scores, conversion) for key in scores]
    return AuditResult(
        findings=tuple(findings),
        n=len(chosen),
        n_pictures=int(np.isin(pictures.y[usable], pictures.y[chosen]).sum()),
        conversion=conversion,
        left_out=left_out,
        is_torn=near and not is_near,
        where=where_it_differs(
            scanned.pixels, found[("picture", "marks")], chosen, pictures
        ),
    )


def _one_group(pictures: Pictures) -> BadPictures:
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
    probed = [
        place
        for place in usable.tolist()
        if (look := scanned.looks[place]) is not None and look.probes
    ]
    places = np.array(probed, dtype=np.int64)
    n = np.bincount(pictures.y[places], minlength=len(pictures.class_names))
    small = np.flatnonzero(n < MIN_PER_CLASS)
    names = tuple(pictures.class_names[number] for number in small.tolist())
    return _Chosen(places[~np.isin(pictures.y[places], small)], names)


class _Score(NamedTuple):
    """Balanced accuracy, its interval, chance; skill of it and of its low end; p."""

    value: float
    low: float
    high: float
    chance: float
    skill: float
    lowest_skill: float
    p: float


def _score(
    judged: Judgement, y: NDArray[np.int64], groups: NDArray[np.int64]
) -> _Score:
    num_classes = int(y.max()) + 1
    n = np.array([len(np.unique(groups[y == k])) for k in range(num_classes)])
    right = np.bincount(y[judged.predicted == y], minlength=num_classes)
    recall = right / np.bincount(y, minlength=num_classes)
    # Agresti and Coull: a recall of 1 has an error as well; groups are what is counted
    shrunk = (recall * n + 2) / (n + 4)
    error = float(np.sqrt((shrunk * (1 - shrunk) / (n + 4)).sum())) / num_classes
    value, centre, chance = (
        judged.balanced_accuracy,
        float(shrunk.mean()),
        1 / num_classes,
    )
    ends = (float(np.clip(centre + sign * _Z * error, 0, 1)) for sign in (-1, 1))
    low, high = next(ends), next(ends)
    low, high = min(low, value), max(high, value)
    skill, lowest = ((each - chance) / (1 - chance) for each in (value, low))
    return _Score(value, low, high, chance, skill, lowest, judged.p)


_Scores = Mapping[tuple[Of, str], _Score]


def _finding(key: tuple[Of, str], scores: _Scores, conversion: Conversion) -> Finding:
    of, name = key
    score = scores[key]
    verdict = _verdict(of, name, scores)
    return Finding(
        probe=name,
        of=of,
        balanced_accuracy=score.value,
        low=score.low,
        high=score.high,
        chance=score.chance,
        skill=score.skill,
        p=score.p,
        verdict=verdict,
        advice="" if verdict in _CALM else _advice(of, name, conversion),
    )


def _verdict(of: Of, name: str, scores: _Scores) -> Verdict:
    strength = _strength(name, scores[(of, name)])
    if of == "picture" or strength == "silent":
        return strength
    if of == "before the cure":
        after = _strength(name, scores[("picture", name)])
        return "cured" if after == "silent" else "remains"
    return "differs"


def _strength(name: str, score: _Score) -> Verdict:
    if score.p > MAX_P or score.lowest_skill < WEAK:
        return "silent"
    if score.lowest_skill < STRONG or PROBES[name].may_be_subject:
        return "note"
    return "shortcut"


def _advice(of: Of, name: str, conversion: Conversion) -> str:
    """The cure; where it was taken already, what is left to do."""
    probe = PROBES[name]
    if of != "picture" or probe.may_be_subject:
        return probe.cure
    if conversion.neutralise and name in _CUT_OUT:
        return (
            "It remains after --neutralise, which removes only plain backgrounds: cut "
            "the subjects out, or photograph all classes on the same background."
        )
    if conversion.equalise and "--equalise" in probe.cure:
        return (
            "It remains after --equalise: test with pictures of all classes from one "
            "source."
        )
    return probe.cure
