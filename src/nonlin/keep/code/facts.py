"""What every script says: what it is, where its rows come from, sizes, scales and settings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from nonlin import __version__
from nonlin._errors import InputError
from nonlin._text import say
from nonlin.activation import Activation
from nonlin.catalogue import get
from nonlin.catalogue.elsewhere import elsewhere
from nonlin.data.split import FINAL_SHARES
from nonlin.export import export
from nonlin.export.exported import Exported
from nonlin.export.header import comment, one_line
from nonlin.init.fills import normal
from nonlin.init.rules import RULES
from nonlin.keep.describe import entry_of
from nonlin.keep.predictor import Predictor
from nonlin.network import Initialisation, Network

KEYS = ("title", "made", "score", "rows", "run", "differs")
ARRAYS = """\
    model = nl.load("model")
    X, y = model.arrays(frame, frame[{target}])
    np.savez("rows.npz", X=X, y=y)"""
TAKEN = ("build", "copy", "f", "forward", "loss", "loss_of", "main", "network", "ops", "score",
         "step", "sys", "train")  # fmt: skip
END = """

if __name__ == "__main__":
    if len(sys.argv) != 2:
        print({called}, file=sys.stderr)
        sys.exit(2)
    main(sys.argv[1])
"""
NEED_MORE = ("prelu", "threshold")  # other libraries' functions of these names want more arguments


def head(model: Predictor) -> str:
    """Comment lines: nothing that a user named may end them."""
    about, network = model.about, model.network
    facts = {
        "sizes": "-".join(map(str, network.sizes)),
        "hidden": network.hidden[0].name if network.hidden else "-",
        "output": network.output.name,
        "target": about.target,
        "version": __version__,
        "inputs": network.sizes[0],
        "score": about.score.name,
        "value": f"{about.score.value:.4g}",
        "command": about.command,
    }
    said = {key: say(f"keep.code.{key}", **facts) for key in KEYS}
    code = ARRAYS.format(target=_target(model)).split("\n")
    lines = [said["title"], said["made"], said["score"], said["rows"], *code]
    return comment([*map(one_line, lines), said["run"], said["differs"]], "#") + "\n"


def end() -> str:
    """What is run: the script wants the file of rows, and says so."""
    return END.format(called="f" + repr(say("keep.code.called", script="{sys.argv[0]}")))


def _target(model: Predictor) -> str:
    """What a frame is asked for: one column, or a list of several labels."""
    several = model.task.kind == "multilabel"
    return repr([str(each) for each in model.task.labels] if several else model.about.target)


def functions(model: Predictor, to: str, names: str) -> tuple[str, str]:
    """The code of a hidden activation that the library lacks, and the tuple of all of them.

    Raises InputError if it lacks two different ones.
    """
    spelt = [_spelling(each, names) for each in model.network.hidden]
    lacking = {
        each.graph: _fixed(each)
        for each, name in zip(model.network.hidden, spelt, strict=True)
        if name is None
    }
    if len(lacking) > 1:
        raise InputError("code_lacks", what=" + ".join(x.name for x in lacking.values()), to=to)
    exported = "".join(f"{export(each, to=to, exact=True)!s}\n\n" for each in lacking.values())
    own = [Exported(each).name for each in lacking.values()]
    called = [name or own[0] for name in spelt]
    return exported, _tuple(called)


def _fixed(activation: Activation) -> Activation:
    """With parameters that no network trains, as in nonlin, and a name that the script leaves."""
    rows = tuple(replace(row, learned=False) for row in activation.parameters)
    taken = Exported(activation).name.lower() in TAKEN
    name = f"{activation.name}_activation" if taken else activation.name
    return replace(activation, name=name, parameters=rows)


def _spelling(activation: Activation, names: str) -> str | None:
    """The library's own name of the function, with these very parameter values."""
    if entry_of(activation) is None or activation.name in NEED_MORE:
        return None
    for row in elsewhere(activation.name):
        same = get(row.entry).bind(**row.parameters) == activation
        if same and "(" not in row.name and row.name.rpartition(".")[0] == names:
            return row.name
    return None


def constants(model: Predictor, activations: str) -> str:
    """The block of capital names that the body of a script uses."""
    weights, biases = scales(model.network)
    rule = model.about.training
    patience = rule.epochs if rule.patience is None else rule.patience
    lines = [
        f"SIZES = {model.network.sizes}  # inputs, hidden layers, outputs",
        f"ACTIVATIONS = {activations}  # of the hidden layers",
        f"WEIGHT_STD = {_tuple(map(repr, weights))}  # normal weights, layer by layer",
        f"BIAS_STD = {_tuple(map(repr, biases))}",
        f"LEARNING_RATE = {rule.learning_rate!r}  # AdamW",
        f"WEIGHT_DECAY = {rule.weight_decay!r}  # decoupled; of the weights, not of the biases",
        f"BATCH_SIZE = {rule.batch_size}",
        f"EPOCHS = {rule.epochs}  # at most",
        f"PATIENCE = {patience}  # epochs without a lower loss on the held-out rows",
        f"HELD_OUT = {FINAL_SHARES[1]}  # share of the rows",
    ]
    return "\n".join(lines)


def scales(network: Network) -> tuple[list[float], list[float]]:
    """Standard deviations of the initial weights and biases of each layer, as they were drawn."""
    if RULES[network.init].fill is not normal:
        raise InputError("code_lacks", what=network.init, to="normal")
    rule = replace(Initialisation(network.init), depth=max(len(network.hidden), 1))
    feeding = (None, *network.hidden)
    layers = zip(rule.layers(network.hidden), pairwise(network.sizes), feeding, strict=True)
    found = [(each.std(*fans, fed), each.bias_std(fed)) for each, fans, fed in layers]
    weights, biases = map(list, zip(*found, strict=True))
    return weights, biases


def _tuple(parts: Iterable[str]) -> str:
    written = ", ".join(found := [*parts])
    return f"({written},)" if len(found) == 1 else f"({written})"
