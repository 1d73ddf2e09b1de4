"""Two local Dask workers with one thread each against one, on two rounds of the sweep of digits.

Only the race counts: the final network, which is trained in the parent, is the same for both.
"""

from __future__ import annotations

import statistics
from functools import partial
from typing import Any

from choosing.clock import in_turns, ratio

ROUNDS = 3
SWEEP = {"seeds": 2, "full": True}


def measure() -> list[dict[str, Any]]:
    from distributed import Client, LocalCluster
    from sklearn.datasets import load_digits

    from nonlin.choose.candidates import plan
    from nonlin.choose.contest import Networks
    from nonlin.data.table import from_memory
    from nonlin.tasks.task import infer
    from nonlin.trials import workers
    from nonlin.trials.pace import Everything
    from nonlin.trials.race import race, run_through

    X, y = load_digits(return_X_y=True)
    rules = plan(**SWEEP)
    contest = Networks.of(from_memory(X, y), infer(y, "y"), rules)

    def sweep(client: Client) -> None:
        executor = workers.checked(client)
        run = partial(workers.run_on, executor)
        run_through(race(contest, rules.seeds, Everything(), run=run))

    kind = {"threads_per_worker": 1, "dashboard_address": ":0"}
    with (
        LocalCluster(n_workers=1, **kind) as one,
        LocalCluster(n_workers=2, **kind) as two,
        Client(one, set_as_default=False) as alone,
        Client(two, set_as_default=False) as both,
    ):
        times = in_turns({"one": lambda: sweep(alone), "two": lambda: sweep(both)}, ROUNDS)
    factor = ratio(times["one"], times["two"])
    seconds = {name: statistics.median(values) for name, values in times.items()}
    told = f"{seconds['two']:.1f} s against {seconds['one']:.1f} s, {rules.networks} networks"
    return [{
        "what": "two local Dask workers with one thread each against one",
        "target": "1.8 x",
        "measured": f"{factor:.2f} x ({told})",
        "held": factor >= 1.8,
    }]  # fmt: skip
