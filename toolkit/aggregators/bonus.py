"""奖金依据: per project and person what counts for the project bonus (第16条; catalogue E5)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pandas as pd

from toolkit.regulation.department import Department

from .bonus_rows import COUNTED, OPEN, OUT
from .tables import NUMBER, TITLE

NAME, PART = "姓名", "角色"
COUNT, HOURS, SHARE = "计入次数", "计入工时", "工时占比"
OPEN_COUNT, OPEN_HOURS, OUT_COUNT = "待补次数", "待补工时", "不计入次数"
NO_HOURS, COMPLETE, TYPES, ROWS = "未填工时", "完整率", "支持内容", "依据"
_THOUSANDTHS = 1000
_MOST_ROWS = 30


def shares(amounts: Sequence[float]) -> list[float | None]:
    """What each amount is of their sum, to a tenth of a percent; together exactly 1.

    What rounding leaves over goes to those that lost most by it. None when there is no sum.
    """
    exact = [Fraction(amount) for amount in amounts]
    total = sum(exact)
    if total <= 0:
        return [None] * len(exact)
    parts = [amount * _THOUSANDTHS / total for amount in exact]
    whole = [int(part) for part in parts]
    order = sorted(range(len(parts)), key=lambda n: (whole[n] - parts[n], -parts[n], n))
    for n in order[: _THOUSANDTHS - sum(whole)]:
        whole[n] += 1
    return [n / _THOUSANDTHS for n in whole]


def bonus_basis(dept: Department, rows: pd.DataFrame) -> pd.DataFrame:
    """One line a project and person, from `bonus_rows`; shares within each project.

    完整率 is counted rows ÷ (counted and open ones); it and the shares are NaN where there is
    nothing to divide by. Rows of no project are left out: they are among the records.
    """
    lines = [
        line
        for project, own in rows[rows["project"] != ""].groupby("project", sort=True)
        for line in _of_project(dept, str(project), own)
    ]
    frame = pd.DataFrame(lines, columns=list(_DTYPES))
    return frame.astype(_DTYPES)


_DTYPES = {
    NUMBER: "object", TITLE: "object", NAME: "object", PART: "object", COUNT: "int64",
    HOURS: "float64", SHARE: "float64", OPEN_COUNT: "int64", OPEN_HOURS: "float64",
    OUT_COUNT: "int64", NO_HOURS: "int64", COMPLETE: "float64", TYPES: "object", ROWS: "object",
}  # fmt: skip


def _of_project(dept: Department, project: str, rows: pd.DataFrame) -> list[dict[str, object]]:
    people = sorted(set(rows["supporter"]), key=lambda name: (name == "", name))
    counted = rows[rows["verdict"] == COUNTED]
    hours = counted.groupby("supporter")["hours"].sum().reindex(people, fill_value=0.0)
    lines = []
    for name, share in zip(people, shares(list(hours)), strict=True):
        own = rows[rows["supporter"] == name]
        good, open_ = (own[own["verdict"] == verdict] for verdict in (COUNTED, OPEN))
        judged = len(good) + len(open_)
        lines.append(
            {
                NUMBER: dept.projects.numbers.get(project, ""),
                TITLE: dept.projects.titles.get(project, "") or project.partition("@")[0],
                NAME: name or "（未填姓名）",
                PART: "、".join(own["part"].value_counts().index),
                COUNT: len(good),
                HOURS: float(good["hours"].sum()),
                SHARE: share,
                OPEN_COUNT: len(open_),
                OPEN_HOURS: float(open_["hours"].sum()),
                OUT_COUNT: int((own["verdict"] == OUT).sum()),
                NO_HOURS: int(good["hours"].isna().sum()),
                COMPLETE: len(good) / judged if judged else None,
                TYPES: _types(good),
                ROWS: _places(dept, good),
            }
        )
    return lines


def _types(rows: pd.DataFrame) -> str:
    """产品测试 3次 6小时、售前交流 1次 2小时: most often first."""
    parts = []
    grouped = rows.groupby(rows["support_type"].replace("", "未填"), sort=True)["hours"]
    for kind, hours in sorted(grouped, key=lambda pair: (-len(pair[1]), pair[0])):
        parts.append(f"{kind} {len(hours)}次 {hours.sum():g}小时")
    return "、".join(parts)


def _places(dept: Department, rows: pd.DataFrame) -> str:
    """Where the counted rows stand: file and rows."""
    said = []
    shown = rows.sort_values(["source", "binding", "row"]).head(_MOST_ROWS)
    for number, own in shown.groupby("binding", sort=False):
        binding = dept.dossier.bindings[int(str(number))]
        file = dept.dossier.sources[binding.source].path.rpartition("/")[2]
        said.append(f"{file} {binding.sheet} 第{_spans(own['row'].to_list())}行")
    more = f"等 {len(rows)} 行" if len(rows) > _MOST_ROWS else ""
    return "；".join(said) + more


def _spans(numbers: Sequence[int]) -> str:
    """4–6、9: numbers in order, neighbours together."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][-1] + 1:
            spans[-1][1:] = [number]
        else:
            spans.append([number])
    return "、".join("–".join(map(str, span)) for span in spans)
