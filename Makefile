# Needs Python 3.11 or newer with pip and venv, and make. Everything goes into .venv.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet -c constraints.txt

.PHONY: run test check page kodi bench clean

run: .venv/core  ## set up the core only and predict the genres of the example films
	$(BIN)/cinegenre predict examples/films.csv

test: .venv/dev  ## set up everything and run the default tests
	$(BIN)/python -m pytest -n auto

check: .venv/dev  ## formatting, lint, types, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n auto

page: .venv/dev  ## the web page's tests in a browser (Chromium on the path)
	$(BIN)/python -m pytest -n auto -m browser tests/serve/browser tests/pages/browser

kodi: .venv/dev  ## tagging for a real Kodi, without a screen (kodi and Xvfb on the path)
	$(BIN)/python -m pytest -m kodi tests/library/servers

bench: .venv/dev  ## the measurements behind the README's figures (benchmarks/README.md)
	$(BIN)/python -m benchmarks

.venv/core: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(PIP) -e .
	@touch $@

.venv/dev: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(PIP) -e '.[dev]'
	@touch $@ .venv/core

clean:
	rm -rf .venv
