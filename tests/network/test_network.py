"""Networks: known numbers, shapes, weights, and every refusal in both languages."""

import pickle

import numpy as np
import pytest

from nonlin._errors import InputError
from nonlin._text import speaking
from nonlin.catalogue import get
from nonlin.network import Job, Network, Settings, train_many


def test_softmax_of_the_textbook_example():
    network = Network([3, 3], output="softmax").with_weights([np.eye(3)])
    given = network.forward([[3, 1, 0.2]])
    assert given.dtype == np.float32
    np.testing.assert_allclose(given, [[0.8360188, 0.11314284, 0.05083836]], rtol=1e-6)


def test_two_two_one_sigmoid_network_by_hand():
    # hidden: sigmoid(0.1 + 0.4 + 0.3) and sigmoid(-0.2 + 0.6 - 0.1), output: sigmoid(...)
    network = Network([2, 2, 1], "sigmoid", "sigmoid", dtype=np.float64).with_weights(
        [[[0.1, -0.2], [0.2, 0.3]], [[0.5], [-1.0]]], [[0.3, -0.1], [0.25]]
    )
    first, second = 1 / (1 + np.exp(-0.8)), 1 / (1 + np.exp(-0.3))
    logit = 0.5 * first - second + 0.25
    np.testing.assert_allclose(network.logits([[1, 2]]), [[logit]], rtol=1e-14)
    np.testing.assert_allclose(network.forward([[1, 2]]), [[1 / (1 + np.exp(-logit))]], rtol=1e-14)
    assert logit == pytest.approx(0.344987241 - 0.574442517 + 0.25, abs=1e-9)


def test_shapes_and_views_share_one_buffer():
    network = Network([4, 8, 5, 3], ["relu", "tanh"], "softmax")
    assert [w.shape for w in network.weights] == [(4, 8), (8, 5), (5, 3)]
    assert [b.shape for b in network.biases] == [(8,), (5,), (3,)]
    assert network.parameters.size == 4 * 8 + 8 * 5 + 5 * 3 + 8 + 5 + 3
    assert all(np.shares_memory(w, network.parameters) for w in network.weights)
    assert all(np.shares_memory(b, network.parameters) for b in network.biases)
    network.biases[-1][:] = 7
    np.testing.assert_array_equal(network.parameters[-3:], 7)
    assert [activation.name for activation in network.hidden] == ["relu", "tanh"]
    assert network.output is get("softmax")


def test_different_hidden_activations_are_used_in_order():
    network = Network([1, 1, 1, 1], ["relu", "tanh"], dtype=np.float64)
    network = network.with_weights([[[2.0]], [[1.5]], [[1.0]]])
    np.testing.assert_allclose(network.logits([[0.4]]), [[np.tanh(1.2)]], rtol=1e-14)
    np.testing.assert_allclose(network.logits([[-0.4]]), [[0.0]])


def test_copy_and_with_weights_leave_the_original_alone():
    network = Network([3, 4, 2], "tanh", "softmax", seed=3)
    before = network.parameters.copy()
    changed = network.with_weights([np.ones((3, 4)), np.ones((4, 2))])
    copied = network.copy()
    copied.parameters[:] = 0
    np.testing.assert_array_equal(network.parameters, before)
    assert changed.weights[0].sum() == 12
    np.testing.assert_array_equal(changed.biases[0], network.biases[0])


def test_predict_by_output():
    inputs = np.array([[3.0, 1, 0.2], [0, 0, 9]])
    softmax = Network([3, 3], output="softmax").with_weights([np.eye(3)])
    np.testing.assert_array_equal(softmax.predict(inputs), [0, 2])
    sigmoid = Network([3, 1], output="sigmoid").with_weights([[[1.0], [-4], [0]]])
    np.testing.assert_array_equal(sigmoid.predict(inputs), [0, 0])
    np.testing.assert_array_equal(sigmoid.predict(-inputs), [1, 0])
    identity = Network([3, 1]).with_weights([[[1.0], [-4], [0]]])
    np.testing.assert_array_equal(identity.predict(inputs), [-1, 0])
    assert Network([3, 2]).predict(inputs).shape == (2, 2)


def test_integers_and_no_rows_are_welcome():
    network = Network([2, 3, 2], "gelu")
    assert network.forward(np.array([[1, 2], [3, 4]])).dtype == np.float32
    assert network.forward(np.empty((0, 2))).shape == (0, 2)


X, Y = np.zeros((4, 2)), np.zeros(4)


def _fit(network=None, inputs=X, targets=Y, **settings):
    (network or Network([2, 1])).fit(inputs, targets, **settings)


def _same_network_twice():
    network = Network([2, 1])
    train_many([Job(network, X, Y), Job(network, X, Y)])


REFUSALS = {
    "too_many_parameters": lambda: Network([10**9, 10**9]),
    "too_few_sizes": lambda: Network([3]),
    "sizes_not_a_list": lambda: Network(3),
    "hidden_count": lambda: Network([2, 3, 3, 1], ["relu"]),
    "hidden_kind": lambda: Network([2, 3, 1], "softmax"),
    "unknown_initialisation": lambda: Network([2, 1], init="he_norml"),
    "network_dtype": lambda: Network([2, 1], dtype=np.float16),
    "not_two_dimensional": lambda: Network([2, 1]).forward([1, 2]),
    "wrong_columns": lambda: Network([2, 1]).forward(np.ones((3, 5))),
    "not_an_array": lambda: Network([2, 1]).forward([[1, 2], [3]]),
    "layer_count": lambda: Network([2, 1]).with_weights([]),
    "layer_shape": lambda: Network([2, 1]).with_weights([np.ones((1, 2))]),
    "unknown_optimizer": lambda: _fit(optimizer="adamv"),
    "no_rows": lambda: _fit(inputs=np.empty((0, 2)), targets=[]),
    "not_finite_data": lambda: _fit(inputs=[[0, np.nan]], targets=[1]),
    "target_shape": lambda: _fit(targets=np.zeros(3)),
    "weights_shape": lambda: _fit(weights=[1.0]),
    "weights_sign": lambda: _fit(weights=-np.ones(len(X))),
    "not_binary": lambda: _fit(Network([2, 1], output="sigmoid"), targets=[0, 1, 2, 0]),
    "label_range": lambda: _fit(Network([2, 2], output="softmax"), targets=[0, 1, 2, 0]),
    "bad_validation": lambda: _fit(validation=[X]),
    "no_loss": lambda: _fit(Network([2, 1], output="tanh")),
    "network_twice": _same_network_twice,
    "no_such_sample": lambda: Network([2, 1]).trace(X).text(4),
}


@pytest.mark.parametrize("key", REFUSALS)
def test_refusals_say_one_sentence_in_each_language(key):
    with pytest.raises(InputError) as caught:
        REFUSALS[key]()
    assert caught.value.key == key
    with speaking("en"):
        english = str(caught.value)
    with speaking("zh"):
        chinese = str(caught.value)
    assert english.isascii()
    assert english[-1] in ".?"
    assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese)


@pytest.mark.parametrize("size", [0, -1, 2.0, "4", None, True])
def test_bad_layer_sizes(size):
    with pytest.raises(InputError) as caught:
        Network([2, size, 1])
    assert caught.value.key == "bad_size"
    assert caught.value.values == {"given": size, "position": 2}


@pytest.mark.parametrize(
    "array",
    [
        np.ones((1, 2), complex),
        np.array([["1", "2"]]),
        np.array([[1, None]], object),
        np.array([[b"1", b"2"]]),
        np.zeros((1, 2), "M8[s]"),
    ],
    ids=lambda array: array.dtype.name,
)
def test_arrays_that_are_not_real(array):
    for use in (
        Network([2, 1]).forward,
        lambda given: _fit(inputs=given, targets=[1]),
        lambda given: _fit(Network([2, 2]), inputs=np.ones((1, 2)), targets=given),
        lambda given: Network([1, 2]).with_weights([given]),
    ):
        with pytest.raises(InputError) as caught:
            use(array)
        assert caught.value.key == "not_real"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("learning_rate", 0),
        ("learning_rate", -1e-3),
        ("learning_rate", float("nan")),
        ("learning_rate", float("inf")),
        ("learning_rate", "fast"),
        ("learning_rate", "0.1"),
        ("learning_rate", True),
        ("weight_decay", -0.1),
        ("momentum", 1.0),
        ("epochs", 0),
        ("epochs", 2.5),
        ("batch_size", 0),
        ("patience", 0),
        ("seed", -1),
    ],
)
def test_settings_out_of_range_are_named(name, value):
    with pytest.raises(InputError) as caught:
        Settings(**{name: value})
    assert caught.value.values["name"] == name
    assert name in str(caught.value)


def test_other_types_are_refused_by_a_sentence():
    for make in (
        lambda: Network([2, 3, 1], hidden=3),
        lambda: Network([2, 1], output=None),
        lambda: Network([2, 1], init=7),
        lambda: Network([2, 1], dtype="float33"),
        lambda: Network([2, 1]).with_weights(3),
        lambda: Network([2, 1]).forward(None),
        lambda: train_many([], threads=0),
    ):
        with pytest.raises(InputError) as caught:
            make()
        assert str(caught.value)


def test_repr_names_shape_and_activations():
    told = repr(Network([2, 3, 1], "relu", "sigmoid", seed=4))
    assert told == "<Network 2-3-1: relu, sigmoid; init auto, seed 4, float32>"


def test_pickled_networks_are_the_same():
    network = Network([2, 3, 1], "gelu", "sigmoid")
    again = pickle.loads(pickle.dumps(network))  # noqa: S301
    np.testing.assert_array_equal(again.forward(X), network.forward(X))
    assert again.sizes == network.sizes


def test_hints_name_the_nearest_match():
    with pytest.raises(InputError, match="Did you mean he_normal"), speaking("en"):
        Network([2, 1], init="he_norml")


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e300], ids=str)
def test_only_finite_numbers_enter_a_network(value):
    network = Network([2, 1])
    for use in (
        lambda: network.forward([[1, value]]),
        lambda: network.trace([[1, value]]),
        lambda: network.with_weights([[[1], [value]]]),
        lambda: network.with_weights([[[1], [2]]], [[value]]),
    ):
        with pytest.raises(InputError) as caught:
            use()
        assert caught.value.key == "not_finite_data"


def test_sums_that_overflow_are_infinite_without_a_warning():
    network = Network([2, 1, 1], "identity").with_weights([[[3e38], [3e38]], [[3e38]]])
    assert network.forward([[1, 1]]) == np.inf
    assert network.trace([[1, 1]]).output == np.inf


def test_targets_that_cannot_be_learned():
    for targets in ([0, 1, np.nan, 0], [0, np.inf, 1, 1]):
        with pytest.raises(InputError) as caught:
            _fit(targets=targets)
        assert caught.value.key == "not_finite_data"
    with pytest.raises(InputError) as caught:
        _fit(inputs=np.full((4, 2), 1e300))  # infinite in float32
    assert caught.value.key == "not_finite_data"
    with pytest.raises(InputError) as caught:
        _fit(Network([2, 3], output="softmax"), targets=[0.5, 1, 2, 0])
    assert caught.value.key == "label_range"


@pytest.mark.parametrize("sizes", [[30, 64, 64, 10], [5, 16, 1], [300, 7, 3]])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_row_alone_gives_what_it_gives_among_others(sizes, dtype):
    """To the last bit: the order in which a product is added up depends on the number of rows."""
    network = Network(sizes, hidden="gelu", seed=1, dtype=dtype)
    x = np.random.default_rng(0).standard_normal((101, sizes[0])).astype(dtype)
    whole = network.logits(x)
    assert all(np.array_equal(network.logits(x[k : k + 1])[0], whole[k]) for k in range(101))
    assert np.array_equal(network.logits(x[:40]), whole[:40])
    assert network.logits(x[:0]).shape == (0, sizes[-1])
