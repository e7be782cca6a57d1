"""Never more messages a minute than a channel bears."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from types import TracebackType

_WINDOW = 60.0
_SHORTEST = 0.01


class Throttle:
    """A gate for each message: `with throttle: send()`. Any 60 seconds see at most `limit`.

    A message counts from its end: whenever the service counted it, that was before.
    """

    def __init__(
        self, limit: int, monotonic: Callable[[], float], sleep: Callable[[float], None]
    ) -> None:
        self._monotonic = monotonic
        self._sleep = sleep
        self._sent: deque[float] = deque(maxlen=limit)

    def __enter__(self) -> None:
        while len(self._sent) == self._sent.maxlen:
            pause = self._sent[0] + _WINDOW - self._monotonic()
            if pause <= 0:
                return
            self._sleep(max(pause, _SHORTEST))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._sent.append(self._monotonic())
