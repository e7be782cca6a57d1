"""One start of the nightly job: check, compare, write, tell, remember, prove.

A kill at any moment leaves the next run right: workbooks and reports are whole or not there, a
message is noted before it leaves, and what was done counts only once the state is published.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from toolkit.model.errors import ToolkitError
from toolkit.model.jobs import JOB_OF
from toolkit.regulation.calendar import own_days
from toolkit.workflows.check import Progress

from .assembly import Assembly, assemble
from .context import Context, demand_configuration, plan_of
from .heartbeat import Beat, Heartbeat, RunResult, read_heartbeat, write_heartbeat
from .journal import Period, clear
from .lock import SHORT_WAIT, BusyError, only_run, this_process
from .memory import State
from .mishap import LOG, stumbled
from .periods import Plan, is_done
from .places import Places
from .post import Outgoing
from .postman import Clocks, Delivered, Postman
from .preview import preview_run
from .recall import Recalled, recall
from .report import BUSY, IDLE, Message, Ran, RunReport
from .reports import Reports, write_reports
from .state import write_state
from .tools import Tools
from .workbooks import Desk, Written, write_agendas, write_overview


def run_jobs(
    folder: Path,
    *,
    now: datetime,
    environment: Mapping[str, str],
    sleep: Callable[[float], None],
    monotonic: Callable[[], float],
    only: str | None = None,
    preview: bool = False,
    progress: Progress | None = None,
    tools: Tools | None = None,
    wait: float = SHORT_WAIT,
) -> RunReport:
    """Run every job whose period is due and not done, or `only` one of them.

    `preview` shows what would be sent and writes nothing. `wait`: seconds for another run to end.
    Raises ToolkitError when nothing can be run: the folder is away, its records cannot be read.
    """
    places = Places(folder)
    context = Context(
        places, now, environment, sleep, monotonic, only, progress, tools or Tools(), monotonic()
    )
    if preview:
        return preview_run(context)
    try:
        places.make()
        with only_run(places.lock, places.holder, this_process(now), wait):
            report = _Run(context).go()
    except BusyError as error:
        report = RunReport(folder, now, BUSY, str(error))
    except ToolkitError as error:
        LOG.error("%s", error)
        raise
    report.finished = context.clock()
    LOG.info("%s：%s", report.outcome, report.reason or report.summary())
    for notice in report.notices:
        LOG.warning("%s", notice)
    return report


class _Run:
    """The run itself, under the lock."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.places = context.places
        self.report = RunReport(context.places.department, context.now)
        self.heartbeat = read_heartbeat(self.places.heartbeat) or Heartbeat()
        self.before: dict[str, Beat] = {}

    def go(self) -> RunReport:
        self.places.tidy()
        recalled = recall(self.places, self.heartbeat, self.context.now)
        state = recalled.state
        # a day on which everybody works asks for the most: if even then nothing is due, it is so
        possible = plan_of(self.context, state, lambda day: True)
        if not possible.due:
            self._settle_heartbeat(state)
            return self._idle("这一期已经运行过，或还没有到时间")
        periods = [(due.job, due.period) for due in possible.due]
        self._begin(periods)
        try:
            return self._check(recalled, periods)
        except ToolkitError as error:
            self._end(periods, RunResult.FAILED, str(error))
            raise
        except Exception as error:
            LOG.exception("the run failed")
            self._end(periods, RunResult.FAILED, stumbled(error))
            raise

    def _check(self, recalled: Recalled, possible: list[Period]) -> RunReport:
        context, state = self.context, recalled.state
        checked = context.tools.check(self.places.department, context.today, context.progress)
        demand_configuration(checked, state)
        department = checked.department
        workday = department.calendar.is_workday
        own = own_days(department.dossier.frame("calendar"))
        state.calendar = {day: workday(day) for day in own}
        todo = plan_of(context, state, workday)
        self._withdraw({job for job, _ in possible} - set(todo.jobs))
        if not workday(context.today):
            return self._rest(recalled, possible)
        if not todo.due:
            self._write_heartbeat()
            return self._idle("还没有到时间")
        periods = [(due.job, due.period) for due in todo.due]
        assembly = assemble(context.tools, checked, recalled, periods, context.now, todo)
        self._work(assembly, todo)
        return self.report

    def _rest(self, recalled: Recalled, possible: list[Period]) -> RunReport:
        self.report.outcome = RunResult.REST.value
        self.report.reason = f"{self.context.today} 是休息日：已检查，不发送提醒。"
        if not recalled.notice:
            # after a lost memory nothing is remembered before everything was looked at
            self._save(recalled.state)
        daily = [period for period in possible if JOB_OF[period[0]].every == "day"]
        self.heartbeat.begin(daily, self.context.now, self.heartbeat.host)
        self._end(daily, RunResult.REST, "休息日，不发送")
        return self.report

    def _work(self, assembly: Assembly, todo: Plan) -> None:
        context, state, report = self.context, assembly.state, self.report
        report.counts = assembly.counts()
        report.notices += [event.text for event in assembly.new_events]
        written = write_agendas(self._desk(assembly), state.workbooks)
        state.workbooks = written.marks
        reports = write_reports(
            self.places.output, assembly.checked, list(todo.due), context.now, context.tools
        )
        for sentence in (*reports.sentences, *reports.failures):
            state.tell(context.today, sentence)
        report.notices += [*written.notices, *reports.failures]
        report.workbooks, report.reports = written.paths, reports.paths
        # what is told must be remembered first, or its end could never be told
        unnoted = self._save(state)
        overview, unnoted, undelivered = self._tell(assembly, unnoted)
        failed = written.failed or overview.failed or undelivered
        self._conclude(state, todo, reports, failed, unnoted)

    def _tell(self, assembly: Assembly, unnoted: str) -> tuple[Written, str, bool]:
        """Send everything; the overview workbook, why nothing could be noted, whether anything
        was not delivered.
        """
        context, state, post = self.context, assembly.state, assembly.post
        clocks = Clocks(context.clock, context.sleep, context.monotonic)
        postman = Postman(self.places.journal, state, context.environment, clocks, context.tools)
        postman.unnoted = unnoted
        try:
            people = postman.send_all(post.to_people())
            for sentence in (*people.sentences(), *post.mishaps):
                state.tell(context.today, sentence)
            overview = assembly.overview()
            written = write_overview(self._desk(assembly), assembly.with_events(overview))
            managers = postman.send_all(post.to_managers(overview))
        finally:
            postman.close()
        for sentence in managers.sentences():
            state.tell(context.today, sentence)
        self.report.workbooks += written.paths
        self.report.notices += [
            *written.notices, *people.sentences(), *managers.sentences(), *post.mishaps,
        ]  # fmt: skip
        self._note_messages(people, managers)
        undelivered = bool(people.failed or managers.failed or post.mishaps or postman.unnoted)
        return written, postman.unnoted, undelivered

    def _desk(self, assembly: Assembly) -> Desk:
        return Desk(
            self.places.output,
            self.places.department,
            assembly.board,
            assembly.facts,
            assembly.names,
            self.context.tools,
            self.context.sleep,
        )

    def _note_messages(self, *all_of_them: Delivered) -> None:
        def message(outgoing: Outgoing, why: str = "") -> Message:
            return Message(outgoing.intent.channel, outgoing.intent.recipient, outgoing.digest, why)

        for delivered in all_of_them:
            self.report.messages += [message(outgoing) for outgoing in delivered.sent]
            self.report.messages += [message(outgoing, why) for outgoing, why in delivered.failed]

    def _conclude(
        self, state: State, todo: Plan, reports: Reports, failed: bool, unnoted: str
    ) -> None:
        """Mark what is done, remember it, and say so."""
        context, report = self.context, self.report
        for due in todo.due:
            daily = JOB_OF[due.job].every == "day"
            if unnoted or not (daily or due in reports.done):
                result = RunResult.FAILED
            else:
                # a report that stands is done; who was not told is the daily job's business
                result = RunResult.PARTLY if failed and daily else RunResult.DONE
                state.mark(due.job, due.period, context.now, result.value)
                for job, period in due.merged:
                    state.note_merged(job, [period], due.period)
            report.ran.append(Ran(due.job, due.period, result, due.merged))
        for job, period in todo.skipped:
            state.note_skipped(job, [period])
        if self._save(state):
            report.ran = [Ran(r.job, r.period, RunResult.FAILED, r.merged) for r in report.ran]
        results = {ran.result for ran in report.ran}
        report.outcome = RunResult.PARTLY.value
        if results == {RunResult.FAILED}:
            report.outcome = RunResult.FAILED.value
        elif results == {RunResult.DONE} and not failed:
            report.outcome = RunResult.DONE.value
        message = "；".join((report.summary(), *report.notices[:3]))
        for ran in report.ran:
            self.heartbeat.end([(ran.job, ran.period)], ran.result, context.clock(), message)
        if not self._write_heartbeat() and report.outcome == RunResult.DONE.value:
            report.outcome = RunResult.PARTLY.value

    def _save(self, state: State) -> str:
        """Publish the memory and empty the journal; why that failed, '' when it stands."""
        state.tidy(self.context.today)
        try:
            write_state(self.places.state, state, self.context.sleep)
        except ToolkitError as error:
            why = f"提醒记录没有写成：{error}没有记录就不发送，有空间后会自动补做。"
            if why not in self.report.notices:
                self.report.notices.append(why)
            return why
        clear(self.places.journal)
        return ""

    def _idle(self, why: str) -> RunReport:
        self.report.outcome = IDLE
        what = f"“{JOB_OF[self.context.only].title}”" if self.context.only else "各项任务"
        self.report.reason = f"没有要运行的：{what}{why}。"
        return self.report

    def _withdraw(self, jobs: set[str]) -> None:
        """What is not due after all never began."""
        for job in jobs:
            if job in self.before:
                self.heartbeat.jobs[job] = self.before[job]
            else:
                self.heartbeat.jobs.pop(job, None)

    def _begin(self, periods: list[Period]) -> None:
        self.before = dict(self.heartbeat.jobs)
        self.heartbeat.begin(periods, self.context.now, this_process(self.context.now).host)
        self._write_heartbeat()

    def _end(self, periods: list[Period], result: RunResult, message: str) -> None:
        self.heartbeat.end(periods, result, self.context.clock(), message)
        self._write_heartbeat()

    def _settle_heartbeat(self, state: State) -> None:
        """A run that was killed after its last word to the memory still says 运行中."""
        for job, beat in self.heartbeat.jobs.items():
            marks = state.done.get(job, [])
            done = job in JOB_OF and is_done(JOB_OF[job], beat.period, marks, self.context.now)
            if beat.result == RunResult.RUNNING.value and done:
                mark = next(mark for mark in reversed(marks) if mark.period == beat.period)
                finished = mark.at.isoformat(timespec="seconds")
                self.heartbeat.jobs[job] = Beat(
                    beat.started, finished, beat.period, mark.result, "运行结束前中断，内容已完成"
                )
                self._write_heartbeat()

    def _write_heartbeat(self) -> bool:
        """Whether it stands on the disk."""
        try:
            write_heartbeat(self.places.heartbeat, self.heartbeat, self.context.sleep)
        except ToolkitError as error:
            self.report.notices.append(f"心跳没有写成：{error}")
            return False
        return True
