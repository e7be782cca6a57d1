"""《故障处理工作单》 before R&D takes it: grounds, consent, contents, receiver (第44条)."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from toolkit.model.finding import Breach, Result, Severity
from toolkit.model.frame_rows import rows_of
from toolkit.model.text import fold
from toolkit.regulation.acting import acted, unclear
from toolkit.regulation.attempts import GAP, NEEDED, failed_by_fault
from toolkit.regulation.columns import answerable, days, left_blank, readable
from toolkit.regulation.department import Department
from toolkit.regulation.ordinals import MANAGER

from .evidence import holder_unknown, labels, missing_fields, named, role_with_name
from .registry import ERROR, INFO, WARN, Scope, rule

THREE_TIMES, SEVERE_BUG = "三次未解决", "明显严重bug"
SEVERE = ("致命", "严重")
_DESCRIPTION = ("environment", "operation", "phenomenon", "logs")
_GAP_MINUTES = int(GAP.total_seconds() // 60)


@rule(
    "X51",
    "故障单须够提交条件",
    article=44,
    severity=ERROR,
    needs=("fault.basis", "fault.submit_date"),
    scope=Scope.MATTER,
)
def fault_has_grounds(dept: Department) -> Iterator[Breach]:
    """A submitted fault failed three attempts, or is marked as severe.

    要求：以“三次未解决”提交的，有三次有效的失败尝试；以“明显严重bug”提交的，严重程度为致命或严重。
    反例：提交依据为“三次未解决”，尝试记录只有5月6日上午、下午两次未解决和一次部分解决。
    正例：提交依据为“三次未解决”，尝试记录有三次内容不同、结果为未解决的处理。
    """
    rows = dept.frame("fault")
    submitted = rows["submit_date"].notna()
    yield from _too_few_attempts(dept, rows[submitted & (rows["basis"] == THREE_TIMES)])
    unmarked = answerable(dept, "fault", "severity") & ~rows["severity"].isin(SEVERE)
    for row in rows_of(rows[submitted & (rows["basis"] == SEVERE_BUG) & unmarked]):
        given = f"是“{row.severity}”" if row.severity else "没有填写"
        yield Breach(
            "fault",
            row.Index,
            "severity",
            f"{named(dept, 'fault', row.Index)}以“{SEVERE_BUG}”提交，"
            f"严重程度{given}，应为致命或严重。",
            "请核对严重程度；一般的问题请改写内部bug反馈表。",
        )


def _too_few_attempts(dept: Department, rows: pd.DataFrame) -> Iterator[Breach]:
    counts, unread = failed_by_fault(dept), _with_unread_attempts(dept)
    tables = {b.source for b in dept.dossier.bindings if b.block == "fault_attempts"}
    for index in rows.index[(counts[rows.index] < NEEDED) & ~rows.index.isin(unread)]:
        if rows.at[index, "source"] not in tables:
            yield Breach(
                "fault",
                index,
                "basis",
                "故障单没有“尝试记录”表，无法判断是否处理过三次。",
                "请采用带“尝试记录”页的故障处理工作单。",
                severity=Severity.INFO,
                cause="fault_attempts",
                result=Result.UNDETERMINED,
            )
            continue
        yield Breach(
            "fault",
            index,
            "basis",
            f"{named(dept, 'fault', index)}以“{THREE_TIMES}”提交，提交前有效的失败尝试只有"
            f"{counts[index]}次，应不少于{NEEDED}次。",
            "请在“尝试记录”补全每次的时间、处理人、措施和结果（部分解决、内容相同、"
            f"相隔不到{_GAP_MINUTES}分钟的不另算）；不够次数又不严重的，改走内部bug反馈表。",
        )


def _with_unread_attempts(dept: Department) -> set[int]:
    """Faults with an attempt of which something stands there but could not be taken."""
    rows = dept.frame("fault_attempts")
    clear = pd.Series(True, index=rows.index)
    for field in ("attempt_time", "handler", "measure", "outcome"):
        clear &= readable(dept, "fault_attempts", field)
    return set(rows.loc[~clear, "parent"])


@rule(
    "X52",
    "故障单提交前须经售前经理同意",
    article=44,
    severity=ERROR,
    needs=("fault.submit_date", "fault.consent"),
    scope=Scope.WORKBOOK,
)
def manager_consented_before_submission(dept: Department) -> Iterator[Breach]:
    """售前经理 or his deputy agreed, no later than the fault was submitted.

    要求：已提交的故障单有售前经理（或代理人）的姓名、“同意”和日期，日期不晚于提交日期。
    反例：故障单5月8日提交，售前经理意见空白。
    正例：故障单5月8日提交，售前经理陈经5月7日同意；或者就是陈经自己提出的。
    """
    rows = dept.frame("fault")
    blanks = missing_fields(dept, "fault", ("consent", "consent_person", "consent_date"))
    for row in rows_of(rows[rows["submit_date"].notna()]):
        if acted(dept.roles, MANAGER, row.proposer, row.submit_date):
            continue
        field, said = _consent_problem(dept, row, blanks.get(row.Index, []))
        if not field:
            continue
        manager = role_with_name(dept, MANAGER, row.submit_date.date())
        yield Breach(
            "fault",
            row.Index,
            field,
            f"{named(dept, 'fault', row.Index)}已于{row.submit_date.date()}提交，{said}；"
            "须经售前经理同意后才能提交。",
            f"请补办{manager}的意见、姓名和日期；没有同意的，请撤回提交。",
            also=[("fault", row.Index, other) for other in blanks.get(row.Index, [])],
        )


def _consent_problem(dept: Department, row: pd.Series, blanks: list[str]) -> tuple[str, str]:
    """Field and words of what is wrong with a consent; ('', '') when nothing is."""
    if row.consent == "不同意":
        return "consent", "售前经理的意见是“不同意”"
    if blanks:
        return blanks[0], f"没有填写{labels(dept, 'fault', blanks)}"
    given = row.submit_date if pd.isna(row.consent_date) else row.consent_date
    if given.date() > row.submit_date.date():
        return "consent_date", f"同意日期却是{given.date()}"
    by_manager = not row.consent_person or acted(dept.roles, MANAGER, row.consent_person, given)
    if by_manager is False and not unclear(dept.roster, row.consent_person):
        return "consent_person", f"同意人{row.consent_person}当日不是售前经理或其代理人"
    return "", ""


@rule(
    "R44-1",
    "提交的故障单应写明环境、过程、现象和日志",
    article=44,
    severity=WARN,
    needs=("fault.submit_date",),
    scope=Scope.WORKBOOK,
)
def submitted_fault_is_described(dept: Department) -> Iterator[Breach]:
    """What R&D needs for finding the cause is there when the fault is submitted.

    要求：故障单提交时，环境、操作过程、故障现象、日志都尽量填写。
    反例：故障单5月8日提交，日志一栏空白。
    正例：四栏都写了；确实没有日志的，写明“无日志，原因……”。
    """
    rows = dept.frame("fault")
    for index, blanks in missing_fields(dept, "fault", _DESCRIPTION).items():
        if pd.isna(rows.at[index, "submit_date"]):
            continue
        yield Breach(
            "fault",
            index,
            blanks[0],
            f"{named(dept, 'fault', index)}已提交，但没有写{labels(dept, 'fault', blanks)}，"
            "应尽量提供。",
            "请补写，便于研发排查；确实没有的写明原因。",
            also=[("fault", index, field) for field in blanks[1:]],
        )


@rule(
    "R44-2",
    "故障单须提交给研发经理",
    article=44,
    severity=ERROR,
    needs=("fault.submit_to",),
)
def fault_goes_to_development_manager(dept: Department) -> Iterator[Breach]:
    """The receiver, where one is named, is 研发经理 or his deputy on that day.

    要求：“提交给”填了人的，是当日的研发经理或其代理人。
    反例：故障单“提交给”填的是开发人员郑研。
    正例：故障单“提交给”填的是研发经理蒋理。
    """
    yield from acts_as_development_manager(dept, "submit_to", "submit_date", "提交给了")


def acts_as_development_manager(
    dept: Department, person: str, day: str, deed: str
) -> Iterator[Breach]:
    """Breaches where somebody else than 研发经理 is named; undated: as of the check."""
    rows = dept.frame("fault")
    on = rows[day].fillna(rows["submit_date"]).fillna(pd.Timestamp(dept.as_of))
    for index, name in rows.loc[rows[person] != "", person].items():
        when = on[index].date()
        held = acted(dept.roles, "研发经理", name, on[index])
        if held is None:
            yield holder_unknown("fault", index, person, "研发经理", when)
        elif not held and not unclear(dept.roster, name):
            manager = dept.roles.names("研发经理", when)
            yield Breach(
                "fault",
                index,
                person,
                f"{named(dept, 'fault', index)}{deed}{name}，当日的研发经理是{manager}。",
                f"请改由{manager}办理；研发经理换了人的，请更新部门配置的“角色任命”。",
            )


@rule(
    "R44-3",
    "每次尝试应各不相同",
    article=44,
    severity=WARN,
    needs=("fault.basis", "fault_attempts.attempt_time", "fault_attempts.measure"),
    scope=Scope.WORKBOOK,
)
def attempts_differ(dept: Department) -> Iterator[Breach]:
    """No two failed attempts at a fault have the same text or the same minute.

    要求：“三次未解决”的各次尝试，处理措施不重复，时间不在同一分钟。
    反例：两次尝试的处理措施都写“重启同步服务并清空队列”。
    正例：第一次重启服务，第二次更换驱动，第三次回退版本。
    """
    faults = dept.frame("fault")
    rows = dept.frame("fault_attempts")
    wanted = rows["parent"].isin(faults.index[faults["basis"] == THREE_TIMES])
    rows = rows[wanted & (rows["outcome"] == "未解决")]
    rows = rows.assign(
        text=rows["measure"].map(lambda text: fold(str(text))),
        minute=rows["attempt_time"].dt.floor("min"),
    )
    timed = rows["minute"].notna() & (rows["minute"] != days(rows["minute"]))
    same_text = (rows["text"] != "") & rows.duplicated(["parent", "text"], keep=False)
    same_minute = timed & rows.duplicated(["parent", "minute"], keep=False)
    for row in rows_of(rows[same_text | same_minute]):
        field = "measure" if same_text[row.Index] else "attempt_time"
        said = "处理措施与另一次完全相同" if same_text[row.Index] else "与另一次在同一分钟"
        yield Breach(
            "fault_attempts",
            row.Index,
            field,
            f"{named(dept, 'fault', row.parent)}的尝试记录中，有一次{said}，只能算一次。",
            "请写明每次实际做了什么、什么时候做的；重复登记的请删去。",
            cause=str(row.parent_key),
        )


@rule(
    "R44-4",
    "不够条件的问题宜走bug反馈",
    article=44,
    severity=INFO,
    needs=("fault.basis", "fault.submit_date", "fault_attempts.outcome"),
    scope=Scope.MATTER,
)
def ordinary_bug_goes_the_short_way(dept: Department) -> Iterator[Breach]:
    """A fault order in preparation that has neither three attempts nor a severe bug.

    要求：还没提交的故障单，不够三次失败尝试、又不严重的，继续处理或写内部bug反馈表。
    反例：待提交的故障单依据为“三次未解决”，只尝试过一次，严重程度为一般。
    正例：待提交的故障单已有三次失败尝试。
    """
    rows = dept.frame("fault")
    counts = failed_by_fault(dept)
    pending = (
        left_blank(dept, "fault", "submit_date")
        & rows["state"].isin(("草稿", "待同意"))
        & (rows["basis"] == THREE_TIMES)
        & ~rows["severity"].isin(SEVERE)
        & readable(dept, "fault", "severity")
        & ~rows.index.isin(_with_unread_attempts(dept))
    )
    for index in rows.index[pending & (counts < NEEDED)]:
        yield Breach(
            "fault",
            index,
            "basis",
            f"{named(dept, 'fault', index)}尚未提交，失败尝试{counts[index]}次，还不够提交条件。",
            f"请继续处理并记录，满{NEEDED}次再提交；一般的问题可改写内部bug反馈表。",
        )
