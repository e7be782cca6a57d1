"""The people of the sample department: plainly made-up names, one roster, one of each manager."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain, count, islice

from .days import Days

PRESALES = ("孙示例", "李样本", "周演示", "吴模拟", "郑虚构", "王假设")
SALES = ("钱多多", "冯签单", "陈回款", "赵客来")
DEVELOPERS = ("褚编码", "卫修复", "蒋重构")
TESTERS = ("沈测试", "韩用例")
MANAGERS = {
    "售前经理": ("何协调", "售前"),
    "技术支持部经理": ("许统筹", "管理"),
    "技术总监": ("秦领航", "管理"),
    "总经理": ("朱掌舵", "管理"),
    "研发经理": ("吕架构", "研发"),
    "销售负责人": ("张拓展", "销售"),
}
SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章云苏潘葛奚范彭"
    "郎鲁韦昌马苗凤花方俞任袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟"
)
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
CYCLE = tuple(_STEMS[n % 10] + _BRANCHES[n % 12] for n in range(60))
"""甲子 … 癸亥: nobody takes such a name for a real one."""
LEAVING_DAY = 0.7
"""When, as a part of the story, one of several sales leaves the company."""


@dataclass(frozen=True, slots=True)
class Person:
    """A line of the roster."""

    name: str
    department: str
    position: str
    number: str
    joined: date
    left: date | None = None
    alias: str = ""

    @property
    def mail(self) -> str:
        return f"{self.number.lower()}@example.com"


@dataclass(frozen=True, slots=True)
class Team:
    """Names by what they do; `roster` has everybody. `engineers` keep a 跟踪表 each."""

    engineers: tuple[str, ...]
    sales: tuple[str, ...]
    developers: tuple[str, ...]
    testers: tuple[str, ...]
    managers: dict[str, str]
    roster: tuple[Person, ...]
    leaver: str = ""
    """The one of the sales who leaves during the year; '' in a small team."""

    @property
    def presales_manager(self) -> str:
        return self.managers["售前经理"]

    @property
    def development_manager(self) -> str:
        return self.managers["研发经理"]

    @property
    def staying_sales(self) -> tuple[str, ...]:
        return tuple(name for name in self.sales if name != self.leaver)


def cast(engineers: int, sales: int, developers: int, days: Days) -> Team:
    """Name everybody. The known names come first, then as many invented ones as are needed."""
    invented = _invented_names()
    groups = [
        ("售前", "售前工程师", "SQ", _take(PRESALES, engineers, invented)),
        ("销售", "销售经理", "XS", _take(SALES, sales, invented)),
        ("研发", "研发工程师", "YF", _take(DEVELOPERS, developers, invented)),
        ("测试", "测试工程师", "CS", TESTERS),
    ]
    names = [group[3] for group in groups]
    leaver = names[1][-1] if sales >= 3 else ""
    numbers = count(1)
    roster = [
        Person(name, department, role, f"GL{next(numbers):04}", _joined(days, n))
        for n, (role, (name, department)) in enumerate(MANAGERS.items())
    ]
    for department, position, code, members in groups:
        for n, name in enumerate(members):
            left = days[int(days.last * LEAVING_DAY)] if name == leaver else None
            alias = f"小{name[0]}" if name in PRESALES[:2] else ""
            number = f"{code}{n + 1:04}"
            roster.append(Person(name, department, position, number, _joined(days, n), left, alias))
    managers = {role: name for role, (name, _) in MANAGERS.items()}
    return Team(names[0], names[1], names[2], names[3], managers, tuple(roster), leaver)


def _take(known: tuple[str, ...], wanted: int, invented: Iterator[str]) -> tuple[str, ...]:
    return tuple(islice(chain(known, invented), wanted))


def _invented_names() -> Iterator[str]:
    """赵甲子, 钱甲子, …: unique, also after folding; 5,520 of them, then longer ones."""
    for extra in chain(("",), _STEMS):
        for given in CYCLE:
            for surname in SURNAMES:
                yield f"{surname}{extra}{given}"


def _joined(days: Days, n: int) -> date:
    return date(days.year - 1 - n % 7, 1 + n % 12, 1 + n * 7 % 28)
