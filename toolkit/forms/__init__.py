"""The forms as data: one TOML a form, no logic, and their loader."""

from .layout import DataTable, LabelCell, SheetLayout, layout_of
from .loader import as_json, load_forms

__all__ = ["DataTable", "LabelCell", "SheetLayout", "as_json", "layout_of", "load_forms"]
