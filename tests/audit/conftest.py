"""A sample of float32 that is small, and audits of a few functions."""

import numpy as np
import pytest

import nonlin as nl
from nonlin.audit import inputs

EVERY = 20
SPECIAL = np.float32([np.inf, -np.inf, np.nan, 0, -0.0, 1, -1])
SAMPLE = np.concatenate([SPECIAL, inputs.sample()[::EVERY]])


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    monkeypatch.setenv("NONLIN_LANG", "en")
    for place in ("nonlin.audit.inputs.sample", "nonlin.audit.audited.sample"):
        monkeypatch.setattr(place, lambda: SAMPLE)


@pytest.fixture(scope="session")
def audits():
    """PyTorch, JAX, ONNX: functions with known faults, and some without."""
    wanted = {
        "torch": ["gelu", "relu"],
        "jax": ["jax.nn.elu", "relu6"],
        "onnxruntime": ["softsign", "celu"],
    }
    with pytest.MonkeyPatch.context() as patch:
        for place in ("nonlin.audit.inputs.sample", "nonlin.audit.audited.sample"):
            patch.setattr(place, lambda: SAMPLE)
        found = {}
        for library, names in wanted.items():
            pytest.importorskip(library)
            found[library] = nl.audit(library, names=names)
    return found
