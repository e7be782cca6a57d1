"""Fields of every type, for the tests of values."""

from __future__ import annotations

from typing import Any

from toolkit.forms import load_forms
from toolkit.model.forms import Field, FieldType

FORMS = load_forms()


def field(type_: FieldType, **more: Any) -> Field:
    return Field("x", "栏目", type_, **more)


DATE, MOMENT, TIME = field(FieldType.DATE), field(FieldType.DATETIME), field(FieldType.TIME)
NUMBER, YESNO, TEXT = field(FieldType.NUMBER), field(FieldType.YESNO), field(FieldType.TEXT)
PERSON, PEOPLE = field(FieldType.PERSON), field(FieldType.PEOPLE)
REFERENCES = field(FieldType.REFERENCES)
TYPE = FORMS["F02"].block("tracking").field("support_type")
RESULT = FORMS["F02"].block("tracking").field("result")
TYPES = FORMS["F01"].block("initiation").field("support_types")
