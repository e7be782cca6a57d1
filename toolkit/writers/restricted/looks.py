"""How the columns of the restricted workbook look, sheet by sheet."""

from __future__ import annotations

from toolkit.writers.report.columns import Look

_LEVEL, _COUNT, _MONEY = Look("level", 9), Look("count", 9), Look("money", 13)
_MONTH, _NAME, _BADGE = Look("centre", 10), Look("centre", 10), Look("badge", 10)
_SOURCE = Look("long", 34, "cell")

COMPLAINTS = {
    "计入情况": _BADGE,
    "原因": Look("long", 28),
    "被投诉人": _NAME,
    "月份": _MONTH,
    "投诉编号": Look("text", 15),
    "收到时间": Look("datetime", 17),
    "投诉人": _NAME,
    "沟通日期": Look("date", 12),
    "投诉类别": Look("centre", 10),
    "认定": Look("centre", 9),
    "认定日期": Look("date", 12),
    "项目名称": Look("long", 26),
    "查到的汇报": Look("long", 34),
    "汇报所在": Look("long", 34),
    "投诉邮件标题": Look("long", 28),
    "本人说明": Look("long", 30),
    "已有汇报证据": Look("long", 26),
    "备注": Look("long", 24),
    "来源文件": _SOURCE,
}
PAY = {
    "月份": _MONTH,
    "姓名": _NAME,
    "状态": Look("badge", 13),
    **dict.fromkeys(("收到数", "计入数", "待认定", "累计计入"), _COUNT),
    **dict.fromkeys(("扣发级数", "永久触发", "永久累计"), _COUNT),
    **dict.fromkeys(("原级", "基准级", "执行级"), _LEVEL),
    "绩效工资": _MONEY,
    "说明": Look("long", 40),
    "依据": Look("long", 30),
}
CORRECTIONS = {
    "列入月份": _MONTH,
    "姓名": _NAME,
    "更正月份": _MONTH,
    **dict.fromkeys(("原扣发级数", "应扣发级数", "原永久累计", "应永久累计"), Look("count", 10)),
    **dict.fromkeys(("原执行级", "应执行级"), _LEVEL),
    **dict.fromkeys(("原绩效工资", "应绩效工资", "差额"), _MONEY),
    "说明": Look("long", 34),
    "依据": Look("long", 30),
}
DEVELOPMENT = {
    "责任销售": _NAME,
    "申请单数": _COUNT,
    "净研发工时": Look("hours", 10),
    "上限(小时)": Look("hours", 9),
    "是否超过": _BADGE,
    **dict.fromkeys(("研发成本", "应扣成本", "奖金基数"), _MONEY),
    "奖金比例": Look("share", 9),
    **dict.fromkeys(("扣前奖金", "扣后奖金", "已扣成本"), _MONEY),
    "结算日期": Look("date", 12),
    "说明": Look("long", 36),
    "依据": Look("long", 34),
}
HOURS = {
    "申请单": Look("text", 20),
    "日期": Look("date", 12),
    "研发人员": _NAME,
    "小时": Look("hours", 8),
    "类别": Look("centre", 9),
    "计入情况": _BADGE,
    "原因": Look("text", 24),
    "每小时费率": Look("money", 11),
    "成本": _MONEY,
    "来源文件": _SOURCE,
}
BONUS = {
    "姓名": _NAME,
    "角色": Look("centre", 12),
    **dict.fromkeys(("计入次数", "待补次数", "不计入次数", "未填工时"), _COUNT),
    **dict.fromkeys(("计入工时", "待补工时"), Look("hours", 9)),
    **dict.fromkeys(("工时占比", "完整率"), Look("share", 9)),
    "支持内容": Look("long", 34),
    "依据": Look("long", 46),
}
RECORDS = {
    "计奖情况": _BADGE,
    "原因": Look("long", 34),
    "支持日期": Look("date", 12),
    "支持人": _NAME,
    "支持内容类型": Look("centre", 13),
    "工时(小时)": Look("hours", 9),
    "结果": Look("centre", 10),
    "角色": Look("centre", 10),
    "汇报凭据": Look("text", 26),
    "来源文件": _SOURCE,
}
PARAMETERS = {
    "参数": Look("centre", 10),
    "名称": Look("text", 26),
    "取值": Look("long", 34),
    "来源": Look("centre", 10),
    "管什么": Look("long", 40),
}
