# Single cells. Of droplets one or two files hold barcode and UMI, another the cDNA;
# on a plate each cell has its own files.


rule barcodes:
    input:
        reads=lane_reads,
        checked="reads/{sample}.raw.json",
    output:
        facts="cells/{sample}/barcodes.json",
        counts="cells/{sample}/barcodes.tsv.gz",
        corrections="cells/{sample}/corrections.tsv.gz",
    log:
        "logs/barcodes/{sample}.log",
    wildcard_constraints:
        sample=one_of(EXTRACTED),
    threads: 1
    resources:
        mem_mb=8000,
        runtime=120,
    params:
        run_config=RUN_CONFIG,
        settings=lambda wildcards: cell_settings(wildcards.sample),
    shell:
        "bioloom lincrna step barcodes --config {params.run_config:q}"
        " --sample {wildcards.sample} --out cells/{wildcards.sample} 2> {log}"


rule extract:
    input:
        reads=lane_reads,
        facts="cells/{sample}/barcodes.json",
        corrections="cells/{sample}/corrections.tsv.gz",
    output:
        temp("cells/{sample}/cdna.fastq.gz"),
    log:
        "logs/extract/{sample}.log",
    wildcard_constraints:
        sample=one_of(EXTRACTED),
    threads: 1
    resources:
        mem_mb=8000,
        runtime=480,
    params:
        run_config=RUN_CONFIG,
    shell:
        "bioloom lincrna step extract --config {params.run_config:q}"
        " --sample {wildcards.sample} --cells cells/{wildcards.sample}"
        " --out {output} 2> {log}"


rule plate:
    input:
        reads=lane_reads,
        checked="reads/{sample}.raw.json",
    output:
        facts="cells/{sample}/barcodes.json",
        reads=temp(directory("joined/{sample}")),
    log:
        "logs/plate/{sample}.log",
    wildcard_constraints:
        sample=one_of(PLATES),
    threads: 1
    resources:
        mem_mb=1000,
        runtime=240,
    params:
        run_config=RUN_CONFIG,
        reads=raw_reads,
    shell:
        "mkdir -p {output.reads:q}"
        " && bioloom lincrna step plate --config {params.run_config:q}"
        " --sample {wildcards.sample} --cells cells/{wildcards.sample}"
        " {params.reads:q} 2> {log}"


rule take_tagged:
    input:
        bam=given_alignments,
        genome="reference/genome.fa",
    output:
        bam="aligned/{sample}.bam",
        index="aligned/{sample}.bam.csi",
        summary="aligned/{sample}.summary.txt",
        raw="reads/{sample}.raw.json",
        trimmed="reads/{sample}.trimmed.json",
        facts="cells/{sample}/barcodes.json",
        counts="cells/{sample}/barcodes.tsv.gz",
        corrections="cells/{sample}/corrections.tsv.gz",
    log:
        "logs/take_tagged/{sample}.log",
    wildcard_constraints:
        sample=one_of(TAGGED),
    conda:
        "../envs/align.yaml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=240,
    params:
        run_config=RUN_CONFIG,
        settings=lambda wildcards: cell_settings(wildcards.sample),
    shell:
        "bioloom lincrna step take-tagged --config {params.run_config:q}"
        " --sample {wildcards.sample} 2> {log}"
        " && samtools index -c {output.bam} 2>> {log}"


rule trim_cells:
    input:
        "cells/{sample}/cdna.fastq.gz",
    output:
        reads=temp(directory("trimmed/{sample}")),
        report="../qc/trimming/{sample}_trimming_report.txt",
    log:
        "logs/trim/{sample}.log",
    # Template-switch oligo and poly-A first: Trim Galore's own --polyA renames reads
    # and breaks the barcode at their end.
    wildcard_constraints:
        sample=one_of(EXTRACTED),
    conda:
        "../envs/reads.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=240,
    params:
        quality=RUN.trimming.quality,
        length=RUN.trimming.min_length_nt,
        switch_oligo="AAGCAGTGGTATCAACGCAGAGTACATGGG",
        # of antisense reads (5' kits): the oligo's reverse complement behind the cDNA,
        # the tail as T in front of it
        oligo_behind="CCCATGTACTCTGCGTTGATACCACTGCTT",
        into=trimming_folder,
        moved=trimming_moved,
    shell:
        "into={params.into} && mkdir -p $into && cutadapt -Z -n 2 -m {params.length}"
        " -a 'A{{15}}' -g '{params.switch_oligo};min_overlap=10'"
        " -a '{params.oligo_behind};min_overlap=10' -g 'XT{{40}};min_overlap=10'"
        " -o $into/plain.fq.gz {input} > {log} 2>&1"
        " && trim_galore --gzip --quality {params.quality} --length {params.length}"
        " --basename {wildcards.sample} --output_dir $into"
        " $into/plain.fq.gz >> {log} 2>&1"
        " && cat {log} $into/*_trimming_report.txt > {output.report:q}"
        " && {params.moved}"


rule deduplicate:
    input:
        "aligned/{sample}.bam",
    output:
        bam="deduplicated/{sample}.bam",
        index="deduplicated/{sample}.bam.csi",
    log:
        "logs/deduplicate/{sample}.log",
    conda:
        "../envs/align.yaml"
    threads: 1
    resources:
        mem_mb=16000,
        runtime=480,
    shell:
        "bioloom lincrna step deduplicate {input} --out {output.bam} 2> {log}"
        " && samtools index -c {output.bam} 2>> {log}"


rule count_cells:
    input:
        judged="filtered/judged.jsonl",
        annotation="reference/annotation.gtf",
        bams=expand("aligned/{sample}.bam", sample=WITH_CELLS),
        strands=expand("strandness/{sample}.json", sample=WITH_CELLS),
        facts=expand("cells/{sample}/barcodes.json", sample=WITH_CELLS),
    output:
        "../cells.h5ad",
        expand("cells/{sample}/cells.json", sample=WITH_CELLS),
        directory(expand("../cells/{sample}", sample=WITH_CELLS)),
        ["../cells_raw.h5ad"] if DROPLETS else [],
    log:
        "logs/count_cells.log",
    threads: 1
    resources:
        mem_mb=16000,
        runtime=480,
    params:
        run_config=RUN_CONFIG,
        settings=str(RUN.cells),
    shell:
        "bioloom lincrna step count --config {params.run_config:q}" " --out .. 2> {log}"
