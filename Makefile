# make demo: choose an activation for handwritten digits. make test: run the tests.
# make test-torch: those of nonlin.torch, .jax and .keras, with every entry of the catalogue.
# make triton: kernels for GPUs, in an interpreter. make gpu: the same on a GPU, with times.
# make bench: some minutes of every benchmark; what they write down needs --measure.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test test-torch triton gpu lint bench clean

demo: .venv/installed
	$(BIN)/nonlin choose digits

# worksteal: neighbours run in one process, so that what a file prepares is prepared once
test: .venv/tested
	$(BIN)/python -m pytest -n auto --dist worksteal $(PYTEST)

test-torch: .venv/tested
	$(BIN)/python -m pytest -n auto --dist worksteal --thorough tests/torch tests/jax tests/keras $(PYTEST)

# kernels for GPUs in Triton's interpreter, every entry; installs 1 GB
triton: .venv/tested
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[gpu]'
	TRITON_INTERPRET=1 $(BIN)/python -m pytest --thorough tests/torch/gpu $(PYTEST)

gpu: .venv/tested
	$(BIN)/python benchmarks/gpu.py

lint: .venv/tested
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: .venv/tested
	for script in benchmarks/[!_]*.py; do $(BIN)/python $$script || exit 1; done

clean:
	rm -rf .venv build dist

.venv/bin/python:
	$(PYTHON) -m venv .venv

# a stamp file: nothing is installed twice
.venv/installed: pyproject.toml constraints.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	touch $@

.venv/tested: .venv/installed
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[test,dev]'
	touch $@
