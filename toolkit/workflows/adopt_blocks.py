"""What was bound of each table and form, how, and what is missing, for the report of adopt."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from toolkit.model.adoption import AdoptedBlock, BoundLabel, MissingField
from toolkit.model.dossier import Binding, Dossier
from toolkit.model.forms import Block, Field, Form, Layout
from toolkit.readers.binding import CONFIGURATION
from toolkit.readers.labels import OWN
from toolkit.readers.suggest_hints import Hint
from toolkit.readers.suggest_labels import nearest_label

SUGGESTED = "建议"
_NEAR = 0.4


def adopted_blocks(
    now: Dossier, after: Dossier, hints: Sequence[Hint], needed_by: Mapping[str, Sequence[str]]
) -> list[AdoptedBlock]:
    """One entry for each block that the department keeps, in the order of the forms.

    `now` is what is read, `after` what would be read with all hints confirmed; `needed_by` says
    which rules wait for a missing `frame.field`.
    """
    blocks = []
    for key, block in after.blocks.items():
        form = after.form_of[key]
        bindings = [b for b in after.bindings if b.block == key]
        if form.key == CONFIGURATION or not bindings:
            continue
        confirmed = {
            (b.source, b.sheet, f)
            for b in now.bindings
            for f, how in b.how.items()
            if b.block == key and how == OWN
        }
        own = [h.label for h in hints if h.block.key == key and h.field is None]
        bound = [_bound(f, bindings, confirmed) for f in block.fields if after.bound(key, f.key)]
        missing = [f for f in block.fields if not after.bound(key, f.key)]
        blocks.append(
            AdoptedBlock(
                form.key,
                form.title,
                key,
                _title(form, block),
                tuple(dict.fromkeys(_place(after, b) for b in bindings)),
                tuple(bound),
                tuple(
                    _missing(block, f, own, needed_by)
                    for f in missing
                    if not f.auto or f"{key}.{f.key}" in needed_by
                ),
                not now.kept(key),
            )
        )
    return blocks


def _place(dossier: Dossier, binding: Binding) -> str:
    return f"{dossier.sources[binding.source].path}!{binding.sheet}"


def _title(form: Form, block: Block) -> str:
    head = form.kind == "register" and block.layout is Layout.LABELS
    return "表头的署名栏" if head else block.title or block.sheet


def _bound(
    f: Field, bindings: Sequence[Binding], confirmed: Collection[tuple[int, str, str]]
) -> BoundLabel:
    """`how` is what is certain today; a field that only a suggestion gives is 建议."""
    here = [b for b in bindings if b.has(f.key)]
    hows = [
        SUGGESTED
        if b.how[f.key] == OWN and (b.source, b.sheet, f.key) not in confirmed
        else b.how[f.key]
        for b in here
    ]
    return BoundLabel(
        f.label,
        tuple(dict.fromkeys(b.labels[f.key].strip("：: ") for b in here)),
        tuple(dict.fromkeys(hows)),
    )


def _missing(
    block: Block, f: Field, own: Sequence[str], needed_by: Mapping[str, Sequence[str]]
) -> MissingField:
    near = max(((nearest_label(label, f), label) for label in own), default=(0.0, ""))
    return MissingField(
        f.label,
        f.required is not None and f.required.source == "always",
        near[1] if near[0] >= _NEAR else "",
        tuple(needed_by.get(f"{block.key}.{f.key}", ())),
    )
