# Set-up is two commands on a fresh machine: `make run` and `make test`. Both install what they need into .venv.

PYTHON ?= $(shell for name in python3.12 python3.13 python3.14 python3; do \
	command -v $$name >/dev/null 2>&1 && $$name -c 'import sys; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1 \
	&& echo $$name && break; done)
VENV := .venv
BIN := $(VENV)/bin
UV = $(shell command -v uv 2>/dev/null || echo $(BIN)/uv)
WORKERS ?= auto

.PHONY: install run test check bench docs screenshots lock clean

install: $(VENV)/.installed

$(VENV)/.installed: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Assay needs Python 3.12 or newer: install it, or name it: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@test -x "$(UV)" || { awk '/^uv==/ {p=1} p {print} p && !/\\$$/ {exit}' requirements.lock >$(VENV)/uv.txt && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $(VENV)/uv.txt; }
	VIRTUAL_ENV=$(CURDIR)/$(VENV) $(UV) pip sync --quiet --require-hashes requirements.lock
	VIRTUAL_ENV=$(CURDIR)/$(VENV) $(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
	@echo 'For `assay` on the path:  export PATH="$(CURDIR)/$(BIN):$$PATH"'

# What the client is tested in stands apart: where Dynaconf sees Flask, it imports it, in every process of the tests.
$(VENV)/.frameworks: tests/client/frameworks.lock $(VENV)/.installed
	VIRTUAL_ENV=$(CURDIR)/$(VENV) $(UV) pip install --quiet --require-hashes --target $(VENV)/frameworks -r $<
	@touch $@

run: install
	@exec $(BIN)/assay serve $(if $(PORT),--port "$(PORT)")

# Each module is compiled once, not by each of the thousand processes that the tests start.
test: export PYTHONDONTWRITEBYTECODE =
test: install $(VENV)/.frameworks
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# One group alone: make bench ROW=engine
bench: install
	$(BIN)/python -m benchmarks $(ROW)

docs: install
	$(BIN)/python -m docs docs/rules.md docs/options.md docs/settings.md
	$(BIN)/python -m docs.limits
	$(BIN)/python -m docs.examples

# Pictures of the page, in a folder outside the repository: make screenshots TO=/tmp/assay-pictures
screenshots: install
	@$(BIN)/python -m docs.screenshots $(if $(TO),"$(TO)")

lock: install
	$(UV) pip compile --quiet --universal --generate-hashes --python-version 3.12 --group dev --extra embedded \
		pyproject.toml --output-file requirements.lock
	$(UV) pip compile --quiet --universal --generate-hashes --python-version 3.12 --group build \
		--constraint requirements.lock --no-annotate pyproject.toml --output-file deploy/requirements.lock
	$(UV) pip compile --quiet --universal --generate-hashes --python-version 3.12 --constraint requirements.lock \
		--no-annotate benchmarks/reference/requirements.in --output-file benchmarks/reference/requirements.lock
	$(UV) pip compile --quiet --universal --generate-hashes --python-version 3.12 --constraint requirements.lock \
		--no-annotate tests/client/frameworks.in --output-file tests/client/frameworks.lock

clean:
	rm -rf $(VENV) .venv-reference .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
