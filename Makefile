# One command each: `make demo`, `make test`, `make check`. Each does its own set-up, once.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready

.PHONY: accuracy bench check clean demo format kills test
.DEFAULT_GOAL := test

$(STAMP): requirements-dev.lock pyproject.toml setup.sh
	PYTHON=$(PYTHON) ./setup.sh $(VENV)
	touch $@

demo: $(STAMP)
	$(BIN)/auditor demo

test: $(STAMP)
	$(BIN)/pytest -q -n 2 --dist loadgroup

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

kills: $(STAMP)
	AUDITOR_TEST_KILLS=210 $(BIN)/pytest -q tests/night

accuracy: $(STAMP)
	$(BIN)/python tests/portals/accuracy.py
	$(BIN)/python tests/wire/accuracy.py

bench: $(STAMP) $(VENV)/.bench
	$(BIN)/python tests/bench/run.py

$(VENV)/.bench: requirements-bench.lock $(STAMP)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	touch $@

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
