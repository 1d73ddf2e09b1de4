"""The estimators keep scikit-learn's contract, and do what it cannot check."""

import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_diabetes, load_iris, make_multilabel_classification
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import nonlin as nl
from nonlin._errors import InputError
from nonlin.sklearn import ActivationSearchCV, MLPClassifier, MLPRegressor

QUICK = {"max_iter": 100, "learning_rate": 1e-2}
SEARCH = {"activations": ("relu", "tanh"), "learning_rates": (1e-2,), "cv": 3}


@parametrize_with_checks(
    [
        MLPClassifier(**QUICK),
        MLPRegressor(**QUICK),
        ActivationSearchCV(MLPClassifier(**QUICK, random_state=0), **SEARCH),
        ActivationSearchCV(MLPRegressor(**QUICK, random_state=0), **SEARCH),
    ]
)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


def scaled(model):
    return make_pipeline(StandardScaler(), model)


def test_any_activation_any_initialisation():
    X, y = load_iris(return_X_y=True)
    own = nl.activation("mine", "x * sigmoid(beta * x)", beta=1.5)
    for activation in ("gelu", own, ("relu", "tanh")):
        model = MLPClassifier((16, 16), activation, init="he_normal", **QUICK, random_state=1)
        assert scaled(model).fit(X, y).score(X, y) > 0.95
    assert model.network_.hidden[1].name == "tanh"
    assert [each.shape for each in model.coefs_] == [(4, 16), (16, 16), (16, 3)]


def test_early_stopping_holds_rows_out():
    X, y = load_iris(return_X_y=True)
    model = MLPClassifier(early_stopping=True, n_iter_no_change=3, max_iter=300, random_state=0)
    model.set_params(learning_rate=0.1).fit(X, y)
    assert model.n_iter_ < 300
    assert len(model.validation_loss_curve_) == model.n_iter_
    assert model.best_loss_ == min(model.validation_loss_curve_)


def test_several_labels_at_once():
    X, y = make_multilabel_classification(200, n_classes=4, random_state=0)
    model = MLPClassifier(**QUICK, random_state=0).fit(X, y)
    assert model.predict_proba(X).shape == (200, 4)
    assert set(np.unique(model.predict(X))) == {0, 1}
    assert model.score(X, y) > 0.8


def test_partial_fit_learns_from_batches():
    X, y = load_iris(return_X_y=True)
    X = StandardScaler().fit_transform(X)
    names = np.array(["a", "b", "c"])[y]
    model = MLPClassifier(learning_rate=0.01, random_state=0)
    order = np.random.default_rng(0).permutation(150)
    for _ in range(30):
        for rows in np.array_split(order, 5):
            model.partial_fit(X[rows], names[rows], classes=["a", "b", "c"])
    assert model.n_iter_ == 150
    assert model.score(X, names) > 0.95
    with pytest.raises(InputError, match="not one of the classes: a, b, c"):
        model.partial_fit(X[:2], ["a", "z"])


def test_float32_stays_float32():
    X, y = load_diabetes(return_X_y=True)
    model = MLPRegressor(max_iter=3, random_state=0).fit(X.astype(np.float32), y)
    assert model.network_.dtype == np.float32
    assert model.predict(X.astype(np.float32)).dtype == np.float32
    assert clone(model).fit(X, y).network_.dtype == np.float64


def test_divergence_is_a_warning():
    X, y = load_diabetes(return_X_y=True)
    with pytest.warns(ConvergenceWarning, match="stopped at step"):
        MLPRegressor(learning_rate=1e200, max_iter=3, random_state=0).fit(X, y)


def test_search_prefers_among_the_tied_as_choose_does():
    """gelu saturates less than relu, which would be cheaper; binary_step has only dead units."""
    X, y = load_iris(return_X_y=True)
    X = StandardScaler().fit_transform(X)
    base = MLPClassifier((16,), max_iter=100, random_state=0)
    names = ("gelu", "relu", "binary_step")
    search = ActivationSearchCV(base, names, learning_rates=(1e-3, 1e-2), cv=5).fit(X, y)
    assert search.tied_ == list(names)
    assert search.best_params_ == {"activation": "gelu", "learning_rate": 1e-2}
    assert search.best_estimator_.activation == "gelu"
    assert len(search.cv_results_["params"]) == 6
    assert search.score(X, y) > 0.9
    again = clone(search).set_params(n_jobs=1).fit(X, y)
    np.testing.assert_array_equal(
        again.cv_results_["mean_test_score"], search.cv_results_["mean_test_score"]
    )


def test_search_wants_an_estimator_of_ours():
    with pytest.raises(InputError, match="needs an MLPClassifier"):
        ActivationSearchCV(StandardScaler()).fit(np.eye(4), [0, 1, 0, 1])


@pytest.mark.parametrize("folds", [2, 3, 5])
def test_search_claims_nothing_on_noise(folds):
    """30 rows, where equal differences of few folds are no rare event."""
    random = np.random.default_rng(0)
    y = np.arange(30) % 2
    names = ("relu", "tanh", "sine", "selu")
    claims = 0
    for seed in range(20):
        model = MLPClassifier((8,), max_iter=15, random_state=seed)
        search = ActivationSearchCV(model, names, learning_rates=(1e-2,), cv=folds)
        claims += len(search.fit(random.normal(size=(30, 4)), y).tied_) < len(names)
    assert claims <= 2  # of 20 at 5 %


def test_search_keeps_groups_together():
    random = np.random.default_rng(0)
    groups = np.repeat(np.arange(6), 10)
    X, y = random.normal(size=(60, 3)), np.arange(60) % 2
    model = MLPClassifier((8,), max_iter=5, random_state=0, validation_fraction=0.3)
    search = ActivationSearchCV(model, **(SEARCH | {"cv": GroupKFold(3)}))
    assert len(search.fit(X, y, groups=groups).cv_results_["params"]) == 2
    weights = np.where(np.arange(60) % 5, 1.0, 0.0)
    search.fit(X, y, sample_weight=weights, groups=groups.tolist())
    with pytest.raises(ValueError, match="'groups' parameter should not be None"):
        search.fit(X, y)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        search.fit(X, y, groups=groups[:5])


def test_search_takes_what_scikit_learn_takes():
    frame = load_iris(as_frame=True)
    model = MLPClassifier((8,), max_iter=20, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        search = ActivationSearchCV(model, "relu", learning_rates=1e-2, cv=3, n_jobs=-1)
        search.fit(frame.data, frame.target)
    assert search.best_params_ == {"activation": "relu", "learning_rate": 1e-2}
    assert search.feature_names_in_.tolist() == frame.data.columns.tolist()
    plain = clone(search).set_params(activations=nl.relu, n_jobs=-100)
    plain.fit(frame.data.to_numpy(), frame.target)
    assert not hasattr(plain, "feature_names_in_")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"activations": []}, "No activation was given"),
        ({"learning_rates": []}, "No learning rate was given"),
        ({"activations": ["gelo"]}, "no activation 'gelo'"),
        ({"n_jobs": 0}, "n_jobs is 0"),
        ({"n_jobs": "many"}, "n_jobs is 'many'"),
        ({"scoring": ["accuracy", "f1_macro"]}, "give one score"),
        ({"scoring": {"a": "accuracy"}}, "give one score"),
    ],
)
def test_search_refuses_in_a_sentence(given, said):
    X, y = load_iris(return_X_y=True)
    with pytest.raises(InputError, match=said):
        ActivationSearchCV(MLPClassifier(), **(SEARCH | given)).fit(X, y)


def test_sparse_rows_are_refused_with_the_way_out():
    X, y = [["a"], ["b"], ["c"]] * 10, [0, 1, 1] * 10
    model = MLPClassifier((4,), max_iter=5, random_state=0)
    with pytest.raises(InputError, match=r"OneHotEncoder\(sparse_output=False\)"):
        make_pipeline(OneHotEncoder(), model).fit(X, y)
    make_pipeline(OneHotEncoder(sparse_output=False), model).fit(X, y)
