"""Support Workbooks Toolkit: checks and consolidates the Excel forms of a support department."""

__version__ = "0.1.0"
