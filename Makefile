# Everything here needs Python 3.11+ and make; uv is used when it is there.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
UV := $(shell command -v uv 2>/dev/null)

# Programs that the tests start would compile every module again, a second each time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test check bench snapshots clean

$(STAMP): pyproject.toml
ifdef UV
	uv venv --quiet --allow-existing --python $(PYTHON) $(VENV)
	uv pip install --quiet --compile-bytecode --python $(BIN)/python --editable . --group dev --group samples --group clients
else
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable . --group dev --group samples --group clients
endif
	touch $(STAMP)

demo: $(STAMP) ## Open a sample trace
	$(BIN)/tracetui demo

test: $(STAMP) ## Run the tests
	$(BIN)/python -m pytest -n auto --dist worksteal

check: $(STAMP) ## Format, lint, types and import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright --pythonpath $(BIN)/python
	$(BIN)/lint-imports

bench: $(STAMP) ## Measure side by side, some minutes; prints the tables of benchmarks/README.md
ifdef UV
	uv pip install --quiet --python $(BIN)/python --group bench
else
	$(BIN)/python -m pip install --quiet --group bench
endif
	$(BIN)/python -m benchmarks

snapshots: $(STAMP) ## Draw the SVG snapshots anew (look at each one before committing)
	$(BIN)/python -m pytest -n auto tests/tui -k snapshot --snapshot-update

clean:
	rm -rf $(VENV)
