"""Two thousand pictures, whole and damaged: a row each, in order, with a reason."""

import io

import numpy as np
import pytest
from PIL import Image

from bioloom.images.dataset.scan import scan
from bioloom.images.errors import UnreadablePicture
from bioloom.images.files.reading import REASONS, read_picture
from bioloom.images.files.view import Conversion
from bioloom.images.models.inference import TrainedModel
from bioloom.images.training.predictions import predict_pictures
from tests.images import damage

N = 2000
CLASSES = ("red", "green", "blue")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """What each file is, and where."""
    folder = tmp_path_factory.mktemp("damaged")
    made = []
    for number, case in enumerate(damage.cases(N)):
        path = folder / f"{number:04d}_{case.name}"
        path.write_bytes(case.content)
        made.append((case, path))
    return made


@pytest.fixture(scope="module", params=[1, 3])
def seen(files, request):
    pixels = np.zeros((N, 64, 64, 3), dtype=np.uint8)
    paths = [str(path) for _, path in files]
    conversion = Conversion(side=pixels.shape[1])
    return scan(paths, pixels, conversion=conversion, threads=request.param)


def test_every_file_is_read_or_has_its_reason(files, seen):
    n_right = 0
    for place, (case, path) in enumerate(files):
        reason = seen.reasons[place]
        assert (seen.looks[place] is None) == bool(reason)
        assert reason == "" or reason in REASONS
        if case.reasons is not None:
            assert reason in case.reasons, path.name
        else:
            assert reason == "", path.name
        if reason:
            assert not seen.pixels[place].any()
        n_right += not reason
    assert 0.3 * N < n_right < 0.8 * N


def test_pixels_that_are_known_are_right(files, seen):
    n_known = 0
    for place, (case, path) in enumerate(files):
        if case.colour is not None:
            found = seen.pixels[place].astype(float).mean(axis=(0, 1))
            assert np.abs(found - case.colour).max() <= max(case.atol, 0.5), path.name
            n_known += 1
    assert n_known > N // 3


def test_predictions_are_of_their_own_pictures(files):
    """The model says which channel is brightest: a row out of step is another's."""

    def run(pixels):
        means = pixels.mean(axis=(2, 3))
        return 50 * means, means, np.zeros((len(pixels), 3, 1, 1), dtype=np.float32)

    model = TrainedModel({"class_names": CLASSES, "side": 32, "temperature": 1.0}, run)
    table = predict_pictures(model, [path for _, path in files]).frame
    assert list(table["path"]) == [str(path) for _, path in files]
    n_told = 0
    for (case, path), row in zip(files, table.to_dict("records"), strict=True):
        assert bool(row["prediction"]) == (row["reason"] == "")
        assert bool(row["sha1"]) == (row["reason"] == "")
        if case.colour is not None and case.colour in damage.COLOURS:
            said = CLASSES[int(np.argmax(case.colour))]
            assert row["prediction"] == said, path.name
            n_told += 1
    assert n_told > N // 5


def test_facts_are_those_of_the_file(files, seen):
    found = {}
    for (case, _), look in zip(files, seen.looks, strict=True):
        if look:
            kind, _, ending = case.name.partition(".")
            found.setdefault(kind, []).append((ending, look.facts))
    assert all(facts.mode == "CMYK" for _, facts in found["cmyk"])
    for kind in ("deep", "deep_grey", "hole"):
        assert all(facts.is_deep for _, facts in found[kind])
    for kind in ("palette", "clear", "hole", "grey_alpha"):
        assert all(facts.has_alpha for _, facts in found[kind])
    assert all(facts.transparent == 1 for _, facts in found["clear"])
    assert all(facts.is_animated for _, facts in found["animated"])
    assert {facts.is_rotated for _, facts in found["turned"]} == {True, False}
    assert not any(facts.has_own_ending for _, facts in found["renamed"])
    assert all(facts.has_own_ending for _, facts in found["whole"])
    assert not any(facts.is_deep or facts.is_animated for _, facts in found["whole"])


@pytest.mark.parametrize("way", range(1, 9))
def test_exif_turns_the_picture_upright(tmp_path, way):
    """Which stored row is the top, and which column the left: EXIF 2.3, Orientation."""
    colours = np.array(
        [[[200, 30, 30], [30, 200, 30]], [[30, 30, 200], [200, 200, 30]]]
    )
    upright = np.kron(colours, np.ones((16, 24, 1))).astype(np.uint8)
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright, 1),
        7: upright[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(upright, -1),
    }[way]
    exif = Image.Exif()
    exif[0x0112] = way
    path = tmp_path / "turned.jpg"
    Image.fromarray(np.ascontiguousarray(stored)).save(
        path, exif=exif, quality=95, subsampling=0
    )
    picture, facts = read_picture(str(path))
    assert picture.size == (facts.width, facts.height) == (48, 32)
    assert facts.is_rotated == (way > 1)
    assert np.abs(np.asarray(picture).astype(int) - upright).mean() < 6


def test_a_picture_cut_anywhere_is_told(tmp_path):
    rng = np.random.default_rng(2)
    image = damage.drawn(damage.COLOURS[0], rng)
    path = tmp_path / "cut"
    thumbnail = Image.Exif()
    thumbnail[0x010E] = "\xff\xd8 a thumbnail \xff\xd9"
    for form, options in (
        *(("png", {}), ("jpeg", {"quality": 90}), ("webp", {}), ("gif", {})),
        ("jpeg", {"quality": 90, "progressive": True, "exif": thumbnail}),
    ):
        stream = io.BytesIO()
        image.save(stream, form, **options)
        content = stream.getvalue()
        whole = len(content)
        for n in (*range(1, whole - 12, 5), *range(whole - 12, whole)):
            path.write_bytes(content[:n])
            with pytest.raises(UnreadablePicture):
                read_picture(str(path))
        path.write_bytes(content)
        assert read_picture(str(path))[1].kind == form
