# make demo    set up what is needed, run the main job on the embedded example
# make demo-cells  the same with cells and nuclei
# make app     the same commands in a web browser, with example data
# make story   from reads to lincRNAs, miRNAs, a network and what it proves
# make install    what development needs, into .venv
# make test    set up everything, run all tests, two at a time
# make test-fast  no outside programs, real data or browser; three to four minutes
# make slurm-test  the workflow on a Slurm that it starts here (as root)
# make heavy-test  the workflow on a chromosome of 600 Mb (1 GB of disk)
# make kill-test   a run on alignments and long reads, killed ten times
# make r-test  results beside R's DESeq2, and the R of the docs (installs R)
# make igv-test  the files for genome browsers in igv.js and Chromium (needs npm)
# make pictures  pictures of every kind of page, in build/pages; those of the docs
# make multiqc-test  bioloom's section in a report of MultiQC (gets it by pip)
# make check   format, lint, types, layers, and the documentation builds
# make format  format the code
# make docs    build the documentation into docs/_build/html
# make messages  collect the words of explanations, compile their translations
# make dist    wheel and sdist into dist/, tried in an empty environment
# make lock    pin the tested versions anew in constraints.txt
# make clean   remove what the above made

PYTHON ?= python3
BIN := .venv/bin
# .venv, or in it what a target needs, is made anew when these change
PINS := pyproject.toml constraints.txt

# program=Debian package
RUN_TOOLS := fastqc=fastqc trim_galore=trim-galore cutadapt=cutadapt \
    hisat2=hisat2 samtools=samtools stringtie=stringtie
IGV_JS := igv@3.8.10
TEST_TOOLS := gffread=gffread chromium=chromium RNAhybrid=rnahybrid bcalm=bcalm kmc=kmc \
    dnadiff=mummer jdupes=jdupes jpeginfo=jpeginfo rdfind=rdfind cmbuild=infernal \
    featureCounts=subread tabix=tabix STAR=rna-star fastp=fastp \
    minimap2=minimap2 salmon=salmon \
    diamond=diamond-aligner mmseqs=mmseqs2
# packages of genomes that tests read, by a file of each
TEST_GENOMES := \
    /usr/share/doc/bowtie/examples/genomes/NC_008253.fna.gz=bowtie-examples \
    /usr/share/doc/bowtie2/examples/reference/lambda_virus.fa.gz=bowtie2-examples

# for the axe-core that it holds, which judges pages; its Playwright is not needed
AXE := axe-playwright-python==0.1.8

CATALOGUES := src/bioloom/locale

.PHONY: install demo demo-cells app story test test-fast slurm-test igv-test r-test \
    heavy-test kill-test multiqc-test check format docs man messages pictures dist lock clean tools

install: .venv/dev.stamp

demo: .venv/run.stamp tools
	$(BIN)/bioloom lincrna demo --out demo

demo-cells: .venv/cells.stamp tools
	$(BIN)/bioloom lincrna demo --cells --out demo-cells

app: .venv/app.stamp tools
	mkdir -p app_demo
	$(BIN)/bioloom app --root demo=app_demo --example

story: .venv/dev.stamp tools
	PATH=$(CURDIR)/$(BIN):$$PATH ./scripts/story.sh story

test: .venv/dev.stamp tools
	./scripts/install-tools.sh $(TEST_TOOLS) $(TEST_GENOMES)
	$(BIN)/pip install -q --disable-pip-version-check --no-deps $(AXE)
	$(BIN)/pytest -n 2 --dist worksteal

test-fast: .venv/dev.stamp
	$(BIN)/pytest -n 2 --dist worksteal -q \
	    -m "not slurm and not igv and not r and not heavy and not killed and not multiqc and not tools and not data \
	    and not slow"

slurm-test: .venv/dev.stamp tools
	./scripts/install-tools.sh slurmctld=slurm-wlm munged=munge minimap2=minimap2
	$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt \
	    -e '.[slurm]'
	BIOLOOM_SLURM_TEST=1 $(BIN)/pytest -m slurm tests/slurm

heavy-test: .venv/dev.stamp tools
	$(BIN)/pytest -m heavy

kill-test: .venv/dev.stamp tools
	./scripts/install-tools.sh minimap2=minimap2 salmon=salmon
	$(BIN)/pytest -m killed

r-test: .venv/dev.stamp tools
	./scripts/install-tools.sh Rscript=r-base-core \
	    /usr/lib/R/site-library/DESeq2/DESCRIPTION=r-bioc-deseq2 \
	    /usr/lib/R/site-library/tximport/DESCRIPTION=r-bioc-tximport
	$(BIN)/pytest -m r

igv-test: .venv/dev.stamp tools
	./scripts/install-tools.sh chromium=chromium npm=npm
	npm install --silent --no-save --prefix build/igv $(IGV_JS)
	BIOLOOM_IGV_JS=build/igv/node_modules/igv/dist/igv.esm.min.js \
	    $(BIN)/pytest -m igv tests/igv

multiqc-test: .venv/dev.stamp
	$(PYTHON) -m venv .venv/multiqc
	.venv/multiqc/bin/pip install -q multiqc hatchling editables
	.venv/multiqc/bin/pip install -q --no-deps --no-build-isolation -e .
	BIOLOOM_MULTIQC=$(CURDIR)/.venv/multiqc/bin/multiqc $(BIN)/pytest -m multiqc

check: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check src/bioloom/lincrna/workflow src/bioloom/mirna/workflow
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MAKE) --no-print-directory docs

format: .venv/dev.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/snakefmt src/bioloom/lincrna/workflow src/bioloom/mirna/workflow

man: .venv/dev.stamp
	$(BIN)/python scripts/man_pages.py build/man

docs: .venv/dev.stamp
	$(BIN)/sphinx-build -q -W --keep-going -b html docs docs/_build/html

pictures: .venv/dev.stamp tools
	./scripts/install-tools.sh chromium=chromium
	$(BIN)/python scripts/page_pictures.py build/pages
	$(BIN)/python scripts/page_pictures.py build/pages --docs
	$(BIN)/python scripts/app_picture.py docs/images/app.png
	$(BIN)/python scripts/lesson_picture.py docs/images/lesson.gif
	$(BIN)/python scripts/tour_picture.py build/pages docs/images/tour.gif

messages: .venv/dev.stamp
	mkdir -p build/help
	$(BIN)/python scripts/help_messages.py > build/help/help_messages.py
	$(BIN)/pybabel -q extract --no-default-keywords -k 'mark trn:1,2' --no-location \
	    -o build/help.pot build/help
	$(BIN)/pybabel -q update -D help -i build/help.pot -d $(CATALOGUES) \
	    --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	$(BIN)/pybabel -q compile -D help -d $(CATALOGUES)
	mkdir -p build/phrases
	$(BIN)/python scripts/phrases.py > build/phrases/phrases.py
	$(BIN)/pybabel -q extract --no-default-keywords -k mark --no-location \
	    -o build/phrases.pot build/phrases
	$(BIN)/pybabel -q update -D phrases -i build/phrases.pot -d $(CATALOGUES) \
	    --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	$(BIN)/pybabel -q compile -D phrases -d $(CATALOGUES)
	$(BIN)/pybabel -q extract --no-default-keywords -k 'tr mark trn:1,2' --sort-by-file \
	    --add-location=file -o build/bioloom.pot src/bioloom
	$(BIN)/pybabel -q update -D bioloom -i build/bioloom.pot -d $(CATALOGUES) \
	    --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	$(BIN)/pybabel -q compile -D bioloom -d $(CATALOGUES)

dist: .venv/dev.stamp
	rm -rf dist
	$(BIN)/python -m build -o dist .
	$(PYTHON) -m venv .venv/twine
	.venv/twine/bin/pip install -q twine
	.venv/twine/bin/twine check --strict dist/*
	./scripts/smoke-wheel.sh dist/*.whl

lock: .venv/dev.stamp
	$(BIN)/pip install -q uv
	$(BIN)/uv pip compile -q --all-extras --python-version 3.11 --no-annotate \
	    --no-header --no-emit-index-url --no-emit-find-links -o constraints.txt \
	    -c scripts/torch-pin.txt pyproject.toml

tools:
	@./scripts/install-tools.sh $(RUN_TOOLS)

.venv/pip.stamp:
	@$(PYTHON) -c "import ensurepip, venv" 2>/dev/null || \
	    ./scripts/install-tools.sh no-ensurepip=python3-venv
	$(PYTHON) -m venv .venv
	@touch $@

.venv/run.stamp: .venv/pip.stamp $(PINS)
	@echo "installing bioloom and its Python packages into .venv"
	$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt \
	    -e '.[lincrna]'
	@touch $@

.venv/dev.stamp: .venv/pip.stamp $(PINS)
	@echo "installing bioloom and what tests need into .venv"
	$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt \
	    -e '.[app,backprop,cells,crate,graph,igv,images,images-ensemble,images-formats,images-timm,lincrna,mirna,mirna-structure,xlsx,docs,dev]'
	@touch $@ .venv/run.stamp .venv/cells.stamp .venv/app.stamp

.venv/cells.stamp: .venv/run.stamp
	$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt \
	    -e '.[lincrna,cells]'
	@touch $@

.venv/app.stamp: .venv/run.stamp
	$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt \
	    -e '.[lincrna,app]'
	@touch $@

clean:
	rm -rf .venv demo demo-cells app_demo story dist docs/_build .mypy_cache .ruff_cache .pytest_cache .hypothesis
