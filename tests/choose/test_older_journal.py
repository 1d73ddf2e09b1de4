"""A journal that is older than a measure: its networks count, and what it lacks is not made up."""

import json
import sqlite3

import numpy as np

import nonlin as nl


def test_a_journal_without_the_second_measure_is_read(tmp_path):
    X = np.random.default_rng(0).standard_normal((90, 2))
    options = {"activations": ["relu", "tanh"], "rates": [0.01], "seeds": 2, "hidden": (4,)}
    options |= {"quick": True, "journal": tmp_path}
    first = nl.choose(X, X[:, 0], **options)
    assert first.chosen.beside.value > 0
    assert "mae" in first.table.columns
    (path,) = tmp_path.glob("*.sqlite")
    with sqlite3.connect(path) as file:
        for seed, arm, written in file.execute("select * from outcome").fetchall():
            outcome = json.loads(written)
            assert outcome["measures"].pop("beside") > 0
            row = (json.dumps(outcome), seed, arm)
            file.execute("update outcome set outcome = ? where seed = ? and arm = ?", row)
    file.close()
    again = nl.choose(X, X[:, 0], **options, resume=True)
    assert again.table.drop("mae", "ns_per_element").equals(
        first.table.drop("mae", "ns_per_element")
    )
    assert again.table["mae"].is_null().all()
    assert "MAE" not in str(again)
