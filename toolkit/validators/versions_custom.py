"""Custom versions: only through a 《产品改进申请单》, which 责任售前 issues (第20条)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import pandas as pd

from toolkit.model.finding import Breach
from toolkit.model.frame_rows import rows_of
from toolkit.model.text import fold
from toolkit.regulation.acting import acted
from toolkit.regulation.columns import answerable
from toolkit.regulation.deadlines import day_of
from toolkit.regulation.department import Department
from toolkit.regulation.ordinals import ISSUED_BY_SALES_SUPPORT, MANAGER
from toolkit.regulation.unread import UnreadForms
from toolkit.regulation.versions import CUSTOM, StandardReleases, Version, version_of, versions_in

from .development import counted_as, numbered_requests
from .evidence import holder_unknown, named
from .registry import ERROR, INFO, WARN, rule
from .versions import patches, spelled_alike, versions_used

_DAY = timedelta(days=1)
_CUSTOM_REQUEST = "定制版本"


@rule(
    "R20-4",
    "定制版本由责任售前申请",
    article=20,
    severity=WARN,
    needs=(
        "improvement.request_type",
        "improvement.issuer",
        "improvement.issue_date",
        "initiation.first_presales",
    ),
    registers=("roles",),
    parameters=("P25", "P26"),
)
def custom_version_is_requested_by_first_presales(dept: Department) -> Iterator[Breach]:
    """One of the first two requests for a custom version comes from somebody else.

    售前经理 and his deputy may issue as well; from the third request on they must (X42). On the
    day after a hand-over the one who handed over may still do it.

    要求：前两次申请中，申请类型为“定制版本”的，发出人是项目当日的责任售前，或售前经理。
    反例：定制版本的第一张申请单由责任销售周销发出。
    正例：定制版本的申请单由责任售前钱一发出；功能改进的申请单由谁发出不在这里看。
    """
    forms = numbered_requests(dept)
    forms = forms[
        (forms["n"] <= ISSUED_BY_SALES_SUPPORT)
        & (forms["request_type"] == _CUSTOM_REQUEST)
        & (forms["issuer"] != "")
    ]
    for row in rows_of(forms):
        on = row.issue_date.date()
        first, before = (
            dept.responsibility.at(row.project, "第一售前", day) for day in (on, on - _DAY)
        )
        # a name that the roster does not tell apart is R02-1's
        unclear = len(dept.roster) and len(dept.roster.find(row.issuer)) != 1
        if not first or row.issuer in (first, before) or unclear:
            continue
        by_manager = acted(dept.roles, MANAGER, row.issuer, row.issue_date)
        if by_manager is None:
            yield holder_unknown("improvement", row.Index, "issuer", MANAGER, on)
        elif not by_manager:
            yield Breach(
                "improvement",
                row.Index,
                "issuer",
                f"{named(dept, 'improvement', row.Index)}申请定制版本，"
                f"是本项目第{row.n}次申请，{on}由{row.issuer}发出，应由责任售前{first}发出。",
                f"请改由{first}发出；责任售前换了人的，请在立项单的“责任人变更”登记"
                f"{counted_as(dept, on)}。",
            )


@dataclass(frozen=True, slots=True)
class _Delivery:
    """What a request (index) delivers, and since when; date.max: not yet."""

    request: int
    project: str
    versions: tuple[Version, ...]
    since: date


@rule(
    "X48",
    "定制版本须有产品改进申请单",
    article=20,
    severity=ERROR,
    needs=(
        "initiation.version_type",
        "tracking.version",
        "tracking.stage",
        "improvement.delivery_version",
        "improvement.delivery_date",
    ),
)
def custom_version_was_delivered_on_request(dept: Department) -> Iterator[Breach]:
    """A project of type 定制 tests or implements a version that no request had delivered by then.

    Another project's request counts (a remark, unless the record names it). Not meant: the
    version on which the custom one is based, standard releases, patches, texts that name no one
    version, and projects of which a delivered request does not say its version (FLD-1).

    要求：版本类型为“定制”的项目，测试、实施所用的版本由产品改进申请单交付在先。
    反例：5月8日用V3.2.1-D1做产品测试，没有一张申请单的交付版本号是它。
    正例：申请单写明交付版本号V3.2.1-D1、交付日期5月6日，5月8日用它测试。
    """
    forms = dept.frame("initiation")
    custom = set(forms.loc[forms["version_type"] == CUSTOM, "project"])
    used = versions_used(dept)
    used = used[used["project"].isin(custom)].sort_values("day", kind="stable")
    search = _Search(dept)
    for row in rows_of(used):
        version, on = version_of(row.version), row.day.date()
        if version is None or not search.must_be_custom(row.project, row.version, version):
            continue
        breach = None if search.unclear(row.project, on) else _judge(dept, search, row, version)
        if breach is not None:
            breach.cause = f"{row.project}|{spelled_alike(row.version)}|{breach.severity}"
            yield breach


class _Search:
    """The requests of the department, by what they deliver."""

    def __init__(self, dept: Department) -> None:
        self._ordinary = {*patches(dept), *StandardReleases(dept).versions}
        self._unread = UnreadForms(dept, "改进", "申请单", "需求单")
        forms = dept.frame("improvement")
        told = answerable(dept, "improvement", "delivery_date")
        self.deliveries = [
            _Delivery(row.Index, row.project, versions_in(row.delivery_version), since)
            for row in rows_of(forms)
            for since in [_since(row, told[row.Index])]
            if since < date.max or row.delivery_version
        ]
        self._bases: dict[str, list[Version]] = defaultdict(list)
        for project, text in zip(forms["project"], forms["base_version"], strict=True):
            self._bases[project] += versions_in(text)
        self.others = cache(self._deliver)
        self._of: dict[str, list[_Delivery]] = defaultdict(list)
        for delivery in self.deliveries:
            self._of[delivery.project].append(delivery)

    def must_be_custom(self, project: str, text: str, version: Version) -> bool:
        """Whether a version cannot be the one on which the custom one is based, or a release."""
        if CUSTOM in text:
            return True
        known = [*self._bases[project], *self._ordinary]
        return not any(version.agrees(each) and each.tells_all_of(version) for each in known)

    def unclear(self, project: str, on: date) -> bool:
        """Whether a request that was delivered by then may have delivered anything."""
        silent = (d for d in (*self._of[project], *self._of[""]) if not d.versions)
        return any(d.since <= on for d in silent) or self._unread.may_hold_form_of(project)

    def own(self, project: str, version: Version) -> list[_Delivery]:
        """The project's deliveries that agree with a version."""
        return [d for d in self._of[project] if any(version.agrees(v) for v in d.versions)]

    def _deliver(self, version: Version) -> list[_Delivery]:
        """Everybody's deliveries that the version means without doubt."""
        return [
            d
            for d in self.deliveries
            if any(version.agrees(v) and version.tells_all_of(v) for v in d.versions)
        ]


def _since(row: pd.Series, told: bool) -> date:
    unknown = date.max if told and pd.isna(row.close_date) else date.min
    return day_of(row.delivery_date) or unknown


def _judge(dept: Department, search: _Search, row: pd.Series, version: Version) -> Breach | None:
    on = row.day.date()
    own = search.own(row.project, version)
    vague = not all(version.tells_all_of(v) for d in own for v in d.versions if version.agrees(v))
    if vague or any(d.since <= on for d in own):
        return None
    breach = Breach(
        "tracking", row.at, "version", f"{on}{row.support_type}用的定制版本{row.version}"
    )
    if lent := [d for d in search.others(version) if d.since <= on]:
        numbers = [str(dept.frame("improvement").at[d.request, "number"]) for d in lent]
        if {fold(n) for n in numbers} & {fold(ref) for ref in row.related}:
            return None
        lender = lent[0]
        breach.severity = INFO
        breach.message += (
            f"，是按{dept.show(lender.project) or '别的项目'}的"
            f"{named(dept, 'improvement', lender.request)}交付的，本项目没有申请单。"
        )
        breach.hint = "确认可以沿用的，请在“关联单据”写上这张申请单的编号。"
        breach.also = [("improvement", lender.request, "delivery_version")]
    elif own:
        first = min(own, key=lambda d: d.since)
        when = f"{first.since}才" if first.since < date.max else "还没有"
        breach.severity = ERROR
        breach.message += (
            f"，{named(dept, 'improvement', first.request)}{when}交付，应先交付再使用。"
        )
        breach.hint = "请核对使用版本和申请单的交付日期；确是提前使用的，请责任售前说明情况。"
        breach.also = [("improvement", first.request, "delivery_date")]
    else:
        breach.severity = ERROR
        breach.message += "，没有哪张《产品改进申请单》交付过；定制版本须先提交申请单。"
        breach.hint = (
            "请提交申请单，或在已有的申请单补写交付版本号和日期；"
            "版本或立项单的版本类型写错的请更正。"
        )
    return breach
