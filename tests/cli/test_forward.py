"""nonlin forward: its numbers, step by step and for programs."""

import json

import nonlin as nl


def test_forward_step_by_step(said, tmp_path):
    text = said("forward", "3,4,2", "--input", "1,2,3", "-o", str(tmp_path / "n.svg"))
    assert "Inputs (3): 1, 2, 3" in text
    assert text.count("z_") == 6
    assert (tmp_path / "n.svg").stat().st_size > 1000
    assert "前向传播" in said("forward", "--lang", "zh")


def test_forward_numbers_are_those_of_the_network(said):
    text = said("forward", "2,3,1", "-i", "0.5,-1", "--hidden", "tanh", "--seed", "4",
                "--output-activation", "sigmoid", "--json")  # fmt: skip
    layers = json.loads(text)["layers"]
    network = nl.Network([2, 3, 1], hidden="tanh", output="sigmoid", seed=4)
    expected = network.forward([[0.5, -1.0]])
    assert layers[-1]["activations"] == expected.tolist()
    assert [layer["activation"] for layer in layers] == ["tanh", "sigmoid"]


def test_forward_takes_one_activation_per_layer(said):
    text = said("forward", "2,3,3,1", "--hidden", "relu, max(x, 0)")
    assert "hidden (relu)" in text
    assert "hidden (max(x, 0))" in text


def test_forward_is_as_wide_as_the_terminal(said, monkeypatch):
    """Nothing is lost, no line ends with a sign; in a file each neuron has one line."""
    whole = said("forward", "5,3,2")
    assert max(map(len, whole.splitlines())) > 90
    monkeypatch.setenv("COLUMNS", "60")
    narrow = said("forward", "5,3,2")
    lines = narrow.splitlines()
    assert max(map(len, lines)) <= 60
    assert narrow.split() == whole.split()
    assert not any(line.endswith(("+", "=", "*")) for line in lines)
    assert any(line.startswith("        + ") for line in lines)
    assert not any(line.rstrip().endswith(("a_1", "a_2", "a_3")) for line in lines)
