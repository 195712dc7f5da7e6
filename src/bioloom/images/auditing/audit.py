"""How well the corners, the border, the format or the name alone predict the class.

Where something unrelated to the subject predicts the class, a model may have learnt
only that, and its accuracy means little. Each probe is judged by cross-validation with
a small classifier; near-duplicates are in the same fold.

References
----------
Geirhos R. et al. (2020) Shortcut learning in deep neural networks. Nature Machine
Intelligence 2:665. doi:10.1038/s42256-020-00257-z
"""

import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from bioloom.images.dataset.data import Pictures, check_readable, groups_of, read_folder
from bioloom.images.dataset.scan import SIDE, Look, Scan, scan
from bioloom.result import Result
from bioloom.run.progress import OnStep, silent
from bioloom.run.settings import RNG_SEED

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Verdict = Literal["shortcut", "note", "silent"]
STRONG = 0.5
"""Skill from which a probe is called a shortcut: halfway from guessing to certainty."""
WEAK = 0.1
_FOLDS, _Z = 5, 1.96
_NAME_BINS = 256
_FEW_COLUMNS = 12  # trees see steps in few numbers; lines are for many


@dataclass(frozen=True, slots=True)
class Probe:
    """Something about a picture that should not predict its class.

    Parameters
    ----------
    name
        Short, for tables.
    what
        In words.
    cure
        How to remove it, as a sentence.
    values
        Numbers of one picture, from its properties and its name.
    """

    name: str
    what: str
    cure: str
    values: Callable[[Look, str], Sequence[float] | NDArray[np.float32]]


_CROP = "Crop to content on white: --neutralise."
_ENCODE = "Encode all pictures the same way: --neutralise."


def _format(look: Look, _: str) -> list[float]:
    facts = look.facts
    kinds = ("jpeg", "png", "gif", "bmp", "tiff", "webp")
    modes = ("RGB", "RGBA", "P", "L", "LA", "CMYK", "1")
    values = [facts.kind == kind for kind in kinds]
    values += [facts.mode == mode for mode in modes]
    values += [facts.is_animated, facts.is_deep, facts.is_rotated]
    values.append(facts.has_own_ending)
    return [float(value) for value in values]


def _size(look: Look, _: str) -> list[float]:
    facts = look.facts
    area = facts.width * facts.height
    return [
        facts.width,
        facts.height,
        facts.width / facts.height,
        facts.n_bytes,
        facts.n_bytes / area,
    ]


def _name(_: Look, name: str) -> NDArray[np.float32]:
    """Hashed counts of letter triples of the name; all digits count as the same."""
    stem = re.sub(r"\d", "0", name.rpartition("/")[2].lower())
    counts = np.zeros(_NAME_BINS + 1, dtype=np.float32)
    padded = f"^{stem}$"
    for place in range(len(padded) - 2):
        counts[zlib.crc32(padded[place : place + 3].encode()) % _NAME_BINS] += 1
    counts[-1] = len(stem)
    return counts


def _quality(look: Look, _: str) -> list[float]:
    quality = look.facts.jpeg_quality
    return [-1.0 if np.isnan(quality) else quality]


PROBES: tuple[Probe, ...] = (
    Probe(
        "corner",
        "the four corner pixels",
        _CROP,
        lambda look, _: look.probes.corner,
    ),
    Probe(
        "border",
        "32 pixels around the border",
        _CROP,
        lambda look, _: look.probes.border,
    ),
    Probe(
        "thumbnail",
        "the picture at 8 x 8 pixels",
        _CROP,
        lambda look, _: look.probes.thumbnail,
    ),
    Probe(
        "colour",
        "mean and spread of red, green and blue",
        "Take pictures of all classes in the same light, or compare in grey.",
        lambda look, _: look.probes.colour,
    ),
    Probe("format", "kind, mode and ending of the file", _ENCODE, _format),
    Probe("size", "width, height and bytes of the file", _ENCODE, _size),
    Probe(
        "alpha",
        "an alpha channel and how much is transparent",
        _CROP,
        lambda look, _: [float(look.facts.has_alpha), look.facts.transparent],
    ),
    Probe("jpeg_quality", "the JPEG's quality", _ENCODE, _quality),
    Probe(
        "name",
        "the file's name",
        "A model cannot see it, but a random split may separate related pictures: "
        "--group-by-name.",
        _name,
    ),
)


def _neutral(part: str) -> Callable[[Look, str], NDArray[np.float32]]:
    return lambda look, _: getattr(look.neutral_probes, part)


NEUTRAL_PROBES: tuple[Probe, ...] = tuple(
    Probe(
        f"{probe.name}_neutral",
        f"{probe.what}, neutralised",
        "It is in the content itself: test with pictures from another source.",
        values=_neutral(probe.name),
    )
    for probe in PROBES[:4]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """How well a probe alone predicts the class.

    Parameters
    ----------
    probe
        Its name.
    balanced_accuracy
        Mean of the classes' recalls, cross-validated.
    low, high
        Its 95 % interval.
    chance
        Score of guessing: one divided by the number of classes.
    skill
        0 for guessing, 1 for certainty.
    verdict
        "shortcut" if even `low` is halfway from guessing to certainty, "note" if it is
        at least a tenth of the way, else "silent".
    """

    probe: str
    balanced_accuracy: float
    low: float
    high: float
    chance: float
    skill: float
    verdict: Verdict


@dataclass(frozen=True, slots=True, repr=False)
class AuditResult(Result):
    """Findings of all probes.

    Parameters
    ----------
    findings
        In the order of the probes.
    n
        Number of pictures.
    """

    findings: tuple[Finding, ...]
    n: int

    @property
    def shortcuts(self) -> tuple[Finding, ...]:
        """Probes that predict the class, strongest first."""
        strong = [each for each in self.findings if each.verdict == "shortcut"]
        return tuple(sorted(strong, key=lambda each: -each.balanced_accuracy))

    def warnings(self) -> list[str]:
        """One sentence for each shortcut, with its cure."""
        return [warning_of(finding) for finding in self.shortcuts]

    def summary(self) -> str:
        """Number of pictures and names of the shortcuts."""
        names = ", ".join(finding.probe for finding in self.shortcuts)
        return f"{self.n:,} pictures; shortcuts: {names or 'none'}"

    def to_frame(self) -> pd.DataFrame:
        """One row per probe."""
        frame = pd.DataFrame(asdict(finding) for finding in self.findings)
        frame["cure"] = [ALL_PROBES[name].cure for name in frame["probe"]]
        return frame

    def plot(self, *, accuracy: float | None = None) -> "Figure":
        """Balanced accuracy of each probe with its interval.

        Parameters
        ----------
        accuracy
            Balanced accuracy of a model, to compare with.
        """
        from bioloom.images.auditing.figure import audit_figure

        return audit_figure(self, accuracy)


ALL_PROBES: Mapping[str, Probe] = MappingProxyType(
    {probe.name: probe for probe in (*PROBES, *NEUTRAL_PROBES)}
)


def warning_of(finding: Finding) -> str:
    """What a finding means, in words.

    Examples
    --------
    >>> print(warning_of(Finding(probe="corner", balanced_accuracy=0.997, low=0.99,
    ...     high=1.0, chance=0.5, skill=0.994, verdict="shortcut")))
    The four corner pixels alone predict the class: 99.7 % (balanced, \
cross-validated; guessing 50.0 %). Crop to content on white: --neutralise.
    """
    probe = ALL_PROBES[finding.probe]
    verb = "predict" if probe.name in {"corner", "border"} else "predicts"
    return (
        f"{probe.what[0].upper()}{probe.what[1:]} alone {verb} the class: "
        f"{100 * finding.balanced_accuracy:.1f} % (balanced, cross-validated; guessing "
        f"{100 * finding.chance:.1f} %). {probe.cure}"
    )


def audit_folder(
    folder: Path,
    *,
    neutralise: bool = False,
    name_pattern: str = "",
    rng_seed: int = RNG_SEED,
    on_step: OnStep = silent,
) -> AuditResult:
    """Audit a folder of class folders; nothing is trained or written.

    Parameters
    ----------
    folder
        As for `bioloom.images.dataset.data.read_folder`.
    neutralise
        Whether to audit the neutralised pictures as well.
    name_pattern
        As for `bioloom.images.dataset.data.groups_of`.
    rng_seed
        Of the folds.
    on_step
        Called as pictures are read.

    Raises
    ------
    MissingFile, BadPictures, BadConfig
        If the folder or the pattern cannot be used.
    """
    pictures = read_folder(folder)
    pixels = np.zeros((len(pictures.files), SIDE, SIDE, 3), dtype=np.uint8)
    scanned = scan(pictures.paths, pixels, neutralise=neutralise, on_step=on_step)
    check_readable(pictures, scanned)
    groups = groups_of(pictures, scanned, name_pattern=name_pattern)
    return audit_scan(pictures, scanned, groups, rng_seed=rng_seed)


def audit_scan(
    pictures: Pictures, scanned: Scan, groups: NDArray[np.int64], *, rng_seed: int
) -> AuditResult:
    """Judge all probes on scanned pictures."""
    places = np.flatnonzero(scanned.is_readable & (pictures.y >= 0)).tolist()
    looks = [look for place in places if (look := scanned.looks[place]) is not None]
    names = [pictures.names[place] for place in places]
    y = pictures.y[places]
    probes = PROBES + (NEUTRAL_PROBES if looks[0].neutral_probes else ())
    findings = []
    for probe in probes:
        rows = [
            probe.values(look, name) for look, name in zip(looks, names, strict=True)
        ]
        x = np.array(rows, dtype=np.float32)
        findings.append(judge(probe.name, x, y, groups=groups[places], seed=rng_seed))
    return AuditResult(tuple(findings), len(places))


def judge(
    probe: str,
    x: NDArray[np.float32],
    y: NDArray[np.int64],
    *,
    groups: NDArray[np.int64],
    seed: int,
) -> Finding:
    """Cross-validate one probe.

    Parameters
    ----------
    probe
        Its name.
    x, y
        Numbers and class of each picture.
    groups
        Pictures with the same number are in the same fold.
    seed
        Of the folds.
    """
    predicted = _predicted(x, y, groups, seed)
    num_classes = int(y.max()) + 1
    n = np.bincount(y, minlength=num_classes)
    right = np.bincount(y[predicted == y], minlength=num_classes)
    balanced = float(np.mean(right / n))
    # Agresti and Coull: a recall of 1 has an error as well
    shrunk = (right + 2) / (n + 4)
    error = float(np.sqrt((shrunk * (1 - shrunk) / (n + 4)).sum())) / num_classes
    centre = float(shrunk.mean())
    low, high = (float(np.clip(centre + s * _Z * error, 0, 1)) for s in (-1, 1))
    chance = 1 / num_classes
    return Finding(
        probe=probe,
        balanced_accuracy=balanced,
        low=min(low, balanced),
        high=max(high, balanced),
        chance=chance,
        skill=(balanced - chance) / (1 - chance),
        verdict=_verdict((min(low, balanced) - chance) / (1 - chance)),
    )


def _verdict(lowest_skill: float) -> Verdict:
    if lowest_skill >= STRONG:
        return "shortcut"
    return "note" if lowest_skill >= WEAK else "silent"


def _predicted(
    x: NDArray[np.float32], y: NDArray[np.int64], groups: NDArray[np.int64], seed: int
) -> NDArray[np.int64]:
    """Class of each picture by a model that did not see its group."""
    if (x == x[0]).all():  # nothing to learn from
        return np.full_like(y, np.bincount(y).argmax())
    folds = StratifiedGroupKFold(
        min(_FOLDS, int(np.bincount(y).min())), shuffle=True, random_state=seed
    )
    predicted = np.empty_like(y)
    for train, test in folds.split(x, y, groups):
        model = _model(x.shape[1], seed)
        predicted[test] = model.fit(x[train], y[train]).predict(x[test])
    return predicted


def _model(n_columns: int, seed: int) -> DecisionTreeClassifier | LogisticRegression:
    if n_columns <= _FEW_COLUMNS:
        return DecisionTreeClassifier(
            max_leaf_nodes=32,
            min_samples_leaf=3,
            class_weight="balanced",
            random_state=seed,
        )
    regression = LogisticRegression(C=0.1, class_weight="balanced", max_iter=300)
    return make_pipeline(StandardScaler(), regression)
