"""Faults planted in networks, networks that have none, and the proof of both.

tables.py: the data. setup.py: how a network is set up. changes.py: what a fault does to weights,
inputs and targets. faults_of_*.py, healthy.py, noise.py: the declarations, written without a look
at how the diagnosis decides. proof.py: trains each, and its twin without the fault, or with what
others.py changes; proof.json keeps it. diagnosed.py: a case put through `nonlin.diagnose`.
"""
