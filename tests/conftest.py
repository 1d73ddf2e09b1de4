"""For all tests: nothing is written to the home of whoever runs them; Keras has one back end."""

import os

import pytest

os.environ.setdefault("KERAS_BACKEND", "jax")  # a process has one, the first that is asked for


@pytest.fixture(autouse=True, scope="session")
def _own_state(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NONLIN_STATE_DIR", str(tmp_path_factory.mktemp("state")))
        yield
