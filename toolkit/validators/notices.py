"""What no rule of the regulation says: about files, the engine, the first run, what is awaited."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.model.finding import Severity


@dataclass(frozen=True, slots=True)
class Notice:
    """A finding of the reader (SRC), the engine (SYS, WVR, R50-1, R52-2), the first run (HIST), or
    a reminder of the nightly job (MIS), which `toolkit check` does not count.
    """

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
        Notice(
            "R52-2",
            "简化应先登记",
            Severity.WARN,
            "流程简化要在省掉那一步之前登记；事后补登的，追责时照样查。",
            52,
        ),
        Notice(
            "R50-1",
            "参数仍用工具默认值",
            Severity.INFO,
            "发现用到的参数还没有行政办公会的裁定、部门也没有设定取值的，合为一条提示。",
            50,
        ),
        Notice("SYS-1", "规则运行出错", Severity.WARN, "一条规则出错不影响其他规则。"),
        Notice(
            "MIS-1", "跟踪表久无新记录", Severity.INFO, "有项目在进行的，定期记录支持（P41）。", 16
        ),
        Notice("MIS-2", "立项单待指派", Severity.INFO, "申请后由售前经理及时指派（P42）。", 9),
        Notice("MIS-3", "故障单待同意", Severity.INFO, "够条件的，售前经理及时表态（P42）。", 44),
        Notice("MIS-4", "申请单待三方沟通", Severity.INFO, "第三次起先三方沟通（P42）。", 21),
        Notice("MIS-5", "申请单待售前经理发出", Severity.INFO, "沟通后由售前经理发出（P42）。", 21),
        Notice("MIS-6", "申请单待研发受理", Severity.INFO, "发出后研发及时受理（P10）。", 19),
        Notice("MIS-7", "申请单待补充", Severity.INFO, "研发要求补充的及时补充（P42）。", 21),
        Notice("MIS-8", "交付待验证", Severity.INFO, "交付后责任售前及时验证（P42）。", 20),
        Notice("HIST", "启用日期前的问题", Severity.INFO, "合并为一条，不逐条列出。"),
    )
}
