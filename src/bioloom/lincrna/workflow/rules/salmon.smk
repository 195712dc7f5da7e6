# Salmon in place of StringTie measures expression, on known and novel transcripts together.
# The genome is its decoy: reads that fit it better than any transcript count for none.


rule transcript_sequences:
    input:
        union="measured/union.gtf",
        genome="reference/genome.fa",
    output:
        "salmon/transcripts.fa",
    log:
        "logs/transcript_sequences.log",
    threads: 1
    resources:
        mem_mb=4000,
        runtime=60,
    shell:
        "bioloom lincrna step transcript-sequences {input.union}"
        " --genome {input.genome} --out {output} 2> {log}"


rule salmon_index:
    input:
        transcripts="salmon/transcripts.fa",
        genome="reference/genome.fa",
    output:
        directory("salmon/index"),
    log:
        "logs/salmon_index.log",
    conda:
        "../envs/salmon.yaml"
    threads: 8
    resources:
        mem_mb=genome_index_mb(),
        runtime=480,
    shell:
        # equal transcripts of two loci stay two, and none loses its A at the end
        "(sed -n 's/^>\\([^[:space:]]*\\).*/\\1/p' {input.genome} > {output}.decoys"
        " && cat {input.transcripts} {input.genome} > {output}.fa"
        " && salmon index -t {output}.fa -d {output}.decoys -i {output} -p {threads}"
        " --keepDuplicates --no-clip && rm {output}.fa {output}.decoys) > {log} 2>&1"


rule reads_of_bam:
    # alignments to the genome say nothing of transcripts: they are reads again
    input:
        final_bam,
    output:
        temp(directory("reads_of_bam/{sample}")),
    log:
        "logs/reads_of_bam/{sample}.log",
    wildcard_constraints:
        sample=one_of(BAM_READS),
    conda:
        "../envs/salmon.yaml"
    threads: 2
    resources:
        mem_mb=4000,
        runtime=240,
    shell:
        "mkdir -p {output} && samtools collate -O -u -@ {threads} {input}"
        " {output}/collate 2> {log} | samtools fastq -n -F 0x900"
        " -1 {output}/mates_1.fastq.gz -2 {output}/mates_2.fastq.gz"
        " -0 {output}/single.fastq.gz -s /dev/null - 2>> {log}"


rule salmon:
    # With one thread its numbers do not depend on the machine's load. The lengths of
    # fragments it would learn from pairs that it draws at random, and without learning
    # take 250 +- 25 nt for granted, by which it would give reads to isoforms that are
    # not there: they have no part in its choice between isoforms. Those measured on the
    # alignments give the effective lengths.
    input:
        reads=salmon_input,
        bam=final_bam,
        union="measured/union.gtf",
        index="salmon/index",
        strandness="strandness/{sample}.json",
    output:
        "quantified/{sample}.sf",
    log:
        "logs/salmon/{sample}.log",
    wildcard_constraints:
        sample=one_of(SHORT),
    conda:
        "../envs/salmon.yaml"
    threads: 1
    resources:
        mem_mb=genome_index_mb(),
        runtime=480,
    params:
        reads=salmon_reads,
        # reads of 3' ends: a longer transcript has no more of them
        tags=lambda wildcards: (
            "--noLengthCorrection" if wildcards.sample in DROPLETS else ""
        ),
        finish=lambda wildcards: (
            "mv"
            if wildcards.sample in DROPLETS
            else "bioloom lincrna step salmon-table"
        ),
        named=lambda wildcards, input: (
            ""
            if wildcards.sample in DROPLETS
            else f"--bam {input.bam} --union {input.union} --out"
        ),
    shell:
        "salmon quant -i {input.index} -p {threads} --numAuxModelSamples 0"
        " --noFragLengthDist --noEffectiveLengthCorrection {params.tags}"
        " $(bioloom lincrna step salmon-options {input.strandness} {params.reads})"
        " --minAssignedFrags 1 -o {output}.d 2> {log}"
        " && {params.finish} {output}.d/quant.sf {params.named} {output} 2>> {log}"
        " && rm -r {output}.d"


rule align_to_transcripts:
    input:
        reads=salmon_input,
        transcripts="salmon/transcripts.fa",
    output:
        temp("salmon/{sample}.bam"),
    log:
        "logs/align_to_transcripts/{sample}.log",
    wildcard_constraints:
        sample=one_of(LONG),
    conda:
        "../envs/salmon.yaml"
    threads: 8
    resources:
        mem_mb=8000,
        runtime=240,
    params:
        reads=salmon_reads,
    shell:
        # all transcripts that fit as well as the best; map-hifi loses those of 200 nt
        "minimap2 -ax map-ont -p 1.0 -N 100 -t {threads} {input.transcripts}"
        " {params.reads} 2> {log} | samtools view -b -o {output} - 2>> {log}"


rule salmon_of_long_reads:
    # a long read is from one end to the other: its transcript's length does not count
    input:
        bam="salmon/{sample}.bam",
        transcripts="salmon/transcripts.fa",
        strandness="strandness/{sample}.json",
    output:
        "quantified/{sample}.sf",
    log:
        "logs/salmon/{sample}.log",
    wildcard_constraints:
        sample=one_of(LONG),
    conda:
        "../envs/salmon.yaml"
    threads: 1
    resources:
        mem_mb=8000,
        runtime=240,
    shell:
        "salmon quant --ont -t {input.transcripts} -a {input.bam} -p {threads}"
        " $(bioloom lincrna step salmon-options {input.strandness})"
        " --minAssignedFrags 1 -o {output}.d 2> {log} && mv {output}.d/quant.sf {output}"
        " && rm -r {output}.d"
