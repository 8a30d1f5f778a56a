# Everything a newcomer needs, with nothing but Python 3.11 to 3.13 and make. `make help` lists it.

SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))
PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3 python; do \
	"$$name" -c '$(SUPPORTED)' >/dev/null 2>&1 && { echo "$$name"; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
SUPPLY := .venv-supply
STAMP := $(VENV)/.set-up
WORKERS ?= 2
BENCHMARKS = $(sort $(filter-out %/__init__.py %/conftest.py tests/benchmarks/_%.py tests/benchmarks/test_%.py,$(wildcard tests/benchmarks/*.py)))

.DEFAULT_GOAL := help
.PHONY: help setup demo serve test test-slow check format bench sbom audit pictures lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

setup: $(STAMP) ## build .venv from requirements.lock, every file checked against its hash

$(STAMP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Thalweg needs Python 3.11, 3.12 or 3.13. Name one with: make setup PYTHON=/path/to/python3"; exit 1; }
	"$(PYTHON)" -c '$(SUPPORTED)' || { echo "$(PYTHON) is not Python 3.11 to 3.13"; exit 1; }
	test -x $(BIN)/python || "$(PYTHON)" -m venv $(VENV) || { echo "On Debian: apt-get install python3-venv"; rm -rf $(VENV); exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(STAMP)

demo: setup ## load a small world, find what is wrong in it, show it on http://127.0.0.1:8000
	$(BIN)/thalweg demo $(ARGS)

serve: setup ## serve the data directory (THALWEG_HOME, ./var)
	$(BIN)/thalweg serve $(ARGS)

test: setup ## every test but the slow ones
	$(BIN)/python -m pytest -m "not slow" -n $(WORKERS) $(ARGS)

test-slow: setup ## the slow tests: kills, faults, large worlds
	$(BIN)/python -m pytest -m slow -n $(WORKERS) $(ARGS)

check: setup ## format, lint, types, import layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup ## let the formatter write
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup ## every command under tests/benchmarks: prints ratios, never fails a build
	@set -e; for file in $(BENCHMARKS); do echo "== $$file"; $(BIN)/python "$$file"; done

$(SUPPLY)/.set-up: .ci/supply.lock
	@test -n "$(PYTHON)" || { echo "Thalweg needs Python 3.11, 3.12 or 3.13"; exit 1; }
	test -x $(SUPPLY)/bin/python || "$(PYTHON)" -m venv $(SUPPLY)
	$(SUPPLY)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .ci/supply.lock
	touch $@

sbom: $(SUPPLY)/.set-up ## write dist/sbom.json: what is installed, by name, version and hash (CycloneDX 1.6)
	mkdir -p dist
	$(SUPPLY)/bin/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --spec-version 1.6 \
		--output-format JSON --output-reproducible --output-file dist/sbom.json 2>/dev/null
	@echo "dist/sbom.json"

audit: $(SUPPLY)/.set-up ## ask for known weaknesses of what is installed (pip-audit; needs a network, says so where there is none)
	@.ci/audit

pictures: setup ## take the pictures of the documentation anew from the demonstration (needs Chromium)
	$(BIN)/python tests/browser/pictures.py $(ARGS)

lock: ## resolve requirements.lock anew (needs uv)
	printf 'cyclonedx-bom>=7\npip-audit>=2.9\n' | uv pip compile - --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
		--no-annotate --no-header --upgrade --output-file .ci/supply.lock
	printf 'hatchling>=1.27\neditables>=0.5\n' | uv pip compile pyproject.toml - --extra dev --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header --upgrade --output-file requirements.lock

clean: ## remove what was built; the data directory stays
	rm -rf $(VENV) $(SUPPLY) dist build .ruff_cache .mypy_cache .pytest_cache .hypothesis .import_linter_cache
