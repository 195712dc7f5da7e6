#!/bin/sh
# Build src/bioloom/report/assets/tabulator.min.js from Tabulator's published source.
# Needs node and npm; the same versions give the same bytes, which a test checks by
# their SHA-256.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
assets=$here/../../src/bioloom/report/assets
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here/tables.mjs" "$work"
cd "$work"
npm install --silent --no-save --no-package-lock --prefix "$work" \
    tabulator-tables@6.5.3 esbuild@0.25.12
cp node_modules/tabulator-tables/LICENSE "$assets/LICENSE-tabulator.txt"
{
    # the page that holds the program holds its licence too
    printf '/*\nTabulator 6.5.3, in part\n\n'
    cat node_modules/tabulator-tables/LICENSE
    printf '\n*/\n'
} > licence.txt
npx esbuild tables.mjs --bundle --minify --format=iife --target=es2020 \
    --charset=utf8 --legal-comments=none --log-level=warning --outfile=out.js
cat licence.txt out.js > "$assets/tabulator.min.js"
