"""All faults, in the order of declaration. New ones go to the end of their file: see `half`."""

from planting import (
    faults_of_activations,
    faults_of_columns,
    faults_of_rates,
    faults_of_training,
    faults_of_weights,
)
from planting.fault import Fault

FAULTS: tuple[Fault, ...] = (
    *faults_of_rates.FAULTS,
    *faults_of_activations.FAULTS,
    *faults_of_weights.FAULTS,
    *faults_of_columns.FAULTS,
    *faults_of_training.FAULTS,
)
