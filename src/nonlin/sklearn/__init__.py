"""Estimators for scikit-learn, with any activation and any initialisation.

    from nonlin.sklearn import ActivationSearchCV, MLPClassifier, MLPRegressor

They train in the compiled loop of `nonlin.network`.
"""

from nonlin.sklearn.perceptron import MLPClassifier, MLPRegressor
from nonlin.sklearn.search import ActivationSearchCV

__all__ = ["ActivationSearchCV", "MLPClassifier", "MLPRegressor"]
