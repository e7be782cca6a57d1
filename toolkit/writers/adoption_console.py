"""What the terminal shows after `toolkit adopt`. Nothing outside GBK is printed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from rich.console import Console
from rich.text import Text

from toolkit.model.adoption import AdoptedBlock, Adoption, BoundLabel, MissingField, Suggestion
from toolkit.model.dossier import Status

from .console import plain_console

_SUGGESTED, _EXACT = "建议", "标签"
_MOST, _MOST_PLACES = 12, 3
"""So many names or rules, and places, are listed; the rest is counted."""


def print_adoption(adoption: Adoption) -> None:
    """Per form what was recognised and how, what is missing, the rules, and the next steps."""
    console = plain_console()
    _print_files(console, adoption)
    for _, blocks in groupby(adoption.blocks, key=lambda b: b.form):
        for number, block in enumerate(blocks):
            if number == 0:
                console.print(Text(f"{block.form} {block.title}", "bold"))
            _print_block(console, block, adoption.suggestions)
        console.print()
    if adoption.blocks:
        _print_rules(console, adoption)
        _print_people(console, adoption)
    _print_next(console, adoption)


def _print_files(console: Console, adoption: Adoption) -> None:
    read = [f for f in adoption.files if f.forms]
    later = [f for f in adoption.files if f.guess]
    failed = [
        f
        for f in adoption.files
        if f.status == Status.UNREADABLE.value
        or (f.status == Status.UNRECOGNISED.value and not f.guess)
    ]
    console.print(Text(f"{adoption.department}：直接认出 {len(read)} 个工作簿。", "bold"))
    for file in later:
        titles = "、".join(file.guess)
        console.print(Text(f"  {file.path}：像是{titles}，确认列名后可以读取。"))
    for file in failed:
        console.print(Text(f"  {file.path}：{file.reason}。"))
    console.print()


def _print_block(console: Console, block: AdoptedBlock, suggestions: Sequence[Suggestion]) -> None:
    state = "；确认列名后可以读取" if block.after_confirmation else ""
    places = _listed(block.places, "处", _MOST_PLACES)
    console.print(Text(f"  {block.table}（{places}{state}）"))
    certain = [b for b in block.bound if _SUGGESTED not in b.how]
    same = [b.label for b in certain if b.own == (b.label,)]
    other = [b for b in certain if b.label not in same]
    if same:
        console.print(Text(f"    名称一致 {len(same)} 栏：{'、'.join(same)}"))
    if other:
        console.print(Text(f"    名称不同但已认出 {len(other)} 栏：{'、'.join(map(_how, other))}"))
    mine = [s for s in suggestions if s.block == block.block]
    near = [f"“{s.own_label}”→{s.standard_label}" for s in mine if s.standard_label]
    if near:
        console.print(Text(f"    建议对应 {len(near)} 栏，待确认：{'、'.join(near)}", "yellow"))
    unknown = [f"“{s.own_label}”" for s in mine if not s.standard_label]
    if unknown:
        console.print(Text(f"    没有对应到标准名称 {len(unknown)} 栏：{'、'.join(unknown)}"))
    _print_missing(console, block.missing)


def _how(bound: BoundLabel) -> str:
    own = "”“".join(text for text in bound.own if text != bound.label) or bound.label
    how = "、".join(dict.fromkeys(h for h in bound.how if h != _EXACT)) or _EXACT
    return f"{bound.label}（“{own}”，{how}）"


def _print_missing(console: Console, missing: Sequence[MissingField]) -> None:
    needed = [m for m in missing if m.required or m.rules]
    if needed:
        console.print(Text(f"    缺少：{'；'.join(map(_lacking, needed))}", "red"))
    optional = len(missing) - len(needed)
    if optional:
        console.print(Text(f"    另有 {optional} 个选填栏目没有，可以不补。", "dim"))


def _lacking(missing: MissingField) -> str:
    notes = ["必填"] if missing.required else []
    if missing.nearest:
        notes.append(f"最接近的是“{missing.nearest}”")
    if missing.rules:
        notes.append(f"影响规则 {_listed(missing.rules, '条')}")
    return f"{missing.label}（{'，'.join(notes)}）"


def _print_rules(console: Console, adoption: Adoption) -> None:
    later = [r.rule for r in adoption.rules_off if r.after_confirmation]
    console.print(Text(f"规则：现在可以检查 {adoption.rules_on} 条。", "bold"))
    if later:
        console.print(Text(f"  确认建议后另可检查 {len(later)} 条：{_listed(later, '条')}"))
    for rule in adoption.rules_off:
        if not rule.after_confirmation:
            lacks = "、".join(rule.lacks)
            console.print(Text(f"  暂不能检查 {rule.rule} {rule.title}：缺{lacks}"))
    if adoption.rules_unused:
        unused = _listed(adoption.rules_unused, "条")
        console.print(Text(f"  没有对应的表单，不适用 {len(adoption.rules_unused)} 条：{unused}"))
    console.print()


def _print_people(console: Console, adoption: Adoption) -> None:
    if not adoption.people or adoption.configuration is not None:
        return
    names = _listed([p.name for p in adoption.people], "人")
    console.print(Text(f"人员名册里还没有：{names}。请在部门配置的“人员名册”中补充或加别名。"))
    console.print()


def _print_next(console: Console, adoption: Adoption) -> None:
    for line in _next_steps(adoption):
        console.print(Text(line))


def _next_steps(adoption: Adoption) -> Iterable[str]:
    if not adoption.blocks:
        yield "没有认出任何表单，什么也没有写。"
        yield "请检查文件夹是否选对；也可以用 toolkit init 建立官方表单。"
        return
    certain = sum(bool(s.standard_label) for s in adoption.suggestions)
    unsure = len(adoption.suggestions) - certain
    counted = f"建议 {certain} 条" + (f"，没有把握的 {unsure} 条" if unsure else "")
    if adoption.configuration is not None:
        people = len(adoption.people)
        yield f"已新建“{adoption.configuration}”（人员 {people} 名，列名别名{counted}）。"
        yield "下一步请部门经理打开它："
        steps = _configuration_steps(adoption)
    elif adoption.confirmation is not None:
        yield f"已新建“{adoption.confirmation}”（{counted}）。"
        yield "下一步请部门经理打开它："
        steps = [_ALIAS_STEP]
    else:
        if adoption.waiting:
            yield f"没有新的建议；列名别名中还有 {adoption.waiting} 条没有填“确认”。"
        else:
            yield "没有需要确认的列名。"
        yield f'下一步：toolkit check "{adoption.folder}"'
        return
    for number, step in enumerate(steps, 1):
        yield f"  {number}. {step}"
    yield f'保存后运行：toolkit check "{adoption.folder}"'
    yield "没有改动任何已有的表格；建议在填“是”之前都不生效。"


_ALIAS_STEP = "“列名别名”：逐行核对，对的在“确认”填“是”；标准名称不对的先改，不需要的填“否”。"


def _configuration_steps(adoption: Adoption) -> Iterable[str]:
    if adoption.suggestions:
        yield _ALIAS_STEP
    blank = [p.name for p in adoption.people if not p.department]
    unclear = f"；部门不明、请补填的有{_listed(blank, '人')}" if blank else ""
    yield f"“人员名册”：核对姓名和部门（按表中出现的位置推测）{unclear}。"
    roles = "、".join(f"{p.role}可能是{p.name}" for p in adoption.people if p.role)
    yield f"“角色任命”：填写售前经理等角色由谁担任{f'（{roles}）' if roles else ''}。"
    yield "“参数”：在 P01 填写制度生效日期；其余留空采用默认值。"
    yield "“部门信息”：启用日期为今天，此前的问题只合并为一条“历史”；要逐条查看请把它提前。"


def _listed(items: Sequence[str], unit: str, most: int = _MOST) -> str:
    shown = "、".join(items[:most])
    return shown if len(items) <= most else f"{shown}等 {len(items)} {unit}"
