"""The restricted workbook: complaints, pay proposals, development cost and bonus basis."""

from .workbook import write_restricted

__all__ = ["write_restricted"]
