"""Work in parts: everything once, errors come back, nothing runs on after the call."""

import threading
import time

import pytest

from nonlin.kernels import threads


@pytest.fixture(params=[1, 2, 5])
def count(request, monkeypatch):
    """So many threads."""
    threads._queue.cache_clear()
    monkeypatch.setattr(threads, "thread_count", lambda: request.param)
    yield request.param
    threads._queue.cache_clear()


@pytest.mark.parametrize("length", [1, 2, 63, 64, 65, 1000])
@pytest.mark.parametrize("grain", [1, 64])
def test_every_place_once(count, length, grain):
    done = [0] * length
    workers = set()

    def part(start, stop):
        assert start % grain == 0
        workers.add(threading.get_ident())
        for place in range(start, stop):
            done[place] += 1

    threads.split(part, length, grain)
    assert done == [1] * length
    assert len(workers) <= count


@pytest.mark.parametrize("place", [0, 70])
def test_errors_come_back_after_all_parts_are_done(count, place):
    finished = []

    def part(start, stop):
        if start <= place < stop:
            raise ValueError("here")
        time.sleep(0.02)
        finished.append(start)

    with pytest.raises(ValueError, match="here"):
        threads.split(part, 100, 1)
    assert len(finished) == count - 1


def test_fewer_for_a_while(count):
    """For who asks, and nobody else; the least is one."""
    with threads.at_most(2):
        assert threads.in_use() == min(count, 2)
        with threads.at_most(0):
            assert threads.in_use() == 1
        assert threads.in_use() == min(count, 2)
        seen = []
        other = threading.Thread(target=lambda: seen.append(threads.in_use()))
        other.start()
        other.join()
        assert seen == [count]
        workers = set()
        threads.split(lambda start, stop: workers.add(threading.get_ident()), 100, 1)
        assert len(workers) <= 2
    assert threads.in_use() == count
