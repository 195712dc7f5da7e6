"""`bl.images`: what comes back, and that the group column gives the interval."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

import bioloom as bl
from bioloom.errors import UnknownName
from bioloom.images.demonstration.creatures import draw_families
from bioloom.statistics.intervals import accuracy_interval


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    folder = draw_families(tmp_path_factory.mktemp("in"), n=30, rng_seed=2)
    for path in sorted((folder / "moppets").iterdir())[:10]:  # near-duplicates
        path.with_name(f"again_{path.name}").write_bytes(path.read_bytes())
    out = tmp_path_factory.mktemp("runs") / "run"
    settings = {"near": "hash", "side": 64}
    return bl.images.train(folder, out, settings=settings)


def test_a_result_is_short_and_tells_its_tables(result):
    assert "70 pictures in 2 classes; test accuracy " in repr(result)
    assert "<table" in result._repr_html_()
    assert (result.out / "report.html").is_file()
    assert len(result.to_frame()) == 70
    for kind in ("curves", "confusion", "calibration", "audit"):
        assert isinstance(result.plot(kind), Figure)
    with pytest.raises(UnknownName, match="no figure 'tsne'"):
        result.plot("tsne")


def test_the_group_column_gives_the_very_same_interval(result):
    table = pd.read_csv(
        result.out / "tables" / "classification_result.csv", encoding="utf-8-sig"
    )
    splits = pd.read_csv(result.out / "tables" / "splits.tsv", sep="\t")
    assert table["group"].tolist() == splits["group"].tolist()
    test = table[table["split"] == "test"]
    names = sorted(set(table["label"]))
    predicted, y = (
        test[column].map(names.index).to_numpy() for column in ("prediction", "label")
    )
    groups = test["group"].to_numpy(np.int64)
    found = accuracy_interval(predicted, y, groups=groups)
    assert found == result.measures["accuracy"]


def test_predicting_and_explaining(result):
    picture = next((result.training.pictures.folder / "moppets").iterdir())
    predictions = bl.images.predict(result, picture)
    assert repr(predictions).startswith("<PicturePredictions: 1 picture: 1 ")
    row = predictions.to_frame().iloc[0]
    told = bl.images.explain(result.out, picture, map_path=result.out / "map.png")
    assert told.title.endswith(row["prediction"])
    assert told.steps[2].value.number == pytest.approx(row["confidence"], abs=1e-4)
    assert (result.out / "map.png").is_file()
    assert result.explain(picture).to_text() == told.to_text()


def test_merging_and_near_duplicates(result, tmp_path):
    folder = result.training.pictures.folder
    plan = bl.images.merge([folder], tmp_path / "all", dry_run=True)
    assert not (tmp_path / "all").exists()
    assert repr(plan).startswith("<MergePlan: 70 found, 60 copied, 10 duplicate")
    assert bl.images.merge(str(folder), tmp_path / "all").rows == plan.rows
    assert list(plan.near_duplicates().to_frame()) == ["group", "path", "distance"]


def test_auditing(result):
    found = bl.images.audit(result.training.pictures.folder)
    assert repr(found) == "<AuditResult: 70 pictures; shortcuts: none>"
    assert isinstance(found.plot(), Figure)


def test_unknown_settings_and_shortcuts_are_told(tmp_path):
    with pytest.raises(UnknownName, match="no setting 'sides'.* Did you mean 'side'"):
        bl.images.train(tmp_path, tmp_path / "o", settings={"sides": 3})
