# Two commands, each doing its own set-up on a machine with Python 3.11 and make.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
WORKERS ?= 2

.PHONY: demo test test-all lint types docs wheel clean

demo: $(STAMP)
	$(BIN)/langstrecke warm-up
	$(BIN)/langstrecke forecast imsa-2021-sebring --races 10000 --seed 1 --report out/imsa-2021-sebring.html

test: $(STAMP) lint types
	$(BIN)/python -m pytest -m "not slow" -n $(WORKERS) --dist loadfile

test-all: $(STAMP) lint types
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev,all,docs,cluster]"
	$(BIN)/python -m pytest
	$(MAKE) docs

docs: $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[docs]"
	$(BIN)/python -m scripts.docs.site --out out/docs

wheel: $(STAMP)
	rm -rf dist
	$(BIN)/python -m build --outdir dist
	$(BIN)/twine check --strict dist/*

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

$(STAMP): pyproject.toml constraints.txt
	test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev,all]"
	touch $(STAMP)

clean:
	rm -rf $(VENV) out build dist
