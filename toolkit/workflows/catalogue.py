"""The catalogues that the toolkit prints about itself: forms and rules."""

from __future__ import annotations

from typing import Any

from toolkit.forms import as_json, load_forms
from toolkit.validators.notices import NOTICES
from toolkit.validators.registry import load_rules


def forms_json() -> dict[str, Any]:
    """`toolkit forms --json` (DESIGN.md, "Contracts")."""
    return {"forms": [as_json(form) for form in load_forms().values()]}


def rules_json() -> dict[str, Any]:
    """`toolkit rules --json` (DESIGN.md, "Contracts"), with 要求, 反例 and 正例 of each rule."""
    notices: list[dict[str, Any]] = [
        {
            "rule": notice.id,
            "title": notice.title,
            "article": notice.article,
            "severity": notice.severity.value,
            "status": "active",
            "waits_for": "",
            "needs": [],
            "examples": {"要求": notice.meaning},
        }
        for notice in NOTICES.values()
    ]
    return {
        "rules": [
            {
                "rule": spec.id,
                "title": spec.title,
                "article": spec.article,
                "severity": spec.severity.value,
                "status": "active",
                "waits_for": "",
                "needs": list(spec.needs),
                "examples": spec.examples,
            }
            for spec in load_rules().values()
        ]
        + notices
    }
