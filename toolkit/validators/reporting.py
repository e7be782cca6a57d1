"""What a record says about the contact: concrete words (第15条)."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.model.finding import Breach
from toolkit.regulation.department import Department

from .registry import ERROR, INFO, rule
from .wording import brief, vague


@rule(
    "R15-3",
    "具体内容不得笼统",
    article=15,
    severity=ERROR,
    needs=("tracking.content",),
    parameters=("P28", "P39"),
)
def content_is_concrete(dept: Department) -> Iterator[Breach]:
    """具体内容 is nothing but a phrase of P28; mere shortness is one info a sheet.

    要求：具体内容写明对象、场景和做了什么，不用“解决了技术问题”一类的话。
    反例：一行跟踪记录的“具体内容”只有“解决了技术问题。”。
    正例：“解决档案科电脑上远程控制的网络参数设置”；或“向客户解释技术支持的流程”。
    """
    rows = dept.frame("tracking")
    phrases = vague(dept, rows["content"], rows["support_date"])
    for index, parameter in phrases.items():
        yield Breach(
            "tracking",
            index,
            "content",
            f"具体内容只写了“{rows.at[index, 'content']}”，看不出处理了什么问题。",
            f"请写明对象、场景和做了什么（参数{parameter.kind.id}“{parameter.kind.name}”列有这句话）。",
        )
    for index, least in brief(dept, rows["content"], rows["support_date"], "具体内容").items():
        if index not in phrases:
            yield Breach(
                "tracking",
                index,
                "content",
                f"具体内容“{rows.at[index, 'content']}”比较简短，过后可能看不明白。",
                f"建议补充对象、场景和做了什么（{least}）。",
                INFO,
                cause=f"brief|{rows.at[index, 'owner']}",
            )
