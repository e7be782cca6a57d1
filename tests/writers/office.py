"""LibreOffice without a window, in a profile of its own, driven by a small Basic macro.

Calls into a macro that does not compile return nothing and raise nothing: look at effects only.
What the driver calls runs at any security level: this says nothing about trusted places.
"""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from xml.sax.saxutils import escape

from tests.programs import require

_LIBRARY = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard"
 library:readonly="false" library:passwordprotected="false"><library:element
 library:name="Driver"/></library:library>
"""
_MODULE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Driver"
 script:language="StarBasic">{}</script:module>
"""
_SECONDS = 120


class Office:
    """One profile; every call of `run` starts and ends a LibreOffice of its own."""

    def __init__(self, folder: Path) -> None:
        """Its profile is made in `folder`. Without LibreOffice the test is skipped."""
        self._program = require("soffice")
        self._profile = folder / "profile"
        self._start("--terminate_after_init")
        user = self._profile / "user"
        library = user / "basic" / "Standard"
        (library / "script.xlb").write_text(_LIBRARY, encoding="utf-8")
        self._driver = library / "Driver.xba"

    def run(self, basic: str, environment: dict[str, str] | None = None) -> None:
        """Run Basic statements. Raises AssertionError with what Basic complains about."""
        complaint = self._profile / "complaint.txt"
        module = f"""Sub Main
        On Error GoTo Failed
        {basic}
        Exit Sub
        Failed:
        Open "{complaint}" For Output As #99
        Print #99, "line " & Erl & ": " & Error$
        Close #99
        ' an open document would keep LibreOffice running
        StarDesktop.terminate()
        End Sub
        {_HELPERS}"""
        self._driver.write_text(_MODULE.format(escape(module)), encoding="utf-8")
        self._start("macro:///Standard.Driver.Main", environment)
        assert not complaint.exists(), complaint.read_text()

    def _start(self, argument: str, environment: dict[str, str] | None = None) -> None:
        options = ["--headless", "--norestore", "--nologo", "--nolockcheck"]
        process = subprocess.Popen(
            [self._program, *options, f"-env:UserInstallation={self._profile.as_uri()}", argument],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env={**os.environ, **(environment or {})},
        )
        try:
            process.wait(_SECONDS)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


_HELPERS = """
Function Opened(url As String)
 Opened = StarDesktop.loadComponentFromURL(url, "_blank", 0, Array())
End Function

Sub Press(document, macro As String)
 Dim url As String
 url = "vnd.sun.star.script:VBAProject." & macro & "?language=Basic&location=document"
 document.getScriptProvider().getScript(url).invoke(Array(), Array(), Array())
End Sub

Function CellOf(document, key As String)
 Dim place
 place = document.NamedRanges.getByName(key).getReferredCells().getRangeAddress()
 CellOf = document.Sheets(place.Sheet).getCellByPosition(place.StartColumn, place.StartRow)
End Function
"""
