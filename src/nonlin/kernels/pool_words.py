"""Where things lie in the 64-bit words that compiled code and `pool.py` share."""

# of the data of `shared`, which are followed by those of the loop that it calls; elements: what
# the count counts. A thread gets LEAST of them or more, a piece is a multiple of UNIT
TEAM, LOOP, LONG_LOOP, LONG, LEAST, UNIT, ARRAYS, HEAD = range(8)
# of the data of `nested`, which are followed by the steps
INNER_LOOP, INNER_DATA, INNER_ARRAYS, INNER_COUNT, NESTED_HEAD = range(5)
# of a team: who may work, at most so many
POOL, LIMIT = range(2)

LINE = 16  # words: what one thread writes often lies this far from what others read
# of the pool; the gate: number of the job, threads wanted, those inside
GATE, JOB, BUSY, SHORT = 0, LINE, 2 * LINE, 2 * LINE + 1
SPINS, ACQUIRE, RELEASE, NAP, BED, YIELD = range(3 * LINE, 3 * LINE + 6)
MEMBERS = 4 * LINE
# of a member of it, the first of which is who calls: its range, and what it waits for
NEXT, END, ASLEEP, LOCK, PLACE, INDEX, MEMBER = 0, 1, *range(LINE, LINE + 4), 2 * LINE
# of a job, which lies on the stack of who calls
PLACES, STEPS, DATA, COUNT, GRAIN, WANTED, CALLED, JOB_WORDS = range(8)

MOST_ARRAYS, MOST_ROWS = 16, 6  # of any loop, of a kernel of rows
