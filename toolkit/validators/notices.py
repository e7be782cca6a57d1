"""Findings that no rule of the regulation makes: about files, the engine and the first run."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.model.finding import Severity


@dataclass(frozen=True, slots=True)
class Notice:
    """A kind of finding of the reader (SRC), the engine (SYS) or the first run (HIST)."""

    id: str
    title: str
    severity: Severity
    meaning: str
    article: int | None = None


NOTICES = {
    notice.id: notice
    for notice in (
        Notice("SRC-1", "文件无法读取", Severity.WARN, "加密、损坏、为空或格式不对的文件不计入。"),
        Notice("SRC-2", "文件正被打开或是临时文件", Severity.INFO, "锁文件和临时文件本身不读取。"),
        Notice("SRC-3", "副本或同步冲突副本", Severity.WARN, "原文件也在时，副本不重复读取。"),
        Notice("SRC-4", "认不出的工作簿", Severity.WARN, "不是任何一种表单，内容不计入。"),
        Notice("SRC-5", "没有计入的行", Severity.INFO, "合计行、重复表头和说明文字不是记录。"),
        Notice("SRC-6", "部门配置不止一份", Severity.WARN, "多份配置合在一起用，新旧会混淆。"),
        Notice("SRC-7", "没有部门配置", Severity.INFO, "没有名册和角色，有些要求无法核对。"),
        Notice(
            "WVR-2",
            "豁免到期或编号有误",
            Severity.WARN,
            "豁免到期后问题恢复提醒；编号与现有问题只差一两个字符的，请核对。",
            52,
        ),
        Notice("SYS-1", "规则运行出错", Severity.WARN, "一条规则出错不影响其他规则。"),
        Notice("HIST", "启用日期前的问题", Severity.INFO, "合并为一条，不逐条列出。"),
    )
}
