"""A picture's prediction in Chinese: every number, no English word."""

import numpy as np
import pytest

from bioloom.images.files.reading import Facts
from bioloom.images.files.traces import Traces
from bioloom.images.output.explain import explain_picture
from bioloom.images.output.working import PictureWorking, Relative
from tests.chinese import in_both, only_words_differ

NAMES = ("moppets", "sprites", "imps", "pictures", "png", "RGB")
FLAGS = ("has_alpha", "is_rotated", "is_animated", "is_deep")
KEPT = {*NAMES, "hw", "SHA", "w_ck", "F_kij", "s_c", "cos", "x_"}


def facts(*true):
    return Facts(
        kind="png",
        sha1="0" * 40,
        n_bytes=99,
        width=40,
        height=30,
        transparent=0.25 if "has_alpha" in true else 0.0,
        mode="RGB",
        jpeg_quality=float("nan"),
        has_own_ending=True,
        traces=Traces(n_exif=0, camera="", profile="", dpi=float("nan")),
        usual_corners=(0.0,) * 12,
        **{flag: flag in true for flag in FLAGS},
    )


def told(*true, scores=(2.5, 0.5, 0.1), of_label=None):
    rng = np.random.default_rng(1)
    scores = np.array(scores, np.float32)
    chances = np.exp(scores) / np.exp(scores).sum()
    labels = ("moppets", "moppets", "imps")
    return explain_picture(
        PictureWorking(
            path="pictures/1.png",
            facts=facts(*true),
            pixels=np.zeros((8, 8, 3), np.uint8),
            class_names=("moppets", "sprites", "imps"),
            scores=scores,
            chances=chances.astype(np.float64),
            evidence=rng.normal(0, 1, (3, 2, 2)).astype(np.float32),
            temperature=1.0,
            familiarity=0.9 if scores[0] > 1 else 0.3,
            threshold=0.5,
            relatives=tuple(
                Relative(f"pictures/{k}.png", label, 0.9 - k / 10)
                for k, label in enumerate(labels)
            ),
            thresholds=None if of_label is None else np.array([0.4, 0.3, 0.2]),
            of_label=of_label,
        )
    )


SCENES = {
    "plain": told,
    "everything": lambda: told(*FLAGS),
    "transparent": lambda: told("has_alpha"),
    "unsure": lambda: told(scores=(0.3, 0.2, 0.1)),
    "a label": lambda: told(of_label=0),
    "no label": lambda: told(of_label=2),
}


@pytest.mark.parametrize("scene", SCENES)
def test_no_english_word_is_left(scene):
    text = only_words_differ(SCENES[scene], KEPT)
    assert text.startswith("pictures/1.png：moppets")


@pytest.mark.parametrize(
    ("scene", "words"),
    [
        ("plain", "图像已完整读取。"),
        ("everything", "与白色背景合成（透明度25 %）；按EXIF旋转；取多帧中的第一帧；"),
        ("unsure", "· 说明，没有任何类别的概率达到一半"),
        ("a label", "概率高于 moppets 的阈值：判定该图像具有此标签。"),
        ("no label", "概率不高于 imps 的阈值：判定该图像不具有此标签。"),
        ("plain", "特征最相似的3张训练图像中，有2张为 moppets。"),
    ],
)
def test_what_is_told_depends_on_the_picture(scene, words):
    assert words in only_words_differ(SCENES[scene], KEPT)


def test_classes_are_aligned_on_a_terminal():
    lines = in_both(told)[1].steps[2].detail
    assert len({line.index("  p ") for line in lines}) == 1
    assert all("得分" in line for line in lines)
