"""Shared settings: hypothesis is deterministic, so that a red run can be repeated."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

from hypothesis import HealthCheck, settings

from tests.amounts import amount

# what the tests read belongs into no user's cache, their mistakes into no user's log
_OWN = tempfile.mkdtemp(prefix="toolkit-tests-")
for _name in ("XDG_CACHE_HOME", "XDG_STATE_HOME", "WIN_PD_OVERRIDE_LOCAL_APPDATA"):
    os.environ[_name] = _OWN
atexit.register(shutil.rmtree, _OWN, ignore_errors=True)

settings.register_profile(
    "toolkit",
    derandomize=True,
    deadline=None,
    max_examples=amount(100, 25),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("toolkit")
