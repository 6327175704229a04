# Set-up, tests and benchmarks; `make` alone lists the targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help demo test check-all proofs lint bench bench-training bench-tables web web-test clean

help:  ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

# One environment for everything, made anew when what it holds changes.
$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, as PYTHON=...") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt torch
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[test]'
	touch $@

demo: $(VENV)/installed  ## write a project for the task circle into demo/ and train it
	test -d demo || $(BIN)/scaffold new demo --task circle --defaults
	cd demo && ../$(BIN)/python -m demo train

test: lint  ## run the linters and the whole suite
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

check-all: $(VENV)/installed  ## train every choice of every built-in task
	$(BIN)/python -m pytest -m slow tests/check/test_plugin_check.py

proofs: $(VENV)/installed  ## run the slow proofs: kills of new, update and training, random updates, every choice, load on serve
	$(BIN)/python -m pytest -m slow --capture no --ignore tests/web/test_page.py

lint: $(VENV)/installed  ## check style and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check --quiet
	$(BIN)/mypy

bench: $(VENV)/installed  ## measure scaffold new beside its peers
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[bench]'
	$(BIN)/python benchmarks/generate.py
	$(BIN)/python benchmarks/plugins.py
	$(BIN)/python benchmarks/update.py
	$(BIN)/python benchmarks/classes.py

bench-training: $(VENV)/installed  ## measure training beside its peers
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[bench-training]'
	for name in steps table whole rows gpu; do $(BIN)/python benchmarks/$$name.py || exit; done

bench-tables: $(VENV)/installed  ## train on the tables of other packages, and on large ones
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[bench-tables]'
	$(BIN)/python benchmarks/tables.py
	$(BIN)/python benchmarks/large_table.py

web: $(VENV)/installed  ## write the page of scaffold web to web/dist, with Pyodide from npm
	$(BIN)/python web/build.py

web-test: web  ## test the page in Chromium, which has to be installed (CHROMIUM=...)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[web-test]'
	npm install --silent --no-package-lock --prefix web
	$(BIN)/python -m pytest -m slow --capture no tests/web/test_page.py

clean:  ## remove what the other targets made
	rm -rf $(VENV) demo build dist web/dist web/runtime web/node_modules
