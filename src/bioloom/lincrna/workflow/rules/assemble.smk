# Assembly per sample, then one for all.


rule assemble:
    input:
        bams=assembled_bams,
        annotation="reference/annotation.gtf",
        strandness="strandness/{sample}.stringtie.txt",
    output:
        "assembled/{sample}.gtf",
    log:
        "logs/assemble/{sample}.log",
    wildcard_constraints:
        sample=one_of(BY_STRINGTIE),
    conda:
        "../envs/assemble.yaml"
    threads: 4
    resources:
        mem_mb=8000,
        runtime=240,
    params:
        min_coverage=RUN.assembly.min_coverage,
        mode=assembly_mode,
    shell:
        "stringtie {params.mode} {input.bams} -G {input.annotation} -p {threads}"
        " $(cat {input.strandness}) -c {params.min_coverage}"
        " -l {wildcards.sample} -o {output} 2> {log}"


rule tidy:
    # StringTie's merge aborts on a sample without transcripts, and threads decide
    # the order of rows: leave out the empty, sort the rest.
    input:
        lambda wildcards: expand(
            "assembled/{sample}.gtf", sample=SOURCES[wildcards.source]
        ),
    output:
        "merged/{source}/assemblies.txt",
    log:
        "logs/tidy.{source}.log",
    threads: 1
    resources:
        mem_mb=4000,
        runtime=60,
    shell:
        "bioloom lincrna step tidy --out merged/{wildcards.source} {input} 2> {log}"


rule merge:
    input:
        assemblies="merged/{source}/assemblies.txt",
        annotation="reference/annotation.gtf",
    output:
        "merged/{source}.gtf",
    log:
        "logs/merge.{source}.log",
    conda:
        "../envs/assemble.yaml"
    threads: 1
    resources:
        mem_mb=8000,
        runtime=120,
    params:
        min_tpm=RUN.assembly.merge_min_tpm,
        label=lambda wildcards: {"bulk": "MSTRG", "cells": "CELLS"}[wildcards.source],
    shell:
        "stringtie --merge -G {input.annotation} -T {params.min_tpm}"
        " -l {params.label} -o {output} {input.assemblies} 2> {log}"


rule prefer_bulk:
    # Droplet reads come from the 3' end: a model from them stands only where no bulk
    # model does.
    input:
        [f"merged/{source}.gtf" for source in SOURCES],
    output:
        "merged/merged.gtf",
    log:
        "logs/prefer_bulk.log",
    threads: 1
    resources:
        mem_mb=4000,
        runtime=60,
    shell:
        "bioloom lincrna step prefer --out {output} {input} 2> {log}"
