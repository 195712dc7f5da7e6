# Reads: checked to their last record, looked at, trimmed, looked at again.


rule join_lanes:
    input:
        reads=lane_reads,
        checked="reads/{sample}.raw.json",
    output:
        temp(directory("joined/{sample}")),
    log:
        "logs/join_lanes/{sample}.log",
    wildcard_constraints:
        sample=one_of(of_route("reads")),
    threads: 1
    resources:
        mem_mb=1000,
        runtime=120,
    params:
        joining=joining,
    shell:
        "(mkdir -p {output:q} && {params.joining}) 2> {log}"


rule check_reads:
    input:
        checked_input,
    output:
        "reads/{sample}.{stage}.json",
    log:
        "logs/check_reads/{sample}.{stage}.log",
    wildcard_constraints:
        sample=one_of(READ),
    threads: 1
    resources:
        mem_mb=1000,
        runtime=120,
    params:
        reads=checked_reads,
        n_mates=n_mates,
    shell:
        "bioloom lincrna step reads --sample {wildcards.sample} --mates {params.n_mates}"
        " --stage {wildcards.stage} --out {output} {params.reads:q} 2> {log}"


rule fastqc:
    input:
        reads=stage_input,
        checked="reads/{sample}.{stage}.json",
    output:
        directory("../qc/{stage}/{sample}"),
    log:
        "logs/fastqc/{sample}.{stage}.log",
    conda:
        "../envs/reads.yaml"
    # a start of Java is half the work on a small file: two jobs beside each other beat
    # one with two threads
    threads: 1
    resources:
        mem_mb=1000,
        runtime=120,
    params:
        reads=seen_reads,
    shell:
        "mkdir -p {output:q} && fastqc --quiet --threads {threads}"
        " --outdir {output:q} {params.reads:q} > {log} 2>&1"


rule multiqc:
    input:
        FASTQC,
        TRIMMING,
        expand("aligned/{sample}.summary.txt", sample=SAMPLES),
    output:
        "../qc/multiqc_report.html",
    log:
        "logs/multiqc.log",
    conda:
        "../envs/reads.yaml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=60,
    shell:
        "multiqc --force --outdir ../qc --filename multiqc_report.html {input:q}"
        " > {log} 2>&1"
