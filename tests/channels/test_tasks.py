"""Wake-ups: they cost whoever signs nothing, and one process never runs two dispatchers."""

from __future__ import annotations

import threading

from kombu.exceptions import OperationalError

from channels import tasks


def test_a_broker_that_does_not_answer_costs_nothing(monkeypatch, caplog):
    asked, answer = threading.Event(), threading.Event()

    def hang(**_):
        asked.set()
        answer.wait(10)
        raise OperationalError("connection refused")

    monkeypatch.setattr(tasks.wake, "apply_async", hang)

    tasks.wake_soon()

    assert asked.wait(10), "returned although the broker hangs"
    answer.set()
    for thread in threading.enumerate():
        if thread.name == "wake":
            thread.join(10)
    assert "the beat will" in caplog.text


def test_a_wake_up_during_a_run_makes_another_run_and_not_a_second_dispatcher(monkeypatch):
    running, most, runs = 0, 0, 0
    guard = tasks._OneAtATime()

    class Slow:
        def __init__(self, **_):
            pass

        def run(self):
            nonlocal running, most, runs
            running, runs = running + 1, runs + 1
            most = max(most, running)
            if runs == 1:
                other = threading.Thread(target=guard.run)
                other.start()
                other.join(10)
            running -= 1

    monkeypatch.setattr(tasks, "Dispatcher", Slow)

    guard.run()

    assert (most, runs) == (1, 2)
