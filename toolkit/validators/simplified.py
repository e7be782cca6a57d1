"""流程简化 judged itself: what may not be simplified, and what was registered too late (第52条)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from toolkit.model.finding import Breach, Severity
from toolkit.model.frame_rows import rows_of
from toolkit.regulation.deadlines import day_of
from toolkit.regulation.department import Department
from toolkit.regulation.simplifications import Simplification, steps, untouchable

from .planned import article_of
from .registry import INFO, WARN, RuleSpec, rule

_MOST = 3
"""So many excused steps are named in a message."""


@rule(
    "R52-1",
    "不可简化的条款不得简化",
    article=52,
    severity=WARN,
    needs=("simplifications.step",),
    parameters=("P29",),
)
def untouchable_articles_stay(dept: Department) -> Iterator[Breach]:
    """A line names what P29 does not let go; it has no effect on that step.

    P29 counts as of 登记日期: articles with all rules about them, single rules of other articles.
    An id that no rule of the catalogue has is left alone. Words that name neither an article nor
    a rule have no effect either, and that is said as a remark.

    要求：不可简化条款（P29）写明的步骤照常办理，不登记简化。
    反例：简化步骤写“第21条”，项目的第三次申请仍由售前自己发出。
    正例：简化步骤写“第29条”，这个项目的测试要求不再逐项确认。
    """
    for row in rows_of(dept.frame("simplifications")):
        on = day_of(row.register_date)
        limit, closed = dept.parameter("P29", on), untouchable(dept, on)
        named, articles = steps(row.step)
        said = [f"第{n}条" for n in sorted(articles & closed.articles)]
        said += [f"{r}（第{n}条）" for r, n in _known(named) if closed.has(r, n)]
        if said:
            yield _breach(
                row.Index,
                f"简化步骤写了{'、'.join(said)}，属于不可简化的条款，登记不起作用。",
                f"请删去这些步骤并照常补办（{limit}）。",
            )
        single = [f"第{n}条的{r}" for r, n in _known(closed.rules) if n in articles]
        if single:
            yield _breach(
                row.Index,
                f"简化步骤写了整条，其中{'、'.join(single)}不可简化，登记对它不起作用，其余照常。",
                f"这一步请照常办理（{limit}）。",
                cause=f"{row.key}|single",
            )
        if row.step and not named and not articles:
            yield _breach(
                row.Index,
                f"简化步骤“{'、'.join(row.step)}”没有写明条款或规则编号，登记不起作用。",
                "请写成“第29条”或规则编号（如 X64），说明文字写在理由里；"
                f"不可简化的除外（{limit}）。",
                INFO,
            )


def _known(rules: frozenset[str]) -> list[tuple[str, int]]:
    """The ids that the catalogue has, with their articles."""
    found = ((rule.upper(), article_of(rule.upper())) for rule in sorted(rules))
    return [(rule, article) for rule, article in found if article is not None]


def _breach(
    index: int, message: str, hint: str, severity: Severity | None = None, cause: str = ""
) -> Breach:
    return Breach("simplifications", index, "step", message, hint, severity, cause=cause)


@dataclass(frozen=True, slots=True)
class Excused:
    """A breach that a line of 流程简化 made a remark; `due` is the last day in time, if any."""

    by: Simplification
    rule: str
    on: date
    due: date | None

    @property
    def late(self) -> bool:
        """Whether the line was written after the event, and after the step was due."""
        return self.by.registered > max(self.on, self.due or self.on)


def _not_alone(dept: Department) -> Iterator[Breach]:
    """The breaches of R52-2 need the findings of the other rules (`late_simplifications`)."""
    return iter(())


LATE = RuleSpec("R52-2", "简化应先登记", 52, WARN, _not_alone)


def late_simplifications(dept: Department, excused: Sequence[Excused]) -> Iterator[Breach]:
    """Lines that excuse something that lay behind on 登记日期; one breach a line."""
    late: dict[int, set[tuple[date, str]]] = defaultdict(set)
    for each in excused:
        if each.late:
            late[each.by.index].add((each.on, each.rule))
    lines = dept.frame("simplifications")
    for index, events in sorted(late.items()):
        shown = sorted(events)[:_MOST]
        listed = "、".join(f"{on}的{rule}" for on, rule in shown)
        more = f"等{len(events)}处" if len(events) > len(shown) else ""
        registered = lines.at[index, "register_date"].date()
        yield Breach(
            "simplifications",
            index,
            "register_date",
            f"这条简化{registered}才登记，免除的却是{listed}{more}，属于事后补登。",
            "请决定人和同意人说明原因并记入备注；以后先登记再简化。",
        )
