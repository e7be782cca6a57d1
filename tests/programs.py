"""Heavy programs that some tests drive; without them these tests are skipped, on CI they fail."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.amounts import ON_CI

_SECONDS = 600


def require(program: str) -> str:
    """The path of a program. Skips the test when it is missing, fails it when `CI` is set."""
    path = shutil.which(program)
    if path is None:
        reason = f"{program} is not installed"
        if ON_CI:
            pytest.fail(reason)
        pytest.skip(reason)
    return path


def libreoffice_convert(
    files: Sequence[Path], kind: str, outputs: Path, profile: Path
) -> list[Path]:
    """Save files as `kind` (xlsx, xls, ods, pdf …) in one run; names must differ.

    `profile` is a private user profile, so that no LibreOffice that somebody uses is disturbed.
    """
    program = require("soffice")
    names = [f.stem for f in files]
    assert len(set(names)) == len(names), "two files have the same name"
    outputs.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [
            program,
            f"-env:UserInstallation={profile.resolve().as_uri()}",
            "--headless",
            "--convert-to",
            kind,
            "--outdir",
            str(outputs),
            *map(str, files),
        ],
        check=True,
        capture_output=True,
        timeout=_SECONDS,
    )
    suffix = kind.partition(":")[0]
    made = [outputs / f"{name}.{suffix}" for name in names]
    missing = [path.name for path in made if not path.exists()]
    assert not missing, f"LibreOffice did not write {missing}"
    return made
