"""MS-OVBA compression and compound files, undone by oletools and olefile."""

from __future__ import annotations

import itertools
import random
import string

import olefile
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.writers.vba_parsers import decompressed
from tests.writers.vba_sources import LONGEST, basic_lines
from toolkit.writers.vba.compound import compound_file
from toolkit.writers.vba.compression import CHUNK, compress

# ---- compression


def sources() -> st.SearchStrategy[bytes]:
    """From the most repetitive texts to noise, around the edges of chunks and of copies."""
    letters = st.sampled_from([b"a", b"ab", b"xyz\r\n", b"Sub Next_1()\r\n", bytes(range(256))])
    sizes = st.one_of(
        st.integers(0, 40), st.integers(CHUNK - 20, CHUNK + 20), st.integers(0, 3 * CHUNK)
    )
    return st.builds(_drawn, letters, sizes, st.integers(0, 99), st.booleans())


def _drawn(letters: bytes, size: int, seed: int, periodic: bool) -> bytes:
    if periodic:
        return (letters * (size // len(letters) + 1))[:size]
    return bytes(random.Random(seed).choices(letters, k=size))


@given(sources())
@settings(max_examples=150)
def test_what_is_compressed_comes_back(data: bytes) -> None:
    filled = decompressed(compress(data, b" "))
    assert filled[: len(data)] == data
    # only a last chunk that cannot be made smaller is filled up
    rest = filled[len(data) :]
    assert rest.strip(b" ") == b""
    assert not rest or (len(data) % CHUNK > 3640 and len(filled) % CHUNK == 0)


@given(st.binary(max_size=3000))
def test_short_data_comes_back_as_it_was(data: bytes) -> None:
    assert decompressed(compress(data)) == data


@pytest.mark.parametrize("size", [1, 1000, 1001, 46_000, LONGEST])
def test_sources_of_any_length(size: int) -> None:
    data = "".join(itertools.islice(basic_lines(), size)).encode()[:size]
    packed = compress(data)
    assert decompressed(packed) == data
    assert size < 1000 or len(packed) < 0.7 * size


def test_noise_is_stored_as_it_is() -> None:
    noise = random.Random(5).randbytes(CHUNK)
    assert decompressed(compress(noise)) == noise
    assert len(compress(noise)) == 1 + 2 + CHUNK


# ---- compound file

names = st.text(string.ascii_letters + string.digits + "_", min_size=1, max_size=31)
contents = st.one_of(
    st.binary(max_size=200), st.sampled_from([63, 64, 65, 512, 4095, 4096, 4097, 70_000]).map(bytes)
)
folders = st.dictionaries(names, contents, max_size=30).filter(
    lambda d: len({n.upper() for n in d}) == len(d)
)


@given(folders, folders)
@settings(max_examples=60)
def test_every_stream_is_read_back(top: dict[str, bytes], inner: dict[str, bytes]) -> None:
    content = {k: v for k, v in top.items() if k.upper() != "VBA"}
    with olefile.OleFileIO(
        compound_file({**content, "VBA": inner}), raise_defects=olefile.DEFECT_POTENTIAL
    ) as ole:
        assert {"/".join(p) for p in ole.listdir()} == {*content, *(f"VBA/{n}" for n in inner)}
        for name, data in content.items():
            assert ole.openstream(name).read() == data
        for name, data in inner.items():
            assert ole.openstream(f"VBA/{name}").read() == data


@pytest.mark.parametrize("count", range(1, 41))
def test_the_directory_is_a_red_black_tree(count: int) -> None:
    stream_names = [f"{'n' * (i % 7)}{i:x}" for i in range(count)]
    with olefile.OleFileIO(compound_file(dict.fromkeys(stream_names, b"x"))) as ole:
        entries = ole.direntries
        root = entries[0].sid_child
        in_order = _in_order(entries, root)
        assert in_order == sorted(stream_names, key=lambda n: (len(n), n.upper()))
        assert entries[root].color == 1
        assert len(_black_heights(entries, root, parent_is_red=False)) == 1


def _in_order(entries: list[olefile.OleDirectoryEntry], sid: int) -> list[str]:
    if sid == olefile.NOSTREAM:
        return []
    e = entries[sid]
    return [*_in_order(entries, e.sid_left), e.name, *_in_order(entries, e.sid_right)]


def _black_heights(
    entries: list[olefile.OleDirectoryEntry], sid: int, *, parent_is_red: bool
) -> set[int]:
    if sid == olefile.NOSTREAM:
        return {0}
    e = entries[sid]
    is_red = e.color == 0
    assert not (is_red and parent_is_red)
    below = [_black_heights(entries, s, parent_is_red=is_red) for s in (e.sid_left, e.sid_right)]
    return {height + (not is_red) for height in set.union(*below)}


def test_a_file_beyond_the_format_is_refused() -> None:
    assert olefile.OleFileIO(compound_file({"a": bytes(6_000_000)})).get_size("a") == 6_000_000
    with pytest.raises(ValueError, match="more than"):
        compound_file({"a": bytes(8_000_000)})


@pytest.mark.parametrize("name", ["", "a/b", "x" * 32])
def test_names_of_streams_are_checked(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        compound_file({name: b""})
