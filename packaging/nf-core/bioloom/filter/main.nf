process BIOLOOM_FILTER {
    tag "$meta.id"
    label 'process_medium'

    // no container is published yet; the Dockerfile of bioloom makes one
    conda "${moduleDir}/environment.yml"

    input:
    tuple val(meta), path(gtf)
    tuple val(meta2), path(genome)
    tuple val(meta3), path(annotation)
    path domains

    output:
    tuple val(meta), path("${prefix}/candidates.gtf")         , emit: gtf
    tuple val(meta), path("${prefix}/candidates.fa")          , emit: fasta
    tuple val(meta), path("${prefix}/tables/transcripts.tsv") , emit: transcripts
    tuple val(meta), path("${prefix}/report.html")            , emit: report
    path "versions.yml"                                       , emit: versions

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    def profiles = domains ? "--domains ${domains}" : ''
    prefix = task.ext.prefix ?: "${meta.id}"
    """
    bioloom lincrna filter \\
        --gtf $gtf \\
        --genome $genome \\
        --annotation $annotation \\
        $profiles \\
        --threads $task.cpus \\
        --out $prefix \\
        $args

    cat <<-END_VERSIONS > versions.yml
    "${task.process}":
        bioloom: \$(bioloom --version | sed 's/.* //')
    END_VERSIONS
    """

    stub:
    prefix = task.ext.prefix ?: "${meta.id}"
    """
    mkdir -p $prefix/tables
    touch $prefix/candidates.gtf $prefix/candidates.fa $prefix/report.html
    touch $prefix/tables/transcripts.tsv

    cat <<-END_VERSIONS > versions.yml
    "${task.process}":
        bioloom: \$(bioloom --version | sed 's/.* //')
    END_VERSIONS
    """
}
