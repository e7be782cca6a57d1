"""States derived from what staff fill in: nobody is asked to keep a 状态 field (catalogue B)."""

from __future__ import annotations

import numpy as np
import pandas as pd


def _pick(choices: list[tuple[pd.Series, str]], default: str, index: pd.Index) -> pd.Series:
    states = np.select([c.to_numpy(bool) for c, _ in choices], [s for _, s in choices], default)
    return pd.Series(states, index=index, dtype=object)


def initiation_state(frame: pd.DataFrame, as_of: pd.Timestamp) -> pd.Series:
    """F01 on a day: 已取消, 已结项, 停止支持, 已验收, 已立项, 待指派 or 草稿."""

    def reached(column: str) -> pd.Series:
        return frame[column].notna() & (frame[column] <= as_of)

    return _pick(
        [
            (reached("close_date") & (frame["close_result"] == "取消"), "已取消"),
            (reached("close_date"), "已结项"),
            (reached("stop_date"), "停止支持"),
            (reached("acceptance_date"), "已验收"),
            (reached("charter_date"), "已立项"),
            (frame["requirement"] != "", "待指派"),
        ],
        "草稿",
        frame.index,
    )


def improvement_state(frame: pd.DataFrame) -> pd.Series:
    """F03: 撤回, 已关闭, 待验证, 开发中, 驳回, 需补充, 已发出 or 草稿.

    A withdrawal counts only before the acceptance by R&D (catalogue E3).
    """
    withdrawn = frame["withdraw_date"].notna() & ~(frame["receive_date"] <= frame["withdraw_date"])
    return _pick(
        [
            (withdrawn, "撤回"),
            (frame["close_date"].notna(), "已关闭"),
            (frame["delivery_date"].notna(), "待验证"),
            (frame["decision"] == "驳回", "驳回"),
            (frame["decision"] == "需补充", "需补充"),
            (frame["decision"] == "接受", "开发中"),
            (frame["issue_date"].notna(), "已发出"),
        ],
        "草稿",
        frame.index,
    )


def fault_state(frame: pd.DataFrame) -> pd.Series:
    """F04: 已关闭, 已转化, 未解决, 申请关闭, 研发处理中, 驳回, 已提交, 待同意 or 草稿."""
    return _pick(
        [
            (frame["close_date"].notna(), "已关闭"),
            ((frame["convert_to"] != "") & (frame["proposer_opinion"] != ""), "已转化"),
            (frame["confirm_result"] == "未解决", "研发处理中"),
            (frame["close_request_date"].notna(), "申请关闭"),
            (frame["convert_to"] != "", "已转化"),
            ((frame["decision"] == "研发解决") | frame["assign_date"].notna(), "研发处理中"),
            (frame["decision"] == "驳回", "驳回"),
            (frame["submit_date"].notna(), "已提交"),
            (frame["basis"] != "", "待同意"),
        ],
        "草稿",
        frame.index,
    )


def leftover_state(frame: pd.DataFrame) -> pd.Series:
    """G06: 已关闭, 已处理, or the status that staff chose, or 处理中."""
    return _pick(
        [
            (frame["close_date"].notna() | (frame["status"] == "已关闭"), "已关闭"),
            (frame["done_date"].notna() | (frame["status"] == "已处理"), "已处理"),
        ],
        "处理中",
        frame.index,
    ).where(
        frame["close_date"].notna()
        | frame["done_date"].notna()
        | frame["status"].isin(["", "已关闭", "已处理"]),
        frame["status"],
    )
