"""Drives and shares of Windows: what an unattended job can reach of them.

A drive letter that is mapped to a share belongs to one login session: a job that runs while
nobody is logged in, and even an elevated console of the same user, does not see it. A UNC path
is the same for everybody.
"""

from __future__ import annotations

import sys
from pathlib import PurePath, PureWindowsPath

_EXTENDED_UNC = "\\\\?\\UNC\\"
_LONGEST = 1024


def is_share(path: PurePath) -> bool:
    """Whether it is a UNC path (\\\\server\\share\\…), also in its \\\\?\\UNC\\ spelling."""
    if not isinstance(path, PureWindowsPath):
        return False
    drive = path.drive
    if drive.upper().startswith(_EXTENDED_UNC):
        return True
    return drive.startswith("\\\\") and drive[2:3] not in ("?", ".")


def share_of(drive: str) -> str:
    """The share to which a drive (`Z:`) is mapped in this session or at every login, or ''."""
    if sys.platform != "win32":
        return ""
    import ctypes
    import winreg

    name = ctypes.create_unicode_buffer(_LONGEST)
    length = ctypes.c_ulong(_LONGEST)
    if ctypes.windll.mpr.WNetGetConnectionW(drive, name, ctypes.byref(length)) == 0:
        return name.value
    try:
        # an elevated console has no mappings of its own, but the user's lasting ones are noted
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, f"Network\\{drive[:1]}") as key:
            return str(winreg.QueryValueEx(key, "RemotePath")[0])
    except OSError:
        return ""
