# `make demo` and `make test` set everything up themselves; nothing else is needed.

CORES ?= 2
BASE_PYTHON ?= python3.11
VENV := .venv
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export PYTHONPATH :=
DEMO := results/phantom

.PHONY: demo test test_faults test_slurm check benchmark calibration dag gpu lock clean help
.DEFAULT_GOAL := help

help: ## say what can be made
	@grep -hE '^[a-z_]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | sort

$(VENV)/ready: requirements.lock
	@case "$(CURDIR)" in *" "*) \
	  echo "the folder '$(CURDIR)' has a space in its path, and Snakemake could start no" \
	    "job from it: move the project elsewhere (data may stay)" >&2; exit 1;; esac
	@test ! -L $(VENV) || { \
	  echo "$(VENV) is a link, and what it leads to would be emptied: remove it" >&2; \
	  exit 1; }
	@command -v $(BASE_PYTHON) >/dev/null || { \
	  echo "$(BASE_PYTHON) is not there: install Python 3.11, or name one with" \
	    "'make BASE_PYTHON=/path/to/python3.11'" >&2; exit 1; }
	$(BASE_PYTHON) -m venv --clear $(VENV) || $(BASE_PYTHON) envs/bootstrap.py $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check \
	  --require-hashes --requirement requirements.lock
	touch $@

demo: $(VENV)/ready ## run the phantom study from DICOM to its report
	snakemake --cores $(CORES)
	@if [ -z "$$(find $(DEMO)/report.html -newer $(DEMO)/9_report/methods.html 2>/dev/null)" ] \
	  || [ -n "$$(find $(DEMO)/9_report -newer $(DEMO)/report.html)" ]; then \
	  snakemake --quiet --report $(DEMO)/report.html; fi
	@echo "The report is at $(CURDIR)/$(DEMO)/report.html"

test: $(VENV)/ready ## run the tests
	python -m pytest tests --ignore tests/slurm --ignore tests/faults \
	  --numprocesses $(CORES) --dist loadfile --no-loadscope-reorder

test_faults: $(VENV)/ready ## kill a study twenty times, fill its disk, break a session, compare bytes
	python -m pytest tests/faults -rs

test_slurm: $(VENV)/ready ## run a tiny study on a Slurm of this machine's own; needs root
	python -m pytest tests/slurm -rs

check: $(VENV)/ready ## check form: formatting, imports, lint, dry runs of all presets
	ruff check .
	ruff format --check .
	snakefmt --check Snakefile rules calibration/Snakefile
	PYTHONPATH=scripts lint-imports
	snakemake --lint
	snakemake --lint --snakefile calibration/Snakefile
	for preset in config/studies/*.yaml; do \
	  snakemake --dry-run --quiet --configfile $$preset || exit 1; done
	snakefmt --check calibration/networks.smk
	snakemake --lint --snakefile calibration/networks.smk

benchmark: $(VENV)/ready ## measure the figures; FIGURES="name …" measures some
	PYTHONPATH=scripts python benchmarks/run.py $(FIGURES)

calibration: $(VENV)/ready ## measure how often corrections err, half an hour on 2 cores
	snakemake --snakefile calibration/Snakefile --cores $(CORES)

SESSION := sub-control001/sub-control001_ses-1
# Without the study's folder, constraints of wildcards, and addresses of functions.
PLAIN := sed -E 's|$(DEMO)/||g; s/\{([a-z]+),[^}]*\}/{\1}/g; s/&lt;function [^&]*&gt;/\&lt;input function\&gt;/'

dag: $(VENV)/ready ## draw rules, and the files of a session, to docs/images/*graph.svg
	@command -v tred >/dev/null || { echo "install Graphviz (Debian: graphviz)" >&2; exit 1; }
	snakemake --forceall --rulegraph | tred | sed 's/fontsize=10/fontsize=15/' \
	  | dot -Granksep=0.3 -Gnodesep=0.12 -Tsvg > docs/images/rulegraph.svg
	snakemake --forceall --filegraph $(DEMO)/9_report/$(SESSION)_qc.png \
	  $(DEMO)/9_report/$(SESSION)_bold_qc.png \
	  | $(PLAIN) | tred | dot -Tsvg > docs/images/filegraph.svg

gpu: $(VENV)/ready ## add JAX for NVIDIA GPUs; KERAS_BACKEND=jax makes Keras use it
	python -m pip install --quiet --disable-pip-version-check \
	  --require-hashes --requirement requirements-gpu.lock

lock: ## resolve the versions anew
	uv pip compile pyproject.toml --group dev --python-version 3.11 --generate-hashes \
	  --output-file requirements.lock --quiet
	uv pip compile --group gpu --constraint requirements.lock --python-version 3.11 \
	  --generate-hashes --output-file requirements-gpu.lock --quiet

clean: ## remove the demo's results
	rm -rf $(DEMO) logs/phantom

.PHONY: calibration_networks
calibration_networks: $(VENV)/ready ## measure errors of tests on maps of networks, 50 minutes of processor time
	snakemake --configfile calibration/networks_pool.yaml --until make_feature \
	  --cores $(CORES)
	snakemake --snakefile calibration/networks.smk --cores $(CORES)
