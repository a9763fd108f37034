# `make run` and `make test` are all that is needed; both install what they need into this checkout.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3)
BIN := .venv/bin
PIP := $(BIN)/pip --quiet --disable-pip-version-check
READY := .venv/.ready
# durable-rules comes as C source only and is compiled when it is installed.
COMPILES := command -v cc >/dev/null && $(PYTHON) -c 'import os, sys, sysconfig; \
	sys.exit(not os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")))'
COMPILER := gcc libc6-dev python3-dev
# The suite opens pages in a real browser and puts the real front in front.
TRIES := command -v chromium >/dev/null && PATH="$$PATH:/usr/sbin" command -v nginx >/dev/null
TRIED := chromium nginx-light
WORKERS ?= 2
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links

.PHONY: setup browser run test nightly check demo bench screenshots lock clean

setup: $(READY) browser

$(READY): requirements-dev.lock pyproject.toml
	@echo "Installing into .venv (a minute or two the first time)"
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' \
		|| { echo "Python 3.11 or 3.12 is needed; name it with make PYTHON=/path/to/python3.11"; exit 1; }
	@$(COMPILES) || { [ "$$(id -u)" = 0 ] && apt-get update -qq \
			&& apt-get install -y -qq --no-install-recommends $(COMPILER); } \
		|| { echo "A C compiler and Python's headers are needed: apt-get install $(COMPILER)"; exit 1; }
	@$(PYTHON) -m venv .venv \
		|| { echo "Debian keeps venv in a package of its own: apt-get install python3-venv"; exit 1; }
	@$(PIP) install --require-hashes --requirement requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $(READY)

# Looked for each time: the platform itself runs without them, its tests do not.
browser:
	@$(TRIES) || { [ "$$(id -u)" = 0 ] && apt-get update -qq \
			&& apt-get install -y -qq --no-install-recommends $(TRIED); } \
		|| { echo "The tests need Debian's Chromium and nginx: apt-get install $(TRIED)"; exit 1; }

run: $(READY)
	@$(BIN)/echeance run $(ARGS)

# Each worker has a PostgreSQL and a Temporal of its own, and a file of tests stays with one worker; in the order
# of their names, so that the workers of the stories stand in nobody's way before the end.
test: $(READY) browser
	$(BIN)/pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

# The same suite with twenty times the random histories and decisions: some minutes more.
nightly: $(READY) browser
	ECHEANCE_TESTS=nightly $(BIN)/pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports --cache-dir .cache/import-linter
	$(BIN)/pytest tests/architecture tests/docs

# DATA=folder gives another data set: contracts.csv and payments.csv.
demo: $(READY)
	@$(BIN)/echeance demo $(DATA)

bench: $(READY)
	$(BIN)/python -m bench

# Pictures of the main pages with the demonstration data, into docs/images/screens.
screenshots: $(READY) browser
	@$(BIN)/python -m seeds.screenshots

lock: $(READY)
	$(COMPILE) requirements.in --output-file requirements.lock
	$(COMPILE) requirements-dev.in --output-file requirements-dev.lock

clean:
	rm -rf .venv .cache *.egg-info build
	find . -name __pycache__ -prune -exec rm -rf {} +
