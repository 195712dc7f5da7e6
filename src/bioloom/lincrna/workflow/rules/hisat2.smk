# HISAT2: its index, the check of strandness, alignment. Its output depends on the number
# of threads unless --no-temp-splicesite and --reorder are given.


rule index:
    input:
        "reference/genome.fa",
    output:
        directory("reference/hisat2"),
    log:
        "logs/index.log",
    conda:
        "../envs/align.yaml"
    threads: 8
    resources:
        mem_mb=16000,
        runtime=240,
    shell:
        "mkdir -p {output} && hisat2-build -p {threads} {input} {output}/genome"
        " > {log} 2>&1"


rule strandness:
    input:
        reads="trimmed/{sample}",
        cells=lambda wildcards: kit_facts(wildcards.sample),
        checked="reads/{sample}.trimmed.json",
        index="reference/hisat2",
        annotation="reference/annotation.gtf",
    output:
        check="strandness/{sample}.json",
        hisat2="strandness/{sample}.hisat2.txt",
        stringtie="strandness/{sample}.stringtie.txt",
    log:
        "logs/strandness/{sample}.log",
    wildcard_constraints:
        sample=one_of(READ),
    conda:
        "../envs/align.yaml"
    threads: 2
    resources:
        mem_mb=8000,
        runtime=60,
    params:
        reads=hisat2_reads,
        stated=lambda wildcards: SAMPLES[wildcards.sample].strandness,
        layout=lambda wildcards: (
            "--paired" if SAMPLES[wildcards.sample].is_paired else "--single"
        ),
        kit=kit_option,
        first_reads=200000,
    shell:
        "hisat2 --upto {params.first_reads} --no-unal --no-temp-splicesite --reorder"
        " -p {threads} -x {input.index}/genome {params.reads} 2> {log}"
        " | bioloom lincrna step strandness --sample {wildcards.sample}"
        " --stated {params.stated} {params.layout} {params.kit}"
        " --annotation {input.annotation} --out strandness - 2>> {log}"


rule align:
    input:
        reads="trimmed/{sample}",
        index="reference/hisat2",
        splice_sites="reference/splice_sites.tsv",
        strandness="strandness/{sample}.hisat2.txt",
    output:
        bam="aligned/{sample}.bam",
        index="aligned/{sample}.bam.csi",
        summary="aligned/{sample}.summary.txt",
    log:
        "logs/align/{sample}.log",
    wildcard_constraints:
        sample=one_of(READ),
    conda:
        "../envs/align.yaml"
    threads: 8
    resources:
        mem_mb=12000,
        runtime=480,
    params:
        reads=hisat2_reads,
    shell:
        # what a killed run left of the sort
        "rm -f {output.bam}.tmp.* && hisat2 --dta --no-unal --no-temp-splicesite --reorder -p {threads}"
        " $(cat {input.strandness}) --known-splicesite-infile {input.splice_sites}"
        " --rg-id {wildcards.sample} --rg SM:{wildcards.sample}"
        " --new-summary --summary-file {output.summary}"
        " -x {input.index}/genome {params.reads} 2> {log}"
        " | samtools sort -@ {threads} -m 512M -T {output.bam}.tmp -o {output.bam} -"
        " 2>> {log} && samtools index -c {output.bam} 2>> {log}"
