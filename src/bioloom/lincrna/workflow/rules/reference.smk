# The genome and its annotation, checked against each other and unpacked.


rule reference:
    input:
        genome=str(RUN.genome),
        annotation=str(RUN.annotation),
    output:
        genome="reference/genome.fa",
        annotation="reference/annotation.gtf",
        splice_sites="reference/splice_sites.tsv",
    log:
        "logs/reference.log",
    threads: 1
    resources:
        mem_mb=4000,
        runtime=60,
    params:
        run_config=RUN_CONFIG,
        biotypes=RUN.filters.biotypes,
    shell:
        "bioloom lincrna step reference --config {params.run_config:q}"
        " --out reference 2> {log}"
