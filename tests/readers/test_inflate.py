"""Unpacking gives the same whichever library does it."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.readers import inflate
from toolkit.readers.inflate import inflated

LIBRARIES = [zlib, inflate._quick]


def deflated(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


@pytest.fixture(params=LIBRARIES, ids=["zlib", "quick"])
def library(request, monkeypatch):
    monkeypatch.setattr(inflate, "_quick", request.param)


def test_never_more_comes_out_than_is_asked_for(library) -> None:
    bomb = deflated(bytes(50_000_000))
    assert inflated(bomb, 1_001) == bytes(1_001)
    assert inflated(deflated(b"abc"), 1_001) == b"abc"


def test_what_is_cut_off_ends_early(library) -> None:
    assert len(inflated(deflated(bytes(range(256)) * 40)[:-20], 20_000)) < 10_240


def test_damage_is_told(library) -> None:
    with pytest.raises(zlib.error):
        inflated(b"\xff" * 40, 1_000)


@given(body=st.binary(max_size=400), place=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_damaged_bytes_are_refused_or_unpacked_alike(body: bytes, place: int, bit: int) -> None:
    raw = bytearray(deflated(body))
    raw[place % len(raw)] ^= 1 << bit
    found = []
    for library in LIBRARIES:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(inflate, "_quick", library)
            try:
                found.append(inflated(bytes(raw), 2_000))
            except zlib.error:
                found.append(None)
    if None not in found:
        assert found[0][:2_000] == found[1][:2_000]
