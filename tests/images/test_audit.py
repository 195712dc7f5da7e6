"""The audit: what the model gets, apart from the file; before and after a cure."""

import io

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageDraw, ImageFilter

from bioloom.images.auditing.audit import audit_folder
from bioloom.images.auditing.judging import judge, permuted_labels
from bioloom.images.dataset.scan import scan
from bioloom.images.demonstration.creatures import draw_families, draw_sources
from bioloom.images.files.neutralise import neutralised
from bioloom.images.files.view import Conversion

SIDE, N = 96, 30
EXIF = Image.Exif()
EXIF[0x010F], EXIF[0x0110] = "Maker", "Model 1"
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def drawing(seed, background=(255, 255, 255)):
    """Four discs with some grain on a plain background."""
    rng = np.random.default_rng(seed)
    image = Image.new("RGB", (SIDE, SIDE), background)
    pen = ImageDraw.Draw(image)
    for _ in range(4):
        x, y = rng.integers(SIDE // 6, SIDE * 3 // 4, 2).tolist()
        size = int(rng.integers(SIDE // 8, SIDE // 4))
        pen.ellipse(
            (x, y, x + size, y + size), tuple(rng.integers(30, 220, 3).tolist())
        )
    grain = rng.integers(-12, 13, (SIDE, SIDE, 3))
    return Image.fromarray(np.clip(np.asarray(image) + grain, 0, 255).astype("u1"))


def blurred(image):
    return image.filter(ImageFilter.GaussianBlur(1.5))


def upscaled(image):
    small = image.resize((SIDE // 2, SIDE // 2))
    return small.resize((SIDE, SIDE), Image.Resampling.BICUBIC)


def compressed(image):
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=20)
    return Image.open(stream).convert("RGB")


def centre_mark(image):
    ImageDraw.Draw(image).text((30, 44), "sample", fill=(160, 160, 160))
    return image


def watermark(image):
    ImageDraw.Draw(image).text((50, 82), "(c)foto", fill=(120, 120, 120))
    return image


def lined(image):
    pixels = np.array(image)
    pixels[::8] = np.clip(pixels[::8].astype(int) - 14, 0, 255)
    return Image.fromarray(pixels)


def grainy(image):
    grain = np.random.default_rng(7).integers(-20, 21, (SIDE, SIDE, 3))
    return Image.fromarray(np.clip(np.asarray(image) + grain, 0, 255).astype("u1"))


def tinted(image):
    return Image.fromarray((np.asarray(image) * [1, 0.9, 0.8]).astype("u1"))


def nothing(image):
    return image


SEEN = {
    blurred: {"sharpness", "frequency"},
    upscaled: {"frequency", "upscaling"},
    compressed: {"steps", "grid"},
    centre_mark: {"centre"},
    watermark: {"corners"},
    lined: {"grid"},
    grainy: {"noise"},
    tinted: {"colour", "cast"},
}


def write(folder, plant=nothing, options=None, ending="png"):
    for number, name in enumerate("ab"):
        (folder / name).mkdir(parents=True)
        for place in range(N):
            image = drawing(1000 * number + place)
            image = plant(image) if number else image
            saved = options if options and number else {}
            image.save(folder / name / f"{place}.{ending}", **saved)
    return folder


@pytest.mark.parametrize("plant", SEEN, ids=lambda plant: plant.__name__)
def test_what_a_model_can_see_is_flagged_and_says_where(tmp_path, plant):
    found = audit_folder(write(tmp_path / "in", plant), conversion=Conversion(side=224))
    assert SEEN[plant] <= {finding.probe for finding in found.shortcuts}
    assert not [
        one
        for one in found.of("file")
        if one.verdict == "differs" and one.probe not in ("size",)
    ]


@pytest.mark.parametrize(
    ("probe", "options", "ending"),
    [
        ("camera", {"exif": EXIF}, "jpg"),
        ("profile", {"icc_profile": SRGB}, "png"),
        ("dpi", {"dpi": (300, 300)}, "png"),
    ],
)
def test_what_only_the_file_shows_is_no_alarm(tmp_path, probe, options, ending):
    folder = write(tmp_path / "in", options=options, ending=ending)
    found = audit_folder(folder, conversion=Conversion(side=128))
    assert not found.shortcuts
    assert probe in {one.probe for one in found.of("file") if one.verdict == "differs"}
    assert any(note.startswith("The file, not the picture") for note in found.notes())


def test_one_hand_draws_in_silence_also_after_every_cure(tmp_path):
    folder = write(tmp_path / "in")
    cured = Conversion(side=128, neutralise=True, equalise=True)
    for conversion in (Conversion(side=128), cured):
        found = audit_folder(folder, conversion=conversion)
        assert {finding.verdict for finding in found.findings} == {"silent"}


def test_the_usual_script_sees_what_compositing_hides(tmp_path):
    folder = write(tmp_path / "in")
    for path in (folder / "b").iterdir():
        image = Image.open(path).convert("RGBA")
        pixels = np.array(image)
        white = (pixels[..., :3] > 225).all(axis=2)
        pixels[white] = 0
        Image.fromarray(pixels).save(path)
    found = audit_folder(folder, conversion=Conversion(side=128))
    (usual,) = found.of("usual script")
    assert usual.verdict == "differs"
    assert usual.balanced_accuracy > 0.99
    assert "predict the class: 100.0 %" in found.notes()[0]


def backgrounds(folder):
    for name, colour in (("a", (255, 255, 255)), ("b", (0, 0, 0))):
        (folder / name).mkdir(parents=True)
        for place in range(N):
            drawing(place + 500 * (name == "b"), colour).save(
                folder / name / f"{place}.png"
            )
    return folder


def test_a_cured_background_is_silent_and_said_to_be_cured(tmp_path):
    folder = backgrounds(tmp_path / "in")
    raw = audit_folder(folder, conversion=Conversion(side=128))
    assert {"corner", "border", "background"} <= {one.probe for one in raw.shortcuts}
    cured = audit_folder(folder, conversion=Conversion(side=128, neutralise=True))
    assert not {"corner", "border", "background"} & {f.probe for f in cured.shortcuts}
    before = {f.probe: f.verdict for f in cured.of("before the cure")}
    assert before["background"] == "cured"
    assert any(note.startswith("Cured") for note in cured.notes())


def test_a_background_that_stays_is_said_to_stay(tmp_path):
    folder = backgrounds(tmp_path / "in")
    for path in (folder / "b").iterdir():  # a wall, which is not of one colour
        pixels = np.asarray(Image.open(path)).astype(int)
        wall = np.linspace(0, 200, SIDE)[:, None, None]
        Image.fromarray(np.clip(pixels + wall, 0, 255).astype("u1")).save(path)
    found = audit_folder(folder, conversion=Conversion(side=128, neutralise=True))
    told = [text for text in found.warnings() if "background" in text]
    assert told
    assert all("remains after --neutralise" in text for text in told)
    assert not any("content itself" in text for text in found.warnings())


def test_a_plain_background_becomes_white_whatever_its_colour():
    shapes = [drawing(3, colour) for colour in ((255, 255, 255), (0, 0, 0), (0, 90, 0))]
    views = [np.asarray(neutralised(image, side=128)).astype(int) for image in shapes]
    assert all(view[[0, 0, -1, -1], [0, -1, 0, -1]].min() > 250 for view in views)
    for view in views[1:]:
        assert np.abs(view - views[0]).mean() < 4


def test_two_sources_of_the_same_creatures(tmp_path):
    """Loud as they came and after one cure, silent after both, by what a model gets."""
    folder = draw_sources(tmp_path / "in", n=60, rng_seed=5)
    raw = audit_folder(folder)
    assert {"steps", "frequency"} <= {finding.probe for finding in raw.shortcuts}
    assert raw.of("usual script")[0].balanced_accuracy > 0.99
    assert {"format", "alpha"} <= {f.probe for f in raw.of("file")[:4]}
    both = Conversion(side=224, neutralise=True, equalise=True)
    cured = audit_folder(folder, conversion=both)
    assert not cured.shortcuts
    before = {f.probe: f.verdict for f in cured.of("before the cure")}
    assert before["steps"] == before["frequency"] == "cured"


def test_the_highest_of_all_probes_corrects_the_p_value():
    rng = np.random.default_rng(1)
    y = np.arange(60) % 2
    noise = {str(k): rng.normal(size=(60, 5)).astype("f4") for k in range(20)}
    groups = np.arange(60)
    alone = judge({"0": noise["0"]}, y, groups, rng_seed=1)["0"].p
    among = judge(noise, y, groups, rng_seed=1)["0"].p
    assert among >= alone
    told = judge({**noise, "y": y[:, None].astype("f4")}, y, groups, rng_seed=1)
    assert told["y"].balanced_accuracy == 1
    assert told["y"].p == 1 / 500


def test_groups_keep_their_labels_together_when_permuted():
    groups = np.array([0, 0, 2, 2, 2, 5, 6, 7])
    y = np.array([0, 0, 1, 1, 1, 1, 0, 1])
    drawn = permuted_labels(y, groups, 50, 1)
    for row in drawn:
        assert row[0] == row[1]
        assert row[2] == row[3] == row[4]
    assert 0.2 < drawn.mean() < 0.8
    alone = permuted_labels(y, np.arange(8), 50, 1)
    assert (np.sort(alone, axis=1) == np.sort(y)).all()


def test_a_large_group_cannot_hold_the_p_value_up():
    """A probe that predicts single pictures is found beside a group of twenty."""
    rng = np.random.default_rng(1)
    y = np.repeat([0, 1], 40)
    groups = np.arange(80)
    groups[60:] = 60
    x = (y + 0.3 * rng.normal(size=80))[:, None].astype("f4")
    assert judge({"x": x}, y, groups, rng_seed=1)["x"].p <= 0.01


def test_false_alarms_are_as_rare_as_stated():
    """In 100 sets whose labels mean nothing, at most one in twenty has any alarm."""
    rng = np.random.default_rng(3)
    shared = rng.normal(size=(60, 3))  # probes of the same picture resemble each other
    n_alarms = 0
    for seed in range(100):
        y = rng.permutation(np.arange(60) % 2)
        probes = {
            str(k): (
                rng.normal(size=(60, 8)) + shared @ rng.normal(size=(3, 8))
            ).astype("f4")
            for k in range(12)
        }
        judged = judge(probes, y, np.arange(60), rng_seed=seed)
        n_alarms += any(one.p <= 0.05 for one in judged.values())
    assert n_alarms <= 10  # 5 expected; more than 10 has a probability of 1 %


@pytest.mark.parametrize("words", [("--neutralise",), ()])
def test_audit_and_train_say_the_same(bioloom_cli, tmp_path, words):
    folder = write(tmp_path / "in", watermark)
    audited = bioloom_cli(
        "images", "audit", folder, "--side", 64, *words, "--out", tmp_path / "a.tsv"
    )
    trained = bioloom_cli(
        "images", "train", folder, "--side", 64, *words, "--out", tmp_path / "run"
    )
    assert audited[0] == trained[0] == 0
    assert [line for line in audited[2].splitlines() if line in trained[2]] == (
        audited[2].splitlines()
    )
    assert (tmp_path / "run/tables/audit.tsv").read_text().splitlines()[0] == (
        (tmp_path / "a.tsv").read_text().splitlines()[0]
    )


def test_the_pixels_are_in_a_file_that_goes_with_them(tmp_path, monkeypatch):
    """Of many pictures they are larger than the memory."""
    folder = draw_families(tmp_path / "in", n=12, rng_seed=1)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    held = []

    def watched(paths, pixels, **options):
        held.append(pixels)
        return scan(paths, pixels, **options)

    monkeypatch.setattr("bioloom.images.auditing.audit.scan", watched)
    audit_folder(folder, conversion=Conversion(side=64))
    assert isinstance(held[0], np.memmap)
    assert held[0].shape == (24, 64, 64, 3)
    assert held[0].any(axis=(1, 2, 3)).all()
    assert not list(temporary.iterdir())
