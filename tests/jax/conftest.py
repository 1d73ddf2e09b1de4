"""JAX compiles for every shape, which takes nearly all the time: what is looked at goes into one
function, compiled without optimising."""

import pytest


@pytest.fixture(scope="session")
def compiled():
    """jax.jit."""
    jax = pytest.importorskip("jax")
    return lambda run: jax.jit(run, compiler_options={"xla_backend_optimization_level": 0})
