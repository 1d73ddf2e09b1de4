"""Small broken training programs, each with a healthy twin, and healthy ones: plain PyTorch.

    from faulty import programs
    for program in programs("seen"):      # one of SETS, or all of them; healthy ones first
        data = program.data(seed=0)
        model = program.trained(0, data)  # program.model, .loss, .optimizer, .epochs, .train_step
        program.error(model, data)        # on held-out rows, a part of the best constant's error

`program.cause` is empty for a healthy one. A fault is a small edit of the program named `twin`:
`edit` says which, `source` the published category that it is modelled on. `proof.py` trains all
of them; `proof.json` holds the errors.

The set "seen" is for use while a diagnosis is built. The set "kept" was written by someone who
had not read how the diagnosis decides, and committed before it first ran on it. So was the set
"third", later and by another. A further set is two files, NAME_healthy.py with HEALTHY and
NAME_faults.py with FAULTY, whose programs have `NAME` as `in_set` and names that no other
set has: `SETS` finds them.

The categories are those of:

Humbatova 2020    Taxonomy of real faults in deep learning systems, ICSE, arXiv:1910.11015
Islam 2019        A comprehensive study on deep learning bug characteristics, ESEC/FSE,
                  arXiv:1906.01388
Zhang 2018        An empirical study on TensorFlow program bugs, ISSTA, 10.1145/3213846.3213866
DeepFD 2022       Cao et al., Automated fault diagnosis and localization for deep learning
                  programs, ICSE, arXiv:2205.01938
AutoTrainer 2021  Zhang et al., An automatic DNN training problem detection and repair system,
                  ICSE, 10.1109/ICSE43902.2021.00043
UMLAUT 2021       Schoop et al., Debugging deep learning programs using program structure and
                  model behavior, CHI, 10.1145/3411764.3445538
DeepLocalize 2021 Wardat et al., Fault localization for deep neural networks, ICSE,
                  arXiv:2103.03376
DeepDiagnosis 2022 Wardat et al., Automatically diagnosing faults and recommending actionable
                  fixes in deep learning programs, ICSE, arXiv:2112.04972
NeuraLint 2021    Nikanjam et al., Automatic fault detection for deep learning programs using
                  graph transformations, TOSEM, arXiv:2105.08095
DeepCrime 2021    Humbatova et al., Mutation testing of deep learning systems based on real
                  faults, ISSTA, 10.1145/3460319.3464825
"""

from importlib import import_module
from pathlib import Path

from faulty.program import Data, Program

__all__ = ["SETS", "Data", "Program", "programs"]

END = "_faults.py"
FILES = sorted((each.name for each in Path(__file__).parent.glob(f"*{END}")), reverse=True)
SETS = tuple(each.removesuffix(END) for each in FILES)  # "seen" before "kept"


def _read(name: str) -> tuple[Program, ...]:
    healthy = import_module(f"faulty.{name}_healthy").HEALTHY
    return (*healthy, *import_module(f"faulty.{name}_faults").FAULTY)


_PROGRAMS = {name: _read(name) for name in SETS}


def programs(name: str = "") -> tuple[Program, ...]:
    """Those of one set, or all; in each set healthy ones come first."""
    if name:
        return _PROGRAMS[name]
    return tuple(program for found in _PROGRAMS.values() for program in found)
