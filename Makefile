# Everything happens in .venv; the stamps say which of the sets of packages it has.
ifeq ($(OS),Windows_NT)
PYTHON ?= python
BIN := .venv/Scripts
else
PYTHON ?= python3
BIN := .venv/bin
endif
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

VSCODE := editor-clients/vscode
VERSION := $(shell sed -n 's/^__version__ = "\(.*\)"/\1/p' models/charrnn/__init__.py)
PLATFORMS := linux darwin win32

.PHONY: demo test test-fast test-training test-others check format settings fuzz soak figures vsix dist version clean

demo: .venv/core            ## set up what serving needs, and show it at work
	$(BIN)/charrnn-lsp demo

test: .venv/dev .venv/browser .venv/vscode .venv/terminal-editors  ## run all tests
	test ! -d $(VSCODE)/node_modules || $(MAKE) --silent vsix
	$(BIN)/pytest

test-fast: .venv/dev        ## the tests that need no editor and no browser
	$(MAKE) --silent --jobs 2 test-training test-others

test-training:              # half of the work
	$(BIN)/pytest tests/training tests/test_docs.py

test-others:
	$(BIN)/pytest --ignore=tests/editors --ignore=tests/ui/test_page_in_browser.py \
	  --ignore=tests/training --ignore=tests/test_docs.py

check: .venv/dev .venv/vscode  ## format, lint, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	set -e; for platform in $(PLATFORMS); do $(BIN)/mypy --platform $$platform --cache-dir .mypy_cache/$$platform; done
	$(BIN)/lint-imports
	test ! -d $(VSCODE)/node_modules || npm --prefix $(VSCODE) run --silent check

format: .venv/dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

settings: .venv/dev         ## write the server's settings into the README, the extension's manifest and Neovim's help
	$(BIN)/python benchmarks/readme.py
	$(BIN)/python $(VSCODE)/scripts/manifest.py
	$(BIN)/python editor-clients/neovim/scripts/settings_help.py

fuzz: .venv/dev             ## minutes of random bytes on a server's input
	$(BIN)/python benchmarks/fuzz.py

soak: .venv/dev             ## 100,000 requests over 50 documents, and the memory they leave
	$(BIN)/python benchmarks/soak.py

figures: .venv/dev          ## measure the README's figures; DATA=DIR adds those on held-out texts
	$(BIN)/python benchmarks/figures.py $(if $(DATA),--data $(DATA))
	$(BIN)/python benchmarks/readme.py
	$(BIN)/python benchmarks/card.py
	$(BIN)/python benchmarks/plots.py
	$(BIN)/python docs/pictures/draw.py

# Everything is made from what is committed, and has the commit's time in it: the same commit gives the same files.
dist: COMMITTED := build/dist
dist: export SOURCE_DATE_EPOCH = $(shell git log -1 --format=%ct)
dist: .venv/build           ## from the last commit: wheel, sdist, extension for VS Code, plugin for Neovim
	rm -rf dist $(COMMITTED)
	mkdir -p dist $(COMMITTED)
	git archive HEAD | tar -x -C $(COMMITTED)
	cd $(COMMITTED) && $(CURDIR)/$(BIN)/hatchling build -d $(CURDIR)/dist
	cd editor-clients/neovim && git archive --prefix=charrnn.nvim-$(VERSION)/ --add-file=$(CURDIR)/$(COMMITTED)/LICENSE \
	  --output=$(CURDIR)/dist/charrnn.nvim-$(VERSION).tar.gz HEAD README.md doc lsp lua plugin
	$(MAKE) --silent -C $(COMMITTED) vsix
	cp $(COMMITTED)/$(VSCODE)/charrnn-lsp.vsix dist/charrnn-lsp-$(VERSION).vsix
	ls -l dist

vsix: $(VSCODE)/charrnn-lsp.vsix  ## build the extension for VS Code

version:
	@echo $(VERSION)

clean:
	rm -rf .venv .editors dist build $(VSCODE)/node_modules $(VSCODE)/out $(VSCODE)/*.vsix

.venv/core: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) --editable .
	touch $@

.venv/dev: .venv/core
	$(PIP) --upgrade 'pip>=25.1'  # the first that knows dependency groups
	$(PIP) --editable '.[train,report,ui]' --group test --group check --group build
	touch $@

.venv/build: .venv/core
	$(PIP) --upgrade 'pip>=25.1'
	$(PIP) --group build
	touch $@

# What tests in editors need; where it cannot be had, the tests are skipped, and it is tried again the next time.
.venv/browser: tests/editors/get-chromium.sh | .venv/core
	$< && touch $@ || true

.venv/terminal-editors: tests/editors/get-terminal-editors.sh tests/editors/unpack-debian.sh | .venv/dev
	$< && touch $@ || true

.venv/vscode: tests/editors/get-vscode.sh $(VSCODE)/package-lock.json | .venv/core
	$< && touch $@ || true

$(VSCODE)/node_modules: $(VSCODE)/package-lock.json
	npm --prefix $(VSCODE) ci --silent
	touch $@

$(VSCODE)/charrnn-lsp.vsix: $(VSCODE)/node_modules $(VSCODE)/package.json $(wildcard $(VSCODE)/src/*.ts $(VSCODE)/media/*)
$(VSCODE)/charrnn-lsp.vsix: $(VSCODE)/README.md $(VSCODE)/.vscodeignore
	cp LICENSE $(VSCODE)/LICENSE
	npm --prefix $(VSCODE) run --silent build
	npm --prefix $(VSCODE) run --silent package
