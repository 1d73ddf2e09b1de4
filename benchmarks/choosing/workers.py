"""Two local Dask workers with one thread each against one, on two splits of the sweep of digits.

Their CPU time says what sharing the work costs, and how evenly it is shared, on a busy machine too.

Only the race counts: the final network, which is trained in the parent, is the same for both.
"""

from __future__ import annotations

import statistics
import time
from functools import partial
from typing import Any

from choosing.clock import in_turns, ratio

ROUNDS = 3
MORE, BUSIER = 1.1, 55.0  # times the CPU time of one worker; % of it for the busier of two
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

    spent: dict[str, list[float]] = {}

    def sweep(name: str, client: Client) -> None:
        before = client.run(time.process_time)
        executor = workers.checked(client)
        run = partial(workers.run_on, executor)
        run_through(race(contest, rules.seeds, Everything(len(rules.seeds)), run=run))
        after = client.run(time.process_time)
        spent[name] = sorted(after[each] - before[each] for each in before)

    kind = {"threads_per_worker": 1, "dashboard_address": ":0"}
    with (
        LocalCluster(n_workers=1, **kind) as one,
        LocalCluster(n_workers=2, **kind) as two,
        Client(one, set_as_default=False) as alone,
        Client(two, set_as_default=False) as both,
    ):
        times = in_turns(
            {"one": lambda: sweep("one", alone), "two": lambda: sweep("two", both)}, ROUNDS
        )
    factor = ratio(times["one"], times["two"])
    seconds = {name: statistics.median(values) for name, values in times.items()}
    told = f"{seconds['two']:.1f} s against {seconds['one']:.1f} s, {rules.networks} networks"
    (one_cpu,), two_cpu = spent["one"], spent["two"]
    more, busier = sum(two_cpu) / one_cpu, 100 * two_cpu[-1] / sum(two_cpu)
    return [{
        "what": "two local Dask workers with one thread each against one",
        "target": "1.8 x",
        "measured": f"{factor:.2f} x ({told})",
        "held": factor >= 1.8,
    }, {
        "what": "CPU time of two local Dask workers, of that of one",
        "target": f"{MORE} x",
        "measured": f"{more:.2f} x ({sum(two_cpu):.1f} of {one_cpu:.1f} s)",
        "held": more <= MORE,
    }, {
        "what": "CPU time of the busier of the two",
        "target": f"{BUSIER:.0f} % of both",
        "measured": f"{busier:.0f} %",
        "held": busier <= BUSIER,
    }]  # fmt: skip
