"""Which 《产品改进申请单》 of its project a form is, and which are void (第21条; catalogue E3)."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from toolkit.model.text import fold

from .acting import acted, unclear
from .department import Department

ISSUED_BY_SALES_SUPPORT = 2
"""So many forms of a project may be issued by 售前; all later ones only by 售前经理."""
MANAGER = "售前经理"


def ordinals(forms: pd.DataFrame, by_manager: pd.Series, counted: pd.Series) -> pd.DataFrame:
    """The ordinal of each form among those of its project: columns `n` and `void`.

    `forms` needs project, number, issue_date and state. `by_manager` is True, False or, where
    nobody can tell, None; `counted` is False for forms that the department does not count
    (P25, P26). `n` is NaN where a form has no ordinal: not issued, withdrawn, not counted or of
    no known project. A third or later form that 售前 issued is void and takes no number away.
    The same number issued again (after 需补充, or a copy) is the same form.
    """
    live = forms[
        counted.astype(bool)
        & forms["issue_date"].notna()
        & (forms["state"] != "撤回")
        & (forms["project"] != "")
    ]
    numbers = live["number"].map(lambda number: fold(str(number)))
    ordered = live.assign(_number=numbers).sort_values(["issue_date", "_number"], kind="stable")
    counted_up = {
        index: (n, void)
        for _, numbers_of_one in ordered.groupby("project", sort=False)["_number"]
        for index, n, void in _count(numbers_of_one, by_manager)
    }
    found = [counted_up.get(index, (float("nan"), False)) for index in forms.index]
    result = pd.DataFrame(found, columns=["n", "void"], index=forms.index)
    return result.astype({"n": "float64", "void": "bool"})


def _count(numbers: pd.Series, by_manager: pd.Series) -> Iterator[tuple[int, int, bool]]:
    """Index, ordinal and voidness of one project's forms, given in the order of their issue."""
    valid = 0
    seen: dict[str, int] = {}
    for index, number in numbers.items():
        if number and number in seen:
            yield index, seen[number], False
            continue
        n = valid + 1
        void = n > ISSUED_BY_SALES_SUPPORT and by_manager[index] is False
        if not void:
            valid = n
            seen[number] = n
        yield index, n, void


def department_ordinals(dept: Department) -> pd.DataFrame:
    """`ordinals` of all improvement requests of a department, by its roles and parameters."""
    return dept.remembered("ordinals", lambda: _department_ordinals(dept))


def _department_ordinals(dept: Department) -> pd.DataFrame:
    forms = dept.frame("improvement")
    return ordinals(forms, issued_by_manager(dept), _counted(dept, forms))


def next_ordinal(dept: Department, project: str) -> int:
    """The ordinal that a new request of a project would get."""
    found = department_ordinals(dept)
    own = found[(dept.frame("improvement")["project"] == project) & ~found["void"]]
    return 1 if own["n"].isna().all() else int(own["n"].max()) + 1


def issued_by_manager(dept: Department) -> pd.Series:
    """Whether 售前经理 or his deputy issued each request; None where nobody can tell."""
    forms = dept.frame("improvement")
    pairs = zip(forms["issuer"], forms["issue_date"], strict=True)
    told = [None if not who or pd.isna(day) else _issued(dept, who, day) for who, day in pairs]
    return pd.Series(told, index=forms.index, dtype=object)


def _issued(dept: Department, who: str, day: pd.Timestamp) -> bool | None:
    found = acted(dept.roles, MANAGER, who, day)
    return None if found is False and unclear(dept.roster, who) else found


def _counted(dept: Department, forms: pd.DataFrame) -> pd.Series:
    """Forms that count at all: P25 may leave out rejected ones, P26 those born of a fault."""
    keep = pd.Series(True, index=forms.index)
    for index, day in forms["issue_date"].dropna().items():
        on = day.date()
        rejected = forms.at[index, "state"] == "驳回"
        converted = forms.at[index, "origin"] == "故障单转化"
        keep[index] = not (
            (rejected and "不含驳回" in dept.parameter("P25", on).text)
            or (converted and not dept.parameter("P26", on).flag)
        )
    return keep
