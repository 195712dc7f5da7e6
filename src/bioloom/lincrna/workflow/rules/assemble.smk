# Assembly per sample, then one for all.


rule assemble:
    input:
        bam="aligned/{sample}.bam",
        annotation="reference/annotation.gtf",
        strandness="strandness/{sample}.stringtie.txt",
    output:
        "assembled/{sample}.gtf",
    log:
        "logs/assemble/{sample}.log",
    conda:
        "../envs/assemble.yaml"
    threads: 4
    resources:
        mem_mb=8000,
        runtime=240,
    params:
        min_coverage=RUN.assembly.min_coverage,
    shell:
        "stringtie {input.bam} -G {input.annotation} -p {threads}"
        " $(cat {input.strandness}) -c {params.min_coverage}"
        " -l {wildcards.sample} -o {output} 2> {log}"


rule tidy:
    # StringTie's merge aborts on a sample without transcripts, and threads decide
    # the order of rows: leave out the empty, sort the rest.
    input:
        expand("assembled/{sample}.gtf", sample=SAMPLES),
    output:
        "merged/assemblies.txt",
    log:
        "logs/tidy.log",
    threads: 1
    resources:
        mem_mb=4000,
        runtime=60,
    shell:
        "bioloom lincrna step tidy --out merged {input} 2> {log}"


rule merge:
    input:
        assemblies="merged/assemblies.txt",
        annotation="reference/annotation.gtf",
    output:
        "merged/merged.gtf",
    log:
        "logs/merge.log",
    conda:
        "../envs/assemble.yaml"
    threads: 1
    resources:
        mem_mb=8000,
        runtime=120,
    params:
        min_tpm=RUN.assembly.merge_min_tpm,
    shell:
        "stringtie --merge -G {input.annotation} -T {params.min_tpm}"
        " -o {output} {input.assemblies} 2> {log}"
