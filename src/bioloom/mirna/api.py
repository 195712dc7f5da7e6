"""Functions of `bioloom.mirna`, the verbs of the command ``bioloom mirna``."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from bioloom.errors import InputWarning
from bioloom.mirna.options import (
    MAX_LOOP,
    PValues,
    Region,
    SeedRegion,
    search_options,
)
from bioloom.run.progress import progress_bar
from bioloom.run.settings import RNG_SEED
from bioloom.seq.sources import SequenceSource

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bioloom.explain import Explanation
    from bioloom.mirna.chance.calibration import Calibration
    from bioloom.mirna.inputs.records import Targets
    from bioloom.mirna.inputs.regions import TargetSequences
    from bioloom.mirna.output.result import Prediction


def predict(
    mirnas: SequenceSource,
    targets: SequenceSource,
    *,
    top: int | None = None,
    max_mfe: float | None = None,
    seed_region: SeedRegion | str | None = None,
    allow_gu: bool = True,
    max_loop: int = MAX_LOOP,
    max_bulge: int = MAX_LOOP,
    p_values: PValues = "auto",
    calibration: Calibration | Path | str | None = None,
    rng_seed: int = RNG_SEED,
    threads: int = 1,
    progress: bool = False,
) -> Prediction:
    """Predict sites of miRNAs on targets by the energy of the duplex.

    Parameters
    ----------
    mirnas, targets
        FASTA (a path, plain or gzip, or text), one sequence, a dictionary of sequences
        by name, an open file, or records.
    top
        Sites per miRNA and target; by default 1, or all if `max_mfe` is given.
    max_mfe
        Highest energy of a site, kcal/mol.
    seed_region
        First and last base of the miRNA that must form one helix, e.g. ``"2-8"``.
    allow_gu
        Whether the seed region may contain G:U pairs.
    max_loop, max_bulge
        Longest side of an interior loop and longest bulge, nt, at most 15.
    p_values
        "auto": each target is compared with random ones of its composition; a preset of
        RNAhybrid; or "none".
    calibration
        What `calibrate` returned, or its file; then `p_values` does not matter.
    rng_seed
        Seed of the random targets.
    threads
        Processors; the result does not depend on it.
    progress
        Whether to show a bar.

    Returns
    -------
    Sites with energies, seed classes, scores, p-values and drawings.

    Raises
    ------
    MissingFile
        If a path leads to no file.
    BadFasta
        If a file or text is not FASTA of nucleotides.
    BadMirna
        If a miRNA is shorter than 8 nt or longer than 30, has an unknown base, or a
        name occurs twice.
    BadInput
        If a rule is out of range.
    BadModel
        If the calibration is for other miRNAs or other rules.
    FitFailed
        If no law fits the energies of random targets.

    Warns
    -----
    InputWarning
        If p-values may be wrong: the calibration is for targets of another
        composition, or laws were simulated for one composition and targets have many.

    Notes
    -----
    All targets are held in memory, a very long one in a temporary file; the command
    ``bioloom mirna predict`` streams them.

    Examples
    --------
    >>> import bioloom as bl
    >>> let7 = {"let-7": "UGAGGUAGUAGGUUGUAUAGUU"}
    >>> sites = bl.mirna.predict(let7, {"utr": "AAACUAUACAACCUACUACCUCAGG"})
    >>> print(sites.to_frame()[["mirna", "target", "mfe", "seed"]].to_csv(index=False))
    mirna,target,mfe,seed
    let-7,utr,-41.8,8mer
    <BLANKLINE>
    """
    from bioloom.mirna.inputs.records import read_mirnas
    from bioloom.mirna.prediction import prepared

    options = search_options(
        top=top,
        max_mfe=max_mfe,
        seed_region=seed_region,
        allow_gu=allow_gu,
        max_loop=max_loop,
        max_bulge=max_bulge,
    )
    with progress_bar(shown=progress) as on_step:
        search = prepared(
            read_mirnas(mirnas),
            _held(targets),
            options,
            p_values=p_values,
            calibration=_calibration(calibration),
            rng_seed=rng_seed,
            threads=threads,
            on_step=on_step,
        )
        if search.laws.warning:
            warnings.warn(search.laws.warning, InputWarning, stacklevel=2)
        return search.run(on_step)


def targets(
    annotation: str | Path,
    genome: str | Path,
    *,
    region: Region = "3utr",
    every_isoform: bool = False,
) -> TargetSequences:
    r"""Get the 3'UTRs (or other regions) of an annotation, to be searched.

    Parameters
    ----------
    annotation
        GTF, GFF3 or BED12.
    genome
        FASTA, plain or gzip.
    region
        Part of the transcripts; regions shorter than a miRNA are left out.
    every_isoform
        By default each gene gives its longest region, under its gene_id; else each
        transcript gives its own, under its transcript_id.

    Returns
    -------
    Sequences, 5'→3'; `predict` takes them as its targets.

    Raises
    ------
    MissingFile
        If a path leads to no file.
    BadAnnotation
        If the annotation is broken, or no transcript has such a region.
    BadFasta
        If the genome is not FASTA.
    ChromNamesDiffer
        If annotation and genome name their chromosomes differently.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import mkdtemp
    >>> genome, annotation = (Path(mkdtemp(), name) for name in ("g.fa", "a.bed"))
    >>> _ = genome.write_text(">chr1\n" + "ACGTTGCA" * 9 + "\n")
    >>> _ = annotation.write_text("chr1\t8\t40\ttx\t0\t-\n")
    >>> targets(annotation, genome, region="transcript")
    <TargetSequences: sequences: 1 (transcript), bases: 32>
    """
    from bioloom.mirna.inputs.regions import TargetSequences, read_regions

    records = read_regions(
        Path(annotation), Path(genome), region, every_isoform=every_isoform
    )
    return TargetSequences(tuple(records), region)


def calibrate(
    mirnas: SequenceSource,
    targets: SequenceSource,
    *,
    seed_region: SeedRegion | str | None = None,
    allow_gu: bool = True,
    max_loop: int = MAX_LOOP,
    max_bulge: int = MAX_LOOP,
    samples: int | None = None,
    rng_seed: int = RNG_SEED,
    threads: int = 1,
    progress: bool = False,
) -> Calibration:
    """Fit the law of each miRNA's best energy on random targets like these.

    Parameters
    ----------
    mirnas, targets
        As for `predict`; of the targets, dinucleotides and lengths are used.
    seed_region, allow_gu, max_loop, max_bulge
        Rules of the search; the laws are valid only for them.
    samples
        Random targets; by default 5,000 to 20,000, twice as many with a seed region.
    rng_seed
        Seed of the random targets.
    threads
        Processors; the result does not depend on it.
    progress
        Whether to show a bar.

    Returns
    -------
    Laws, to be given to `predict` as `calibration`.

    Raises
    ------
    MissingFile, BadFasta, BadMirna, BadInput
        As `predict`.
    FitFailed
        If no law fits the energies of random targets.

    Warns
    -----
    InputWarning
        If the targets have too few bases to model random ones well.

    Examples
    --------
    >>> import bioloom as bl
    >>> utrs = {f"utr {n}": "ACGUUGCAUCCGGAUAUUAC" * 5 for n in range(200)}
    >>> bl.mirna.calibrate({"let-7": "UGAGGUAGUAGGUUGUAUAGUU"}, utrs, samples=2000)
    <Calibration: laws: 1 (helix: None, allow_gu: True, max_loop: 15, max_bulge: 15)>
    """
    from bioloom.mirna.chance.background import background_of, few_bases
    from bioloom.mirna.chance.calibration import fit_calibration
    from bioloom.mirna.inputs.records import read_mirnas, read_targets

    options = search_options(
        seed_region=seed_region,
        allow_gu=allow_gu,
        max_loop=max_loop,
        max_bulge=max_bulge,
    )
    checked = read_mirnas(mirnas)
    background = background_of(target.codes for target in read_targets(targets))
    if message := few_bases(background):
        warnings.warn(message, InputWarning, stacklevel=2)
    with progress_bar(shown=progress) as on_step:
        return fit_calibration(
            checked,
            background,
            options,
            n_samples=samples,
            rng_seed=rng_seed,
            threads=threads,
            on_step=on_step,
        )


def explain(
    mirnas: SequenceSource,
    targets: SequenceSource,
    *,
    mirna: str | None = None,
    target: str | None = None,
    site: int = 1,
    seed_region: SeedRegion | str | None = None,
    allow_gu: bool = True,
    max_loop: int = MAX_LOOP,
    max_bulge: int = MAX_LOOP,
    p_values: PValues = "auto",
    calibration: Calibration | Path | str | None = None,
) -> Explanation:
    """Explain one site: its energy loop by loop, its seed, its p-value.

    Parameters
    ----------
    mirnas, targets
        As for `predict`.
    mirna, target
        Names of the pair; by default the first miRNA and the first target.
    site
        Number of the site; 1 is the best.
    seed_region, allow_gu, max_loop, max_bulge
        Rules of the search, as for `predict`.
    p_values, calibration
        As for `predict`, which gives the same p.

    Returns
    -------
    The working, step by step; it shows itself in a console and in a notebook.

    Raises
    ------
    MissingFile, BadFasta, BadMirna, BadInput, BadModel
        As `predict`.
    UnknownName
        If there is no miRNA or target of that name.

    Examples
    --------
    >>> import bioloom as bl
    >>> bl.mirna.explain("UGAGGUAGUAGGUUGUAUAGUU", "AAACUAUACAACCUACUACCUCAGG").title
    '1 on 1: -41.80 kcal/mol, seed 8mer'
    """
    from bioloom.mirna.prediction import explain_pair

    options = search_options(
        seed_region=seed_region,
        allow_gu=allow_gu,
        max_loop=max_loop,
        max_bulge=max_bulge,
    )
    return explain_pair(
        mirnas,
        targets,
        options,
        mirna=mirna,
        target=target,
        site=site,
        p_values=p_values,
        calibration=_calibration(calibration),
    )


def draw(
    mirnas: SequenceSource,
    targets: SequenceSource,
    *,
    mirna: str | None = None,
    target: str | None = None,
    site: int = 1,
    as_map: bool = False,
    max_mfe: float | None = None,
    seed_region: SeedRegion | str | None = None,
    allow_gu: bool = True,
    max_loop: int = MAX_LOOP,
    max_bulge: int = MAX_LOOP,
) -> Figure:
    """Draw one duplex base by base, or all sites along one target.

    Parameters
    ----------
    mirnas, targets
        As for `predict`.
    mirna, target
        Names; by default the first miRNA (in a map, all) and the first target.
    site
        Number of the site; 1 is the best.
    as_map
        Whether to draw all sites along the target.
    max_mfe
        Highest energy of a site in a map, kcal/mol; by default -15.
    seed_region, allow_gu, max_loop, max_bulge
        Rules of the search, as for `predict`.

    Returns
    -------
    A figure of matplotlib; `bioloom.draw.save` writes it as SVG and PNG.

    Raises
    ------
    MissingFile, BadFasta, BadMirna, BadInput
        As `predict`.
    UnknownName
        If there is no miRNA or target of that name.
    NoSite
        If there is no such site.

    Examples
    --------
    >>> import bioloom as bl
    >>> figure = bl.mirna.draw("UGAGGUAGUAGGUUGU", "AAACAACCUACUACCUCAGG")
    >>> figure.axes[0].get_title("left")
    '1 on 1, -32.90 kcal/mol'
    """
    from bioloom.mirna.prediction import draw_map, draw_site

    options = search_options(
        seed_region=seed_region,
        allow_gu=allow_gu,
        max_loop=max_loop,
        max_bulge=max_bulge,
    )
    if as_map:
        return draw_map(
            mirnas, targets, options, mirna=mirna, target=target, max_mfe=max_mfe
        )
    return draw_site(mirnas, targets, options, mirna=mirna, target=target, site=site)


def _held(targets: SequenceSource) -> Targets:
    """Targets in memory; the result refers to them."""
    from bioloom.mirna.inputs.records import Targets, read_targets

    return Targets(records=tuple(read_targets(targets)))


def _calibration(
    calibration: Calibration | Path | str | None,
) -> Calibration | Path | None:
    return Path(calibration) if isinstance(calibration, str) else calibration
