# Long reads: minimap2, the strand of each alignment, reads that hold a transcript whole.


rule junctions:
    input:
        "reference/annotation.gtf",
    output:
        "reference/junctions.bed",
    log:
        "logs/junctions.log",
    threads: 1
    resources:
        mem_mb=4000,
        runtime=60,
    shell:
        "bioloom lincrna step junctions {input} --out {output} 2> {log}"


use rule check_reads as check_long_reads with:
    wildcard_constraints:
        sample=one_of(LONG_READ),
        stage="raw",


rule orient:
    input:
        reads=lane_reads,
        checked="reads/{sample}.raw.json",
        primers=[str(PRIMERS)] if PRIMERS else [],
    output:
        reads=temp("oriented/{sample}.fastq.gz"),
        facts="oriented/{sample}.json",
    log:
        "logs/orient/{sample}.log",
    wildcard_constraints:
        sample=one_of(LONG_READ),
    threads: 1
    resources:
        mem_mb=1000,
        runtime=480,
    params:
        run_config=RUN_CONFIG,
        primers=RUN.long_reads.primers,
    shell:
        "bioloom lincrna step orient --config {params.run_config:q}"
        " --sample {wildcards.sample} --out {output.reads} --facts {output.facts}"
        " 2> {log}"


rule minimap2:
    # an index in one part (-I): only with one has SAM a header
    input:
        reads="oriented/{sample}.fastq.gz",
        genome="reference/genome.fa",
        junctions="reference/junctions.bed",
    output:
        temp("minimap2/{sample}.bam"),
    log:
        "logs/minimap2/{sample}.log",
    wildcard_constraints:
        sample=one_of(LONG_READ),
    conda:
        "../envs/long_reads.yaml"
    threads: 8
    resources:
        mem_mb=genome_index_mb(),
        runtime=480,
    params:
        preset=lambda wildcards: {
            "ont_cdna": "-ax splice",
            "ont_drna": "-ax splice -uf -k14",
            "pacbio": "-ax splice:hq -uf",
        }[SAMPLES[wildcards.sample].kind],
    shell:
        # what a killed run left of the sort
        "rm -f {output}.tmp.* && minimap2 {params.preset} -y --secondary=no -I 200G -t {threads}"
        " --junc-bed {input.junctions}"
        " -R '@RG\\tID:{wildcards.sample}\\tSM:{wildcards.sample}'"
        " {input.genome} {input.reads} 2> {log}"
        " | samtools sort -@ {threads} -m 512M -T {output}.tmp -o {output} - 2>> {log}"


rule take_long_reads:
    input:
        bam="minimap2/{sample}.bam",
        facts="oriented/{sample}.json",
        genome="reference/genome.fa",
    output:
        bam="aligned/{sample}.bam",
        index="aligned/{sample}.bam.csi",
        summary="aligned/{sample}.summary.txt",
        facts="aligned/{sample}.facts.json",
        trimmed="reads/{sample}.trimmed.json",
    log:
        "logs/take_long_reads/{sample}.log",
    wildcard_constraints:
        sample=one_of(LONG_READ),
    conda:
        "../envs/long_reads.yaml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=480,
    params:
        run_config=RUN_CONFIG,
    shell:
        "bioloom lincrna step take-alignments --config {params.run_config:q}"
        " --sample {wildcards.sample} 2> {log}"
        " && samtools index -c {output.bam} 2>> {log}"


rule strandness_of_long_reads:
    input:
        bam="aligned/{sample}.bam",
        annotation="reference/annotation.gtf",
    output:
        check="strandness/{sample}.json",
        stringtie="strandness/{sample}.stringtie.txt",
    log:
        "logs/strandness/{sample}.log",
    wildcard_constraints:
        sample=one_of(LONG),
    threads: 1
    resources:
        mem_mb=4000,
        runtime=60,
    params:
        run_config=RUN_CONFIG,
    shell:
        "bioloom lincrna step long-strandness {input.bam}"
        " --config {params.run_config:q} --sample {wildcards.sample}"
        " --annotation {input.annotation} --out strandness 2> {log}"


rule full_length:
    input:
        bam="aligned/{sample}.bam",
        union="measured/union.gtf",
    output:
        "full_length/{sample}.tsv",
    log:
        "logs/full_length/{sample}.log",
    wildcard_constraints:
        sample=one_of(LONG),
    threads: 1
    resources:
        mem_mb=8000,
        runtime=240,
    params:
        end_nt=RUN.long_reads.full_length_end_nt,
    shell:
        "bioloom lincrna step full-length {input.bam} --union {input.union}"
        " --end-nt {params.end_nt} --out {output} 2> {log}"


rule reads_with_strand:
    # beside a stranded short library StringTie would give a read without a strand that
    # of its alignment
    input:
        "aligned/{sample}.bam",
    output:
        temp("mixed/{sample}.bam"),
    log:
        "logs/reads_with_strand/{sample}.log",
    wildcard_constraints:
        sample=one_of(MIXED.values()),
    conda:
        "../envs/long_reads.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=60,
    shell:
        "samtools view -b -e '[XS] || [ts]' -o {output} {input} 2> {log}"
