"""Functions of `bioloom.mirna`, the verbs of the command ``bioloom mirna``."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bioloom.errors import InputWarning
from bioloom.mirna.options import (
    MAX_LOOP,
    OnBadRecord,
    PValues,
    Region,
    SeedRegion,
    search_options,
)
from bioloom.run.progress import progress_bar
from bioloom.run.settings import RNG_SEED
from bioloom.run.table_reader import TableSource
from bioloom.seq.sources import SequenceSource

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bioloom.explain import Explanation
    from bioloom.mirna.chance.calibration import Calibration
    from bioloom.mirna.evaluation.result import Evaluation
    from bioloom.mirna.inputs.oddities import RecordLog
    from bioloom.mirna.inputs.regions import TargetSequences
    from bioloom.mirna.inputs.targets import Targets
    from bioloom.mirna.joint.result import JointSites
    from bioloom.mirna.output.result import Prediction
    from bioloom.mirna.sponges.result import Sponges
    from bioloom.mirna.workflow.result import BlocksResult


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
    all_seed_matches: bool = False,
    circular: bool = False,
    plant: bool = False,
    max_expectation: float | None = None,
    min_mfe_ratio: float | None = None,
    p_values: PValues = "auto",
    calibration: Calibration | Path | str | None = None,
    gtf: Path | str | None = None,
    region: Region | None = None,
    on_genome: bool = False,
    evidence: Path | str | None = None,
    species: Sequence[str] = (),
    on_bad_record: OnBadRecord = "skip",
    accessibility: bool = False,
    position: bool = False,
    alignments: Path | str | None = None,
    conservation: Path | str | None = None,
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
        Sites per miRNA and target; by default 1, or all if `max_mfe` or
        `all_seed_matches` is given.
    max_mfe
        Highest energy of a site, kcal/mol.
    seed_region
        First and last base of the miRNA that must form one helix, e.g. ``"2-8"``.
    allow_gu
        Whether the seed region may contain G:U pairs.
    max_loop, max_bulge
        Longest side of an interior loop and longest bulge, nt, at most 15.
    all_seed_matches
        Whether to list every seed match, each with its own best energy, whether they
        overlap or not, instead of the best sites by energy.
    circular
        Whether targets are circular RNAs, on which sites may lie across the junction.
    plant
        Whether to search for near-perfect sites as plants have them, by penalties of
        mismatches; all that have at most `max_expectation`, by default 4.
    max_expectation
        Highest sum of penalties of such a site.
    min_mfe_ratio
        Lowest energy of a site as a share of that with the perfect complement; TAPIR
        takes 0.7 for plants.
    p_values
        "auto": each target is compared with random ones of its composition; a preset of
        RNAhybrid; or "none".
    calibration
        What `calibrate` returned, or its file; then `p_values` does not matter.
    gtf
        Annotation of the targets (GTF, GFF3 or BED12): gives positions on the genome.
    region
        With `gtf`: the part of the transcripts that targets are whose headers do not
        say it; by default the part of the same length.
    on_genome
        Whether to take positions on the genome from the targets' headers, as `targets`
        writes them.
    evidence
        Peaks of an experiment (CLIP, degradome), BED on the genome with `gtf` or
        `on_genome`, else in positions of the targets: a
        column says how many bases of a site they cover, and the result's `evidence`
        whether more sites overlap one than at random positions.
    species
        Take only miRNAs whose names begin so, e.g. ``["hsa"]``; all if empty.
    on_bad_record
        Whether a record that cannot be used (empty, not nucleotides, a miRNA shorter
        than 8 nt or longer than 30 or with an ambiguous base) is skipped and counted in
        a warning, or is an error.
    accessibility
        Whether to add the energy that opens each site (needs ViennaRNA).
    position
        Whether to add each site's distance to the nearest end of its target.
    alignments
        Other species beside the targets, MAF or aligned FASTA: adds the share of them
        whose seed match is the same.
    conservation
        Scores along the genome, bigWig, with `gtf` or `on_genome`: adds their mean over
        the seed match.
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
        If a file or text is not FASTA of nucleotides, or no record can be used.
    BadMirna
        If fewer than half of the miRNAs can be any.
    UnknownName
        If no miRNA is of these species.
    BadInput
        If a rule is out of range.
    BadModel
        If the calibration is for other miRNAs or other rules.
    FitFailed
        If no law fits the energies of random targets.
    PackageMissing
        If ViennaRNA is needed and not installed.

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
    from bioloom.mirna.chance.laws import LawSource
    from bioloom.mirna.context.columns import context_of
    from bioloom.mirna.context.conservation_track import ConservationTrack
    from bioloom.mirna.evidence.overlap import Evidence
    from bioloom.mirna.evidence.peaks import read_peaks
    from bioloom.mirna.inputs.oddities import RecordLog
    from bioloom.mirna.inputs.records import read_mirnas
    from bioloom.mirna.prediction import GenomeSource, prepared

    context = context_of(
        accessibility=accessibility,
        position=position,
        alignments=Path(alignments) if alignments else None,
    )
    options = search_options(
        top=top,
        max_mfe=max_mfe,
        seed_region=seed_region,
        allow_gu=allow_gu,
        max_loop=max_loop,
        max_bulge=max_bulge,
        all_seed_matches=all_seed_matches,
        circular=circular,
        plant=plant,
        max_expectation=max_expectation,
        min_mfe_ratio=min_mfe_ratio,
    )
    log = RecordLog(on_bad_record)
    checked, held = read_mirnas(mirnas, log=log, species=species), _held(targets, log)
    genome = GenomeSource(Path(gtf) if gtf else None, region)
    places = genome.places(held, targets, log) if gtf or on_genome else None
    with progress_bar(shown=progress) as on_step:
        search = prepared(
            checked,
            held,
            options,
            LawSource(p_values, _calibration(calibration), rng_seed),
            places=places,
            evidence=Evidence(read_peaks(Path(evidence))) if evidence else None,
            threads=threads,
            on_step=on_step,
        )
        if search.laws.warning:
            warnings.warn(search.laws.warning, InputWarning, stacklevel=2)
        track = ConservationTrack(Path(conservation)) if conservation else None
        return replace(search, context=context, track=track).run(on_step)


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
    from bioloom.mirna.inputs.oddities import RecordLog
    from bioloom.mirna.inputs.records import read_mirnas

    options = search_options(
        seed_region=seed_region,
        allow_gu=allow_gu,
        max_loop=max_loop,
        max_bulge=max_bulge,
    )
    checked = read_mirnas(mirnas)
    usable = _held(targets, RecordLog())
    background = background_of(target.codes for target in usable)
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


def evaluate(pairs: TableSource, *, progress: bool = False) -> Evaluation:
    """Say how well energy, ratio and score tell your real pairs from the others.

    Parameters
    ----------
    pairs
        Table (a path, plain or gzip, "-" for standard input; a DataFrame; columns by
        name) with the sequence of a miRNA, that of a target site, a label (1 or 0) and,
        if known, the miRNA's family. Usual names of columns are understood.
    progress
        Whether to show a bar.

    Returns
    -------
    ROC-AUC and average precision with intervals, over all pairs and within each large
    family; and an audit: what the miRNA's identity, the site's length or G+C content
    alone would score on the same pairs.

    Raises
    ------
    MissingFile
        If a path leads to no file.
    BadTable
        If a column is missing, or too few usable pairs remain.

    Examples
    --------
    >>> import bioloom as bl
    >>> site, other = "AAACUAUACAACCUACUACCUCAGG", "GGCACGAGCCGGAAGAAGAGCAC"
    >>> table = {
    ...     "mirna": ["UGAGGUAGUAGGUUGUAUAGUU"] * 8,
    ...     "site": [site, other] * 4,
    ...     "label": [1, 0] * 4,
    ... }
    >>> bl.mirna.evaluate(table).of("measure")[2].roc_auc.value
    1.0
    """
    from bioloom.mirna.evaluation.evaluate import evaluate_pairs

    with progress_bar(shown=progress) as on_step:
        return evaluate_pairs(pairs, on_step)


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
    all_seed_matches: bool = False,
    circular: bool = False,
    plant: bool = False,
    max_expectation: float | None = None,
    min_mfe_ratio: float | None = None,
    p_values: PValues = "auto",
    calibration: Calibration | Path | str | None = None,
    accessibility: bool = False,
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
    all_seed_matches, circular, plant, max_expectation, min_mfe_ratio
        As for `predict`.
    p_values, calibration
        As for `predict`, which gives the same p.
    accessibility
        Whether to explain the site's opening energy, which needs ViennaRNA.

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
    from bioloom.mirna.chance.laws import LawSource
    from bioloom.mirna.pair import explain_pair

    options = search_options(
        seed_region=seed_region,
        allow_gu=allow_gu,
        max_loop=max_loop,
        max_bulge=max_bulge,
        all_seed_matches=all_seed_matches,
        circular=circular,
        plant=plant,
        max_expectation=max_expectation,
        min_mfe_ratio=min_mfe_ratio,
    )
    return explain_pair(
        mirnas,
        targets,
        options,
        mirna=mirna,
        target=target,
        site=site,
        law_source=LawSource(p_values, _calibration(calibration)),
        accessibility=accessibility,
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
    all_seed_matches: bool = False,
    circular: bool = False,
    plant: bool = False,
    max_expectation: float | None = None,
    min_mfe_ratio: float | None = None,
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
    all_seed_matches, circular, plant, max_expectation, min_mfe_ratio
        As for `predict`.

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
    from bioloom.mirna.pair import draw_map, draw_site

    options = search_options(
        seed_region=seed_region,
        allow_gu=allow_gu,
        max_loop=max_loop,
        max_bulge=max_bulge,
        all_seed_matches=all_seed_matches,
        circular=circular,
        plant=plant,
        max_expectation=max_expectation,
        min_mfe_ratio=min_mfe_ratio,
    )
    if as_map:
        return draw_map(
            mirnas, targets, options, mirna=mirna, target=target, max_mfe=max_mfe
        )
    return draw_site(mirnas, targets, options, mirna=mirna, target=target, site=site)


def sponge(
    mirnas: SequenceSource,
    targets: SequenceSource,
    *,
    shared_with: SequenceSource | None = None,
    circular: bool = False,
    species: Sequence[str] = (),
    on_bad_record: OnBadRecord = "skip",
) -> Sponges:
    """Find RNAs with more seed sites than by chance, and pairs that share miRNAs.

    Parameters
    ----------
    mirnas, targets
        As for `predict`; the targets are RNAs that may be sponges, such as lincRNAs.
    shared_with
        Other RNAs, such as 3'UTRs, that may compete for the same miRNAs.
    circular
        Whether `targets` are circular RNAs.
    species, on_bad_record
        As for `predict`.

    Returns
    -------
    Sites of each miRNA by number and density, beside shuffles with the same
    dinucleotides (z, p, q); pairs that share families of miRNAs; edges for a graph.

    Raises
    ------
    MissingFile, BadFasta, BadMirna, UnknownName
        As `predict`.

    Examples
    --------
    >>> import bioloom as bl
    >>> rna = "ACGUUGCAAGCCUUAGAAUC" * 20 + "AACUACCUCAGAUG" * 6
    >>> sponges = bl.mirna.sponge({"let-7": "UGAGGUAGUAGGUUGUAUAGUU"}, {"rna": rna})
    >>> print(sponges.to_frame()[["mirna", "n_sites"]].to_csv(index=False))
    mirna,n_sites
    let-7,6
    <BLANKLINE>
    """
    from bioloom.mirna.inputs.oddities import RecordLog
    from bioloom.mirna.inputs.records import read_mirnas
    from bioloom.mirna.sponges.result import find_sponges

    log = RecordLog(on_bad_record)
    others = tuple(_held(shared_with, log)) if shared_with is not None else ()
    return find_sponges(
        read_mirnas(mirnas, log=log, species=species),
        tuple(_held(targets, log)),
        others,
        circular=circular,
    )


def orthologs(
    mirnas: SequenceSource,
    targets: SequenceSource,
    groups: TableSource,
    *,
    seed_region: SeedRegion | str | None = None,
    allow_gu: bool = True,
    p_values: PValues = "auto",
    species: Sequence[str] = (),
    on_bad_record: OnBadRecord = "skip",
    rng_seed: int = RNG_SEED,
    threads: int = 1,
    progress: bool = False,
) -> JointSites:
    """Find sites that all orthologs of a target have, with one p-value for them.

    Parameters
    ----------
    mirnas, targets
        As for `predict`; the targets of all species.
    groups
        A table with the columns `group` and `target`, or a row per group with a target
        of each species; a path, an open file, a DataFrame or columns by name.
    seed_region, allow_gu, p_values, species, on_bad_record, rng_seed, threads, progress
        As for `predict`; `rng_seed` also draws the random miRNAs.

    Returns
    -------
    The joint p-value of each miRNA on each group, by the effective number of orthologs.

    Raises
    ------
    MissingFile, BadFasta, BadMirna, UnknownName
        As `predict`.
    BadTable
        If no group has two of the targets.
    NoLaws
        If there are no p-values for such targets.

    Examples
    --------
    >>> import bioloom as bl
    >>> site = "AACUAUACAACCUACUACCUCAGG"
    >>> utrs = {"fly": "CGAU" * 20 + site, "bee": site + "UGCA" * 20}
    >>> bl.mirna.orthologs(
    ...     {"let-7": "UGAGGUAGUAGGUUGUAUAGUU"},
    ...     utrs,
    ...     {"group": ["g", "g"], "target": ["fly", "bee"]},
    ...     p_values="3utr_fly",
    ... )
    <JointSites: groups of orthologs: 1, miRNAs: 1, pairs with q <= 0.05: 1>
    """
    from bioloom.mirna.chance.laws import LawSource
    from bioloom.mirna.inputs.oddities import RecordLog
    from bioloom.mirna.inputs.records import read_mirnas
    from bioloom.mirna.joint.groups import read_groups
    from bioloom.mirna.joint.search import joint_sites

    log = RecordLog(on_bad_record)
    checked, held = read_mirnas(mirnas, log=log, species=species), _held(targets, log)
    with progress_bar(shown=progress) as on_step:
        return joint_sites(
            checked,
            held,
            read_groups(groups, [target.name for target in held]),
            search_options(seed_region=seed_region, allow_gu=allow_gu),
            law_source=LawSource(p_values, None, rng_seed),
            threads=threads,
            on_step=on_step,
        )


def run(
    config: Path | str,
    *,
    cores: int = 2,
    profile: str = "",
    force: bool = False,
    progress: bool = False,
) -> BlocksResult:
    """Predict in blocks of targets, here or on a cluster; an interrupted run resumes.

    Parameters
    ----------
    config
        ``config.yaml``.
    cores
        Processors, with a profile those of one job.
    profile
        "slurm", "kubernetes" or the folder of a Snakemake profile; empty runs here.
    force
        Whether to rerun a finished folder.
    progress
        Whether to show a bar.

    Returns
    -------
    The finished run folder, with its table; it does not depend on the blocks.

    Raises
    ------
    MissingFile
        If a file that the configuration names does not exist.
    BadConfig
        If an entry is wrong.
    PackageMissing
        If Snakemake is not installed.
    StepFailed, ToolFailed
        If a step fails.
    OutputExists
        If the run folder holds a finished run and `force` is not set.

    Examples
    --------
    >>> run("my_run/config.yaml")
    Traceback (most recent call last):
    bioloom.errors.MissingFile: my_run/config.yaml: found no such file, ...
    """
    from bioloom.mirna.workflow.result import BlocksResult
    from bioloom.mirna.workflow.runner import run_workflow
    from bioloom.run.workflow import Launch

    with progress_bar(shown=progress) as on_step:
        launch = Launch(cores, profile, force)
        out = run_workflow(Path(config), launch, on_step=on_step)
    return BlocksResult(out)


def demo(out: Path | str) -> Prediction:
    """Predict sites of ten miRNAs of the fly on files that come with bioloom.

    Parameters
    ----------
    out
        Folder, in which mirnas.fa, targets.fa and sites.tsv are written.

    Returns
    -------
    Three sites at most of each miRNA on each target, with RNAhybrid's p-values.

    Raises
    ------
    CannotWrite
        If the folder cannot be written.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> demo(mkdtemp())
    <Prediction: sites: 60, miRNAs: 10, targets: 2>
    """
    from bioloom.mirna.demonstration import write_demo_files

    written = write_demo_files(Path(out))
    sites = predict(written.mirnas, written.targets, top=3, p_values="3utr_fly")
    sites.write(Path(out) / "sites.tsv")
    return sites


def _held(targets: SequenceSource, log: RecordLog) -> Targets:
    """Targets in memory; the result refers to them."""
    from bioloom.mirna.inputs.records import read_targets
    from bioloom.mirna.inputs.targets import held_targets
    from bioloom.seq.coded import source_name

    usable = held_targets(read_targets(targets, log=log))
    log.finish(source_name(targets, "targets"), len(usable))
    return usable


def _calibration(
    calibration: Calibration | Path | str | None,
) -> Calibration | Path | None:
    return Path(calibration) if isinstance(calibration, str) else calibration
