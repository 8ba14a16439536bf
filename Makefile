# Two commands on a fresh machine: `make demo` and `make test`.
# They need Python 3.11 or newer, pip and make.
# PYTHON=... chooses the interpreter, VENV=... the environment's folder.

VENV ?= .venv
BIN := $(VENV)/bin
RUNTIME := .azfn-runtime
CLIENTS := .conformance
NEWEST_FIRST := python3.13 python3.12 python3.11 python3 python
IS_NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for name in $(NEWEST_FIRST); do \
	$$name -c '$(IS_NEW_ENOUGH)' >/dev/null 2>&1 && echo $$name && break; done)

.PHONY: help demo test check bench mutation crash-matrix conformance azure-runtime clean
.DEFAULT_GOAL := help

help:
	@echo "make demo    run the documented example against the embedded emulator"
	@echo "make test    run the whole test suite"
	@echo "make check   lint, format, types and import directions"
	@echo "make bench   measure what is promised about speed"
	@echo "make mutation  plant small faults in the rules and count those that their tests notice"
	@echo "make crash-matrix  break every exchange of a run in every way, and run again"
	@echo "make conformance  run Microsoft's SDK and other clients against the emulator (needs Node.js)"
	@echo "make clean   remove the environment and everything that was built"

demo: $(VENV)/.installed
	$(BIN)/proforma demo

test: $(VENV)/.installed-dev azure-runtime
	$(BIN)/python -m pytest -n 2 --dist loadgroup

check: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.installed-dev
	$(BIN)/python -m pytest tests/benchmarks -rP

# Half an hour at low priority for MUTANTS=1200; see docs/quality.md.
MUTANTS ?= 1200
mutation: $(VENV)/.installed-dev
	$(BIN)/python -m pip install --quiet 'mutmut>=3.8,<4'
	nice -n 19 $(BIN)/python -m tests.invoicing.mutation $(MUTANTS)

# Every way in which every exchange of a run can break, published in docs/reliability.md.
crash-matrix: $(VENV)/.installed-dev
	$(BIN)/python -m tests.reliability.crash_matrix

# Clients that others wrote, apart from the environment: see docs/conformance.md.
conformance: $(VENV)/.installed-dev
	@$(BIN)/python tests/conformance/install.py $(CLIENTS)
	$(CLIENTS)/venv/bin/python -m pytest -p no:cacheprovider tests/conformance

# The Python worker library of Azure Functions, apart from the environment: see docs/azure.md.
azure-runtime: $(VENV)/.installed-dev
	@$(BIN)/python tests/azure/install_runtime.py $(RUNTIME)

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	@echo "Installing the connector into $(VENV) (about a minute, once) ..."
	@$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml | $(BIN)/python
	@echo "Installing the connector and its development tools into $(VENV) (about a minute, once) ..."
	@$(BIN)/python -m pip install --quiet --editable '.[dev,testing]'
	@touch $@ $(VENV)/.installed

# Some distributions ship Python without ensurepip; then the pip that is there fills the environment.
$(BIN)/python:
	@test -n "$(PYTHON)" || { \
		echo "No Python 3.11 or newer found (looked for: $(NEWEST_FIRST))." >&2; \
		echo "Install one, or name it: make PYTHON=/path/to/python3.11 ..." >&2; exit 1; }
	@$(PYTHON) -c '$(IS_NEW_ENOUGH)' || { \
		echo "Python 3.11 or newer is needed; $(PYTHON) is: $$($(PYTHON) --version 2>&1)." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || { \
		rm -rf $(VENV) && $(PYTHON) -m venv --without-pip $(VENV) && \
		$(PYTHON) -m pip --python $(BIN)/python install --quiet pip; } || { \
		rm -rf $(VENV); \
		echo "Could not make a virtual environment in $(VENV) with $(PYTHON)." >&2; exit 1; }

clean:
	rm -rf $(VENV) $(RUNTIME) $(CLIENTS) build dist htmlcov .coverage
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .benchmarks
	find connector tests azure-function -type d -name __pycache__ -prune -exec rm -rf {} +
