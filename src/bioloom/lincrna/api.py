"""The room's public functions, the verbs of ``bioloom lincrna``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from os import PathLike
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypeAlias

from bioloom.lincrna.about import About
from bioloom.lincrna.settings import (
    ComparisonSettings,
    Contrast,
    FilterSettings,
    Micropeptides,
    PartnerSettings,
    RunConfig,
)
from bioloom.lincrna.settings.marking import ClusterGenes, MarkingSettings
from bioloom.run.progress import progress_bar
from bioloom.run.settings import RNG_SEED
from bioloom.run.table_reader import TableSource
from bioloom.seq.sources import SequenceSource

if TYPE_CHECKING:
    from anndata import AnnData

    from bioloom.explain import Explanation
    from bioloom.lincrna.coding.model import CodingModel
    from bioloom.lincrna.comparison.result import ComparisonResult
    from bioloom.lincrna.inputs.templates import Templates
    from bioloom.lincrna.marking.result import MarkingResult
    from bioloom.lincrna.output.inspection import Inspection
    from bioloom.lincrna.output.result import FilterResult
    from bioloom.lincrna.scoring.result import ScoringResult
    from bioloom.lincrna.scoring.scorer import Strandedness
    from bioloom.lincrna.training.result import TrainingResult
    from bioloom.lincrna.workflow.demo import DemoResult
    from bioloom.lincrna.workflow.result import RunResult

PathName: TypeAlias = str | PathLike[str]
SettingsSource: TypeAlias = FilterSettings | Mapping[str, object] | PathName
"""Settings, values by name in place of defaults, or a YAML or JSON file of these."""


def filter(
    gtf: PathName,
    *,
    genome: PathName,
    annotation: PathName,
    domains: PathName | None = None,
    proteins: PathName | None = None,
    rfam: PathName | None = None,
    lncrna: PathName | None = None,
    housekeeping: PathName | None = None,
    repeats: PathName | None = None,
    votes: Sequence[PathName] = (),
    expression: Sequence[PathName] = (),
    named_sets: Sequence[PathName] = (),
    names: PathName | None = None,
    genome_name: str = "",
    settings: SettingsSource | None = None,
    window_nt: int = PartnerSettings.window_nt,
    strict: bool = False,
    threads: int = 1,
    out: PathName | None = None,
    progress: bool = False,
) -> FilterResult:
    """Judge every transcript of an assembly, and every known lncRNA.

    Parameters
    ----------
    gtf
        Assembled transcripts: GTF, GFF3 or BED12.
    genome
        Their genome: FASTA, plain or gzip.
    annotation
        Known genes of the genome: GTF or GFF3.
    domains
        Profile HMMs such as ``Pfam-A.hmm.gz``; without them the domain filter is off.
    proteins
        Proteins (FASTA) such as Swiss-Prot or those of a related species: candidates
        that resemble one are rejected; without them nothing is compared.
    rfam
        Covariance models such as ``Rfam.cm.gz``: candidates that housekeeping RNAs
        cover are rejected; without them nothing is searched.
    lncrna, housekeeping
        Known lncRNAs and housekeeping RNAs that the annotation lacks: GTF or BED.
    repeats
        Repeats of the genome (RepeatMasker's ``.out``, BED, GTF or GFF3): a novel
        transcript that is mostly transposable element is marked or rejected.
    votes
        Results of CPC2, CPAT, FEELnc or RNAsamba, at most one of each.
    expression
        Tables of TPM (first column: transcript; the others: samples), or GTF files of
        ``stringtie -e``; without them expression is not asked for.
    named_sets
        Named transcripts (GTF of GENCODE, LNCipedia, NONCODE) to look the candidates up
        in by their introns.
    names
        ``tables/names.tsv`` of an earlier run, whose loci keep their names.
    genome_name
        Name that genome browsers know the genome by, such as mm39, for links.
    settings
        Thresholds: `FilterSettings`, a dictionary such as ``{"max_orf_aa": 120}``, or a
        file with what ``config.yaml`` has below ``filters:``.
    window_nt
        How far from a candidate a coding gene may lie to be its cis partner.
    strict
        Whether a row of an annotation that cannot be read is an error; otherwise it is
        left out and counted.
    threads
        Processors to use; the result does not depend on it.
    out
        New run folder to write, with candidates, tables and a report; None writes
        nothing.
    progress
        Whether to show a progress bar.

    Returns
    -------
    Every transcript with its verdict; ``explain(transcript_id)`` shows the working,
    ``plot()`` the attrition.

    Raises
    ------
    MissingFile
        If a file does not exist.
    BadConfig
        If a setting is unknown or out of its range.
    OutputExists
        If `out` holds a finished run.
    BioloomError
        If an input is broken or does not fit the others.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from bioloom.lincrna.simulate import simulate
    >>> with TemporaryDirectory() as folder:
    ...     data = simulate(folder, scale=0.02)
    ...     files = {"genome": data.genome_path, "annotation": data.annotation_path}
    ...     filter(data.models_path, **files)
    <FilterResult: 10 candidates of 10 loci, from 20 transcripts>
    """
    from bioloom.lincrna.filtering import filter_transcripts, run_filter
    from bioloom.lincrna.inputs.files import FilterInputs
    from bioloom.report.lincrna import write_report

    inputs = FilterInputs(
        assembly=Path(gtf),
        genome=Path(genome),
        annotation=Path(annotation),
        lncrna=_path(lncrna),
        housekeeping=_path(housekeeping),
        repeats=_path(repeats),
        domains=_path(domains),
        proteins=_path(proteins),
        rfam=_path(rfam),
        votes=tuple(map(Path, votes)),
        expression=tuple(map(Path, expression)),
        named_sets=tuple(map(Path, named_sets)),
        names=_path(names),
        genome_name=genome_name,
        strict=strict,
        window_nt=window_nt,
    )
    checked = filter_settings(settings)
    with progress_bar(shown=progress) as on_step:
        if out is None:
            with TemporaryDirectory() as cache:
                return filter_transcripts(
                    inputs,
                    checked,
                    cache=Path(cache),
                    threads=threads,
                    on_step=on_step,
                )
        return run_filter(
            inputs,
            checked,
            out=Path(out),
            threads=threads,
            on_step=on_step,
            report=write_report,
        )


def inspect(
    annotation: PathName,
    *,
    genome: PathName | None = None,
    gtf: PathName | None = None,
    settings: SettingsSource | None = None,
    strict: bool = False,
    out: PathName | None = None,
) -> Inspection:
    """Show what is understood of an annotation, before anything is judged by it.

    Parameters
    ----------
    annotation
        Known genes: GTF, GFF3 or BED.
    genome, gtf
        Genome (FASTA) and assembly (GTF, GFF3, BED12) to compare its contigs with.
    settings
        As for `filter`; `biotypes` and `organelle_contigs` matter here.
    strict
        Whether a row that cannot be read is an error; otherwise it is counted.
    out
        Page to write, HTML; None writes nothing.

    Returns
    -------
    Genes by kind, words and how they were taken, organelles, contigs that one file
    lacks, and what the filters will be worth; ``to_text()`` shows all of it.

    Raises
    ------
    MissingFile
        If a file does not exist.
    BadAnnotation, BadFasta
        If a file cannot be read.
    BadConfig
        If a setting is unknown or out of its range.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from bioloom.lincrna.simulate import simulate
    >>> with TemporaryDirectory() as folder:
    ...     inspect(simulate(folder, scale=0.02).annotation_path)
    <Inspection: 15 transcripts of 15 genes: 4 coding, 5 lncRNA, 6 housekeeping>
    """
    from bioloom.genome.sequence import Genome
    from bioloom.lincrna.inspecting import inspect_annotation
    from bioloom.report.inspection import write_inspection

    with ExitStack() as stack:
        source = None
        if genome is not None:
            cache = Path(stack.enter_context(TemporaryDirectory()))
            source = stack.enter_context(Genome(Path(genome), cache=cache))
        inspection = inspect_annotation(
            Path(annotation),
            filter_settings(settings),
            genome=source,
            assembly=_path(gtf),
            strict=strict,
        )
    if out is not None:
        write_inspection(inspection, Path(out))
    return inspection


def run(
    config: PathName,
    *,
    cores: int = 2,
    profile: str = "",
    force: bool = False,
    progress: bool = False,
) -> RunResult:
    """Run the workflow from reads to candidates; an interrupted run is resumed.

    Parameters
    ----------
    config
        ``config.yaml``, as `init` writes it.
    cores
        Processors to use; the tables do not depend on it.
    profile
        "slurm", "kubernetes" or the folder of a Snakemake profile; empty runs here.
    force
        Whether to rerun a finished run folder.
    progress
        Whether to show a progress bar.

    Returns
    -------
    The finished run folder, with its table, figure, report and explanations.

    Raises
    ------
    MissingFile
        If a file that the configuration names does not exist.
    BadConfig, BadSampleSheet
        If an entry is wrong.
    ToolMissing, PackageMissing
        If a program or package that the workflow needs is not installed.
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
    from bioloom.lincrna.workflow.result import RunResult
    from bioloom.lincrna.workflow.runner import run_workflow
    from bioloom.run.workflow import Launch

    with progress_bar(shown=progress) as on_step:
        launch = Launch(cores, profile, force)
        out = run_workflow(Path(config), launch, on_step=on_step)
    return RunResult(out)


def train(
    coding: SequenceSource | None = None,
    noncoding: SequenceSource | None = None,
    *,
    annotation: PathName | None = None,
    genome: PathName | None = None,
    genetic_code: int = FilterSettings.genetic_code,
    out: PathName | None = None,
    rng_seed: int = RNG_SEED,
) -> TrainingResult:
    """Train a coding-potential model on transcripts of known class.

    Give mRNAs (and lncRNAs), or an annotation with its genome. Where most mRNAs lack
    UTRs (CDS), sequence that is made stands in for these. Isoforms of one gene
    (``gene:NAME`` or ``gene=NAME`` in a FASTA header) and transcripts of similar
    sequence stay together in cross-validation.

    Parameters
    ----------
    coding, noncoding
        mRNAs and lncRNAs, 5'→3', at least 50 of each: a FASTA file, a dictionary of
        sequences by name, or records. Without lncRNAs, non-coding sequence is made
        from the mRNAs.
    annotation, genome
        GTF or GFF3 with CDS rows, and its FASTA, in place of sequences.
    genetic_code
        Number of NCBI's translation table.
    out
        File to write the model to, JSON, for `coding_model` of a run.
    rng_seed
        Random seed of the split into folds.

    Returns
    -------
    The model and its cross-validation.

    Raises
    ------
    TypeError
        If neither mRNAs nor an annotation with its genome are given, or both.
    BadModel
        If there are too few transcripts or genes, or they are not what they were given
        as: proteins, the same sequences in both classes, swapped classes.
    BioloomError
        If a file is missing or broken.

    Examples
    --------
    >>> from random import Random
    >>> def mrna(rng):
    ...     utr, codons = rng.choices("ACGT", k=50), ["GCT", "GAA", "CTG"]
    ...     orf = ["ATG", *rng.choices(codons, k=120), "TAA"]
    ...     return "".join([*utr, *orf, *utr])
    >>> train({f"mRNA {n}": mrna(Random(n)) for n in range(60)}).evaluation["auc"]
    1.0
    """
    from bioloom.lincrna.training.annotated import train_on_annotation
    from bioloom.lincrna.training.fit import train_on_sequences
    from bioloom.lincrna.training.result import TrainingResult
    from bioloom.seq.genetic_code import genetic_code as code_of

    code = code_of(filter_settings({"genetic_code": genetic_code}).genetic_code)
    if coding is not None and annotation is None and genome is None:
        model = train_on_sequences(coding, noncoding, code=code, rng_seed=rng_seed)
    elif annotation is not None and genome is not None and coding is noncoding is None:
        model = train_on_annotation(
            Path(annotation), Path(genome), code=code, rng_seed=rng_seed
        )
    else:
        message = "Give coding sequences, or an annotation and its genome."
        raise TypeError(message)
    result = TrainingResult(model)
    if out is not None:
        result.save(out)
    return result


def score(
    transcripts: SequenceSource,
    *,
    model: CodingModel | PathName = "packaged",
    adapt: bool = False,
    strand: Strandedness = "sense",
    genetic_code: int = FilterSettings.genetic_code,
    coding_threshold: float | None = FilterSettings.coding_threshold,
    coding_sure: float = FilterSettings.coding_sure,
    micropeptides: Micropeptides = FilterSettings.micropeptides,
    micropeptide_threshold: float | None = FilterSettings.micropeptide_threshold,
    strict: bool = False,
    threads: int = 1,
    out: PathName | None = None,
) -> ScoringResult:
    """Score the coding potential of transcripts, without a genome or an annotation.

    Parameters
    ----------
    transcripts
        Spliced transcripts, 5'→3': a FASTA file (packed or not), a dictionary of
        sequences by name, or records. U is T, lower case counts.
    model
        "packaged", a file of `train`, or a model.
    adapt
        Whether to fit the model's use of codons and hexamers to these transcripts
        first, by the calls that it is sure of: better for species unlike those that it
        was trained on. A score then depends on the other transcripts.
    strand
        sense: transcripts are read as given; both: the opposite strand too, and the
        higher probability counts.
    genetic_code
        Number of NCBI's translation table.
    coding_threshold
        Probability from which a transcript is coding; None takes the model's.
    coding_sure
        The verdict is unsure if neither class has this probability.
    micropeptides
        doubt: a transcript below the threshold whose ORF is short, and whose
        probability few such non-coding RNAs reach, is marked; reject: it is coding;
        ignore: nothing.
    micropeptide_threshold
        That probability; None takes the model's.
    strict
        Whether a record without bases, of amino acids, or with more than 10 % letters
        that are no base is an error; otherwise it is noted and counted.
    threads
        Processors, used from 20,000 transcripts on; the result does not depend on it.
    out
        Table to write, with tabs, as it comes: memory is bounded whatever the number of
        transcripts. None holds the rows in memory.

    Returns
    -------
    A row per record in the order of the input: longest ORF, coding probability, call,
    and what each feature adds to the log-odds; ``explain(name)`` shows the working.

    Raises
    ------
    MissingFile
        If a file does not exist.
    BadFasta
        If the file is not FASTA, or holds proteins; or a record is odd and `strict`.
    BadModel
        If the model cannot be read.
    BadConfig
        If a setting is out of its range.

    Examples
    --------
    >>> coding = "GCC" * 9 + "ATG" + "GCTGAACTGAAG" * 40 + "TAA"
    >>> result = score({"a": coding, "b": "ACGTTGCA" * 40})
    >>> result.to_frame()[["name", "orf_aa", "call"]].values.tolist()
    [['a', 161, 'coding'], ['b', 0, 'noncoding']]
    """
    from bioloom.lincrna.scoring.adapting import adapted_scorer
    from bioloom.lincrna.scoring.scoring import score_transcripts, scorer_of

    values = {
        "genetic_code": genetic_code,
        "coding_threshold": coding_threshold,
        "coding_sure": coding_sure,
        "micropeptides": micropeptides,
        "micropeptide_threshold": micropeptide_threshold,
    }
    scorer = scorer_of(model, filter_settings(values), strand=strand)
    if adapt:
        scorer = adapted_scorer(transcripts, scorer)
    return score_transcripts(
        transcripts, scorer, out=_path(out), is_strict=strict, threads=threads
    )


def compare(
    counts: TableSource,
    samples: TableSource,
    *,
    design: str,
    contrasts: Sequence[Contrast] = (),
    alpha: float = 0.05,
    min_count: int = 10,
    min_replicates: int = 2,
    threads: int = 1,
    out: PathName | None = None,
    force: bool = False,
) -> ComparisonResult:
    """Test genes for changes between conditions, by PyDESeq2.

    Parameters
    ----------
    counts
        Read counts: first column the gene, one column per sample; a path, an open file,
        a DataFrame or columns by name. ``tables/gene_counts.tsv`` of a run fits.
    samples
        The column ``sample`` names the samples, the others describe them;
        ``tables/samples.tsv`` of a run fits.
    design
        What expression depends on, such as ``"~ batch + condition"``. Every column
        counts as categories.
    contrasts
        Column, level that is tested, level that it is compared with; by default each
        level of the last column with its first one.
    alpha
        False discovery rate at which a gene counts as changed.
    min_count
        A gene with fewer reads, all samples together, is not tested.
    min_replicates
        Samples that each level of a contrast must have.
    threads
        Processors to use; the result does not depend on it.
    out
        New run folder to write, with tables, figures and a report; None writes nothing.
    force
        Whether to replace a finished one.

    Returns
    -------
    Every gene and contrast; ``explain(gene)`` shows the working, ``plot()`` a volcano.

    Raises
    ------
    MissingFile
        If a file does not exist.
    BadTable
        If a sample has no counts, or a count is no number of 0 or more.
    BadDesign, UnknownName
        If design, contrasts and samples do not fit.
    BadConfig
        If a setting is out of its range.
    PackageMissing
        If PyDESeq2 is not installed.
    OutputExists
        If `out` holds a finished run and `force` is not set.

    Examples
    --------
    >>> from random import Random
    >>> rng, columns = Random(1), {"gene": [f"g{n}" for n in range(60)]}
    >>> for sample in "abcdef":
    ...     columns[sample] = [round(rng.gauss(40 + n, 7)) for n in range(60)]
    ...     if sample in "def":
    ...         columns[sample][:2] = [900, 900]
    >>> samples = {"sample": [*"abcdef"], "condition": [*"nnnttt"]}
    >>> compare(columns, samples, design="~ condition")
    <ComparisonResult: condition: t vs n: 2 up, 0 down of 60 genes>
    """
    from bioloom.lincrna.output.comparison import run_comparison
    from bioloom.report.lincrna_comparison import write_comparison_page
    from bioloom.run.config import check_config

    entries = {
        "design": design,
        "contrasts": contrasts,
        "alpha": alpha,
        "min_count": min_count,
        "min_replicates": min_replicates,
    }
    settings = check_config(entries, ComparisonSettings, source=Path("settings"))
    return run_comparison(
        counts,
        samples,
        settings,
        threads=threads,
        out=_path(out),
        force=force,
        report=write_comparison_page,
    )


def mark(
    cells: PathName | AnnData,
    *,
    labels: str = "",
    lincrna_column: str = "",
    resolution: float = 1.0,
    cluster_genes: ClusterGenes = "coding",
    min_cells: int = 10,
    min_auc: float = 0.55,
    max_q: float = 0.05,
    rng_seed: int = RNG_SEED,
    out: PathName | None = None,
    force: bool = False,
) -> MarkingResult:
    """Find the lincRNAs that mark clusters of cells, and how specific they are.

    Parameters
    ----------
    cells
        ``cells.h5ad`` of a run, or any AnnData or ``.h5ad`` file with UMIs (in ``X``,
        ``layers["counts"]`` or ``raw``).
    labels
        Clusters that are given: a column of ``obs``, or ``OTHER.h5ad:COLUMN`` for cells
        of another file with the same barcodes; empty makes clusters by scanpy.
    lincrna_column
        Column of ``var`` that says which genes are lincRNAs: true, or a biotype such as
        ``lncRNA``; empty for a run's own ``is_candidate``.
    resolution
        Resolution of the Leiden clusters: more gives more of them.
    cluster_genes
        "coding": clusters are made of coding genes alone, so that a lincRNA does not
        mark a cluster that it made; "all": of all genes.
    min_cells
        A gene that fewer cells have is not tested.
    min_auc
        Smallest AUC of a marker: the chance that a cell of the cluster has more of the
        gene than another one.
    max_q
        False discovery rate at which a gene marks a cluster.
    rng_seed
        Random seed of clusters and map.
    out
        New run folder to write, with tables, cells, figures and a report; None writes
        nothing.
    force
        Whether to replace a finished one.

    Returns
    -------
    Every gene and cluster tested; ``explain(gene)`` shows the working, ``plot(gene)``
    a map of the cells.

    Raises
    ------
    MissingFile
        If a file does not exist.
    BadTable
        If it holds no counts or no lincRNAs, too few cells, or labels of other cells.
    UnknownName
        If there is no such column.
    BadConfig
        If a setting is out of its range.
    PackageMissing
        If anndata, or without labels scanpy or igraph, is not installed.
    OutputExists
        If `out` holds a finished run and `force` is not set.

    Examples
    --------
    >>> import anndata, numpy as np
    >>> umis = np.random.default_rng(1).poisson(2.0, size=(60, 40))
    >>> umis[:30, 0] += 5
    >>> cells = anndata.AnnData(umis.astype(np.float32))
    >>> cells.obs["type"], cells.var["lnc"] = (
    ...     [*30 * "a", *30 * "b"],
    ...     [True] + 39 * [False],
    ... )
    >>> result = mark(cells, labels="type", lincrna_column="lnc")
    >>> result
    <MarkingResult: 2 clusters of 60 cells; 1 of 1 lincRNA tested mark one or more>
    """
    from bioloom.lincrna.output.marking import run_marking
    from bioloom.report.lincrna_marking import write_marking_page
    from bioloom.run.config import check_config

    entries = {
        "resolution": resolution,
        "cluster_genes": cluster_genes,
        "min_cells": min_cells,
        "min_auc": min_auc,
        "max_q": max_q,
    }
    return run_marking(
        Path(cells) if isinstance(cells, str | PathLike) else cells,
        check_config(entries, MarkingSettings, source=Path("settings")),
        labels=labels,
        lincrna_column=lincrna_column,
        rng_seed=rng_seed,
        out=_path(out),
        force=force,
        report=write_marking_page,
    )


def explain(
    name: str, other: str = "", *, run: PathName, about: About = "verdict"
) -> Explanation:
    """Show the working behind a result of a run folder.

    Parameters
    ----------
    name
        A transcript, or the locus of a candidate as in ``names.tsv``; with `about`
        "expression", "comparison" or "markers" also a gene; with "partners" also a
        gene set; with "cells" a barcode as in ``cells.h5ad``.
    other
        With "partners": gene_id or symbol of the partner; with "markers": the cluster;
        empty for the best one.
    run
        Folder that `run` or `filter` wrote.
    about
        "verdict": every criterion with its evidence, threshold and margin;
        "expression": counts, TPM and specificity; "comparison": changes between
        conditions; "partners": class, correlation, p- and q-value of a pair, or the
        counts behind an enriched gene set; "markers": pairs of cells, U, AUC, p- and
        q-value of a gene in a cluster; "cells": reads, knee and test of a barcode.

    Returns
    -------
    The working.

    Raises
    ------
    BadRunFolder
        If the folder does not hold what is asked for.
    UnknownName
        If the run holds no such name; the message names similar ones.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from bioloom.lincrna.simulate import simulate
    >>> with TemporaryDirectory() as folder:
    ...     data = simulate(f"{folder}/in", scale=0.02)
    ...     files = {"genome": data.genome_path, "annotation": data.annotation_path}
    ...     _ = filter(data.models_path, **files, out=f"{folder}/out")
    ...     print(explain("known_host_01.1", run=f"{folder}/out").title)
    known_host_01.1: known lincRNA candidate
    """
    from bioloom.lincrna.output.explaining import EXPLAINERS

    return EXPLAINERS[about](Path(run), name, other)


def init(folder: PathName = ".") -> Templates:
    """Write a commented ``config.yaml`` and ``samples.tsv`` to fill in.

    Parameters
    ----------
    folder
        Where to write; existing files are not changed.

    Returns
    -------
    The files, and whether each was written.

    Raises
    ------
    CannotWrite
        If a file cannot be written.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     [file.path.name for file in init(folder).files]
    ['config.yaml', 'samples.tsv']
    """
    from bioloom.lincrna.inputs.templates import write_templates

    return write_templates(Path(folder))


def demo(
    out: PathName = "demo",
    *,
    cores: int = 2,
    rng_seed: int = RNG_SEED,
    cells: bool = False,
    progress: bool = False,
) -> DemoResult:
    """Run the workflow on simulated reads and compare the outcome with the truth.

    Parameters
    ----------
    out
        Folder to write: ``input`` is simulated, ``run`` is the run folder.
    cores
        Processors to use.
    rng_seed
        Random seed of the simulation.
    cells
        Whether to add a single-cell and a single-nucleus sample.
    progress
        Whether to show a progress bar.

    Returns
    -------
    Every simulated locus with its outcome.

    Raises
    ------
    ToolMissing, PackageMissing
        If a program or package that the workflow needs is not installed.
    StepFailed, ToolFailed
        If a step fails.

    Examples
    --------
    >>> demo("demo", cores=2).is_right  # doctest: +SKIP
    True
    """
    from bioloom.lincrna.workflow.demo import run_demo

    with progress_bar(shown=progress) as on_step:
        return run_demo(
            Path(out), cores=cores, rng_seed=rng_seed, with_cells=cells, on_step=on_step
        )


def schema() -> dict[str, Any]:
    """Return the JSON schema of ``config.yaml``.

    Returns
    -------
    Every setting with its type, limits, default and meaning.

    Examples
    --------
    >>> schema()["$defs"]["FilterSettings"]["properties"]["max_orf_aa"]["default"]
    100
    """
    from bioloom.run.settings import json_schema

    return json_schema(RunConfig)


def filter_settings(source: SettingsSource | None) -> FilterSettings:
    """Filter settings of whatever a user holds them in, checked.

    Raises
    ------
    BadConfig
        If a setting is unknown or out of its range.
    MissingFile
        If the file, or the coding model that it names, does not exist.
    """
    from bioloom.lincrna.inputs.config import checked_filters, read_filter_settings
    from bioloom.run.config import check_config

    if source is None:
        return FilterSettings()
    if isinstance(source, str | PathLike):
        return read_filter_settings(Path(source))
    if isinstance(source, Mapping):
        source = check_config(dict(source), FilterSettings, source=Path("settings"))
    return checked_filters(source)


def _path(name: PathName | None) -> Path | None:
    return None if name is None else Path(name)
