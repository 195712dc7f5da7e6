# Adapters and bad 3' ends, by Trim Galore.


rule trim:
    input:
        reads=trimming_input,
        checked="reads/{sample}.raw.json",
    output:
        reads=temp(directory("trimmed/{sample}")),
        report="../qc/trimming/{sample}_trimming_report.txt",
    log:
        "logs/trim/{sample}.log",
    wildcard_constraints:
        sample=one_of(of_route("reads", "plate")),
    conda:
        "../envs/reads.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=240,
    params:
        paired=lambda wildcards: (
            "--paired" if SAMPLES[wildcards.sample].is_paired else ""
        ),
        quality=RUN.trimming.quality,
        length=RUN.trimming.min_length_nt,
        reads=raw_reads,
        into=trimming_folder,
        moved=trimming_moved,
    shell:
        "into={params.into} && trim_galore {params.paired} --gzip --quality {params.quality}"
        " --length {params.length} --basename {wildcards.sample}"
        " --output_dir $into {params.reads:q} > {log} 2>&1"
        " && cat $into/*_trimming_report.txt > {output.report:q} && {params.moved}"
