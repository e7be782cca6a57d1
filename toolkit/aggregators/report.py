"""Everything that the department's report shows, computed and not yet laid out."""

from __future__ import annotations

from toolkit.model.finding import CheckResult
from toolkit.model.report import ReportTables
from toolkit.regulation.department import Department
from toolkit.regulation.period import Period

from .articles import article_table
from .engineers import engineer_table
from .indicators import indicator_table
from .leftovers import leftover_table, select_leftovers
from .overview import charts, figures, look_first
from .projects import project_table
from .records import record_table, select_records
from .requests import request_table, select_requests
from .sources import reconcile, rejected_table, source_table


def build_report(dept: Department, result: CheckResult, period: Period) -> ReportTables:
    """Aggregate a department's records and findings over a period."""
    selection = select_records(dept, period)
    inside, findings = selection.inside, result.findings
    leftovers = select_leftovers(dept, period)
    improvement, fault = select_requests(dept, period)
    projects = project_table(dept, inside, leftovers, findings)
    engineers = engineer_table(dept, inside, leftovers, projects.frame, findings)
    sources = source_table(dept.dossier, selection)
    return ReportTables(
        department=dept.name,
        as_of=dept.as_of,
        period=period.label,
        figures=figures(dept, inside, leftovers, projects.frame, engineers.frame, result),
        look_first=look_first(findings),
        charts=charts(inside, leftovers, engineers.frame, result),
        projects=projects,
        engineers=engineers,
        records=record_table(dept, inside),
        leftovers=leftover_table(dept, leftovers),
        requests=request_table(dept, improvement, fault),
        indicators=indicator_table(dept, period),
        articles=article_table(result),
        sources=sources,
        rejected=rejected_table(dept.dossier),
        reconciliation=reconcile(sources.frame),
        result=result,
        unreadable=len(dept.dossier.problems),
        kept=frozenset(b.block for b in dept.dossier.bindings),
    )
