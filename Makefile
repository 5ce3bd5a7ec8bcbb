# Everything that a clone needs: `make demo`, `make test`, `make check`. Only Python 3.11+, make and, for the
# tests' servers, Debian's packages are expected to be there.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.PHONY: setup demo test check bench reliability format lock schema clean help

PYTHON ?= python3
UV_VERSION := 0.13.9
ROOMS := catalog connectors engines exporters ledger matching planning purgers reports scanners service
BIN := .venv/bin
INSTALLED := .venv/.installed

help: ## List the targets
	@sed -nE 's/^([a-z]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

setup: $(INSTALLED) ## Make .venv with everything that the lock file names, and Vestige itself

$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo "Vestige needs Python 3.11 or newer; name one with: make PYTHON=python3.12 setup" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv \
		|| { rm -rf .venv; echo "python3 -m venv failed; on Debian: apt-get install python3-venv" >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/uv pip install --quiet --require-hashes -r requirements.lock
	VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/uv pip install --quiet --no-deps --no-build-isolation -e .
	# Compiled once here, commands start quickly also where Python may not write byte code.
	$(BIN)/python -m compileall -q -j 0 .venv/lib $(ROOMS) || true
	touch $@

demo: setup ## Show the whole road on a small made-up company
	$(BIN)/vestige demo

test: setup ## Run the tests; STORE=postgresql runs those of one store
	tests/install_servers.sh
	$(BIN)/python -m pytest -n 2 --dist loadfile --cov --cov-report=term:skip-covered $(if $(STORE),-k "$(STORE)")

check: setup ## Format, lint, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --strict -p vestige
	$(BIN)/lint-imports

bench: setup ## Measure: engines, phones, known people, whole scans, field verdicts
	for topic in speed phones known scan "quality fields"; do $(BIN)/python -m bench.$$topic; done

reliability: setup ## Kill purges at over a thousand moments; write the table of docs/reliability.md
	tests/install_servers.sh
	$(BIN)/python -m bench.crash

format: setup ## Format all code, and repair what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: setup ## Resolve requirements.lock again, keeping versions that still fit
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-annotate --all-extras --group dev --custom-compile-command "make lock" \
		pyproject.toml --output-file requirements.lock

schema: setup ## Write the published JSON Schemas again
	$(BIN)/python -m vestige.service.schemas docs/schema

clean: ## Remove everything that is not in the repository's history
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache htmlcov dist demo .coverage*
