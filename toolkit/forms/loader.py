"""Loads the forms from their TOML files; a mistake in one is a bug and raises at once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from toolkit.model.condition import Condition
from toolkit.model.forms import Block, Field, FieldType, Form, Layout

_TUPLES = ("aliases", "departments")


@cache
def load_forms() -> Mapping[str, Form]:
    """All forms by key (F01 …), in the order of their keys."""
    folder = files("toolkit.forms")
    options = tomllib.loads((folder / "options.toml").read_text("utf-8"))
    forms = {}
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".toml") and entry.name != "options.toml":
            form = _form(tomllib.loads(entry.read_text("utf-8")), options)
            forms[form.key] = form
    _demand_unique_frames(forms)
    return forms


def _form(raw: dict[str, Any], options: dict[str, Any]) -> Form:
    blocks = tuple(_block(b, options) for b in raw.pop("blocks"))
    raw["titles"] = tuple(raw.get("titles", ()))
    return Form(blocks=blocks, **raw)


def _block(raw: dict[str, Any], options: dict[str, Any]) -> Block:
    fields: list[Field] = []
    section = ""
    for entry in raw.pop("fields"):
        section = entry.get("section", section)
        fields.append(_field(entry | {"section": section}, options))
    raw["layout"] = Layout(raw["layout"])
    for name in ("identity", "event_date"):
        raw[name] = tuple(raw.get(name, ()))
    block = Block(fields=tuple(fields), **raw)
    known = set(block.keys)
    if len(known) != len(fields):
        raise ValueError(f"block {block.key}: a field key occurs twice")
    used = {*block.identity, *block.event_date, *filter(None, [block.record_key])}
    for each in fields:
        used |= {c.field for c in each.required.clauses} if each.required else set()
    if not used <= known:
        raise ValueError(f"block {block.key}: unknown fields {sorted(used - known)}")
    return block


def _field(raw: dict[str, Any], options: dict[str, Any]) -> Field:
    raw = dict(raw)
    listed = raw.get("options", [])
    if isinstance(listed, str):
        shared = options[listed.removeprefix("@")]
        raw["options"] = shared["options"]
        raw["synonyms"] = {**shared.get("synonyms", {}), **raw.get("synonyms", {})}
    raw["options"] = tuple(raw.get("options", ()))
    for name in _TUPLES:
        raw[name] = tuple(raw.get(name, ()))
    raw["type"] = FieldType(raw["type"])
    if raw["type"] is FieldType.YESNO:
        raw["options"] = ("是", "否")
    if "required" in raw:
        raw["required"] = Condition.parse(raw["required"])
    return Field(**raw)


def _demand_unique_frames(forms: Mapping[str, Form]) -> None:
    seen: dict[str, str] = {}
    for form in forms.values():
        for block in form.blocks:
            if block.key in seen:
                raise ValueError(f"block {block.key} is in {seen[block.key]} and in {form.key}")
            seen[block.key] = form.key


def as_json(form: Form) -> dict[str, Any]:
    """One entry of `toolkit forms --json` (DESIGN.md, "Contracts")."""
    return {
        "key": form.key,
        "title": form.title,
        "kind": form.kind,
        "workbook": f"{form.title}.xlsx",
        "sheets": list(form.sheets),
        "fields": [
            {
                "key": f"{block.key}.{f.key}",
                "label": f.label,
                "aliases": list(f.aliases),
                "type": f.type.value,
                "required": f.required.source if f.required else "",
                "options": list(f.options),
                "article": f.article,
            }
            for block in form.blocks
            for f in block.fields
        ],
    }
