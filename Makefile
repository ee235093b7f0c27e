# Everything happens in .venv; the stamps say which of the sets of packages it has.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: demo test check format fuzz soak figures clean

demo: .venv/core            ## set up what serving needs, and show it at work
	$(BIN)/charrnn-lsp demo

test: .venv/dev             ## run all tests
	$(BIN)/pytest

check: .venv/dev            ## format, lint, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

fuzz: .venv/dev             ## minutes of random bytes on a server's input
	$(BIN)/python benchmarks/fuzz.py

soak: .venv/dev             ## 100,000 requests over 50 documents, and the memory they leave
	$(BIN)/python benchmarks/soak.py

figures: .venv/dev          ## measure the README's figures; DATA=DIR adds those on held-out texts
	$(BIN)/python benchmarks/figures.py $(if $(DATA),--data $(DATA))
	$(BIN)/python benchmarks/readme.py

clean:
	rm -rf .venv dist build

.venv/core: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) --editable .
	touch $@

.venv/dev: .venv/core
	$(PIP) --upgrade 'pip>=25.1'  # the first that knows dependency groups
	$(PIP) --editable '.[train,report,ui]' --group test --group check
	touch $@
