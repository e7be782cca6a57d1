"""Workbooks with a password: Excel's default one and those of the department are tried."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Mapping, Sequence

from .guard import RefusedError

DEFAULT = "VelvetSweatshop"
"""Excel opens files with this password without asking: they are only protected from changes."""
VARIABLE = "TOOLKIT_PASSWORDS"
_MOST_SPINS = 1_000_000
"""Rounds of hashing for a try, a second; Excel takes a tenth of it."""


def department_passwords(environment: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """The passwords from TOOLKIT_PASSWORDS, several separated by line ends or `;`."""
    parts = re.split(r"[\r\n;]+", environment.get(VARIABLE, ""))
    return tuple(dict.fromkeys(filter(None, map(str.strip, parts))))


def locked(passwords: Sequence[str] = ()) -> RefusedError:
    """The verdict on a file that none of the passwords opens."""
    tried = "，已设置的密码都打不开它" if passwords else ""
    return RefusedError(
        f"文件设有打开密码，无法读取{tried}",
        f"请填表人去掉打开密码后重新保存；或把密码写入环境变量 {VARIABLE}（多个用分号隔开）。",
        locked=True,
    )


def decrypted(content: bytes, passwords: Sequence[str]) -> tuple[bytes, bool]:
    """The workbook inside an encrypted file, and whether it took a password of the department.

    Raises RefusedError when no password fits.
    """
    import msoffcrypto
    from msoffcrypto.exceptions import FileFormatError

    for password in (DEFAULT, *passwords):
        opened = io.BytesIO()
        try:
            file = msoffcrypto.OfficeFile(io.BytesIO(content))
            if getattr(file, "info", None) and file.info.get("spinValue", 0) > _MOST_SPINS:
                raise locked(passwords)
            file.load_key(password=password)
            file.decrypt(opened)
        except RefusedError:
            raise
        except FileFormatError as error:
            raise locked(passwords) from error
        except Exception:  # a wrong password shows in many ways
            continue
        return opened.getvalue(), password != DEFAULT
    raise locked(passwords)
