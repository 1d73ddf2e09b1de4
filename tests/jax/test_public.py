"""The face of nonlin.jax."""

import pytest

import nonlin.jax as nj


def test_names():
    pytest.importorskip("jax")
    assert {"get", "mish", "initializers"} <= set(dir(nj))
    assert nj.get("mish") is nj.mish
    assert nj.mish.__name__ == "mish"
    with pytest.raises(AttributeError, match="Did you mean mish"):
        nj.mihs  # noqa: B018 - asked for
