"""A screen of its own with LibreOffice on it, used with the mouse as a person uses it.

Nothing of the user's is touched: the display is virtual, the profile is thrown away. Only what
was started here is ended, by its process group.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote
from xml.sax.saxutils import escape

from tests.programs import require

SIZE = 1400, 1250
_SECONDS = 120
_PROGRAM = " - LibreOffice Calc"
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
_SETTINGS = """
<item oor:path="/org.openoffice.Office.Common/Misc">
<prop oor:name="ShowTipOfTheDay" oor:op="fuse"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="SecureURL" oor:op="fuse"><value><it>{}</it></value></prop></item>
</oor:items>"""
# looks at the document that is open; changes nothing
_DRIVER = """
Function Console()
 Dim all, one
 all = StarDesktop.Components.createEnumeration()
 Do While all.hasMoreElements()
  one = all.nextElement()
  If InStr(one.URL, ".xlsm") > 0 Then Console = one
 Loop
End Function

Sub Buttons
 Dim d, form, i, control, place, size
 d = Console()
 Open "{folder}/buttons.new" For Output As #1
 form = d.DrawPages(0).Forms(0)
 For i = 0 To form.Count - 1
  control = d.CurrentController.getControl(form.getByIndex(i))
  place = control.getAccessibleContext().getLocationOnScreen()
  size = control.getAccessibleContext().getSize()
  Print #1, form.getByIndex(i).Label & Chr(9) & place.X & Chr(9) & place.Y _
   & Chr(9) & size.Width & Chr(9) & size.Height & Chr(9) & CInt(control.isVisible())
 Next i
 Close #1
 Name "{folder}/buttons.new" As "{folder}/buttons.txt"
End Sub

Sub Cells
 Dim d, one, place
 d = Console()
 Open "{folder}/cells.new" For Output As #1
 For Each one In d.NamedRanges.ElementNames
  place = d.NamedRanges.getByName(one).getReferredCells().getRangeAddress()
  Print #1, one & Chr(9) & Join(Split(d.Sheets(place.Sheet).getCellByPosition( _
   place.StartColumn, place.StartRow).String, Chr(10)), " ")
 Next one
 Close #1
 Name "{folder}/cells.new" As "{folder}/cells.txt"
End Sub
"""


@dataclass(frozen=True)
class Button:
    """A button as it stands on the screen, in pixels."""

    caption: str
    left: int
    top: int
    width: int
    height: int
    visible: bool

    @property
    def middle(self) -> tuple[int, int]:
        return self.left + self.width // 2, self.top + self.height // 2


@dataclass(frozen=True)
class Picture:
    """Pixels of three bytes, line by line."""

    width: int
    pixels: bytes

    @classmethod
    def read(cls, path: Path) -> Picture:
        content = path.read_bytes()
        head = re.match(rb"P6\s(?:#.*\n)*(\d+)\s(\d+)\s255\s", content)
        assert head, "no PPM"
        return cls(int(head[1]), content[head.end() :])

    def at(self, x: int, y: int) -> tuple[int, ...]:
        start = 3 * (y * self.width + x)
        return tuple(self.pixels[start : start + 3])

    def dark(self, button: Button) -> int:
        """How many pixels of a button are as dark as letters."""
        columns = range(button.left + 4, button.left + button.width - 4)
        rows = range(button.top + 4, button.top + button.height - 4)
        return sum(max(self.at(x, y)) < 90 for y in rows for x in columns)


class Desktop:
    """One document, open in LibreOffice on a virtual screen."""

    def __init__(self, folder: Path, display: str, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._environment = {
            **os.environ,
            **environment,
            "DISPLAY": display,
            "SAL_USE_VCLPLUGIN": "gen",
            # a desktop has a UTF-8 locale; without one LibreOffice loses Chinese paths
            "LC_ALL": "C.UTF-8",
            "HOME": str(folder),
            "TMPDIR": str(folder),
        }
        profile = folder / "profile"
        self._office = [
            *(require("soffice"), "--norestore", "--nologo", "--nolockcheck"),
            f"-env:UserInstallation={profile.as_uri()}",
        ]

    @classmethod
    @contextmanager
    def showing(
        cls, document: Path, folder: Path, environment: Mapping[str, str] | None = None
    ) -> Iterator[Desktop]:
        """Open a document of a trusted folder and wait until its buttons stand still."""
        for program in ("soffice", "Xvfb", "xdotool", "scrot"):
            require(program)
        with _screen() as display:
            desktop = cls(folder, display, environment or {})
            desktop._set_up(trusted=document.parent)
            with _running([*desktop._office, str(document)], desktop._environment):
                desktop._settle()
                yield desktop

    def buttons(self) -> dict[str, Button]:
        """Caption -> button."""
        lines = (line.split("\t") for line in self._ask("Buttons", "buttons.txt"))
        found = [Button(c, *map(int, n[:4]), visible=n[4] != "0") for c, *n in lines]
        return {button.caption: button for button in found}

    def cells(self) -> dict[str, str]:
        """Name -> what the cell shows."""
        lines = (line.partition("\t") for line in self._ask("Cells", "cells.txt"))
        return {name: text for name, _, text in lines}

    def click(self, place: tuple[int, int]) -> None:
        """Move the mouse there and press its left button."""
        self._do("mousemove", *map(str, place), "sleep", "0.3", "click", "1")

    def wait_for_box(self) -> None:
        """Until a message is shown. Raises AssertionError when none comes."""
        _wait(lambda: bool(self._boxes()), "no message was shown")
        time.sleep(0.5)

    def dismiss_box(self) -> None:
        """Press Return in the message that is shown."""
        for window in self._boxes():
            # without a window manager nobody gives it the keyboard
            self._do("windowfocus", window, "sleep", "0.3", "key", "Return")
        _wait(lambda: not self._boxes(), "the message stays")

    def open_beside(self, document: Path) -> None:
        """Open another document and come back to the first window."""
        (console,) = self._windows()
        subprocess.run([*self._office, str(document)], env=self._environment, check=True)
        self.wait_for_documents(2)
        self._do("windowraise", console, "windowfocus", console, "sleep", "1")

    def documents(self) -> int:
        """How many documents are open."""
        return sum(title.endswith(_PROGRAM) for title in self._windows().values())

    def wait_for_documents(self, count: int) -> None:
        _wait(lambda: self.documents() == count, f"there are not {count} documents")
        time.sleep(1)

    def _windows(self) -> dict[str, str]:
        """Id -> title; Chinese comes in a coding of the X server."""
        found = self._do("search", "--onlyvisible", "--name", ".+").split()
        return {window: self._do("getwindowname", window).strip() for window in found}

    def _boxes(self) -> list[str]:
        return [w for w, title in self._windows().items() if not title.endswith(_PROGRAM)]

    def shot(self, path: Path) -> Picture:
        """A picture of the whole screen, kept at `path` (.ppm)."""
        subprocess.run(["scrot", "-o", str(path)], env=self._environment, check=True, timeout=30)
        return Picture.read(path)

    def _set_up(self, trusted: Path) -> None:
        first = [*self._office, "--headless", "--terminate_after_init"]
        subprocess.run(first, env=self._environment, check=True, timeout=_SECONDS)
        user = self._folder / "profile" / "user"
        settings = user / "registrymodifications.xcu"
        text = settings.read_text(encoding="utf-8")
        added = _SETTINGS.format(escape(_office_uri(trusted)))
        settings.write_text(text.replace("</oor:items>", added), encoding="utf-8")
        library = user / "basic" / "Standard"
        (library / "script.xlb").write_text(_LIBRARY, encoding="utf-8")
        driver = _DRIVER.format(folder=self._folder)
        (library / "Driver.xba").write_text(_MODULE.format(escape(driver)), encoding="utf-8")

    def _settle(self) -> None:
        """The window is there and its buttons no longer move."""
        _wait(
            lambda: any(t.endswith(f".xlsm{_PROGRAM}") for t in self._windows().values()),
            "no console",
        )
        time.sleep(2)
        before: dict[str, Button] = {}
        while (now := self.buttons()) != before:
            before = now
            time.sleep(1)

    def _ask(self, sub: str, answer: str) -> list[str]:
        path = self._folder / answer
        path.unlink(missing_ok=True)
        asking = [*self._office, f"macro:///Standard.Driver.{sub}"]
        subprocess.run(asking, env=self._environment, check=True, timeout=_SECONDS)
        _wait(path.exists, f"{sub} did not answer")
        return path.read_text(encoding="utf-8").splitlines()

    def _do(self, *what: str) -> str:
        done = subprocess.run(
            ["xdotool", *what],
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        return done.stdout


def _office_uri(path: Path) -> str:
    """As LibreOffice writes it: pathlib would escape more, and no longer match."""
    return "file://" + quote(str(path), safe="/=&+,;:@!$'()*")


def _wait(until: Callable[[], bool], complaint: str, seconds: float = _SECONDS) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, complaint
        time.sleep(0.3)


@contextmanager
def _screen() -> Iterator[str]:
    """A virtual display; its name."""
    reading, writing = os.pipe()
    size = f"{SIZE[0]}x{SIZE[1]}x24"
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", size, "-nolisten", "tcp"]
    with _running(command, os.environ, keep=(writing,)):
        os.close(writing)
        with os.fdopen(reading) as number:
            yield f":{number.readline().strip()}"


@contextmanager
def _running(
    command: Sequence[str], environment: Mapping[str, str], keep: Sequence[int] = ()
) -> Iterator[None]:
    process = subprocess.Popen(
        command,
        env=dict(environment),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        pass_fds=tuple(keep),
    )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
