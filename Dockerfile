# bioloom with the programs of its main job, on Debian 12. Built with buildah on a Debian
# made by debootstrap; `lincrna demo` in it found what it should.
#   docker build -t bioloom .
#   docker run --rm -v "$PWD:/data" bioloom lincrna demo --out demo
#   docker run --rm -v "$PWD:/data" bioloom mirna predict mirnas.fa utrs.fa --out sites.tsv
FROM debian:12-slim

RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        python3 python3-venv fastqc trim-galore cutadapt hisat2 samtools stringtie \
        diamond-aligner \
    && rm -rf /var/lib/apt/lists/*

COPY pyproject.toml constraints.txt README.md LICENSE /opt/bioloom/
COPY src /opt/bioloom/src
# add graph, images or cells here; torch makes the image large
ARG EXTRAS=lincrna,mirna
RUN python3 -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir -c /opt/bioloom/constraints.txt \
        "/opt/bioloom[${EXTRAS}]"
ENV PATH=/opt/venv/bin:$PATH

WORKDIR /data
ENTRYPOINT ["bioloom"]
CMD ["--help"]
