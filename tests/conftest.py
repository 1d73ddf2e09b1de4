"""For all tests: nothing is written to the home of whoever runs them; one thread, one Keras."""

import os

import pytest

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # there is a process for each core already
os.environ.setdefault("KERAS_BACKEND", "jax")  # a process has one, the first that is asked for


@pytest.fixture(autouse=True, scope="session")
def _own_state(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NONLIN_STATE_DIR", str(tmp_path_factory.mktemp("state")))
        yield
