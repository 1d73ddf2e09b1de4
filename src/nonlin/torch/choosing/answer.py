"""The steps of choosing for a model, from what users give to a `Result`."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import nn

from nonlin._errors import InputError
from nonlin._text import Text, listed, text
from nonlin.choose.candidates import Candidate
from nonlin.choose.progress import can_be_told, ticker, unwritten
from nonlin.torch.choosing.contest import Models, on_threads
from nonlin.torch.choosing.estimate import Estimate, estimated, tell, with_seeds
from nonlin.torch.choosing.maker import Maker, Replaced, replaced
from nonlin.torch.choosing.parts import Parts, parts
from nonlin.torch.choosing.plan import planned, steps_of
from nonlin.torch.choosing.ranking import ranked, recommend
from nonlin.torch.choosing.result import Result
from nonlin.torch.choosing.scoring import Scorer
from nonlin.torch.choosing.training import Loop, Own
from nonlin.torch.diagnosing.judge import the_output
from nonlin.torch.diagnosing.passes import answered, quiet
from nonlin.torch.diagnosing.rows import Rows
from nonlin.torch.diagnosing.training import callable_loss
from nonlin.trials import workers
from nonlin.trials.contest import Arm
from nonlin.trials.journal import Journal
from nonlin.trials.race import Race, Run, race, run_through
from nonlin.trials.shares import shares

VERSION = "1"  # changes when the same contest comes to other numbers
EACH = "seconds of a network"
SENT = ("make_model", "loss", "optimizer", "score", "train_fn")  # to other processes


@dataclass(frozen=True, slots=True, eq=False)
class Begun:
    """The contest, the model that it was looked at with, and what is worth a note so far."""

    contest: Models
    model: nn.Module
    notes: tuple[Text, ...]


def answer(given: Mapping[str, Any]) -> Result:
    """See `nonlin.torch.choose`, whose arguments these are by name."""
    begin = time.perf_counter()
    can_be_told(given["on_progress"])
    run, count = _runner(given)
    begun = _begun(given)
    contest = begun.contest
    with closing(_journal(contest, begun.model, given)) as journal:
        each, contest = _each(contest, journal)
        expected = estimated(contest, each, count)
        tell(expected, given["on_progress"])
        contest = with_seeds(contest, expected.fits)
        seeds, pace = contest.plan.seeds, contest.pace(expected.fits)
        events = race(contest, seeds, pace, contest.plan.budget, journal, run)
        ran = run_through(events, ticker(given["on_progress"], contest, pace, "torch_choose.round"))
    rows, left_out = ranked(ran, contest)
    notes = (*begun.notes, *_notes(ran, expected), *left_out, *unwritten(journal))
    return Result(
        name=type(begun.model).__name__,
        maker=contest.maker,
        plan=contest.plan,
        race=ran,
        score=contest.training.score,
        standings=rows,
        recommendation=recommend(rows, contest, ran),
        shares=shares(ran.scores),
        estimate=expected,
        notes=notes,
        seconds=time.perf_counter() - begin,
    )


def _runner(given: Mapping[str, Any]) -> tuple[Run, int]:
    """What runs the arms, and by how many workers."""
    executor = given["executor"]
    if executor is None:
        return (lambda split, arms: split.run(arms, None)), 1
    found = workers.checked(executor)
    if isinstance(found, ThreadPoolExecutor):
        raise InputError("torch_choose_threads")
    for name in SENT if isinstance(found, ProcessPoolExecutor) else ():
        called = getattr(given[name], "__qualname__", "")
        if "<" in called:  # <lambda>, <locals>: no other process finds it
            raise InputError("torch_choose_local", name=name, given=called)
    return partial(workers.run_on, found), int(getattr(found, "_max_workers", 1) or 1)


def _begun(given: Mapping[str, Any]) -> Begun:
    """Everything is tried once, so that what cannot work is said before anything is trained."""
    maker = Maker(given["make_model"])
    model = maker.model(0)
    training, example = _training(given, model)
    old = replaced(model, example, given["replace"], given["where"])
    goes = given["replace"] or old.activation.name
    maker = replace(maker, example=example, old=goes, where=given["where"])
    plan = planned(
        old.activation,
        given["candidates"],
        given["rates"],
        given["seeds"],
        training.steps if isinstance(training, Loop) else 1,
        **{name: given[name] for name in ("threads", "seed", "margin", "budget")},
    )
    contest = Models(maker, training, plan, Candidate(old.activation, ()))
    kept = _checked(contest, model)
    noted = training.parts.notes if isinstance(training, Loop) else ()
    return Begun(contest, model, (*_replacing(old), *kept, *plan.notes, *noted))


def _training(given: Mapping[str, Any], model: nn.Module) -> tuple[Loop | Own, Any]:
    """With an example of the model's input."""
    device = next((each.device for each in model.parameters()), torch.device("cpu"))
    own, data = given["train_fn"], (given["train"], given["valid"], given["test"])
    if own is None:
        if given["loss"] is None:
            raise InputError("torch_choose_loss")
        loss = callable_loss(given["loss"])
        found = parts(*data, size=given["batch_size"], device=device)
        steps = steps_of(found.train.count, found.batch, given["epochs"], given["steps"])
        scorer = Scorer.of(found, loss, given["score"])
        return Loop(found, scorer, given["optimizer"], steps), _few(found)
    if not callable(own):
        raise InputError("torch_choose_own", given=type(own).__name__)
    if given["example"] is not None:
        return Own(own), given["example"]
    if any(each is None for each in data):
        raise InputError("torch_choose_example")
    found = parts(*data, size=None, device=device)
    return Own(own, found.sizes), _few(found)


def _few(found: Parts) -> Any:
    """Inputs of a batch, so that statistics of them are no accident."""
    return found.train.first(found.batch).inputs


def _checked(contest: Models, first: nn.Module) -> tuple[Text, ...]:
    """A note on places that stay. InputError where nothing can be replaced or trained, or where
    the model is the same as `first`, or a part of it.
    """
    maker, plan = contest.maker, contest.plan
    model = maker.model(plan.seeds[0])
    if {*map(id, first.parameters())} & {*map(id, model.parameters())} or model is first:
        raise InputError("torch_choose_make_same")
    other = next(each for each in plan.candidates if each != contest.own)
    swapped = maker.changed(model, other.activation, plan.seeds[0])
    if not swapped.changes:
        raise InputError("torch_choose_kept", reason=str(swapped.kept[0]))
    if isinstance(contest.training, Loop):
        contest.training.check(model)
    return tuple(text("torch_choose.kept", place=str(each)) for each in swapped.kept)


def _replacing(old: Replaced) -> Iterator[Text]:
    yield text("torch_choose.replaced", name=str(old.activation.name), places=old.places)
    if old.others:
        yield text("torch_choose.others", name=old.activation.name, others=listed(old.others))


def _each(contest: Models, journal: Journal) -> tuple[float, Models]:
    """Seconds of a network: by a short training, or by one of the user's own, which then counts."""
    noted = journal.facts().get(EACH)
    if noted is not None:
        return noted, contest
    plan, seed = contest.plan, contest.plan.seeds[0]
    with on_threads(plan.threads):
        begin = time.perf_counter()
        if isinstance(contest.training, Loop):
            model = contest.maker.untrained(contest.own.activation, seed)
            built = time.perf_counter() - begin
            each = built + contest.training.seconds(model)
        else:
            arm = Arm(contest.own, plan.rates[max(len(plan.rates) // 2 - 1, 0)])
            outcome = contest.split(seed).outcome(arm)
            contest = replace(contest, known={arm: outcome})
            each = time.perf_counter() - begin
    journal.note({EACH: each})
    return each, contest


def _journal(contest: Models, model: nn.Module, given: Mapping[str, Any]) -> Journal:
    """The file is another one where the model, its training or the rows differ."""
    if given["journal"] is None:
        return Journal(None)
    maker = contest.maker
    told = (VERSION, torch.__version__, repr(model), repr(maker.old), maker.where)
    digest = hashlib.sha256(repr((*told, contest.training.told)).encode())
    digest.update(_answer_of(model, maker.example))
    path = Path(given["journal"]) / f"{digest.hexdigest()[:24]}.sqlite"
    return Journal(path, contest.key, given["resume"])


def _answer_of(model: nn.Module, example: Any) -> bytes:
    """What the model makes of the example, but for rounding: what its forward does shows here."""
    with quiet(), torch.no_grad():
        found = the_output(answered(model, Rows(example, None, 0, 0))).cpu().double()
    scaled = found / found.abs().max().clamp(min=1e-30)
    return bytes(scaled.round(decimals=3).numpy().tobytes())


def _notes(ran: Race, expected: Estimate) -> Iterator[Text]:
    yield from expected.sentences
    if ran.ended == "budget":
        yield text("torch_choose.ended_budget", seeds=len(ran.rounds))
    diverged = sum(outcome.diverged for outcome in ran.scores.outcomes)
    if diverged:
        yield text("choose.diverged", count=diverged, networks=ran.networks)
