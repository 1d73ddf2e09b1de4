# make demo: choose an activation for handwritten digits. make test: run the tests.
# make test-torch: those of nonlin.torch, .jax and .keras, with every entry of the catalogue.
# make lab: build the pages of nonlin lab in place; needs npm. make test-web: test them in a browser.
# make triton: kernels for GPUs, in an interpreter. make gpu: the same on a GPU, with times.
# make bench: some minutes of every benchmark; what they write down needs --measure.
PYTHON ?= python3
BIN := .venv/bin
LEAVES := tests/torch tests/jax tests/keras

.PHONY: demo test test-torch lab test-web triton gpu lint bench clean

demo: .venv/installed
	$(BIN)/nonlin choose digits

# worksteal: neighbours run in one process, so that what a file prepares is prepared once
test: .venv/tested
	$(BIN)/python -m pytest -n auto --dist worksteal $(PYTEST)

test-torch: .venv/tested
	$(BIN)/python -m pytest -n auto --dist worksteal --thorough $(LEAVES) $(PYTEST)

# with the system's Node if that is new enough, else with the one of PyPI
lab: .venv/tested
	@$(BIN)/python -c 'import hatch_build as h; h.npm() or print(h.NODE)' | xargs -r $(BIN)/python -m pip install --quiet
	$(BIN)/python hatch_build.py

test-web: lab
	$(BIN)/python -m pytest tests/web --thorough $(PYTEST)

# kernels for GPUs in Triton's interpreter, every entry; installs 1 GB
triton: .venv/tested
	NONLIN_LAB=0 $(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[gpu]'
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
	rm -rf .venv build dist src/nonlin/lab/built web/node_modules web/dist

.venv/bin/python:
	$(PYTHON) -m venv .venv

# a stamp file: nothing is installed twice
.venv/installed: pyproject.toml constraints.txt | .venv/bin/python
	NONLIN_LAB=0 $(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	touch $@

.venv/tested: .venv/installed
	NONLIN_LAB=0 $(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[test,dev]'
	touch $@
