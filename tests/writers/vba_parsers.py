"""Two parsers of VBA projects that know nothing of ours: olevba (Python) and vba-insight (Rust)."""

from __future__ import annotations

import warnings

import vba_insight

with warnings.catch_warnings():
    # oletools uses old names of pyparsing
    warnings.simplefilter("ignore")
    from oletools.olevba import VBA_Parser, decompress_stream


def decompressed(data: bytes) -> bytes:
    return bytes(decompress_stream(bytearray(data)))


def by_olevba(project: bytes) -> dict[str, str]:
    """Module -> source as it is stored."""
    parser = VBA_Parser("vbaProject.bin", data=project)
    return {path.split("/")[-1]: code for _, path, _, code in parser.extract_macros()}


def by_vba_insight(project: bytes) -> dict[str, str]:
    """Module -> source as it is stored."""
    modules = vba_insight.inspect_file(project)["analysis"]["modules"]
    return {module["name"]: module["source"] for module in modules}


def references_of(project: bytes) -> list[tuple[str, str]]:
    compiled = vba_insight.inspect_file(project)["analysis"]["compiled_representation"]
    return [(r["name"], r["libid"]) for r in compiled["references"]]
