import numpy as np
import pytest

from nonlin._errors import InputError
from nonlin._text import speaking
from nonlin.choose.task import infer

WORDS = np.array(["a", "b", "c"] * 10)


@pytest.mark.parametrize(
    ("target", "kind", "output", "loss", "outputs"),
    [
        (np.linspace(0, 1, 30), "regression", "identity", "squared_error", 1),
        (np.arange(300), "regression", "identity", "squared_error", 1),  # many whole numbers
        (np.arange(30) % 10, "regression", "identity", "squared_error", 1),  # 3 rows of each
        (np.arange(100) % 10, "multiclass", "softmax", "cross_entropy", 10),
        (np.arange(99.0) % 3, "multiclass", "softmax", "cross_entropy", 3),
        (np.arange(30) % 3 + 0.5, "regression", "identity", "squared_error", 1),
        (WORDS, "multiclass", "softmax", "cross_entropy", 3),
        (WORDS[WORDS != "c"], "binary", "sigmoid", "binary_cross_entropy", 1),
        (np.arange(30) % 2 == 0, "binary", "sigmoid", "binary_cross_entropy", 1),
        (np.arange(30) % 2 - 0.5, "binary", "sigmoid", "binary_cross_entropy", 1),
    ],
)
def test_what_follows_from_the_target(target, kind, output, loss, outputs):
    task = infer(target, "y")
    assert (task.kind, task.output, task.loss, task.outputs) == (kind, output, loss, outputs)
    assert task.score == ("r2" if kind == "regression" else "accuracy")


def test_labels_come_back():
    task = infer(WORDS, "y")
    assert np.array_equal(task.decode(task.encode(WORDS)), WORDS)
    assert task.encode(WORDS).tolist() == [0, 1, 2] * 10


def test_the_reason_in_both_languages():
    task = infer(WORDS, "y")
    assert "3 classes: softmax gives probabilities that sum to 1" in str(task.reason)
    with speaking("zh"):
        assert "目标有 3 个类别:softmax 给出总和为 1 的概率" in str(task.reason)


def described(target):
    task = infer(target, "y")
    return task.kind, [str(note) for note in task.notes]


def test_whole_numbers_say_how_they_were_taken():
    kind, (note,) = described(np.arange(99) % 3)
    assert kind == "multiclass"
    assert "3 different ones, and was taken as classes: --task regression" in note
    kind, (note,) = described(np.arange(90) % 30)
    assert kind == "regression"
    assert "30 different ones, and was taken as a quantity: --task multiclass" in note
    assert described(np.arange(90))[1] == []  # nobody expects 90 classes
    assert described(np.linspace(0, 1, 30))[1] == []
    assert described(WORDS)[1] == []


def test_whole_numbers_that_cannot_be_classes_are_a_quantity():
    kind, (note,) = described(np.array([1] * 40 + [2] * 40 + [9]))
    assert kind == "regression"
    assert "because the value 9 occurs in too few rows for a class (1)" in note


def test_a_rare_class_of_numbers_points_to_regression():
    numbers = np.array([0] * 40 + [1])
    with pytest.raises(InputError, match=r"class 1 has too few rows \(1\).*--task regression"):
        infer(numbers, "y")
    with pytest.raises(InputError, match=r"class 'b' has too few rows \(1\)[^-]*$"):
        infer(np.array(["a"] * 40 + ["b"]), "y")


def test_the_kind_can_be_given():
    assert infer(np.arange(100) % 10, "y", "regression").kind == "regression"
    assert infer(np.arange(30) % 2, "y", "multiclass").outputs == 2
    assert infer(np.arange(30) % 10, "y", "multiclass").outputs == 10


@pytest.mark.parametrize(
    ("target", "kind", "sentence"),
    [
        (np.ones(20), None, "The target 'y' has only one value, 1.0"),
        (np.array(["no"] * 20), None, "only one value, 'no'"),
        (np.zeros(20), "regression", "only one value, 0.0"),
        (WORDS, "regresion", "no task 'regresion': .* Did you mean regression"),
        (WORDS, "regression", "holds text, such as 'a': regression needs numbers"),
        (WORDS, "binary", "has 3 classes: a binary task needs exactly 2"),
        (np.array([f"id{k}" for k in range(30)]), None, "30 classes in 30 rows"),
    ],
)
def test_what_cannot_be_learnt(target, kind, sentence):
    with pytest.raises(InputError, match=sentence):
        infer(target, "y", kind)
