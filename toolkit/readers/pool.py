"""Several children that share the files of a folder, and outlive every one of them.

Files go out in batches, answers come back one by one: when a child dies or hangs, the first file
without an answer is the one it was at. It gets a second chance in a new child of its own, for it
may only have suffered from what others left behind; then it is quarantined. The others are read on.
"""

from __future__ import annotations

import os
import pickle
import queue
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from types import TracebackType

from . import worker
from .codec import encode
from .guard import crashed, too_long
from .protocol import FILES, READING, Answer, Context, Task, pack_refusal, unpack_answer
from .reading import refusal
from .worker import TIMEOUT_SECONDS, Child, ChildError

MOST_CHILDREN = 4
BATCH = 20
"""Files a message; at the end of a folder fewer, so that all children finish together."""
_FILES_A_CHILD = 12
_BYTES_A_CHILD = 2 * 2**20
"""A child more is started for so many files or bytes: for a few files one is quicker."""
_WATCH_SECONDS = 0.1


def children_for(files: int, bytes_: int) -> int:
    """How many children are worth their start."""
    wanted = max(-(-files // _FILES_A_CHILD), -(-bytes_ // _BYTES_A_CHILD))
    return max(1, min(wanted, os.cpu_count() or 1, MOST_CHILDREN, files))


@dataclass(slots=True)
class _Seat:
    """A child at work, as the watchman sees it."""

    child: Child | None = None
    deadline: float = float("inf")
    late: bool = False


@dataclass(slots=True)
class Pool:
    """Reads tasks in children; a context manager. `timeout` is for one file."""

    context: Context
    children: int = 1
    timeout: float = TIMEOUT_SECONDS
    _tasks: deque[Task] = field(default_factory=deque)
    _retried: set[int] = field(default_factory=set)
    _answers: queue.SimpleQueue[Answer | BaseException] = field(default_factory=queue.SimpleQueue)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _seats: list[_Seat] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)
    _stopped: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopped.set()
        with self._lock:
            self._tasks.clear()
            for seat in self._seats:
                if seat.child is not None:
                    seat.child.kill()  # it is still at a file that nobody waits for
        for thread in self._threads:
            thread.join()

    def answers(self, tasks: Sequence[Task]) -> Iterator[Answer]:
        """The answer to every task, in the order in which they are ready."""
        waiting = len(tasks)
        self._start(tasks)
        while waiting:
            answer = self._answers.get()
            if isinstance(answer, BaseException):
                raise answer
            waiting -= 1
            yield answer
        for thread in self._threads:
            thread.join()

    def _start(self, tasks: Sequence[Task]) -> None:
        told = pickle.dumps(self.context, 5)
        self._tasks.extend(tasks)
        self._seats = [_Seat() for _ in range(min(self.children, len(tasks)))]
        self._threads = [
            threading.Thread(target=self._work, args=(seat, told), daemon=True)
            for seat in self._seats
        ]
        if self._seats:
            self._threads.append(threading.Thread(target=self._watch, daemon=True))
        for thread in self._threads:
            thread.start()

    def _watch(self) -> None:
        """End children that are too long at one file."""
        while not self._stopped.is_set() and any(t.is_alive() for t in self._threads[:-1]):
            now = time.monotonic()
            for seat in self._seats:
                child = seat.child
                if child is not None and now > seat.deadline:
                    seat.late, seat.deadline = True, float("inf")
                    child.kill()
            self._stopped.wait(_WATCH_SECONDS)

    def _work(self, seat: _Seat, told: bytes) -> None:
        try:
            while batch := self._next_batch():
                self._read(seat, told, batch)
        except BaseException as error:
            self._answers.put(error)
        finally:
            with self._lock:
                child, seat.child = seat.child, None
            if child is not None:
                if self._stopped.is_set():
                    child.close()
                else:
                    worker.SPARES.give(child)

    def _next_batch(self) -> list[Task]:
        with self._lock:
            left = len(self._tasks)
            count = min(max(1, min(BATCH, left // (2 * len(self._seats)))), left)
            batch: list[Task] = []
            while len(batch) < count:
                if self._tasks[0].number in self._retried:
                    return batch or [self._tasks.popleft()]
                batch.append(self._tasks.popleft())
            return batch

    def _child(self, seat: _Seat, *, new: bool) -> Child:
        """The child of a seat; `new` is one that has not read anything yet."""
        if new and seat.child is not None:
            with self._lock:
                used, seat.child = seat.child, None
            used.close()
        if seat.child is None:
            seat.child = Child() if new else worker.SPARES.take()
        return seat.child

    def _read(self, seat: _Seat, told: bytes, batch: list[Task]) -> None:
        """Have a batch read; what a child leaves behind goes back to the others."""
        waiting = deque(batch)
        try:
            child = self._child(seat, new=batch[0].number in self._retried)
            seat.late, seat.deadline = False, time.monotonic() + self.timeout
            child.tell(told)
            child.say(FILES, pickle.dumps(batch, 5))
            while waiting:
                kind, body = child.hear()
                answer = unpack_answer(body)
                if kind != READING or answer.number != waiting[0].number:
                    raise ValueError("an answer to another question")
                seat.deadline = time.monotonic() + self.timeout
                waiting.popleft()
                self._answers.put(answer)
        except (OSError, EOFError, ValueError) as error:
            with self._lock:
                died, seat.child = seat.child, None
            if died is not None:
                died.close()
            if died is None or not (died.was_ready or seat.late or self._stopped.is_set()):
                raise ChildError(str(error) or "ended at once") from error
            if not self._stopped.is_set():
                self._bury(waiting, late=seat.late)
        finally:
            seat.deadline = float("inf")

    def _bury(self, waiting: deque[Task], *, late: bool) -> None:
        """Quarantine the file at which a child died, or give it one more chance."""
        poison = waiting.popleft()
        with self._lock:
            self._tasks.extendleft(reversed(waiting))
            if not late and poison.number not in self._retried:
                self._retried.add(poison.number)
                self._tasks.appendleft(poison)
                return
        refused = too_long() if late else crashed()
        body = pack_refusal(refused) if poison.as_book else encode(refusal(refused))
        self._answers.put(Answer(poison.number, "", (0, 0, 0), False, "", "", body))
