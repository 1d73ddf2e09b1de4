"""For all tests: nothing is written to the home of whoever runs them; one thread, one Keras."""

import os
import sys

import pytest

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # there is a process for each core already
os.environ.setdefault("KERAS_BACKEND", "jax")  # a process has one, the first that is asked for

# Where bytecode is forbidden, as in many containers, every process that a test starts compiles
# the whole of nonlin anew, and every run all assertions.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


def pytest_addoption(parser):
    """What `make test-torch` adds."""
    parser.addoption("--thorough", action="store_true", help="every entry in tests/torch, not some")


@pytest.fixture(autouse=True, scope="session")
def _own_state(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NONLIN_STATE_DIR", str(tmp_path_factory.mktemp("state")))
        yield
