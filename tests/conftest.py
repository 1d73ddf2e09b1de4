"""For all tests: nothing is written to the home of whoever runs them; one thread, one Keras."""

import os
import sys

import pytest

import nonlin as nl

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # there is a process for each core already
os.environ.setdefault("KERAS_BACKEND", "jax")  # a process has one, the first that is asked for

# Where bytecode is forbidden, as in many containers, every process that a test starts compiles
# the whole of nonlin anew, and every run all assertions.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


LEAVES = ("tests/torch", "tests/jax", "tests/keras")
FEW = (
    "relu", "mish", "gelu", "softplus", "identity", "prelu", "pelu", "softmax", "sparsemax", "glu",
    "crelu", "maxout", "rrelu", "probact", "gumbel_softmax",
)  # fmt: skip


def pytest_addoption(parser):
    """What `make test-torch` adds."""
    parser.addoption("--thorough", action="store_true", help="every entry in leaves, not some")


def pytest_generate_tests(metafunc):
    """In leaves, a test with `entry` runs for some entries of every kind, or for all."""
    path = metafunc.definition.path.as_posix()
    if "entry" in metafunc.fixturenames and any(leaf in path for leaf in LEAVES):
        thorough = metafunc.config.getoption("thorough")
        metafunc.parametrize("entry", nl.names() if thorough else FEW)


def pytest_collection_modifyitems(config, items):
    """In leaves, what is slow runs with --thorough."""
    skipped = pytest.mark.skip(reason="slow: make test-torch runs it")
    for item in items:
        slow = item.get_closest_marker("slow") and not config.getoption("thorough")
        if slow and any(leaf in item.path.as_posix() for leaf in LEAVES):
            item.add_marker(skipped)


@pytest.fixture(autouse=True, scope="session")
def _own_state(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NONLIN_STATE_DIR", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture
def threads():
    """`nl.set_threads`, for this test."""
    before = nl.get_threads()
    yield nl.set_threads
    nl.set_threads(before)
