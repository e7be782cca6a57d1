"""What a run would send now: nothing is written, nothing leaves."""

from __future__ import annotations

from toolkit.model.jobs import JOB_OF

from .assembly import assemble
from .context import Context, demand_configuration, plan_of
from .heartbeat import read_heartbeat
from .places import demand_department
from .recall import recall
from .report import PREVIEW, Message, RunReport


def preview_run(context: Context) -> RunReport:
    """The digests of the jobs that are due; of the morning's job when none is."""
    demand_department(context.places.department)
    heartbeat = read_heartbeat(context.places.heartbeat)
    recalled = recall(context.places, heartbeat, context.now, touch=False)
    checked = context.tools.check(context.places.department, context.today, context.progress)
    demand_configuration(checked, recalled.state)
    todo = plan_of(context, recalled.state, checked.department.calendar.is_workday)
    periods = [(due.job, due.period) for due in todo.due]
    report = RunReport(context.places.department, context.now, PREVIEW)
    if periods:
        named = "、".join(f"{JOB_OF[job].title}（{period}）" for job, period in periods)
        report.reason = f"现在运行会执行：{named}。以下内容没有发送。"
    else:
        periods = [(context.only or "morning", context.today.isoformat())]
        report.reason = "现在没有到期的任务。以下是按目前情况会写的内容，没有发送。"
    assembly = assemble(context.tools, checked, recalled, periods, context.now, todo)
    post = [*assembly.post.to_people(), *assembly.post.to_managers(assembly.overview())]
    report.messages = [
        Message(out.intent.channel, out.intent.recipient, out.digest) for out in post
    ]
    report.counts = assembly.counts()
    report.notices = [*assembly.post.mishaps, *(e.text for e in assembly.new_events)]
    return report
