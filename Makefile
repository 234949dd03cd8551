# Everything a person or CI does with this project. Each target installs what it needs first.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory --no-builtin-rules

PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes
# Tests are told how to run by tests/conftest.py alone. They use SQLite here, whatever the shell exports;
# for another database call pytest itself: DATABASE_URL=postgres://… .venv/bin/pytest
# Tables come from the models, some seconds sooner; `.ci/run` migrates both databases besides.
PYTEST := env -u DATABASE_URL $(BIN)/pytest

.PHONY: help run install install-dev test browser system search-server bench lint format lock check

help: ## Show this list
	@grep -E '^[a-z-]+:.*## ' $(firstword $(MAKEFILE_LIST)) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

run: export DEBUG := true
run: install ## Migrate, seed and serve on http://127.0.0.1:8000 (PORT=… to change)
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py seed --once
	@$(BIN)/python manage.py make_cards
	@$(BIN)/python manage.py first_account
	@echo "Serving on http://127.0.0.1:$(PORT)/ (administration: http://127.0.0.1:$(PORT)/admin/). Stop with Ctrl+C."
	@exec $(BIN)/python manage.py runserver 127.0.0.1:$(PORT)

install: $(VENV)/.installed ## Create .venv with what the site needs

install-dev: $(VENV)/.installed-dev ## Add what tests and lint need

test: install-dev ## Run the test suite on SQLite (ARGS="-k word" to choose)
	@$(PYTEST) -n auto --dist worksteal --nomigrations $(ARGS)

browser: install-dev ## Run the journeys in Chromium
	@$(PYTEST) -m browser -o testpaths=tests/browser -n auto --dist loadfile --no-loadscope-reorder $(ARGS)

# They wait for much of their time, so two processes a core; in the order that tests/system/conftest.py says.
system: install-dev ## Start real servers, break them, and look (needs PostgreSQL, PgBouncer, Redis and nginx)
	@$(PYTEST) -m system -o testpaths=tests/system -n $$(( $$(nproc) * 2 )) \
		--dist loadfile --no-loadscope-reorder --nomigrations $(ARGS)

# None is to be had from Debian's packages, so `.ci/run` has none: for whoever changes search/following.py.
search-server: install-dev ## Ask an OpenSearch server all that search is asked (TEST_SEARCH_URL=http://…/name)
	@TEST_SEARCH_URL=$${TEST_SEARCH_URL:?names no server} $(PYTEST) -m "not browser and not system" \
		-o testpaths=tests/search --nomigrations $(ARGS)

bench: install-dev ## Measure pages at 2,000 to 200,000 releases (ARGS="--sizes 2000,20000"; BENCH_POSTGRES=…)
	@$(BIN)/python -m bench.served
	@$(BIN)/python -m bench.rounds $(ARGS)

lint: install-dev ## Check style, templates, import directions and types
	@.ci/lint

format: install-dev ## Rewrite Python and templates in the house format
	@.ci/lint --fix

lock: install-dev ## Pin dependencies anew from pyproject.toml (ARGS="--upgrade" for newer ones)
	@$(BIN)/uv pip compile $(LOCK) pyproject.toml --output-file requirements.txt $(ARGS)
	@$(BIN)/uv pip compile $(LOCK) pyproject.toml --group dev --constraint requirements.txt \
		--output-file requirements-dev.txt $(ARGS)
	@! grep -nE '://|index' requirements*.txt || { echo "A lock file holds an address." >&2; exit 1; }

check: lint test ## Lint, then test: run this before a commit

# One lock for every platform and Python from 3.11 on. No address of an index gets into it.
LOCK := --quiet --universal --python-version 3.11 --generate-hashes --no-header

# Installed only when the lock is newer than the stamp, so that a second run starts at once.
$(VENV)/.installed: requirements.txt $(BIN)/python
	@echo "Installing what requirements.txt pins …"
	@$(PIP_INSTALL) -r requirements.txt
	@touch $@

# Not compiled: most of what emulates an object store is never imported.
$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@echo "Installing what requirements-dev.txt pins …"
	@$(PIP_INSTALL) --no-compile -r requirements-dev.txt
	@touch $@

$(BIN)/python:
	@for python in python3 python3.14 python3.13 python3.12 python3.11; do \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		"$$python" -c 'import ensurepip, venv' 2>/dev/null || { \
			echo "Python's venv is missing. Remedy: apt-get install python3-venv" >&2; exit 1; }; \
		echo "Creating $(VENV) with $$("$$python" --version) …"; \
		exec "$$python" -m venv --clear $(VENV); \
	done; \
	echo "Python 3.11 or newer is needed, and none was found on the PATH." >&2; exit 1
