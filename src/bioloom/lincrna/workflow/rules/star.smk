# STAR in place of HISAT2: its index, the check of strandness, alignment. Reads keep their
# order, so that its output does not depend on the number of threads.


rule index:
    input:
        genome="reference/genome.fa",
        splice_sites="reference/splice_sites.tsv",
    output:
        directory("reference/star"),
    log:
        "logs/index.log",
    conda:
        "../envs/star.yaml"
    threads: 8
    resources:
        mem_mb=40000,
        runtime=480,
    shell:
        # introns as STAR wants them: first and last base, counted from 1
        "mkdir -p {output} && (awk -v OFS='\\t' '{{print $1, $2 + 2, $3, $4}}'"
        " {input.splice_sites} > {output}/introns.tsv"
        " && STAR --runMode genomeGenerate --runThreadN {threads} --genomeDir {output}"
        " --genomeFastaFiles {input.genome} --outFileNamePrefix {output}/log."
        " $(bioloom lincrna step star-index {input.genome} {output}/introns.tsv)"
        ") > {log} 2>&1"


rule strandness:
    input:
        reads="trimmed/{sample}",
        cells=lambda wildcards: kit_facts(wildcards.sample),
        checked="reads/{sample}.trimmed.json",
        index="reference/star",
        annotation="reference/annotation.gtf",
    output:
        check="strandness/{sample}.json",
        stringtie="strandness/{sample}.stringtie.txt",
        star=temp(directory("strandness/{sample}.star")),
    log:
        "logs/strandness/{sample}.log",
    wildcard_constraints:
        sample=one_of(READ),
    conda:
        "../envs/star.yaml"
    threads: 2
    resources:
        mem_mb=40000,
        runtime=60,
    params:
        reads=lambda wildcards: trimmed_names(wildcards.sample),
        stated=lambda wildcards: SAMPLES[wildcards.sample].strandness,
        layout=lambda wildcards: (
            "--paired" if SAMPLES[wildcards.sample].is_paired else "--single"
        ),
        kit=kit_option,
        first_reads=200000,
    shell:
        "mkdir -p {output.star} && STAR --runThreadN {threads} --genomeDir {input.index}"
        " --readFilesIn {params.reads} --readFilesCommand gzip -dc"
        " --readMapNumber {params.first_reads} --outSAMtype SAM --outStd SAM"
        " --outFileNamePrefix {output.star}/ 2> {log}"
        " | bioloom lincrna step strandness --sample {wildcards.sample}"
        " --stated {params.stated} {params.layout} {params.kit}"
        " --annotation {input.annotation} --out strandness - 2>> {log}"


rule align:
    input:
        reads="trimmed/{sample}",
        index="reference/star",
        checked="strandness/{sample}.json",
    output:
        bam="aligned/{sample}.bam",
        index="aligned/{sample}.bam.csi",
        summary="aligned/{sample}.summary.txt",
        star=directory("aligned/{sample}.star"),
    log:
        "logs/align/{sample}.log",
    wildcard_constraints:
        sample=one_of(READ),
    conda:
        "../envs/star.yaml"
    threads: 8
    resources:
        mem_mb=48000,
        runtime=480,
    params:
        reads=lambda wildcards: trimmed_names(wildcards.sample),
        layout=lambda wildcards: (
            "--paired" if SAMPLES[wildcards.sample].is_paired else "--single"
        ),
    shell:
        # what a killed run left of the sort
        "rm -f {output.bam}.tmp.*"
        " && mkdir -p {output.star} && STAR --runThreadN {threads} --genomeDir {input.index}"
        " --readFilesIn {params.reads} --readFilesCommand gzip -dc"
        " --outSAMtype SAM --outStd SAM --outSAMorder PairedKeepInputOrder"
        " --outSAMstrandField intronMotif"
        " --outSAMattrRGline ID:{wildcards.sample} SM:{wildcards.sample}"
        " --outFileNamePrefix {output.star}/ 2> {log}"
        " | samtools sort -@ {threads} -m 512M -T {output.bam}.tmp -o {output.bam} -"
        " 2>> {log} && samtools index -c {output.bam} 2>> {log}"
        " && bioloom lincrna step star-summary {output.star}/Log.final.out"
        " {params.layout} --out {output.summary} 2>> {log}"
