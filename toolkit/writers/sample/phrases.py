"""What people of the sample write: templates from phrases.toml, filled in with one's product."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any


@dataclass(frozen=True, slots=True)
class Product:
    """A product of the company; `versions` are its standard releases, oldest first."""

    name: str
    system: str
    short: str
    versions: tuple[str, ...]
    modules: tuple[str, ...]


@dataclass(slots=True)
class Voice:
    """Fills templates for one product; what it said once it does not say again."""

    product: Product
    book: Phrases
    _said: set[str] = field(default_factory=set)

    def say(self, template: str, rng: Random) -> str:
        """The template with everything filled in at random."""
        modules, book = self.product.modules, self.book
        # index arithmetic instead of rng.choice: this runs twenty times for each of 500,000 rows
        roll = rng.random
        first = int(roll() * len(modules))
        return template.format(
            p=self.product.name,
            m=modules[first],
            m2=modules[first - 1 - int(roll() * (len(modules) - 1))],
            s=book.scenes[int(roll() * len(book.scenes))],
            e=book.environments[int(roll() * len(book.environments))],
            d=book.departments[int(roll() * len(book.departments))],
            f=book.follow_ups[int(roll() * len(book.follow_ups))],
            n=2 + int(roll() * 8),
            k=10 + int(roll() * 90),
        )

    def work(self, kind: str, rng: Random) -> tuple[str, str]:
        """One support: its channel and a sentence that differs from all others so far (X27).

        `kind` is a support type, of tests and implementations with the stage: 产品测试/执行.
        """
        templates = self.book.contents[kind]
        for _ in range(20):
            channels, template = templates[int(rng.random() * len(templates))]
            text = self.say(template, rng)
            if text not in self._said:
                break
        else:
            text = f"{text}，第 {len(self._said) + 1} 次"
        self._said.add(text)
        return channels[int(rng.random() * len(channels))], text

    def say_all(self, templates: list[str], rng: Random) -> list[str]:
        """Several templates about the same module, scene and numbers."""
        return self.say("\0".join(templates), rng).split("\0")


@dataclass(frozen=True, slots=True)
class Phrases:
    """phrases.toml; the entries of bugs, leftovers, improvements and faults stay as they are."""

    products: tuple[Product, ...]
    departments: tuple[str, ...]
    environments: tuple[str, ...]
    scenes: tuple[str, ...]
    follow_ups: tuple[str, ...]
    suffixes: tuple[str, ...]
    reasons: tuple[str, ...]
    contents: dict[str, tuple[tuple[tuple[str, ...], str], ...]]
    """Support type (and stage) -> (possible channels, template)."""
    requirements: dict[str, str]
    leftovers: dict[str, list[str]]
    bugs: dict[str, list[list[str]]]
    improvements: dict[str, list[Any]]
    faults: list[dict[str, Any]]


@cache
def phrases() -> Phrases:
    """The words of the sample."""
    raw = tomllib.loads((files(__package__) / "phrases.toml").read_text("utf-8"))
    products = tuple(
        Product(p["name"], p["system"], p["short"], tuple(p["versions"]), tuple(p["modules"]))
        for p in raw["products"]
    )
    return Phrases(
        products=products,
        departments=tuple(raw["departments"]),
        environments=tuple(raw["environments"]),
        scenes=tuple(raw["scenes"]),
        follow_ups=tuple(raw["follow_ups"]),
        suffixes=tuple(raw["suffixes"]),
        reasons=tuple(raw["stop_reasons"]),
        contents={kind: tuple(map(_content, lines)) for kind, lines in raw["contents"].items()},
        requirements=raw["requirements"],
        leftovers=raw["leftovers"],
        bugs=raw["bugs"],
        improvements=raw["improvements"],
        faults=raw["faults"],
    )


def _content(line: str) -> tuple[tuple[str, ...], str]:
    channels, _, template = line.partition(" | ")
    return tuple(channels.split()), template
