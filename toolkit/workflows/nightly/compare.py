"""What changed since the last run: nothing that merely went out of sight counts as put right."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from toolkit.model.agenda import Matter, Standing

from .memory import Remembered, SeenFile, State
from .sight import Sight

PATIENCE = 2
"""Days of runs on which a matter is kept although its file is away."""
FORGOTTEN_AFTER = 60
"""Runs after which nobody is told any more that a matter ended."""
_REMOVED = "文件已移走"
_ABOUT_FILES = "SRC-"


@dataclass(slots=True)
class Comparison:
    """The matters as they stand now, by id, and what there is to say about the run."""

    matters: dict[str, Remembered]
    files: dict[str, SeenFile]
    read_count: int
    notices: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    """Ids that are forgotten altogether."""


def compare(
    state: State,
    matters: Iterable[Matter],
    sight: Sight,
    today: date,
    deadline: Callable[[date], date] | None = None,
) -> Comparison:
    """Put the matters of this run beside those of the run before; `state` is left alone.

    `deadline` tells until when a matter without a last day of its own should be done, from the
    day on which it was first seen.
    """
    now = [matter for matter in matters if matter.path not in sight.hidden]
    files = _files(state.files, sight, today)
    shrunk = _far_fewer(state, sight, files, today)
    found = Comparison({}, files, state.read_count if shrunk else len(sight.read))
    if shrunk:
        found.notices.append(
            f"这次只读到 {len(sight.read)} 个文件，上次有 {state.read_count} 个；"
            "看不到的事项先保留，不算已解决。请检查文件夹是否完整、网络文件夹是否连上。"
        )
    in_force = {matter.id: matter for matter in now if not matter.waived}
    waived = {matter.id: matter.waived for matter in now if matter.waived}
    judge = _Judge(state, sight, files, shrunk, waived, today)
    for matter in in_force.values():
        seen = _seen(state.matters.get(matter.id), matter, today)
        if matter.due is None and deadline is not None and not matter.past:
            seen.matter = replace(matter, due=deadline(seen.first_seen))
        found.matters[matter.id] = seen
    for each, before in state.matters.items():
        if each in in_force:
            continue
        after = judge.vanished(replace(before))
        if after.missed_runs > FORGOTTEN_AFTER or before.matter.path in sight.hidden:
            found.dropped.append(each)
        else:
            found.matters[each] = after
    return found


def _seen(before: Remembered | None, matter: Matter, today: date) -> Remembered:
    """A matter that is there now."""
    if before is None or not before.alive:
        return Remembered(matter, today, today)
    # a clock that was ahead must not make a matter younger than today
    after = Remembered(matter, min(before.first_seen, today), today, unsure=before.unsure)
    if before.matter.owner != matter.owner:
        after.former, after.handed = before.matter.owner, today
    elif before.former != matter.owner:
        after.former, after.handed = before.former, before.handed
    return after


def _files(before: Mapping[str, SeenFile], sight: Sight, today: date) -> dict[str, SeenFile]:
    """What was read now, and what was read before and is out of sight for a short time."""
    files = {path: SeenFile(fingerprint) for path, fingerprint in sight.read.items()}
    for path, seen in before.items():
        if path in files:
            continue
        away = [] if path in sight.closed else [*seen.away, *([today] * (today not in seen.away))]
        if len(away) <= PATIENCE:
            files[path] = SeenFile(seen.fingerprint, away)
    return files


def _far_fewer(state: State, sight: Sight, files: Mapping[str, SeenFile], today: date) -> bool:
    """Whether more than half of the files are gone, and not for long enough to be meant so."""
    if 2 * len(sight.read) >= state.read_count:
        return False
    return any(path not in sight.read for path in files)


@dataclass(slots=True)
class _Judge:
    """Decides what became of a matter that is not there any more."""

    state: State
    sight: Sight
    files: Mapping[str, SeenFile]
    shrunk: bool
    waived: Mapping[str, str]
    today: date

    def vanished(self, was: Remembered) -> Remembered:
        if not was.alive:
            was.missed_runs += 1
            return was
        matter = was.matter
        if matter.id in self.waived:
            return self._end(was, Standing.STOPPED, f"已豁免：{self.waived[matter.id]}")
        if matter.owner and self.sight.left(matter.owner):
            return self._end(was, Standing.STOPPED, f"{matter.owner}已离职")
        if self._out_of_force(matter):
            reason = f"发生在启用日期 {self.sight.force_from} 以前，算作历史"
            return self._end(was, Standing.STOPPED, reason)
        due = self.sight.pending.get(matter.id)
        if due is not None and due == matter.due and due >= self.today:
            was.standing, was.reason, was.quiet = Standing.OPEN, "", True
            return was
        was.quiet = False
        if reason := self._doubt(was):
            was.standing, was.reason = Standing.UNVERIFIED, reason
            return was
        if not was.alive:
            return was
        return self._end(was, Standing.RESOLVED, "")

    def _end(self, was: Remembered, standing: Standing, reason: str) -> Remembered:
        was.standing, was.reason, was.ended, was.quiet = standing, reason, self.today, False
        return was

    def _out_of_force(self, matter: Matter) -> bool:
        start = self.sight.force_from
        if start is None or (self.state.force_from or date.min) >= start:
            return False  # it was in force before, so it did not leave for that reason
        if matter.since is not None:
            return matter.since < start
        return matter.path in self.sight.read and self._unchanged(matter.path)

    def _doubt(self, was: Remembered) -> str:
        """Why it cannot be seen whether the matter was put right; '' when it can.

        Ends the matter where a file did not come back.
        """
        path = was.matter.path
        if path in self.sight.closed:
            if was.matter.rule.startswith(_ABOUT_FILES):
                self._end(was, Standing.STOPPED, "情况有变化，请看关于这个文件的新提示")
                return ""
            return f"“{path}”{self.sight.closed[path] or '这次没有读到'}"
        if path and path not in self.sight.read:
            return self._away(was, path, _REMOVED)
        if was.waits_for and was.waits_for not in self.sight.read:
            if was.waits_for in self.sight.closed:
                return f"“{was.waits_for}”{self.sight.closed[was.waits_for] or '这次没有读到'}"
            return self._away(was, was.waits_for, f"相关文件“{was.waits_for}”已移走")
        was.waits_for = ""
        if reason := self.sight.undecided.get(was.matter.rule):
            return reason
        if was.matter.id in self.sight.unclear:
            return "现有资料不足以判断"
        absent = self._absent()
        if absent and (self.shrunk or self._unchanged(path)):
            # nobody touched its own file: what made it vanish is what cannot be read today
            was.waits_for = absent
            return f"“{absent}”这次没有读到"
        return ""

    def _away(self, was: Remembered, path: str, gone_for_good: str) -> str:
        if path in self.files:
            return f"“{path}”不在原来的位置"
        self._end(was, Standing.STOPPED, gone_for_good)
        return ""

    def _absent(self) -> str:
        """A file that was read before and is out of sight now; '' when there is none."""
        return next((path for path in sorted(self.files) if path not in self.sight.read), "")

    def _unchanged(self, path: str) -> bool:
        before, now = self.state.files.get(path), self.sight.read.get(path)
        return not path or (before is not None and before.fingerprint == now)
