"""The catalogues that the toolkit prints about itself: forms, rules and articles."""

from __future__ import annotations

from typing import Any

from toolkit.forms import as_json, load_forms
from toolkit.model.finding import Severity
from toolkit.regulation.articles import load_articles
from toolkit.validators.notices import NOTICES
from toolkit.validators.planned import active_ids, merged_rules, planned_rules
from toolkit.validators.registry import load_rules, sort_key

ACTIVE, PLANNED = "active", "planned"


def forms_json() -> dict[str, Any]:
    """`toolkit forms --json` (DESIGN.md, "Contracts")."""
    return {"forms": [as_json(form) for form in load_forms().values()]}


def rules_json() -> dict[str, Any]:
    """`toolkit rules --json` (DESIGN.md, "Contracts"), with 要求, 反例 and 正例 of each rule.

    First what runs, then the ids of the catalogue whose work others do (their `note` says who),
    then what is planned.
    """
    rules = [
        _entry(
            spec.id,
            spec.title,
            spec.article,
            spec.severity,
            needs=list(spec.needs),
            examples=spec.examples,
        )
        for spec in load_rules().values()
    ]
    notices = [
        _entry(n.id, n.title, n.article, n.severity, examples={"要求": n.meaning})
        for n in NOTICES.values()
    ]
    merged = [
        _entry(m.id, m.title, m.article, m.severity, note=m.note) for m in merged_rules().values()
    ]
    planned = [
        _entry(p.id, p.title, p.article, p.severity, status=PLANNED, waits_for=p.waits_for)
        for _, p in sorted(planned_rules().items(), key=lambda item: sort_key(item[0]))
    ]
    return {"rules": [*rules, *notices, *merged, *planned]}


def _entry(
    rule: str, title: str, article: int | None, severity: Severity, **more: Any
) -> dict[str, Any]:
    """One rule; what is not given is blank."""
    blank = {"status": ACTIVE, "waits_for": "", "needs": [], "examples": {}, "note": ""}
    known = {"rule": rule, "title": title, "article": article, "severity": severity.value}
    return {**known, **blank, **more}


def articles_json() -> dict[str, Any]:
    """`toolkit articles --json` (DESIGN.md, "Contracts").

    `rules` are those at work; `planned` lists the others with what they wait for.
    """
    active, planned = active_ids(), planned_rules()
    return {
        "articles": [
            {
                "article": article.number,
                "chapter": article.chapter,
                "gist": article.gist,
                "words": list(article.words),
                "coverage": article.coverage.value,
                "rules": [rule for rule in article.rules if rule in active],
                "planned": [
                    {"rule": rule, "waits_for": planned[rule].waits_for}
                    for rule in article.rules
                    if rule in planned
                ],
                "why": article.why,
            }
            for article in load_articles().values()
        ]
    }
