"""The restricted report: computed here, written by writers.restricted, kept apart by everybody."""

from .report import build_restricted

__all__ = ["build_restricted"]
