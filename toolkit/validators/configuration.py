"""What a department decides for itself in 部门配置: parameters and channels (catalogue H)."""

from __future__ import annotations

from collections.abc import Iterator

from rapidfuzz import fuzz, process

from toolkit.model.finding import Breach
from toolkit.model.frame_rows import rows_of
from toolkit.model.text import clean
from toolkit.regulation.channels import channel_faults
from toolkit.regulation.department import Department
from toolkit.regulation.parameters import (
    Parameter,
    ParameterKind,
    parameter_catalogue,
    parameter_id,
)

from .registry import WARN, rule


@rule("CFG-1", "参数取值须能使用", article=50, severity=WARN, registers=("parameters",))
def parameters_can_be_used(dept: Department) -> Iterator[Breach]:
    """A line of 参数 with an unknown id, or with a value that is not of the parameter's kind.

    Such a line has no effect; the finding names the value that is used meanwhile.

    要求：参数编号在P01至P42之内；时限填数字，日期填日期，是否类填“是”或“否”。
    反例：参数P30的取值写成“很快”。
    正例：参数P30的取值是“3”或“三个工作日”；留空采用默认值。
    """
    catalogue = parameter_catalogue()
    for row in rows_of(dept.frame("parameters")):
        key, value = parameter_id(str(row.parameter)), clean(row.value)
        if not key or not value:
            continue
        if key not in catalogue:
            near = process.extractOne(key, list(catalogue), scorer=fuzz.ratio, score_cutoff=75)
            yield Breach(
                "parameters",
                row.Index,
                "parameter",
                f"没有编号为“{row.parameter}”的参数，这一行不起作用。",
                (f"是否应为{near[0]}？" if near else "")
                + "参数编号从P01到P42，请改正或删去这一行。",
                cause=key,
            )
        elif not catalogue[key].accepts(value):
            meanwhile = dept.parameter(key)
            yield Breach(
                "parameters",
                row.Index,
                "value",
                f"参数{key}（{catalogue[key].name}）的取值“{value}”不能使用，"
                f"{_instead(meanwhile)}。",
                f"请{_wanted(catalogue[key])}；还没有定下来的请留空。",
                cause=key,
            )


def _instead(parameter: Parameter) -> str:
    if not parameter.text:
        return "目前视为没有设定"
    which = "部门另行设定的" if parameter.decided else "默认值"
    return f"目前按{which}“{parameter.text}”处理"


def _wanted(kind: ParameterKind) -> str:
    if kind.unit:
        return f"填写以{kind.unit}为单位的数字，如 {kind.default}"
    if kind.kind == "spans":
        return f"填写每天的工作时间，如 {kind.default}"
    return "填写“是”或“否”" if kind.kind == "flag" else "填写日期，如 2026-03-01"


@rule("CFG-2", "通知渠道须能使用", article=None, severity=WARN, registers=("channels",))
def channels_can_be_used(dept: Department) -> Iterator[Breach]:
    """A line of 通知渠道 that is switched on and cannot be used: nothing is sent through it.

    A digest that nobody gets would otherwise go unnoticed. What stands in a cell for secrets is
    never repeated.

    要求：启用的渠道写明服务器和发件人，或接收人；密码和机器人地址只写名字，不写在表里。
    反例：启用了企业微信渠道，“密钥名”里贴的是机器人地址。
    正例：邮件渠道写了服务器、发件人、登录名和密钥名 TOOLKIT_SMTP；停用的一行不检查。
    """
    for fault in channel_faults(dept):
        yield Breach("channels", fault.index, fault.field, fault.message, fault.hint)
