# Two commands on a fresh machine: `make demo` and `make test`.
# They need Python 3.11 or newer, pip and make.
# PYTHON=... chooses the interpreter, VENV=... the environment's folder.

VENV ?= .venv
BIN := $(VENV)/bin
RUNTIME := .azfn-runtime
CLIENTS := .conformance
BROWSER := .pages
AZURITE := .azurite
UNIT_SUITES := dataverse projectops runs usecases
COVERAGE_FLOOR := 95
NEWEST_FIRST := python3.13 python3.12 python3.11 python3 python
IS_NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for name in $(NEWEST_FIRST); do \
	$$name -c '$(IS_NEW_ENOUGH)' >/dev/null 2>&1 && echo $$name && break; done)

.PHONY: help demo test test-long cloud slowest check coverage bench mutation crash-matrix conformance pages docs azure-runtime azurite texts lock clean
.DEFAULT_GOAL := help

help:
	@echo "make demo    run the documented example against the embedded emulator"
	@echo "make test    run the test suite"
	@echo "make test-long  run what takes minutes by nature: the wheel, crashes at scale, tutorials, the benchmarks"
	@echo "make cloud   run the tests against a real Azurite: storage, leases, the function app (needs Node.js)"
	@echo "make check   lint, format, types, import directions, spelling, files of the project, and coverage"
	@echo "make slowest  run the test suite in one process and name the tests that cost most"
	@echo "make coverage  run the unit suites of $(UNIT_SUITES) and see that each covers its package"
	@echo "make bench   measure what is promised about speed"
	@echo "make mutation  plant small faults in rules and writing, and count those that tests notice"
	@echo "make crash-matrix  break every exchange of a run in every way, and run again"
	@echo "make conformance  run Microsoft's SDK and other clients against the emulator (needs Node.js)"
	@echo "make pages   look at the run page in a real Chromium (needs Node.js, on Linux x86-64)"
	@echo "make docs    build the documentation as a site, in the folder site"
	@echo "make texts   bring the catalogues of translated texts in step with the source, and compile them"
	@echo "make lock    write the locked versions anew after a change of dependencies (UPGRADE=1: the newest)"
	@echo "make clean   remove the environment and everything that was built"

demo: $(VENV)/.installed
	$(BIN)/proforma demo

# One process for each processor, unless PROCESSES=... says otherwise.
PROCESSES ?= auto
# Many tests start programs; compiled once, those start a quarter sooner. The bytecode stays in
# the environment, whoever does not want it beside the source.
BYTECODE = env -u PYTHONDONTWRITEBYTECODE PYTHONPYCACHEPREFIX=$(abspath $(VENV))/bytecode
PYTEST = $(BYTECODE) $(BIN)/python -m pytest
IN_PARALLEL = -n $(PROCESSES) --dist loadgroup

test: $(VENV)/.installed-dev azure-runtime
	$(PYTEST) $(IN_PARALLEL) -m 'not long and not cloud'

# What takes minutes by nature: the wheel, invoices and tenants of size, the benchmarks.
test-long: $(VENV)/.installed-dev azure-runtime
	$(PYTEST) $(IN_PARALLEL) -m 'long and not cloud'

# What needs Azurite, and therefore Node.js.
cloud: $(VENV)/.installed-dev azure-runtime azurite
	$(PYTEST) $(IN_PARALLEL) -m cloud

slowest: $(VENV)/.installed-dev azure-runtime
	$(PYTEST) -q -p tests.processor_time -m 'not long and not cloud'

# What each package's own tests cover without help from the larger suites. The floor holds for each;
# the store in a container is left out, because its tests need Azurite (make cloud).
coverage: $(VENV)/.installed-dev
	$(PYTEST) -q $(IN_PARALLEL) -m 'not cloud' --cov=connector --cov-report= $(wildcard $(addprefix tests/,$(UNIT_SUITES)))
	@low=0; for name in $(UNIT_SUITES); do \
		$(BIN)/coverage report --include="connector/$$name/*" --omit="connector/runs/blobs/*" --fail-under=$(COVERAGE_FLOOR) \
			--skip-covered --show-missing || low=1; \
	done; exit $$low

check: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell
	$(BIN)/validate-pyproject pyproject.toml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	@$(MAKE) --no-print-directory coverage

bench: $(VENV)/.installed-dev
	$(PYTEST) tests/benchmarks -rP

# At low priority: half an hour for MUTANTS=1200 of the rules; see docs/quality.md.
# AREA="rules" or "writing" measures one of them, SEED=... draws another sample.
MUTANTS ?= 600
SEED ?= 3
mutation: $(VENV)/.installed-dev
	$(BIN)/python -m pip install --quiet 'mutmut>=3.8,<4'
	nice -n 19 $(BIN)/python -m tests.mutation.run $(AREA) --size $(MUTANTS) --seed $(SEED)

# Every way in which every exchange of a run can break, published in docs/reliability.md.
crash-matrix: $(VENV)/.installed-dev
	$(BIN)/python -m tests.reliability.crash_matrix

# Clients that others wrote, apart from the environment: see docs/conformance.md.
conformance: $(VENV)/.installed-dev
	@$(BIN)/python tests/conformance/install.py $(CLIENTS)
	$(CLIENTS)/venv/bin/python -m pytest -p no:cacheprovider --confcutdir tests/conformance tests/conformance

# A Chromium apart from the environment, and what a person with it would see of the run page.
pages: $(VENV)/.installed-dev
	@$(BIN)/python tests/pages/install.py $(BROWSER)
	$(PYTEST) -p no:cacheprovider tests/pages

# Every page of docs/ as a site that fetches nothing. A broken link, and a page that mkdocs.yml does
# not list, are errors.
docs: $(VENV)/.installed-docs
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --clean
	$(PYTEST) -q -p no:cacheprovider tests/site

# The languages of reports: new messages come without a translation, which a test then asks for.
texts: $(VENV)/.installed-dev
	$(BIN)/python -m tests.report.texts.catalogues

# The Python worker library of Azure Functions, apart from the environment: see docs/azure.md.
azure-runtime: $(VENV)/.installed-dev
	@$(BIN)/python tests/azure/install_runtime.py $(RUNTIME)

# Microsoft's emulator of Azure Storage, apart from everything else: see docs/development.md.
azurite: $(VENV)/.installed-dev
	@$(BIN)/python tests/azurite/install.py $(AZURITE)

# One lock for every platform and Python version that is supported: no address of an index stands in it.
LOCK = $(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' $(if $(UPGRADE),--upgrade)
# What the function app installs, for every Python that the platform may build with: a constraints
# file takes no checksums and no extras.
LOCK_APP = $(subst --generate-hashes,--no-annotate --strip-extras,$(LOCK))
lock: | $(BIN)/python
	$(BIN)/python -m pip install --quiet 'uv>=0.5'
	$(LOCK) --extra dev --extra testing pyproject.toml --output-file requirements-dev.txt
	$(LOCK) --extra docs --constraint requirements-dev.txt pyproject.toml --output-file requirements-docs.txt
	$(LOCK_APP) --extra azure pyproject.toml --output-file azure-function/constraints.txt
	$(LOCK) .github/requirements-release.in --output-file .github/requirements-release.txt

# As a user's pip would resolve it: the newest release of what pyproject.toml allows.
$(VENV)/.installed: pyproject.toml | $(BIN)/python
	@echo "Installing the connector into $(VENV) (about a minute, once) ..."
	@$(BIN)/python -m pip install --quiet --editable .
	@touch $@

# Exactly the locked versions, each with its checksum.
$(VENV)/.installed-dev: pyproject.toml requirements-dev.txt | $(BIN)/python
	@echo "Installing the connector and its development tools into $(VENV) (about a minute, once) ..."
	@$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-dev.txt
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.installed

# The generator of the site, locked beside the development tools so that one environment holds both.
$(VENV)/.installed-docs: requirements-docs.txt $(VENV)/.installed-dev
	@$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-docs.txt
	@touch $@

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
	rm -rf $(VENV) $(RUNTIME) $(CLIENTS) $(BROWSER) $(AZURITE) site build dist htmlcov .coverage
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .benchmarks
	find connector tests azure-function -type d -name __pycache__ -prune -exec rm -rf {} +
