import numpy as np
import pytest

from nonlin._errors import InputError
from nonlin._text import speaking
from nonlin.tasks.task import infer

WORDS = np.array(["a", "b", "c"] * 10)


@pytest.mark.parametrize(
    ("target", "kind", "output", "loss", "outputs"),
    [
        (np.linspace(-1, 1, 30), "regression", "identity", "squared_error", 1),
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


RARE = np.array(["no"] * 92 + ["yes"] * 8)


def test_classes_of_which_one_has_most_rows_are_compared_by_probabilities():
    task = infer(RARE, "y")
    assert (task.kind, task.score, task.error, task.stepwise) == (
        "binary",
        "d2_classes",
        "missed",
        False,
    )
    (note,) = map(str, task.notes)
    assert note.startswith("92 % of the rows are 'no'")
    assert "--task binary (" in note
    encoded = task.encode(RARE)
    even = np.log(8 / 92)  # the logit of the share: as good as a constant
    assert task.judge(np.full((100, 1), even), encoded) == pytest.approx((0.0, 0.08))
    better = np.where(encoded == 1, 0.0, even)[:, None]
    assert 0 < task.judge(better, encoded)[0] < 1
    assert infer(RARE, "y", "binary").score == "accuracy"
    assert infer(WORDS, "y", "multiclass:probabilities").by_probabilities


def test_labels_come_back():
    task = infer(WORDS, "y")
    assert np.array_equal(task.decode(task.encode(WORDS)), WORDS)
    assert task.encode(WORDS).tolist() == [0, 1, 2] * 10


def test_the_reason_in_both_languages():
    task = infer(WORDS, "y")
    assert "3 classes: softmax gives probabilities that sum to 1" in str(task.reason)
    with speaking("zh"):
        assert "目标有 3 个类别，用 softmax 给出总和为 1 的概率" in str(task.reason)


def described(target):
    task = infer(target, "y")
    return task.kind, [str(note) for note in task.notes]


def test_whole_numbers_say_how_they_were_taken():
    kind, (note,) = described(np.array([0, 1, 7] * 33))
    assert kind == "multiclass"
    assert "3 different ones, and was taken as classes: --task regression" in note
    kind, (_, note) = described(np.arange(99) % 3)
    assert kind == "multiclass"
    assert "consecutive whole numbers: if their order matters, --task ordinal" in note
    kind, (note,) = described(np.arange(90) % 30)
    assert kind == "regression"
    assert "30 different ones, and was taken as a quantity: --task multiclass" in note
    assert described(np.arange(90))[1] == []  # nobody expects 90 classes
    assert described(np.linspace(-1, 1, 30))[1] == []
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


RANDOM = np.random.default_rng(0)
NORMAL = RANDOM.normal(size=400)


@pytest.mark.parametrize(
    ("target", "kind", "said"),
    [
        (np.exp(NORMAL), "positive", "strongly skewed"),
        (np.maximum(NORMAL, 0), "positive", "strongly skewed"),  # rain, with dry days
        (np.round(1e4 * np.exp(NORMAL)), "positive", "strongly skewed"),  # prices
        (np.exp(NORMAL) - 0.5, "regression", "--task robust"),  # may be negative
        (1000 + np.exp(NORMAL), "regression", "--task robust"),  # 0 is far away
        (40 + 10 * NORMAL, "regression", None),
        (RANDOM.poisson(20 * np.exp(NORMAL)), "counts", "taken as counts"),
        (RANDOM.poisson(np.full(400, 1.5)), "counts", "taken as counts"),  # few, rarer and rarer
        (RANDOM.integers(0, 7, 400), "multiclass", "taken as classes"),
        (RANDOM.integers(1990, 2020, 900), "regression", "taken as a quantity"),
        (np.arange(400), "regression", None),
        (1 / (1 + np.exp(-NORMAL)), "proportion", "taken as a proportion"),
        (0.01 + 0.01 / (1 + np.exp(-NORMAL)), "regression", "if it is a proportion"),
        (RANDOM.standard_t(1.5, 400), "regression", "--task robust"),
        (np.full(400, 1e308) * NORMAL.clip(-1, 1), "regression", None),
    ],
)
def test_the_values_say_what_they_are(target, kind, said):
    found, notes = described(target)
    assert found == kind
    assert (said in notes[0]) if said else not notes


def test_counts_begin_at_0_or_1():
    rising = np.round(np.exp(np.linspace(0, 4, 60)))
    assert (rising.min(), described(rising)[0]) == (1, "counts")
    assert described(rising - 1)[0] == "counts"
    assert described(rising + 1)[0] != "counts"


def test_what_spans_most_of_0_to_1_is_a_proportion():
    assert described(np.linspace(0.1, 0.95, 40))[0] == "proportion"
    for low, high in ((0.1, 0.85), (0.25, 0.75)):
        kind, (note,) = described(np.linspace(low, high, 40))
        assert kind == "regression"
        assert "if it is a proportion" in note
    assert described(np.linspace(0.1, 1.05, 40)) == ("regression", [])
    assert described(np.linspace(-0.05, 0.95, 40)) == ("regression", [])


@pytest.mark.parametrize(
    ("far", "heavy"),
    [([720] * 3, True), ([-720] * 3, True), ([695] * 3, False), ([720] * 2, False)],
)
def test_heavy_tails_are_three_values_beyond_three_quartile_ranges(far, heavy):
    """Of -200 to 200, where the quartiles are near -100 and 100."""
    kind, said = described(np.append(np.linspace(-200, 200, 401), far) + 0.25)
    assert kind == "regression"
    assert ["--task robust" in note for note in said] == [True] * heavy
    many = np.append(np.linspace(-200, 200, 4001), far * 5) + 0.25  # 15, or 10, are too few
    assert described(many) == ("regression", [])


def test_the_strata_are_the_classes():
    assert infer(WORDS, "y").strata(WORDS).tolist() == [0, 1, 2] * 10
    quantities = infer(NORMAL, "y").strata(NORMAL)
    assert (quantities.dtype, quantities.tolist()) == (np.int64, [0] * 400)
    labels = np.stack([np.arange(40) % 2, np.arange(40) % 4 == 0], axis=1)
    expected = [2, 1, 0, 1] * 10  # of two labels the rarer one
    assert infer(labels, "y").strata(labels).tolist() == expected


def test_details_of_a_kind():
    assert infer(NORMAL, "y", "quantiles").numbers == (0.1, 0.5, 0.9)
    task = infer(NORMAL, "y", "quantiles:0.05, 0.95")
    assert (task.numbers, task.outputs) == ((0.05, 0.95), 2)
    assert task.objective().constants == (0.05, 0.95)
    assert infer(np.clip(NORMAL, -1, 1), "y", "proportion:-1,2").numbers == (-1, 2)
    assert infer(np.linspace(0, 90, 30), "y", "proportion").numbers == (0, 100)
    assert infer(np.linspace(0, 0.4, 30), "y", "proportion").numbers == (0, 1)
    task = infer(np.linspace(1, 5, 30), "y", "proportion")
    assert task.numbers == (1, 5)
    assert "others are given as in --task proportion:0,10" in str(task.notes[0])


def test_the_order_of_classes():
    task = infer(WORDS, "y", "ordinal:b,a,c")
    assert (task.outputs, task.labels.tolist()) == (2, ["b", "a", "c"])
    assert task.encode(WORDS[:3]).tolist() == [1, 0, 2]
    assert task.decode(np.array([0, 2])).tolist() == ["b", "c"]
    numbers = np.arange(30) % 3 * 10
    assert infer(numbers, "y", "ordinal").labels.tolist() == [0, 10, 20]
    task = infer(numbers, "y", "ordinal:20,0,10")
    assert task.encode(numbers[:3]).tolist() == [1, 2, 0]
    assert task.labels.dtype == numbers.dtype


def test_robust_units_are_not_moved_by_outliers():
    wild = np.append(NORMAL, [1e6] * 20)
    mean, scale = infer(wild, "y", "robust").location(wild)
    assert abs(mean) < 0.2
    assert 0.8 < scale < 1.3
    assert infer(wild, "y", "robust").location(np.array([1.0] * 9 + [2.0]))[1] > 0


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
        (WORDS, "regression", "holds text, such as 'a': the task regression needs numbers"),
        (WORDS, "binary", "has 3 classes: a binary task needs exactly 2"),
        (WORDS, "ordinal", "order must be given: --task ordinal:a,b,c"),
        (WORDS, "ordinal:a,b", "order a, b must name each class of 'y' once: a, b, c"),
        (WORDS, "ordinal:a,b,b,c", "must name each class of 'y' once"),
        (np.arange(30) % 3, "ordinal:0,1,1.5", "must name each class"),
        (np.arange(30) % 3, "ordinal:a,b,c", "not numbers for the task ordinal"),
        (WORDS, "regression:a", "takes nothing behind a colon"),
        (RARE, "binary:a", "takes nothing but 'probabilities' behind a colon"),
        (NORMAL, "counts", "needs numbers that are not negative"),
        (np.exp(NORMAL), "counts", "counts are whole numbers"),
        (NORMAL, "positive", "the task positive needs numbers that are not negative"),
        (WORDS, "counts", "the task counts needs numbers"),
        (WORDS, "multilabel", "several labels are several columns of 0 and 1"),
        (np.eye(3).repeat(9, axis=0), "counts", "every other task has one column"),
        (NORMAL, "proportion:0,x", "write for example proportion:0,10"),
        (NORMAL, "proportion:3", "no bounds"),
        (NORMAL, "proportion:3,1", "no bounds"),
        (NORMAL, "proportion:nan,1", "no bounds"),
        (NORMAL, "proportion:0,10", "not between 0 and 10"),
        (NORMAL, "quantiles:0.9,0.1", "levels of quantiles"),
        (np.array([f"id{k}" for k in range(30)]), None, "30 classes in 30 rows"),
    ],
)
def test_what_cannot_be_learnt(target, kind, sentence):
    with pytest.raises(InputError, match=sentence):
        infer(target, "y", kind)
