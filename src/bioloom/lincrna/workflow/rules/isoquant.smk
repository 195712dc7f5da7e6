# IsoQuant in place of StringTie assembles long reads that have no short ones beside them.


rule isoquant_annotation:
    input:
        "reference/annotation.gtf",
    output:
        "reference/isoquant.gtf",
    log:
        "logs/isoquant_annotation.log",
    threads: 1
    resources:
        mem_mb=4000,
        runtime=60,
    shell:
        "bioloom lincrna step isoquant-annotation {input} --out {output} 2> {log}"


rule isoquant:
    # It has an environment of its own, and keeps databases in the home of who runs it.
    input:
        bam="aligned/{sample}.bam",
        index="aligned/{sample}.bam.csi",
        genome="reference/genome.fa",
        annotation="reference/isoquant.gtf",
        checked="strandness/{sample}.json",
    output:
        "assembled/{sample}.gtf",
    log:
        "logs/isoquant/{sample}.log",
    wildcard_constraints:
        sample=one_of(BY_ISOQUANT),
    threads: 4
    resources:
        mem_mb=16000,
        runtime=480,
    params:
        program=RUN.long_reads.isoquant,
        options=lambda wildcards: isoquant_options(SAMPLES[wildcards.sample]),
    shell:
        "rm -rf isoquant/{wildcards.sample} && mkdir -p isoquant/{wildcards.sample}"
        " && env -u PYTHONPATH HOME=$PWD/isoquant/{wildcards.sample} {params.program:q}"
        " --reference {input.genome} --genedb {input.annotation} --complete_genedb"
        " --bam {input.bam} {params.options} --report_novel_unspliced true"
        " --large_output none --no_report --threads {threads}"
        " --output isoquant/{wildcards.sample} --prefix {wildcards.sample} > {log} 2>&1"
        " && bioloom lincrna step isoquant-models"
        " isoquant/{wildcards.sample}/{wildcards.sample}/{wildcards.sample}"
        " --sample {wildcards.sample} --out {output} 2>> {log}"
        " && rm -rf isoquant/{wildcards.sample}"
