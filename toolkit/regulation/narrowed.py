"""A department seen through some of its records."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.model.coded_array import CodedArray
from toolkit.model.value_table import Table

from .department import Department

Mask = npt.NDArray[np.bool_]


def narrowed(dept: Department, rows: Mapping[str, Mask]) -> Department:
    """The same department with only these rows of the frames named; index labels stay.

    Calendar, people, roles, parameters, projects and who is responsible for them are those of
    the whole department.
    """
    dossier = copy.copy(dept.dossier)
    dossier.frames = {
        key: _some(frame, rows[key]) if key in rows else frame
        for key, frame in dossier.frames.items()
    }
    labels = {key: set(dossier.frames[key].index.tolist()) for key in rows}
    dossier.problems = [
        problem
        for problem in dossier.problems
        if problem.frame not in labels or problem.index in labels[problem.frame]
    ]
    return dept.through(dossier)


def _some(frame: pd.DataFrame, rows: Mask) -> pd.DataFrame:
    """These rows, with tables of their own texts: the tables of all rows are much larger."""
    places = np.flatnonzero(rows)
    columns = {name: _part(column.array, places) for name, column in frame.items()}
    return pd.DataFrame(columns, index=frame.index[places])


def _part(array: Any, places: npt.NDArray[np.intp]) -> Any:
    found = array.take(places)
    if not isinstance(found, CodedArray) or found.table.stamps is not None:
        return found
    codes, values = found.distinct()
    return CodedArray(codes.astype(np.int32), Table(values))
