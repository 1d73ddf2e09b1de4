"""BLAS has one thread while something trains, and its own number again afterwards."""

import threadpoolctl

from nonlin.network.blas import single_threaded_blas


def _threads():
    found = threadpoolctl.threadpool_info()
    return {each["num_threads"] for each in found if each["user_api"] == "blas"}


def test_the_first_sets_the_limit_and_the_last_lifts_it():
    with single_threaded_blas:  # loads what is to be limited
        pass
    with threadpoolctl.threadpool_limits(2, user_api="blas"):
        before = _threads()
        with single_threaded_blas:
            with single_threaded_blas:
                assert _threads() == {1}
            assert _threads() == {1}
        assert _threads() == before


def test_libraries_are_looked_up_once(monkeypatch):
    with single_threaded_blas:
        pass

    def again():
        raise AssertionError("libraries are looked up again")

    monkeypatch.setattr(threadpoolctl, "ThreadpoolController", again)
    with single_threaded_blas:
        pass
