"""Public functions of the room: the commands of ``bioloom images``."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from bioloom.run.settings import RNG_SEED

if TYPE_CHECKING:
    from bioloom.explain import Explanation
    from bioloom.images.auditing.labels import Audit
    from bioloom.images.demonstration.demo import PictureDemo
    from bioloom.images.inspection.inspection import PictureInspection
    from bioloom.images.merging.plan import Check, MergePlan
    from bioloom.images.models.opening import Engine
    from bioloom.images.results import PictureTraining
    from bioloom.images.settings import AuditNear, NearBy
    from bioloom.images.training.predictions import PicturePredictions
    from bioloom.run.settings import Changes

PathSource: TypeAlias = str | PathLike[str]


def merge(
    sources: PathSource | Sequence[PathSource],
    into: PathSource,
    *,
    keep_folders: bool = False,
    by_class: bool = False,
    check: Check = "full",
    strict: bool = False,
    dry_run: bool = False,
    progress: bool = False,
) -> MergePlan:
    """Merge folders of pictures into one; identical files are copied once.

    No file is lost or overwritten, and the sources are not changed.

    Parameters
    ----------
    sources
        Folders, in order; of identical files the first is copied.
    into
        Target folder, which need not exist.
    keep_folders
        Whether files keep their folders below the source; else all go into one folder.
    by_class
        Whether each source consists of class folders, which are joined by name. A
        picture that is in two classes is copied to both, and is in ``contrary``.
    check
        How pictures are checked: "none", only the "header", or "full" decoding.
    strict
        Whether a file that cannot be read is an error, once all others are merged.
    dry_run
        Whether to only plan the merge.
    progress
        Whether to show a progress bar.

    Returns
    -------
    One row per picture: copied, duplicate or unreadable. ``notes()`` of it says what to
    look at, ``near_duplicates()`` finds similar pictures.

    Raises
    ------
    MissingFile, BadPictures
        If a source is not a folder, or there is no picture; with `strict`, if a file
        cannot be read.
    CannotWrite, RunIsBusy
        If the target cannot be written to, or another merge is running in it.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "a.png").write_bytes(b"no picture")
    ...     merge(folder, f"{folder}/all", dry_run=True).n_of("unreadable")
    1
    """
    from bioloom.images.merging.copying import carry_out
    from bioloom.images.merging.plan import plan_merge
    from bioloom.run.progress import progress_bar

    result = plan_merge(
        _paths(sources),
        Path(into),
        keep_folders=keep_folders,
        by_class=by_class,
        check=check,
    )
    if not dry_run:
        with progress_bar(shown=progress) as on_step:
            result = carry_out(result, on_step=on_step)
    if strict:
        result.require_readable()
    return result


def train(
    folder: PathSource,
    out: PathSource,
    *,
    multilabel: bool = False,
    settings: Changes | None = None,
    force: bool = False,
    progress: bool = False,
) -> PictureTraining:
    """Train a classifier of pictures and audit the data for shortcuts.

    Parameters
    ----------
    folder
        Its subfolders are the classes, with or without the sides of a split; or a
        table of path, label and perhaps split.
    out
        Run folder to write; an interrupted training in it resumes.
    multilabel
        Whether a picture can have several labels: in a table a cell such as ``a|b``
        (``|`` alone is none of them) or a column of 0 and 1 for each; in folders, files
        with the same content in several.
    settings
        Settings to change by name, such as ``{"fit": "all", "side": 128}``
        (`bioloom.images.settings.Settings`).
    force
        Whether to replace a finished run folder.
    progress
        Whether to show a progress bar.

    Returns
    -------
    Predictions, measures with intervals, and the audit of shortcuts.

    Raises
    ------
    MissingFile, BadPictures
        If the folder cannot be learnt from.
    UnknownName, BadConfig
        If there is no such setting, or settings do not fit together.
    BadModel, PackageMissing
        If initial weights cannot be used or are missing.
    OutputExists
        If `out` holds a finished run and `force` is not set.

    Examples
    --------
    >>> train("nowhere", "run")
    Traceback (most recent call last):
    bioloom.errors.MissingFile: nowhere: found no such file, expected a folder of ...
    """
    from bioloom.images.results import PictureTraining
    from bioloom.images.settings import settings_with
    from bioloom.images.training_run import train_classifier
    from bioloom.report.images import write_report
    from bioloom.run.progress import progress_bar

    changes = {**(settings or {}), **({"multilabel": True} if multilabel else {})}
    with progress_bar(shown=progress) as on_step:
        training = train_classifier(
            Path(folder),
            Path(out),
            settings_with(changes),
            force=force,
            report=write_report,
            on_step=on_step,
        )
    return PictureTraining(training, Path(out))


def predict(
    run: PathSource | PictureTraining,
    pictures: PathSource | Sequence[PathSource],
    *,
    engine: Engine = "auto",
    int8: bool = False,
    threads: int = 1,
    progress: bool = False,
) -> PicturePredictions:
    """Predict the class of pictures, or their labels.

    Parameters
    ----------
    run
        Result of `train`, a run folder, or its model file.
    pictures
        Files and folders; folders are searched recursively.
    engine
        "onnx" (ONNX Runtime), "torch", or "auto": ONNX Runtime if it is installed.
    int8
        Whether to use the run's 8-bit model.
    threads
        Processor threads to use.
    progress
        Whether to show a progress bar.

    Returns
    -------
    One row per file; an unreadable one has a reason instead of a prediction. Several
    labels are joined by ``|``, and each has a column of its probability.

    Raises
    ------
    MissingFile, BadModel, PackageMissing
        If there is no model, it is not one of bioloom's, or nothing can run it.

    Examples
    --------
    >>> predict("nowhere", "a.png")
    Traceback (most recent call last):
    bioloom.errors.MissingFile: nowhere: found no such file, expected a model of ...
    """
    from bioloom.images.models.opening import open_model
    from bioloom.images.training.predictions import predict_pictures
    from bioloom.run.progress import progress_bar

    model = open_model(_folder(run), engine=engine, int8=int8, threads=threads)
    with progress_bar(shown=progress) as on_step:
        return predict_pictures(model, _paths(pictures), on_step=on_step)


def audit(
    folder: PathSource,
    *,
    neutralise: bool = False,
    equalise: bool = False,
    side: int = 224,
    near: AuditNear = "hash",
    name_pattern: str = "",
    multilabel: bool = False,
    threads: int = 1,
    rng_seed: int = RNG_SEED,
    progress: bool = False,
) -> Audit:
    """Find shortcuts: properties unrelated to the subject that predict the class.

    Parameters
    ----------
    folder
        Its subfolders are the classes, with or without the sides of a split; or a
        table of path, label and perhaps split.
    neutralise, equalise
        Cures to apply; the pictures are then audited before and after.
    side
        Width and height of pictures as the model gets them, a multiple of 32.
    near
        Whether near-duplicates by perceptual hash ("hash") or none are kept in the
        same fold.
    name_pattern
        Regular expression; pictures in whose names it matches the same text are in the
        same fold.
    multilabel
        Whether a picture can have several labels, as for `train`; each is audited
        against the pictures without it.
    threads
        Processor threads to use.
    rng_seed
        Of the folds and permutations.
    progress
        Whether to show a progress bar.

    Returns
    -------
    One finding per probe; ``warnings()`` gives the shortcuts in words, ``notes()`` what
    only the file shows, what was cured, and what the usual script would have seen.

    Raises
    ------
    MissingFile, BadPictures, BadConfig
        If the folder, the side or the pattern cannot be used.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> from bioloom.images.demonstration.creatures import draw_families
    >>> folder = draw_families(Path(mkdtemp()), n=20, rng_seed=1, plant="corner")
    >>> "corner" in [finding.probe for finding in audit(folder).shortcuts]
    True
    """
    from bioloom.images.auditing.audit import audit_folder
    from bioloom.images.settings import Settings
    from bioloom.run.progress import progress_bar

    settings = Settings(neutralise=neutralise, equalise=equalise, side=side)
    with progress_bar(shown=progress) as on_step:
        return audit_folder(
            Path(folder),
            conversion=settings.conversion,
            near=near != "none",
            name_pattern=name_pattern,
            multilabel=multilabel,
            threads=threads,
            rng_seed=rng_seed,
            on_step=on_step,
        )


def inspect(
    folder: PathSource,
    *,
    out: PathSource | None = None,
    near: NearBy = "hash",
    features: bool = True,
    threads: int = 1,
    rng_seed: int = RNG_SEED,
    force: bool = False,
    progress: bool = False,
) -> PictureInspection:
    """Find what is wrong with a data set, picture by picture; it is not changed.

    Parameters
    ----------
    folder
        A folder of class folders, with or without the sides of a split, or a table of
        path, label and perhaps split.
    out
        Run folder to write, with a page; None writes nothing.
    near
        How near-duplicates are found: by perceptual "hash", by hash and "features", or
        "none".
    features
        Whether labels are judged, by the features of a trained network.
    threads
        Processor threads to use.
    rng_seed
        Of the folds in which labels are judged.
    force
        Whether to replace a finished run folder.
    progress
        Whether to show a progress bar.

    Returns
    -------
    One row per problem, the weightiest kinds first: probable label errors, copies and
    near-duplicates, unreadable files, outliers.

    Raises
    ------
    MissingFile, BadPictures
        If there is no such folder, or its table cannot be read.
    OutputExists
        If `out` holds a finished run and `force` is not set.
    PackageMissing
        If features are asked for and the weights are not installed.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     for name in ("cat", "dog"):
    ...         Path(folder, name).mkdir()
    ...         _ = Path(folder, name, "1.png").write_bytes(b"no picture")
    ...     inspect(folder, features=False).counts
    {'unreadable': 2}
    """
    from bioloom.images.inspection.inspecting import Inspect, inspect_data
    from bioloom.report.images_inspection import write_inspection
    from bioloom.run.progress import progress_bar

    with progress_bar(shown=progress) as on_step:
        return inspect_data(
            Path(folder),
            Inspect(near, features, threads, rng_seed),
            out=None if out is None else Path(out),
            force=force,
            report=write_inspection,
            on_step=on_step,
        )


def explain(
    run: PathSource | PictureTraining,
    picture: PathSource,
    *,
    engine: Engine = "auto",
    of_label: str | None = None,
    map_path: PathSource | None = None,
) -> Explanation:
    """Show the working behind the prediction of a picture, cell by cell.

    Parameters
    ----------
    run
        Result of `train`, or a finished run folder.
    picture
        The file.
    engine
        As for `predict`.
    of_label
        Label to explain, where a picture can have several; by default the likeliest.
    map_path
        PNG file to write with the evidence for the class or label (Grad-CAM).

    Returns
    -------
    The working: scores, probabilities, and what each cell adds.

    Raises
    ------
    BadRunFolder, MissingFile, BadModel
        If the run is not one, or not finished.
    BadConfig, UnknownName
        If a picture has one class, or there is no such label.
    UnreadablePicture
        If the picture cannot be read.

    Examples
    --------
    >>> explain("nowhere", "a.png")
    Traceback (most recent call last):
    bioloom.errors.BadRunFolder: nowhere: found no readable run.json, expected a run ...
    """
    from bioloom.images.output.explain import explain_picture
    from bioloom.images.output.working import work_out

    working = work_out(_folder(run), Path(picture), engine=engine, of_label=of_label)
    if map_path is not None:
        working.write_map(Path(map_path))
    return explain_picture(working)


def demo(
    out: PathSource,
    *,
    plant: str | None = None,
    n: int = 80,
    rng_seed: int = RNG_SEED,
    progress: bool = False,
) -> PictureDemo:
    """Draw two families of creatures, train on them, and check the audit.

    Parameters
    ----------
    out
        Folder for `pictures` and `run`; both are replaced.
    plant
        Shortcut to plant, such as "corner"; None for none.
    n
        Pictures of each family.
    rng_seed
        Of the creatures and the training.
    progress
        Whether to show a progress bar.

    Returns
    -------
    The training, and whether the audit found what was planted.

    Raises
    ------
    UnknownName
        If there is no such shortcut.

    Examples
    --------
    >>> demo("creatures", plant="smell")
    Traceback (most recent call last):
    bioloom.errors.UnknownName: demo: found no shortcut 'smell', expected one of its ...
    """
    from bioloom.errors import UnknownName
    from bioloom.images.demonstration.creatures import SHORTCUTS
    from bioloom.images.demonstration.demo import run_demo
    from bioloom.images.settings import Settings
    from bioloom.report.images import write_report
    from bioloom.run.progress import progress_bar

    if plant is not None and plant not in SHORTCUTS:
        raise UnknownName(plant, kind="shortcut", where="demo", known=[*SHORTCUTS])
    with progress_bar(shown=progress) as on_step:
        return run_demo(
            Path(out),
            plant=plant,
            n=n,
            settings=Settings(near="hash", rng_seed=rng_seed),
            report=write_report,
            on_step=on_step,
        )


def _paths(sources: PathSource | Sequence[PathSource]) -> list[Path]:
    if isinstance(sources, str | PathLike):
        return [Path(sources)]
    return [Path(source) for source in sources]


def _folder(run: PathSource | PictureTraining) -> Path:
    return Path(run) if isinstance(run, str | PathLike) else run.out
