"""The mails' jinja2 templates, and the texts that are put into them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Any

import jinja2

from toolkit.model.finding import Severity
from toolkit.model.resources import bundled

SEVERITY_INKS = {Severity.ERROR: "#b42318", Severity.WARN: "#b54708", Severity.INFO: "#1f4e79"}
"""Colours of the words for how grave something is."""
_BREAKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
_UNSEEN = ("Cf", "Cs")


def render(name: str, facts: Mapping[str, Any]) -> str:
    """A template below `templates/`, e.g. mail/reminder.html.j2; a fact that is missing raises.

    In `.html.` templates what staff wrote is escaped.
    """
    # select_autoescape goes by the suffix and would leave .html.j2 as it is
    return _environment(".html." in name).get_template(name).render(facts)


@cache
def _environment(html: bool) -> jinja2.Environment:
    """Keeps the compiled templates: a run renders thousands of digests from the same few."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(bundled("templates"), encoding="utf-8"),
        autoescape=html,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )


def one_line(text: str) -> str:
    """Nothing that could end a header or turn the direction of writing."""
    plain = _BREAKS.sub(" ", text)
    if plain.isascii():
        return plain.strip()
    return "".join(c for c in plain if unicodedata.category(c) not in _UNSEEN).strip()


def basis(article: int | None, number: str) -> str:
    """`第17条，编号 X34-3f9a2c1b`: why it is asked for, and what it is answered by."""
    return f"{f'第{article}条，' if article else ''}编号 {one_line(number)}"
