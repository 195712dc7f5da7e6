# What is measured of the transcripts block by block, their expression, the filters, and
# the report.


rule collect:
    input:
        merged="merged/merged.gtf",
        assemblies=ASSEMBLIES,
        genome="reference/genome.fa",
        annotation="reference/annotation.gtf",
        extra=EXTRA_FILES,
    output:
        model="measured/model.json",
        warnings="measured/warnings.json",
        union="measured/union.gtf",
        known="measured/known.jsonl",
        blocks=expand("measured/{block}.tsv", block=BLOCKS),
    log:
        "logs/collect.log",
    threads: 1
    resources:
        mem_mb=8000,
        runtime=240,
    params:
        run_config=RUN_CONFIG,
        settings=json.dumps(asdict(RUN.filters)),
        rng_seed=RUN.rng_seed,
    shell:
        "bioloom lincrna step collect {output.blocks} --config {params.run_config:q}"
        " 2> {log}"


rule measure:
    input:
        block="measured/{block}.tsv",
        model="measured/model.json",
        extra=EXTRA_FILES,
    output:
        "measured/{block}.jsonl",
    log:
        "logs/measure/{block}.log",
    threads: 4
    resources:
        mem_mb=8000,
        runtime=480,
    params:
        run_config=RUN_CONFIG,
        settings=json.dumps(asdict(RUN.filters)),
    shell:
        "bioloom lincrna step measure {input.block} --config {params.run_config:q}"
        " --out {output} --threads {threads} 2> {log}"


rule choose_domains:
    input:
        measured=expand("measured/{block}.jsonl", block=BLOCKS),
        model="measured/model.json",
        merged="merged/merged.gtf",
        assemblies=ASSEMBLIES,
        genome="reference/genome.fa",
        annotation="reference/annotation.gtf",
        extra=EXTRA_FILES,
        votes=list(map(str, RUN.votes)),
        expression=EXPRESSION,
    output:
        expand("domains/{block}.tsv", block=BLOCKS),
    log:
        "logs/choose_domains.log",
    threads: 1
    resources:
        mem_mb=8000,
        runtime=240,
    params:
        run_config=RUN_CONFIG,
        settings=json.dumps(asdict(RUN.filters)),
    shell:
        "bioloom lincrna step choose-domains {output} --config {params.run_config:q}"
        " 2> {log} && cat {log} >&2"


rule search_domains:
    input:
        block="domains/{block}.tsv",
        extra=EXTRA_FILES,
    output:
        "domains/{block}.jsonl",
    log:
        "logs/search_domains/{block}.log",
    threads: 4
    resources:
        mem_mb=8000,
        runtime=1440,
    params:
        run_config=RUN_CONFIG,
        settings=json.dumps(asdict(RUN.filters)),
    shell:
        "bioloom lincrna step search-domains {input.block}"
        " --config {params.run_config:q} --out {output} --threads {threads} 2> {log}"


rule choose_homology:
    input:
        measured=expand("measured/{block}.jsonl", block=BLOCKS),
        domains=expand("domains/{block}.jsonl", block=BLOCKS) if RUN.domains else [],
        model="measured/model.json",
        merged="merged/merged.gtf",
        assemblies=ASSEMBLIES,
        genome="reference/genome.fa",
        annotation="reference/annotation.gtf",
        extra=EXTRA_FILES,
        votes=list(map(str, RUN.votes)),
        expression=EXPRESSION,
    output:
        chosen="homology/search.json",
        blocks=expand("homology/{block}.tsv", block=BLOCKS),
    log:
        "logs/choose_homology.log",
    conda:
        "../envs/homology.yaml"
    threads: 1
    resources:
        mem_mb=8000,
        runtime=240,
    params:
        run_config=RUN_CONFIG,
        settings=json.dumps(asdict(RUN.filters)),
    shell:
        "bioloom lincrna step choose-homology {output.blocks}"
        " --config {params.run_config:q} 2> {log}"


rule search_homology:
    input:
        block="homology/{block}.tsv",
        chosen="homology/search.json",
        extra=EXTRA_FILES,
    output:
        "homology/{block}.jsonl",
    log:
        "logs/search_homology/{block}.log",
    conda:
        "../envs/homology.yaml"
    threads: 4
    resources:
        mem_mb=16000,
        runtime=1440,
    params:
        run_config=RUN_CONFIG,
        settings=json.dumps(asdict(RUN.filters)),
    shell:
        "bioloom lincrna step search-homology {input.block}"
        " --config {params.run_config:q} --out {output} --threads {threads} 2> {log}"


rule choose_rfam:
    input:
        measured=expand("measured/{block}.jsonl", block=BLOCKS),
        domains=expand("domains/{block}.jsonl", block=BLOCKS) if RUN.domains else [],
        homology=expand("homology/{block}.jsonl", block=BLOCKS) if RUN.proteins else [],
        model="measured/model.json",
        merged="merged/merged.gtf",
        assemblies=ASSEMBLIES,
        genome="reference/genome.fa",
        annotation="reference/annotation.gtf",
        extra=EXTRA_FILES,
        votes=list(map(str, RUN.votes)),
        expression=EXPRESSION,
    output:
        expand("rfam/{block}.tsv", block=BLOCKS),
    log:
        "logs/choose_rfam.log",
    threads: 1
    resources:
        mem_mb=8000,
        runtime=240,
    params:
        run_config=RUN_CONFIG,
        settings=json.dumps(asdict(RUN.filters)),
    shell:
        "bioloom lincrna step choose-rfam {output} --config {params.run_config:q}"
        " 2> {log}"


rule search_rfam:
    input:
        block="rfam/{block}.tsv",
        extra=EXTRA_FILES,
    output:
        "rfam/{block}.jsonl",
    log:
        "logs/search_rfam/{block}.log",
    threads: 4
    resources:
        mem_mb=8000,
        runtime=1440,
    params:
        run_config=RUN_CONFIG,
    shell:
        "bioloom lincrna step search-rfam {input.block}"
        " --config {params.run_config:q} --out {output} --threads {threads} 2> {log}"


rule filter:
    input:
        measured=expand("measured/{block}.jsonl", block=BLOCKS),
        domains=expand("domains/{block}.jsonl", block=BLOCKS) if RUN.domains else [],
        homology=expand("homology/{block}.jsonl", block=BLOCKS) if RUN.proteins else [],
        rfam=expand("rfam/{block}.jsonl", block=BLOCKS) if RUN.rfam else [],
        model="measured/model.json",
        warnings="measured/warnings.json",
        merged="merged/merged.gtf",
        assemblies=ASSEMBLIES,
        genome="reference/genome.fa",
        annotation="reference/annotation.gtf",
        extra=EXTRA_FILES,
        votes=list(map(str, RUN.votes)),
        named=[str(path) for path in (*RUN.named_sets, RUN.names) if path],
        expression=EXPRESSION,
    output:
        judged="filtered/judged.jsonl",
        union="filtered/union.gtf",
        sequences="filtered/transcripts.fa",
        partners="filtered/partners.json",
    log:
        "logs/filter.log",
    threads: 1
    resources:
        mem_mb=8000,
        runtime=240,
    params:
        run_config=RUN_CONFIG,
        settings=json.dumps(asdict(RUN.filters)),
        window_nt=RUN.partners.window_nt,
    shell:
        "bioloom lincrna step filter --config {params.run_config:q} 2> {log}"


rule quantify:
    input:
        bam=final_bam,
        union="measured/union.gtf",
        strandness="strandness/{sample}.stringtie.txt",
    output:
        expression="quantified/{sample}.gtf",
        junctions="quantified/{sample}/i_data.ctab",
    log:
        "logs/quantify/{sample}.log",
    conda:
        "../envs/assemble.yaml"
    threads: 4
    resources:
        mem_mb=8000,
        runtime=240,
    params:
        mode=lambda wildcards: "-L" if wildcards.sample in LONG else "",
    shell:
        "stringtie -e {params.mode} -b quantified/{wildcards.sample} -G {input.union} -p {threads}"
        " $(cat {input.strandness}) -o {output.expression} {input.bam} 2> {log}"


rule report:
    input:
        judged="filtered/judged.jsonl",
        partners="filtered/partners.json",
        gene_sets=GENE_SETS,
        quantified=QUANTIFIED,
        known="measured/known.jsonl",
        trimmed=expand("reads/{sample}.trimmed.json", sample=SAMPLES),
        cells=["../cells.h5ad"] if WITH_CELLS else [],
        coverage=COVERAGE,
        mirna_sites=MIRNA_SITES,
        fastqc=FASTQC,
    output:
        "../report.html",
    log:
        "logs/report.log",
    threads: 4
    resources:
        mem_mb=8000,
        runtime=120,
    params:
        run_config=RUN_CONFIG,
        comparison=json.dumps(asdict(RUN.comparison)),
        partners=json.dumps(asdict(RUN.partners), default=str),
        browser=json.dumps(asdict(RUN.browser), default=str),
        factors=json.dumps({name: row.factors for name, row in SAMPLES.items()}),
        rng_seed=RUN.rng_seed,
    shell:
        "bioloom lincrna step report --config {params.run_config:q}"
        " --threads {threads} 2> {log}"
