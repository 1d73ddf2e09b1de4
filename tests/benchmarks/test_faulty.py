"""The programs are what they say: complete, unlike each other, each able to take a step."""

import json
import sys
from collections import Counter
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))
from faulty import SETS, Data, programs  # noqa: E402
from faulty.proof import PROOF, proven  # noqa: E402

sys.path.remove(str(BENCHMARKS))

ALL = programs()
FIRST = ("seen", "kept")  # the two halves of what was written first
ARCHITECTURES = {"mlp", "cnn", "rnn", "transformer"}


@pytest.fixture(scope="module")
def drawn(one_thread):
    """Data of a program, made once for those that share it."""
    made = {}
    return lambda program: made.setdefault(program.data, program.data(0))


@pytest.fixture(scope="module")
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)  # the networks are tiny
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("program", ALL, ids=lambda program: program.name)
def test_takes_a_step(program, drawn):
    data = drawn(program)
    torch.manual_seed(0)
    model = program.model()
    optimizer = program.optimizer(model.parameters())
    x, y = data.batches[0]
    program.train_step(model, optimizer, program.loss, x, y)
    few = Data(data.batches, data.held_x[:40], data.held_y[:40])
    assert 0 <= program.error(model, few) <= 99


@pytest.mark.parametrize("program", ALL, ids=lambda program: program.name)
def test_a_fault_says_what_it_is_of_what(program):
    healthy = {other.name: other for other in ALL if not other.cause}
    if not program.cause:
        assert not program.edit + program.source + program.twin
        return
    twin = healthy[program.twin]
    assert program.edit
    assert program.source
    assert (twin.in_set, twin.architecture) == (program.in_set, program.architecture)


def test_sets_are_found():
    assert SETS[-2:] == FIRST
    assert programs() == tuple(each for name in SETS for each in programs(name))


def test_names_are_unique():
    assert max(Counter(program.name for program in ALL).values()) == 1


@pytest.mark.parametrize("name", SETS)
def test_sets_and_architectures_are_balanced(name):
    faulty = [program for program in programs(name) if program.cause]
    healthy = [program for program in programs(name) if not program.cause]
    assert {program.in_set for program in programs(name)} == {name}
    of_each = Counter(program.architecture for program in healthy)
    if name in FIRST:
        assert of_each == dict.fromkeys(ARCHITECTURES, 4)
    assert min(of_each[each] for each in ARCHITECTURES) >= 4
    assert len(faulty) >= 24
    assert min(Counter(program.architecture for program in faulty).values()) >= 6
    assert {program.architecture for program in faulty} == ARCHITECTURES


def test_everything_is_proven():
    found = json.loads(PROOF.read_text())
    assert list(found) == [program.name for program in ALL]
    assert [program.name for program in ALL if not proven(program, found)] == []
