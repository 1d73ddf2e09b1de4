"""What benchmarks/ulp adds to nonlin.audit."""

import sys
from pathlib import Path

import pytest

import nonlin as nl

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def ulp():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        import ulp.peers
        import ulp.truth
    yield ulp
    for name in [name for name in sys.modules if name.split(".")[0] == "ulp"]:
        del sys.modules[name]


def test_the_truth_is_true(ulp):
    found = ulp.truth.check(nl.silu, 20)
    assert max(found[order][0] for order in ulp.truth.ORDERS) < 1e-3


def test_peers_are_the_same_function(ulp):
    for peer in ulp.peers.PEERS:
        assert ulp.peers.knows(peer, "sine")  # of no table
        assert ulp.peers.knows(peer, "leaky_relu")
        assert not ulp.peers.knows(peer, "gaussian")
