#!/usr/bin/env bash
# The whole way on an embedded example, command by command: story.sh FOLDER
# Reads -> lincRNA candidates, their partners and changes -> miRNA sites -> a network ->
# its nodes classified -> what the test nodes prove; a working of each in FOLDER/working.
set -euo pipefail
cd "$(dirname "$0")/.."
story=$1
say() { printf '\n$ %s\n' "$*"; "$@"; }
keep() { printf '\n$ %s > %s\n' "${*:2}" "$1"; "${@:2}" > "$1"; }
mkdir -p "$story/working"

# 1. reads of a simulated transcriptome -> candidates
[ -f "$story/run/candidates.fa" ] || say bioloom lincrna demo --out "$story"
candidate=$(sed -n 's/^>\([^ ]*\).*/\1/p' "$story/run/candidates.fa" | head -n 1)
keep "$story/working/1_lincrna.txt" bioloom lincrna explain "$candidate" --run "$story/run"

# what it may do: its coding partner, and how its expression changes
keep "$story/working/1_partners.txt" bioloom lincrna explain "$candidate" \
    --run "$story/run" --about partners
keep "$story/working/1_comparison.txt" bioloom lincrna explain "$candidate" \
    --run "$story/run" --about comparison

# 2. miRNAs that bind some of them, or some 3'UTR, and where all of them bind
say bioloom mirna targets "$story/input/annotation.gtf" "$story/input/genome.fa" \
    --out "$story/utrs.fa"
keep "$story/mirnas.fa" python scripts/story_mirnas.py "$story/utrs.fa" "$story/run/candidates.fa"
keep "$story/targets.fa" cat "$story/utrs.fa" "$story/run/candidates.fa"
say bioloom mirna predict "$story/mirnas.fa" "$story/targets.fa" --max-mfe -22 --threads 2 \
    --out "$story/sites.tsv" --report "$story/sites.html"
known=$(sed -n '1s/^[^ ]* \([^:]*\):.*/\1/p' "$story/mirnas.fa")
keep "$story/working/2_mirna.txt" bioloom mirna explain "$story/mirnas.fa" \
    "$story/targets.fa" --target "$known"

# 3. sequences are nodes; sites, partners and like changes of expression are edges: is a
#    target a lincRNA or a gene?
say bioloom graph nodes --fasta "=$story/mirnas.fa" \
    --fasta "lincRNA=$story/run/candidates.fa" --fasta "gene=$story/utrs.fa" \
    --out "$story/nodes.tsv"
keep "$story/edges.tsv" python scripts/story_edges.py "$story/run" "$story/sites.tsv" \
    "$story/nodes.tsv"
say bioloom graph train --edges "$story/edges.tsv" --nodes "$story/nodes.tsv" \
    --model gcn --model gat --model sage --split random --scale none \
    --out "$story/network" --force
keep "$story/working/3_graph.txt" bioloom graph explain --run "$story/network" --model gcn

# 4. what the test nodes let one claim
keep "$story/working/4_bounds.txt" bioloom bounds report "$story/network"
echo
echo "Read on in $story/run/report.html, $story/sites.html and $story/working."
