"""Versions in use: their type is told, and a standard release is one (第20条)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pandas as pd

from toolkit.model.finding import Breach
from toolkit.model.frame_rows import rows_of
from toolkit.model.text import fold
from toolkit.regulation.columns import days, left_blank, readable
from toolkit.regulation.deadlines import day_of
from toolkit.regulation.department import Department
from toolkit.regulation.distinct import by_values
from toolkit.regulation.versions import STANDARD, StandardReleases, Version, version_of, versions_in

from .registry import ERROR, WARN, Scope, rule

WORK = ("产品测试", "产品实施")
_USED = ("执行", "收尾")
_ONLY_TALK = "沟通"


@rule(
    "R20-1",
    "做测试、实施的立项单须写版本类型",
    article=20,
    severity=WARN,
    needs=("initiation.version_type", "tracking.support_type"),
    scope=Scope.MATTER,
)
def version_type_is_told(dept: Department) -> Iterator[Breach]:
    """版本类型 is blank on the 立项单 although a test or an implementation has begun.

    Talks about a test or an implementation (阶段 沟通) do not count yet; work that the 立项单
    does not name at all is X13's.

    要求：立项单的支持内容有产品测试或产品实施，且已有这类记录的，写明版本类型；没有定的选“未定”。
    反例：立项单有“产品测试”，4月10日已有准备阶段的测试记录，版本类型空白。
    正例：还只在商量测试时间（阶段“沟通”）；或版本类型写了“未定”。
    """
    forms = dept.frame("initiation")
    told = set(forms.loc[~left_blank(dept, "initiation", "version_type"), "project"])
    silent = forms[~forms["project"].isin(told) & (forms["state"] != "已取消")]
    added = dept.frame("initiation_additions")
    extra = added[["project", "support_type"]].groupby("project")["support_type"].agg(set)
    begun = _begun(dept)
    for row in rows_of(silent):
        foreseen = {*row.support_types, *extra.get(row.project, ())}
        first = {kind: begun[row.project, kind] for kind in WORK
                 if kind in foreseen and (row.project, kind) in begun}  # fmt: skip
        if not row.project or not first:
            continue
        kind = min(first, key=lambda k: dept.frame("tracking").at[first[k], "support_date"])
        on = dept.frame("tracking").at[first[kind], "support_date"].date()
        yield Breach(
            "initiation",
            row.Index,
            "version_type",
            f"“{dept.show(row.project)}”{on}已有{kind}记录，立项单没有写版本类型，"
            "看不出版本是否须提前准备。",
            "请选标准发布、非发布主线或定制；还没有定的选“未定”。",
            on=on,
            also=[("tracking", first[kind], "support_date")],
        )


def _begun(dept: Department) -> dict[tuple[str, str], int]:
    """(project, kind of work) -> its first support record beyond talking."""
    rows = dept.frame("tracking")[["project", "support_type", "stage", "support_date"]]
    rows = rows[rows["support_type"].isin(WORK) & readable(dept, "tracking", "stage")]
    talked = rows["stage"] == _ONLY_TALK
    rows = rows[~talked & (rows["support_date"] <= pd.Timestamp(dept.as_of))]
    rows = rows.sort_values("support_date", kind="stable").drop_duplicates(
        ["project", "support_type"]
    )
    return {(p, k): int(i) for i, p, k in rows_of(rows[["project", "support_type"]])}


@rule(
    "R20-2",
    "标准发布版本须在版本清单",
    article=20,
    severity=ERROR,
    needs=(
        "initiation.version_type",
        "initiation.version",
        "initiation.product",
        "releases.product",
        "releases.version",
    ),
)
def standard_version_is_listed(dept: Department) -> Iterator[Breach]:
    """A project says 标准发布, but 版本清单 does not have the version, or only from later on.

    Only products of which the department keeps the list; patch levels and spellings do not
    matter. What R&D delivered through a request is X48's.

    要求：版本类型为“标准发布”的，所写和测试、实施中所用的版本，当时已列在版本清单。
    反例：立项单写“标准发布”、V3.2.2，版本清单里该产品只有V3.2.1和V3.3.0。
    正例：版本清单有V3.2.1，立项单写 3.2.1.0；或版本清单里没有这个产品。
    """
    forms = _declared_standard(dept)
    releases = StandardReleases(dept)
    form_of = dict(zip(forms["project"], forms.index, strict=True))
    for row in rows_of(_with_standing(dept, releases, forms)):
        form, on = form_of[row.project], day_of(row.day)
        declared = forms.at[form, "version"]
        if on and releases.may_be_of_another(row.product, row.version, declared):
            continue
        if row.since == date.max:
            known = releases.latest(row.product, dept.as_of)
            said = f"版本清单里没有这个版本（{row.product}最近发布的是{known}）"
        else:
            said = f"版本清单写明它{row.since}才发布"
        yield Breach(
            row.frame,
            row.at,
            "version",
            f"{f'{on}用的' if on else '立项单写的'}{row.version}声明为“{STANDARD}”，{said}。",
            "写错的请更正版本或版本类型；不是标准发布的须提前准备；清单漏登的请在部门配置补登，"
            "不再发布的旧版本也请留在清单里。",
            on=on or forms.at[form, "charter_date"].date(),
            also=[("initiation", form, "version_type")],
            cause=f"{row.project}|{spelled_alike(row.version)}",
        )


def _declared_standard(dept: Department) -> pd.DataFrame:
    forms = dept.frame("initiation")
    return forms[
        (forms["version_type"] == STANDARD)
        & (forms["product"] != "")
        & (forms["project"] != "")
        & forms["charter_date"].notna()
        & (forms["state"] != "已取消")
    ].drop_duplicates("project")


def _with_standing(
    dept: Department, releases: StandardReleases, forms: pd.DataFrame
) -> pd.DataFrame:
    """Versions that are declared or used, not being standard releases, with `since`.

    `since` is the day from which the version is one, date.max for never. A version that is
    declared has no `day`: it may be released before it is used.
    """
    never = pd.Series(pd.NaT, index=forms.index, dtype="datetime64[s]")
    declared = forms.assign(frame="initiation", at=forms.index, day=never)
    used = versions_used(dept).merge(forms[["project", "product"]], on="project")
    found = pd.concat([declared[_PLACE], used[_PLACE]], ignore_index=True)
    found = found[found["version"] != ""]
    kinds = found[["product", "version"]].drop_duplicates()
    standing = _standing(dept, releases, set(kinds.itertuples(index=False, name=None)))
    since = by_values([found["product"], found["version"]], lambda *pair: standing[pair])
    starts = since.mask(since == date.max).astype("datetime64[s]")
    return found.assign(since=since)[(since == date.max) | (found["day"] < starts)]


def _standing(
    dept: Department, releases: StandardReleases, pairs: set[tuple[str, str]]
) -> dict[tuple[str, str], date | None]:
    """(product, version) -> `StandardReleases.since`; None for what R&D made on request."""
    found = {pair: releases.since(*pair) for pair in pairs}
    made = {*patches(dept), *_all_in(dept.frame("improvement")["delivery_version"])}
    for product, version in [pair for pair, since in found.items() if since == date.max]:
        used = version_of(version)
        if used and any(used.agrees(each) and used.tells_all_of(each) for each in made):
            found[product, version] = None
    return found


_TOLD = ["project", "version", "support_type", "related"]
_PLACE = ["frame", "at", "project", "product", "version", "day"]


def versions_used(dept: Department) -> pd.DataFrame:
    """Support records that say which version a test or an implementation really ran.

    Columns `frame`, `at` (index), `project`, `version`, `day`, `support_type` and `related`.
    """
    rows = dept.frame("tracking")
    rows = rows.loc[rows["support_type"].isin(WORK), [*_TOLD, "stage", "support_date"]]
    rows = rows[rows["stage"].isin(_USED) & (rows["support_date"] <= pd.Timestamp(dept.as_of))]
    rows = rows[(rows["version"] != "") & (rows["project"] != "")]
    return rows[_TOLD].assign(frame="tracking", at=rows.index, day=days(rows["support_date"]))


def patches(dept: Department) -> set[Version]:
    """Versions in which R&D solved faults and bugs: nobody's custom version."""
    return {*_all_in(dept.frame("fault")["patch"]), *_all_in(dept.frame("bugs")["fix_version"])}


def _all_in(texts: pd.Series) -> set[Version]:
    return {version for text in texts.unique() for version in versions_in(text)}


def spelled_alike(text: str) -> str:
    """One text for all spellings of a version."""
    version = version_of(text)
    return version.key if version else fold(text)
