"""Loops of NumPy's kind that threads share, without Python in between.

    void shared(char **places, int64 *count, int64 *steps, int64 *data)   shares another loop
    void rows_N(places, count, steps, data)    calls a kernel of rows, of N arrays
    void nested(places, count, steps, data)    calls a loop for each place along an axis
    void worker(int64 *me)                     a thread of the pool; never returns
    void spin(int64 *pool, int64 times)        waits as a thread does that looks for work

`shared` cuts long arrays into pieces. Each thread has a range of them, takes one after the other,
and then helps with the ranges of others: who sleeps or comes late leaves its pieces to the rest.
Who finds the pool at work for another calls the loop alone. All that the functions know lies in
64-bit words at the places that `pool_words.py` names; `pool.py` fills them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from llvmlite import ir

from nonlin.emit.llvm.arithmetic.lanes import function_of
from nonlin.emit.llvm.writers.vectors import INT64, Vectors, function, least
from nonlin.kernels import pool_words as w

if TYPE_CHECKING:
    Value = Any

WANTED_BIT, NUMBER_BIT, LOW = 16, 32, 0xFFFF  # of the gate
NAP_US = 50  # a caller that has spun in vain sleeps so long before it looks again
PIECES = 8  # to a thread
# a job is long if its parts are so many times the least: waking takes about as long as the least;
# of short ones, who sleeps is woken for every so many
LONG_PARTS, SHORT_JOBS = 20, 8
PAUSES = 16  # between two looks
EXCEPTIONS = 0x1F  # every flag that NumPy looks at, on x86 and on ARM
VOID, INT32, WORDS = ir.VoidType(), ir.IntType(32), INT64.as_pointer()


def write_pool(pause: str | None) -> ir.Module:
    """The module; pause: the intrinsic that a waiting loop should have on this CPU."""
    module = ir.Module(name="pool")
    work = _Code(module, "work", (WORDS, WORDS, INT64), pause)
    share = _Code(module, "share", (WORDS, WORDS), pause)
    for each in (work, share):
        each.function.linkage = "internal"
    _write_work(work)
    _write_share(share, work.function)
    _write_shared(_Code(module, "shared", (WORDS,) * 4, pause), share.function)
    _write_worker(_Code(module, "worker", (WORDS,), pause), work.function)
    _write_nested(_Code(module, "nested", (WORDS,) * 4, pause))
    for arrays in range(2, w.MOST_ROWS + 1):
        _write_rows(_Code(module, f"rows_{arrays}", (WORDS,) * 4, pause), arrays)
    spin = _Code(module, "spin", (WORDS, INT64), pause)
    spin.loop(spin.arguments[1], lambda _: spin.rest(spin.arguments[0]))
    spin.b.ret_void()
    return module


class _Code:
    """A function that is being written, and the few things that all of them do."""

    def __init__(self, module: ir.Module, name: str, kinds: Any, pause: str | None) -> None:
        self.b = function(module, name, kinds)
        self.function = self.b.function
        self.arguments = self.function.args
        self._pause = pause
        self._vectors = Vectors(self.b, ir.VectorType(INT64, 1))

    def at(self, words: Value, place: Any) -> Value:
        """The address of a word."""
        return self.b.gep(words, [place if isinstance(place, ir.Value) else INT64(place)])

    def get(self, words: Value, place: Any) -> Value:
        return self.b.load(self.at(words, place))

    def words(self, words: Value, place: Any) -> Value:
        """The words whose address is kept there."""
        return self.b.inttoptr(self.get(words, place), WORDS)

    def put(self, words: Value, place: Any, value: Value) -> None:
        if isinstance(value.type, ir.PointerType):
            value = self.b.ptrtoint(value, INT64)
        self.b.store(value, self.at(words, place))

    def seen(self, words: Value, place: int) -> Value:
        """What another thread may be writing."""
        return self.b.load_atomic(self.at(words, place), "seq_cst", 8)

    def swap(self, how: str, words: Value, place: int, value: Value) -> Value:
        return self.b.atomic_rmw(how, self.at(words, place), value, "seq_cst")

    def replaced(self, words: Value, place: int, old: Value, new: Value) -> Value:
        """Was the old one there?"""
        done = self.b.cmpxchg(self.at(words, place), old, new, "seq_cst", "seq_cst")
        return self.b.extract_value(done, 1)

    def member(self, pool: Value, index: Value) -> Value:
        return self.at(pool, self.b.add(INT64(w.MEMBERS), self.b.mul(index, INT64(w.MEMBER))))

    def call(self, address: Value, *arguments: Value, result: Any = VOID) -> None:
        kind = ir.FunctionType(result, [each.type for each in arguments])
        self.b.call(self.b.inttoptr(address, kind.as_pointer()), arguments)

    def rest(self, pool: Value) -> None:
        """For a moment; then who else wants this CPU has it, the caller perhaps."""
        if self._pause:
            kind = ir.FunctionType(VOID, [])
            pause = function_of(self.b.module, kind, self._pause)
            self.loop(INT64(PAUSES), lambda _: self.b.call(pause, []))
        self.call(self.get(pool, w.YIELD), result=INT32)

    def loop(self, end: Value, body: Callable[[Value], None]) -> None:
        self._vectors.loop(end, INT64(1), body)

    def blocks(self, *names: str) -> list[Any]:
        return [self.b.append_basic_block(name) for name in names]

    def begin(self, block: Any) -> None:
        """Go on to a block that may be returned to."""
        self.b.branch(block)
        self.b.position_at_end(block)

    def move(self, goal: Value, places: Value, steps: Value, index: Value, arrays: Value) -> None:
        """Where element `index` of every array is."""

        def one(k: Value) -> None:
            far = self.b.mul(index, self.get(steps, k))
            self.put(goal, k, self.b.add(self.get(places, k), far))

        self.loop(arrays, one)


def _write_shared(c: _Code, share: Value) -> None:
    """Short arrays and those of who may not or cannot share go to the loop as they are."""
    b, (places, count, steps, data) = c.b, c.arguments
    job = b.alloca(INT64, w.JOB_WORDS)
    total, worth = b.load(count), c.get(data, w.LEAST)
    long = b.icmp_signed(">=", total, c.get(data, w.LONG))
    loop = b.select(long, c.get(data, w.LONG_LOOP), c.get(data, w.LOOP))
    much, free, mine, alone, done = c.blocks("much", "free", "mine", "alone", "done")
    b.cbranch(b.icmp_signed(">", total, worth), much, alone)
    b.position_at_end(much)
    team = c.words(data, w.TEAM)
    wanted = least(b, c.get(team, w.LIMIT), b.sdiv(total, worth))
    pool = c.words(team, w.POOL)
    there = b.icmp_signed("!=", c.get(team, w.POOL), INT64(0))
    b.cbranch(b.and_(there, b.icmp_signed(">", wanted, INT64(1))), free, alone)
    b.position_at_end(free)
    b.cbranch(c.replaced(pool, w.BUSY, INT64(0), INT64(1)), mine, alone)
    b.position_at_end(mine)
    unit = c.get(data, w.UNIT)
    units = b.sdiv(total, b.mul(b.mul(wanted, INT64(PIECES)), unit))
    grain = b.mul(b.add(units, INT64(1)), unit)
    values = (places, steps, data, total, grain, wanted, loop)
    for place, value in zip(range(w.JOB_WORDS), values, strict=True):
        c.put(job, place, value)
    b.call(share, [pool, job])
    c.swap("xchg", pool, w.BUSY, INT64(0))
    b.branch(done)
    b.position_at_end(alone)
    c.call(loop, places, count, steps, c.at(data, w.HEAD))
    c.begin(done)
    clear = function_of(b.module, ir.FunctionType(INT32, [INT32]), "feclearexcept")
    b.call(clear, [INT32(EXCEPTIONS)])  # infinities are results here, not errors
    b.ret_void()


def _write_share(c: _Code, work: Value) -> None:
    """Open the gate, wake who is needed, work, close, and wait for those who are inside."""
    b, (pool, job) = c.b, c.arguments
    wanted, grain = c.get(job, w.WANTED), c.get(job, w.GRAIN)
    pieces = b.sdiv(b.add(c.get(job, w.COUNT), b.sub(grain, INT64(1))), grain)

    def lay(k: Value) -> None:
        member = c.member(pool, k)
        c.put(member, w.NEXT, b.sdiv(b.mul(k, pieces), wanted))
        c.put(member, w.END, b.sdiv(b.mul(b.add(k, INT64(1)), pieces), wanted))

    c.loop(wanted, lay)
    c.put(pool, w.JOB, job)
    number = b.add(b.lshr(c.seen(pool, w.GATE), INT64(NUMBER_BIT)), INT64(1))
    wide = b.shl(number, INT64(NUMBER_BIT))
    c.swap("xchg", pool, w.GATE, b.or_(wide, b.shl(wanted, INT64(WANTED_BIT))))
    _write_waking(c, pool, job)
    b.call(work, [pool, job, INT64(0)])
    c.swap("and", pool, w.GATE, INT64(~(LOW << WANTED_BIT)))
    _write_wait(c, pool)
    b.ret_void()


def _write_waking(c: _Code, pool: Value, job: Value) -> None:
    """Of who is asleep, for a long job, and for a short one that may be one of many."""
    b = c.b
    wanted, data = c.get(job, w.WANTED), c.words(job, w.DATA)
    short = b.add(c.get(pool, w.SHORT), INT64(1))
    enough = b.mul(b.mul(wanted, c.get(data, w.LEAST)), INT64(LONG_PARTS))
    long = b.icmp_signed(">=", c.get(job, w.COUNT), enough)
    often = b.icmp_signed(">=", short, INT64(SHORT_JOBS))
    c.put(pool, w.SHORT, b.select(often, INT64(0), short))

    def wake(k: Value) -> None:
        member = c.member(pool, b.add(k, INT64(1)))
        asleep = c.swap("xchg", member, w.ASLEEP, INT64(0))
        with b.if_then(b.icmp_signed("!=", asleep, INT64(0))):
            c.call(c.get(pool, w.RELEASE), c.get(member, w.LOCK))

    with b.if_then(b.or_(long, often)):
        c.loop(b.sub(wanted, INT64(1)), wake)


def _write_wait(c: _Code, pool: Value) -> None:
    """Spin, then nap: a thread inside may have lost its CPU."""
    b = c.b
    left = b.alloca(INT64)
    b.store(c.get(pool, w.SPINS), left)
    look, busy, nap, after = c.blocks("look", "busy", "nap", "after")
    c.begin(look)
    inside = b.and_(c.seen(pool, w.GATE), INT64(LOW))
    b.cbranch(b.icmp_signed("==", inside, INT64(0)), after, busy)
    b.position_at_end(busy)
    c.rest(pool)
    b.store(b.sub(b.load(left), INT64(1)), left)
    b.cbranch(b.icmp_signed(">", b.load(left), INT64(0)), look, nap)
    b.position_at_end(nap)
    c.call(c.get(pool, w.NAP), c.get(pool, w.BED), INT64(NAP_US), INT32(0), result=INT32)
    b.branch(look)
    b.position_at_end(after)


def _write_work(c: _Code) -> None:
    """Piece by piece: its own range, then those of the others."""
    b, (pool, job, index) = c.b, c.arguments
    here, amount = b.alloca(INT64, w.MOST_ARRAYS), b.alloca(INT64)
    wanted, grain, total = (c.get(job, place) for place in (w.WANTED, w.GRAIN, w.COUNT))
    places, steps, data = (c.words(job, place) for place in (w.PLACES, w.STEPS, w.DATA))

    def one(k: Value) -> None:
        owner = c.member(pool, b.urem(b.add(index, k), wanted))
        again, some, after = c.blocks("again", "some", "after")
        c.begin(again)
        piece = c.swap("add", owner, w.NEXT, INT64(1))
        b.cbranch(b.icmp_signed("<", piece, c.get(owner, w.END)), some, after)
        b.position_at_end(some)
        start = b.mul(piece, grain)
        b.store(least(b, grain, b.sub(total, start)), amount)
        c.move(here, places, steps, start, c.get(data, w.ARRAYS))
        c.call(c.get(job, w.CALLED), here, amount, steps, c.at(data, w.HEAD))
        b.branch(again)
        b.position_at_end(after)

    c.loop(wanted, one)
    b.ret_void()


def _write_worker(c: _Code, work: Value) -> None:
    """Spin for a while, then sleep; whenever the gate opens for it, take part once."""
    b, (me,) = c.b, c.arguments
    pool, index = c.words(me, w.PLACE), c.get(me, w.INDEX)
    done, left = b.alloca(INT64), b.alloca(INT64)
    b.store(INT64(0), done)
    names = ("awake", "look", "enter", "inside", "stay", "tired", "undo", "asleep")
    awake, look, enter, inside, stay, tired, undo, asleep = c.blocks(*names)
    c.begin(awake)
    b.store(c.get(pool, w.SPINS), left)
    c.begin(look)
    gate = c.seen(pool, w.GATE)
    number = b.lshr(gate, INT64(NUMBER_BIT))
    wanted = b.and_(b.lshr(gate, INT64(WANTED_BIT)), INT64(LOW))
    new = b.icmp_signed("!=", number, b.load(done))
    b.cbranch(b.and_(new, b.icmp_signed("<", index, wanted)), enter, stay)
    b.position_at_end(enter)
    b.cbranch(c.replaced(pool, w.GATE, gate, b.add(gate, INT64(1))), inside, look)
    b.position_at_end(inside)
    b.store(number, done)
    b.call(work, [pool, c.words(pool, w.JOB), index])
    c.swap("sub", pool, w.GATE, INT64(1))
    b.branch(awake)
    b.position_at_end(stay)
    c.rest(pool)
    b.store(b.sub(b.load(left), INT64(1)), left)
    b.cbranch(b.icmp_signed(">", b.load(left), INT64(0)), look, tired)
    b.position_at_end(tired)  # says so first and then looks again: who calls opens the gate first
    c.swap("xchg", me, w.ASLEEP, INT64(1))
    b.cbranch(b.icmp_signed("==", c.seen(pool, w.GATE), gate), asleep, undo)
    b.position_at_end(undo)  # nobody comes to wake it, or somebody is about to
    taken = b.icmp_signed("==", c.swap("xchg", me, w.ASLEEP, INT64(0)), INT64(0))
    b.cbranch(taken, asleep, awake)
    b.position_at_end(asleep)
    c.call(c.get(pool, w.ACQUIRE), c.get(me, w.LOCK), INT32(1), result=INT32)
    b.branch(awake)


def _write_nested(c: _Code) -> None:
    """The loop of the data, on the axis within, for each place along this one."""
    b, (places, count, steps, data) = c.b, c.arguments
    here, inner = b.alloca(INT64, w.MOST_ARRAYS), b.alloca(INT64)

    def one(i: Value) -> None:
        c.move(here, places, steps, i, c.get(data, w.INNER_ARRAYS))
        b.store(c.get(data, w.INNER_COUNT), inner)
        steps_inside, rest = c.at(data, w.NESTED_HEAD), c.words(data, w.INNER_DATA)
        c.call(c.get(data, w.INNER_LOOP), here, inner, steps_inside, rest)

    c.loop(b.load(count), one)
    b.ret_void()


def _write_rows(c: _Code, arrays: int) -> None:
    """Data: the kernel, the length of a row, the parameters."""
    b, (places, count, _, data) = c.b, c.arguments
    pointers = [c.get(places, k) for k in range(arrays)]
    c.call(c.get(data, 0), *pointers, b.load(count), c.get(data, 1), c.at(data, 2))
    b.ret_void()
