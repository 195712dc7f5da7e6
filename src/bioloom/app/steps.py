"""What the steps of commands are called, in the language in force."""

from bioloom.run.language import mark, tr

_PREFIX = "step: "  # their names are words that mean other things elsewhere
STEPS = (
    *(mark("step: starting"), mark("step: reading"), mark("step: training")),
    *(mark("step: predicting"), mark("step: merging"), mark("step: comparing")),
    *(mark("step: cleaning"), mark("step: compacting"), mark("step: scoring")),
    *(mark("step: draws"), mark("step: transcripts"), mark("step: targets")),
    *(mark("step: miRNAs"), mark("step: sample sizes"), mark("step: judging labels")),
    *(mark("step: fitting labels"), mark("step: fitting folds")),
    *(mark("step: domain models"), mark("step: loading the search")),
    *(mark("step: groups of orthologs"), mark("step: check reads")),
    mark("step: p-values: simulation on random targets"),
    mark("step: p-values: rates of chance sites"),
    mark("step: p-values: composition of the targets"),
    *(mark("step: align"), mark("step: align to transcripts"), mark("step: all")),
    *(mark("step: assemble"), mark("step: barcodes"), mark("step: choose domains")),
    *(mark("step: choose homology"), mark("step: choose rfam"), mark("step: collect")),
    *(mark("step: count cells"), mark("step: coverage"), mark("step: deduplicate")),
    *(mark("step: extract"), mark("step: fastqc"), mark("step: filter")),
    *(mark("step: full length"), mark("step: gather"), mark("step: index")),
    *(mark("step: isoquant"), mark("step: isoquant annotation")),
    *(mark("step: join lanes"), mark("step: junctions"), mark("step: measure")),
    *(mark("step: merge"), mark("step: minimap2"), mark("step: multiqc")),
    *(mark("step: orient"), mark("step: plan"), mark("step: plate")),
    *(mark("step: prefer bulk"), mark("step: quantify"), mark("step: reads of bam")),
    *(mark("step: reads with strand"), mark("step: reference"), mark("step: report")),
    *(mark("step: salmon"), mark("step: salmon index")),
    *(mark("step: salmon of long reads"), mark("step: search")),
    *(mark("step: search domains"), mark("step: search homology")),
    *(mark("step: search rfam"), mark("step: strandness")),
    *(mark("step: strandness of bam"), mark("step: strandness of long reads")),
    *(mark("step: take alignments"), mark("step: take long reads")),
    *(mark("step: take tagged"), mark("step: tidy"), mark("step: trim")),
    *(mark("step: transcript sequences"), mark("step: trim cells")),
)
"""Steps whose names do not depend on what a command is given."""


def step_name(name: str) -> str:
    """A step's name for readers; one that depends on the input stays."""
    message = f"{_PREFIX}{name}"
    return tr(message).removeprefix(_PREFIX)
