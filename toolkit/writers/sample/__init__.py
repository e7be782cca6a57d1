"""A sample department of any size: a year that happened in memory, then written into forms."""

from .department import SampleDepartment, SampleSize, plan_department, write_sample
from .scene import Expected

__all__ = ["Expected", "SampleDepartment", "SampleSize", "plan_department", "write_sample"]
