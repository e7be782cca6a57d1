"""Shared settings: hypothesis is deterministic, so that a red run can be repeated."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

from hypothesis import HealthCheck, settings

# what the tests read belongs into no user's cache
os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="toolkit-tests-")
atexit.register(shutil.rmtree, os.environ["XDG_CACHE_HOME"], ignore_errors=True)

settings.register_profile(
    "toolkit",
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("toolkit")
