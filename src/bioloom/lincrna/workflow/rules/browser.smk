# Coverage of each sample for genome browsers, on request.


rule coverage:
    input:
        bam=final_bam,
        index=lambda wildcards: f"{final_bam(wildcards)}.csi",
        strandness="strandness/{sample}.json",
    output:
        "../browser/coverage/{sample}.bw",
    log:
        "logs/coverage/{sample}.log",
    threads: 1
    resources:
        mem_mb=4000,
        runtime=240,
    shell:
        "bioloom lincrna step coverage {input.bam} --sample {wildcards.sample}"
        " --strandness {input.strandness} --out ../browser/coverage 2> {log}"
