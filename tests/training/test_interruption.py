from __future__ import annotations

import signal

import pytest

from charrnn_training.interruption import Interruption


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_interrupts_at_once(number: signal.Signals) -> None:
    interruption = Interruption()
    with interruption.installed(), pytest.raises(KeyboardInterrupt):
        signal.raise_signal(number)


def test_within_training_a_first_signal_waits_and_a_second_does_not() -> None:
    interruption = Interruption()
    with interruption.installed(), interruption.deferred():
        signal.raise_signal(signal.SIGINT)
        assert interruption.asked
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_what_was_asked_for_while_nobody_looked_is_not_forgotten() -> None:
    interruption = Interruption()
    with interruption.installed():
        with interruption.deferred():
            signal.raise_signal(signal.SIGTERM)
        with pytest.raises(KeyboardInterrupt):
            interruption.check()


def test_handlers_are_put_back() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with Interruption().installed():
        assert signal.getsignal(signal.SIGINT) is not before[0]
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
