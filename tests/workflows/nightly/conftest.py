"""The runs of these tests are killed in ways that leave the disk alone: no need to wait for it."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
