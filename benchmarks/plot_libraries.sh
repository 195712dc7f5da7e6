#!/bin/sh
# Sizes of libraries for interactive plots, as a page would hold them: each with what it
# cannot do without, in bytes, and gzipped. Needs npm.
set -eu
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
cd "$folder"

size() { # name, files
    name=$1
    shift
    cat "$@" > all
    echo "$name: $(wc -c < all) bytes, $(gzip -9c all | wc -c) gzipped," \
        "code from text: $(grep -c 'new Function\|Function("return' all || true)"
}

npm install --silent --no-save uplot@1.6.32 @observablehq/plot@0.6.17 d3@7 \
    vega@6 vega-lite@6 vega-embed@7
cd node_modules
size uPlot uplot/dist/uPlot.iife.min.js uplot/dist/uPlot.min.css
size "Observable Plot" @observablehq/plot/dist/plot.umd.min.js d3/dist/d3.min.js
size Vega-Lite vega/build/vega.min.js vega-lite/build/vega-lite.min.js \
    vega-embed/build/vega-embed.min.js
