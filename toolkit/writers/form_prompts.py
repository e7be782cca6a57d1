"""What Excel says while somebody fills in a field: prompts, drop-downs, gentle checks."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from toolkit.model.forms import Field, FieldType

from .form_lists import Offer

_TITLE, _MESSAGE = 32, 255
"""Characters that Excel allows in a prompt's title and text."""

_DAYS = (datetime(2000, 1, 1), datetime(2099, 12, 31))
_DATE = {"validate": "date", "criteria": "between", "minimum": _DAYS[0], "maximum": _DAYS[1]}
_CHECKS: dict[FieldType, tuple[dict[str, Any], str]] = {
    FieldType.DATE: (_DATE, "请填日期，如 2026-11-23。"),
    FieldType.DATETIME: (_DATE, "请填日期和时间，如 2026-11-23 15:30。"),
    FieldType.TIME: (
        {
            "validate": "time",
            "criteria": "between",
            "minimum": time(0),
            "maximum": time(23, 59, 59),
        },
        "请填时间，如 09:30。",
    ),
    FieldType.NUMBER: (
        {"validate": "decimal", "criteria": ">=", "value": 0},
        "请填数字，如 2.5，不要带单位。",
    ),
}


def validation(field: Field, offer: Offer | None) -> dict[str, Any]:
    """Options of XlsxWriter's data_validation for a field. Nothing is ever refused."""
    options: dict[str, Any] = {
        "input_title": _clip(field.label, _TITLE),
        "input_message": prompt(field),
        "ignore_blank": True,
    }
    if offer is not None:
        options |= {"validate": "list", "source": offer.source}
        options |= _complaint(field, offer.error_type, offer.message)
    elif field.type in _CHECKS:
        check, message = _CHECKS[field.type]
        options |= check | _complaint(field, "warning", message)
    else:
        options["validate"] = "any"
    return options


def prompt(field: Field) -> str:
    """The help text with what is demanded and the article it rests on."""
    demanded = ""
    if field.required is not None and not field.required.clauses:
        demanded = "必填。"
    several = ""
    if field.type is FieldType.CHOICES:
        several = f"可选：{'、'.join(field.options)}。"
    elif field.type is FieldType.PEOPLE:
        several = "多人用顿号隔开。" if "顿号" not in field.help else ""
    signed = "可打印后手写签名。" if field.signature else ""
    source = f"（第{field.article}条）" if field.article else ""
    text = f"{demanded}{field.help}{several}{signed}"
    return _clip(text, _MESSAGE - len(source)) + source


def _complaint(field: Field, error_type: str, message: str) -> dict[str, Any]:
    if not error_type:
        return {"show_error": False}
    return {
        "error_type": error_type,
        "error_title": _clip(field.label, _TITLE),
        "error_message": _clip(message, _MESSAGE),
    }


def _clip(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
