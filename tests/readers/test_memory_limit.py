"""Memory that was freed: kept for what comes next, or handed back to the system."""

import platform
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="only glibc can be told this"
)

_PROLOGUE = """
import mmap, resource
from toolkit.readers.memory_limit import give_back, keep_freed

SIZE = 16 * 2**20

def large_arrays():
    return [bytearray(SIZE) for _ in range(3)]

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * mmap.PAGESIZE
"""


def _printed(code: str) -> int:
    run = subprocess.run(
        [sys.executable, "-c", _PROLOGUE + code], capture_output=True, text=True, check=True
    )
    return int(run.stdout)


def test_what_was_freed_is_taken_again() -> None:
    code = """
large_arrays()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(10):
    large_arrays()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""
    new_pages, usual = _printed("\nkeep_freed()" + code), _printed(code)
    assert new_pages < usual / 5


def test_what_was_freed_goes_back() -> None:
    kept = _printed("\nkeep_freed()\nlarge_arrays()\nprint(resident())")
    given_back = _printed("\nkeep_freed()\nlarge_arrays()\ngive_back()\nprint(resident())")
    assert kept - given_back > 40 * 2**20
