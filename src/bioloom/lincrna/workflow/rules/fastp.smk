# Adapters and bad 3' ends by fastp, which looks at the reads as well: in place of Trim
# Galore and FastQC. Bad ends are cut base by base; reads are not dropped for their quality.


rule trim:
    input:
        reads=trimming_input,
        checked="reads/{sample}.raw.json",
    output:
        reads=temp(directory("trimmed/{sample}")),
        html="../qc/trimming/{sample}.fastp.html",
        json="../qc/trimming/{sample}.fastp.json",
    log:
        "logs/trim/{sample}.log",
    wildcard_constraints:
        sample=one_of(of_route("reads", "plate")),
    conda:
        "../envs/fastp.yaml"
    threads: 2
    resources:
        mem_mb=2000,
        runtime=240,
    params:
        reads=fastp_reads,
        quality=(
            "--cut_tail --cut_tail_window_size 1"
            f" --cut_tail_mean_quality {RUN.trimming.quality}"
            if RUN.trimming.quality
            else ""
        ),
        length=RUN.trimming.min_length_nt,
    shell:
        "mkdir -p {output.reads} && fastp {params.reads} --thread {threads}"
        " --disable_quality_filtering {params.quality}"
        " --length_required {params.length} --html {output.html} --json {output.json}"
        " --report_title {wildcards.sample} > {log} 2>&1"
