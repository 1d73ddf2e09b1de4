"""The face of nonlin.torch."""

import pytest

import nonlin.torch as nt


def test_names():
    pytest.importorskip("torch")
    assert {"get", "functional"} <= set(dir(nt))
    with pytest.raises(AttributeError, match="Did you mean"):
        nt.gett  # noqa: B018 - asked for
