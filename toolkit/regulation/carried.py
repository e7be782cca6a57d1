"""Leftovers that a new year's sheet carries on: one matter, although two files list it (第17条)."""

from __future__ import annotations

import re

from toolkit.model.dossier import Dossier

from .distinct import folded

_SAME = ["number", "owner", "project", "raised_date"]
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")


def carried_on(dossier: Dossier) -> set[int]:
    """Leftovers (index) that another file of their owner lists again: the latest file holds.

    The same means number, owner, project and 产生日期, none of them blank. The latest file is
    that of the latest 年度 (as stated, else in the file's name), then the last by path. The one
    that holds takes over the key of the first, so that findings keep their ids.
    """
    frame = dossier.frame("leftovers")
    if frame.empty:
        return set()
    rows = frame.assign(number=folded(frame["leftover_id"]))
    rows = rows[(rows[_SAME[:3]] != "").all(axis=1) & rows["raised_date"].notna()]
    rows = rows[rows.duplicated(_SAME, keep=False)]
    age = {int(n): (_year(dossier, int(n)), dossier.sources[n].path) for n in rows["source"]}
    earlier: set[int] = set()
    for _, same in rows.groupby(_SAME, sort=False):
        if same["source"].nunique() > 1:
            latest = max(same["source"], key=lambda n: age[int(n)])
            holding = same.index[same["source"] == latest]
            earlier.update(int(i) for i in same.index.difference(holding))
            frame.loc[holding[0], "key"] = min(same["key"], key=len)
    return earlier


def _year(dossier: Dossier, source: int) -> str:
    sheets = dossier.frame("tracking_sheet")
    stated = " ".join(map(str, sheets.loc[sheets["source"] == source, "year"]))
    found = _YEAR.findall(stated) or _YEAR.findall(dossier.sources[source].path.rsplit("/", 1)[-1])
    return max(found, default="")
