# Samples that come as alignments. Indexes are CSI: BAI ends at 512 Mb.


rule strandness_of_bam:
    input:
        bam="aligned/{sample}.bam",
        cells=lambda wildcards: kit_facts(wildcards.sample),
        annotation="reference/annotation.gtf",
    output:
        check="strandness/{sample}.json",
        hisat2="strandness/{sample}.hisat2.txt",
        stringtie="strandness/{sample}.stringtie.txt",
    log:
        "logs/strandness/{sample}.log",
    wildcard_constraints:
        sample=one_of(of_route("alignments") + TAGGED),
    conda:
        "../envs/align.yaml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=60,
    params:
        stated=lambda wildcards: SAMPLES[wildcards.sample].strandness,
        kit=kit_option,
    shell:
        # first mates and single reads, the first alignment of each
        "samtools view -F 0x984 {input.bam} 2> {log}"
        " | bioloom lincrna step strandness --sample {wildcards.sample}"
        " --stated {params.stated} --single {params.kit}"
        " --annotation {input.annotation} --out strandness - 2>> {log}"


rule take_alignments:
    input:
        bam=given_alignments,
        genome="reference/genome.fa",
    output:
        bam="aligned/{sample}.bam",
        index="aligned/{sample}.bam.csi",
        summary="aligned/{sample}.summary.txt",
        facts="aligned/{sample}.facts.json",
        raw="reads/{sample}.raw.json",
        trimmed="reads/{sample}.trimmed.json",
    log:
        "logs/take_alignments/{sample}.log",
    wildcard_constraints:
        sample=one_of(ALIGNED),
    # what is wrong with a file is told before hours of other work
    priority: 10
    conda:
        "../envs/align.yaml"
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
