"""The name under which a department's job stands in the system's scheduler."""

from __future__ import annotations

import hashlib
import unicodedata
from pathlib import PurePath, PureWindowsPath

_PREFIX = "support-workbooks-"
_DIGITS = 12
_EXTENDED = (("\\\\?\\unc\\", "\\\\"), ("\\\\?\\", ""))


def task_name(folder: PurePath) -> str:
    """A name in ASCII, the same for every spelling of one absolute folder.

    So installing twice replaces, and removing finds what was installed. Windows ignores case,
    kinds of slashes and the \\\\?\\ spelling; macOS ignores how accents are composed.
    """
    text = unicodedata.normalize("NFC", str(folder))
    if isinstance(folder, PureWindowsPath):
        text = text.lower()
        for extended, plain in _EXTENDED:
            if text.startswith(extended):
                text = plain + text.removeprefix(extended)
                break
        text = text.rstrip("\\")
    digest = hashlib.sha256(text.encode("utf-8", errors="surrogatepass")).hexdigest()
    return _PREFIX + digest[:_DIGITS]
