"""Writes a workbook's VBA project from sources alone, without Office (MS-OVBA, MS-CFB)."""

from .project import CLASS, STANDARD, STDOLE, Document, Module, Reference, vba_project

__all__ = ["CLASS", "STANDARD", "STDOLE", "Document", "Module", "Reference", "vba_project"]
