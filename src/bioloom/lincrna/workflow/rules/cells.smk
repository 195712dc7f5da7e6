# Droplet samples (10x Genomics): read 1 is barcode and UMI, read 2 the cDNA.


rule barcodes:
    input:
        reads=raw_reads,
        checked="reads/{sample}.raw.json",
    output:
        whitelist="cells/{sample}/whitelist.tsv",
        pattern="cells/{sample}/pattern.txt",
        facts="cells/{sample}/barcodes.json",
    log:
        "logs/barcodes/{sample}.log",
    threads: 1
    resources:
        mem_mb=8000,
        runtime=120,
    params:
        run_config=RUN_CONFIG,
        settings=str(RUN.cells),
    shell:
        "bioloom lincrna step barcodes --config {params.run_config:q}"
        " --sample {wildcards.sample} --out cells/{wildcards.sample} 2> {log}"


rule extract:
    input:
        reads=raw_reads,
        whitelist="cells/{sample}/whitelist.tsv",
        pattern="cells/{sample}/pattern.txt",
    output:
        temp("cells/{sample}/cdna.fastq.gz"),
    log:
        "logs/extract/{sample}.log",
    conda:
        "../envs/cells.yaml"
    threads: 1
    resources:
        mem_mb=8000,
        runtime=480,
    shell:
        "umi_tools extract --bc-pattern=$(cat {input.pattern})"
        " --whitelist={input.whitelist} --error-correct-cell"
        " --stdin={input.reads[0]:q} --read2-in={input.reads[1]:q}"
        " --read2-out={output} --stdout=/dev/null --log={log}"


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
        sample=one_of(DROPLETS),
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
    shell:
        "mkdir -p {output.reads} && cutadapt -n 2 -m {params.length}"
        " -a 'A{{15}}' -g '{params.switch_oligo};min_overlap=10'"
        " -o {output.reads}/plain.fq.gz {input} > {log} 2>&1"
        " && trim_galore --gzip --quality {params.quality} --length {params.length}"
        " --basename {wildcards.sample} --output_dir {output.reads}"
        " {output.reads}/plain.fq.gz >> {log} 2>&1"
        " && cat {log} {output.reads}/*_trimming_report.txt > {output.report:q}"


rule deduplicate:
    input:
        "aligned/{sample}.bam",
    output:
        bam="deduplicated/{sample}.bam",
        bai="deduplicated/{sample}.bam.bai",
    log:
        "logs/deduplicate/{sample}.log",
    conda:
        "../envs/cells.yaml"
    threads: 1
    resources:
        mem_mb=16000,
        runtime=480,
    shell:
        "umi_tools dedup --per-cell --random-seed=0 --stdin={input}"
        " --stdout={output.bam} --log={log} --temp-dir=."
        " && samtools index {output.bam} 2>> {log}"


rule count_cells:
    input:
        judged="filtered/judged.jsonl",
        annotation="reference/annotation.gtf",
        bams=expand("aligned/{sample}.bam", sample=DROPLETS),
        facts=expand("cells/{sample}/barcodes.json", sample=DROPLETS),
    output:
        "../cells.h5ad",
    log:
        "logs/count_cells.log",
    threads: 1
    resources:
        mem_mb=16000,
        runtime=480,
    params:
        run_config=RUN_CONFIG,
    shell:
        "bioloom lincrna step count --config {params.run_config:q}"
        " --out {output:q} 2> {log}"
