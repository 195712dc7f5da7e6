"""How well a corner pixel, the border, the format or the name alone tells the class.

Where something that has nothing to do with the subject predicts the class, a model's
accuracy says little: it may have learnt that. Each probe is judged by cross-validation
with a small classifier; near-duplicates are in one fold.

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
from typing import Literal

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
from bioloom.run.progress import OnStep, silent

Verdict = Literal["shortcut", "note", "silent"]
STRONG = 0.5
"""Skill from which a probe is called a shortcut: halfway from guessing to certainty."""
WEAK = 0.1
_FOLDS, _Z = 5, 1.96
_NAME_BINS = 256
_FEW_COLUMNS = 12  # trees see steps in few numbers; lines are for many


@dataclass(frozen=True, slots=True)
class Probe:
    """Something about a picture that should not tell its class.

    Parameters
    ----------
    name
        Short, for tables.
    what
        In words.
    cure
        What takes it away, as a sentence.
    values
        Numbers of one picture, from what is seen of it and its name.
    """

    name: str
    what: str
    cure: str
    values: Callable[[Look, str], Sequence[float] | NDArray[np.float32]]


_CROP = "Crop to content on white: --neutralise."
_ENCODE = "Encode all pictures alike: --neutralise."


def _format(look: Look, _: str) -> list[float]:
    facts = look.facts
    kinds = ("jpeg", "png", "gif", "bmp", "tiff", "webp")
    modes = ("RGB", "RGBA", "P", "L", "LA", "CMYK", "1")
    said = [facts.kind == kind for kind in kinds] + [facts.mode == m for m in modes]
    flags = (facts.is_animated, facts.is_deep, facts.is_rotated, facts.has_own_ending)
    return [float(one) for one in (*said, *flags)]


def _size(look: Look, _: str) -> list[float]:
    facts = look.facts
    area = facts.width * facts.height
    return [
        *(facts.width, facts.height, facts.width / facts.height),
        *(facts.n_bytes, facts.n_bytes / area),
    ]


def _name(_: Look, name: str) -> NDArray[np.float32]:
    """Counts of letter triples of the name (digits as one), hashed."""
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
        *("corner", "the four corner pixels", _CROP),
        lambda look, _: look.probes.corner,
    ),
    Probe(
        *("border", "32 pixels around the border", _CROP),
        lambda look, _: look.probes.border,
    ),
    Probe(
        *("thumbnail", "the picture at 8 x 8 pixels", _CROP),
        lambda look, _: look.probes.thumbnail,
    ),
    Probe(
        "colour",
        "mean and spread of red, green and blue",
        "Take pictures of both classes under one light, or compare in grey.",
        lambda look, _: look.probes.colour,
    ),
    Probe("format", "kind, mode and ending of the file", _ENCODE, _format),
    Probe(
        *("size", "width, height and bytes of the file", _ENCODE),
        _size,
    ),
    Probe(
        *("alpha", "an alpha channel and how much is transparent", _CROP),
        lambda look, _: [float(look.facts.has_alpha), look.facts.transparent],
    ),
    Probe(
        *("jpeg_quality", "the JPEG's quality", _ENCODE),
        _quality,
    ),
    Probe(
        "name",
        "the file's name",
        "A model cannot see it; but a split by chance may have siblings on both sides: "
        "--group-by-name.",
        _name,
    ),
)


def _neutral(part: str) -> Callable[[Look, str], NDArray[np.float32]]:
    return lambda look, _: getattr(look.neutral_probes, part)


NEUTRAL_PROBES: tuple[Probe, ...] = tuple(
    Probe(
        f"{one.name}_neutral",
        f"{one.what}, neutralised",
        "It is in the content itself: pictures of other origin would tell.",
        values=_neutral(one.name),
    )
    for one in PROBES[:4]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """How well a probe alone tells the classes apart.

    Parameters
    ----------
    probe
        Its name.
    balanced_accuracy
        Mean of the classes' recalls, cross-validated.
    low, high
        Its 95 % interval.
    chance
        What guessing scores: one divided by the number of classes.
    skill
        0 for guessing, 1 for certainty.
    verdict
        "shortcut" where even `low` is halfway to certainty, "note" where it is above
        a tenth of the way, else "silent".
    """

    probe: str
    balanced_accuracy: float
    low: float
    high: float
    chance: float
    skill: float
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class AuditResult:
    """Findings of all probes.

    Parameters
    ----------
    findings
        In the order of the probes.
    n
        Pictures that were judged.
    """

    findings: tuple[Finding, ...]
    n: int

    @property
    def shortcuts(self) -> tuple[Finding, ...]:
        """Those that must be told before any accuracy, strongest first."""
        strong = [one for one in self.findings if one.verdict == "shortcut"]
        return tuple(sorted(strong, key=lambda one: -one.balanced_accuracy))

    def warnings(self) -> list[str]:
        """One sentence and cure for each shortcut."""
        return [warning_of(one) for one in self.shortcuts]

    def to_frame(self) -> pd.DataFrame:
        """One row a probe."""
        frame = pd.DataFrame(asdict(one) for one in self.findings)
        frame["cure"] = [ALL_PROBES[one].cure for one in frame["probe"]]
        return frame


ALL_PROBES: Mapping[str, Probe] = MappingProxyType(
    {one.name: one for one in (*PROBES, *NEUTRAL_PROBES)}
)


def warning_of(finding: Finding) -> str:
    """What a finding means, in words.

    Examples
    --------
    >>> print(warning_of(Finding(probe="corner", balanced_accuracy=0.997, low=0.99,
    ...     high=1.0, chance=0.5, skill=0.994, verdict="shortcut")))
    The four corner pixels alone tell the classes apart: 99.7 % (balanced, \
cross-validated; guessing 50.0 %). Crop to content on white: --neutralise.
    """
    probe = ALL_PROBES[finding.probe]
    verb = "tell" if probe.name in {"corner", "border"} else "tells"
    return (
        f"{probe.what[0].upper()}{probe.what[1:]} alone {verb} the classes apart: "
        f"{100 * finding.balanced_accuracy:.1f} % (balanced, cross-validated; guessing "
        f"{100 * finding.chance:.1f} %). {probe.cure}"
    )


def audit(
    folder: Path,
    *,
    neutralise: bool = False,
    name_pattern: str = "",
    rng_seed: int = 42,
    on_step: OnStep = silent,
) -> AuditResult:
    """Audit a folder of class folders; nothing is trained or written.

    Parameters
    ----------
    folder
        As for `bioloom.images.dataset.data.read_folder`.
    neutralise
        Whether to judge the neutralised pictures as well.
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
    seen = scan(pictures.paths, pixels, neutralise=neutralise, on_step=on_step)
    check_readable(pictures, seen)
    groups = groups_of(pictures, seen, name_pattern=name_pattern)
    return audit_scan(pictures, seen, groups, rng_seed=rng_seed)


def audit_scan(
    pictures: Pictures, seen: Scan, groups: NDArray[np.int64], *, rng_seed: int
) -> AuditResult:
    """Judge all probes on what a scan saw."""
    places = np.flatnonzero(seen.is_readable & (pictures.y >= 0)).tolist()
    looks = [look for place in places if (look := seen.looks[place]) is not None]
    names = [pictures.names[place] for place in places]
    y = pictures.y[places]
    probes = PROBES + (NEUTRAL_PROBES if looks[0].neutral_probes else ())
    findings = []
    for probe in probes:
        rows = [probe.values(*one) for one in zip(looks, names, strict=True)]
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
        Pictures of one number are in one fold.
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


def _verdict(sure_skill: float) -> Verdict:
    if sure_skill >= STRONG:
        return "shortcut"
    return "note" if sure_skill >= WEAK else "silent"


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
