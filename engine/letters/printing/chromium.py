"""PDF by a headless Chromium: tagged, but without a claim of PDF/UA."""

from __future__ import annotations

import base64
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.letters.printing.devtools import Talk
from engine.letters.printing.making import FONTS, MakerAway, face, font, for_paper

#: Names under which a Chromium is looked for on the PATH where none is set.
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "headless_shell")
#: Seconds that one letter may take.
_PATIENCE = 60.0
#: Nothing is loaded and nothing runs, whatever a template says.
_POLICY = (
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\';'
    " style-src 'unsafe-inline'; font-src data:\">"
)
# Its own sandbox needs rights that a service without root often lacks; the letter runs no script, loads
# nothing, and every host name leads nowhere.
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--no-first-run",
    "--font-render-hinting=none",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--remote-debugging-pipe",
)
_PAPER = {
    "printBackground": False,
    "preferCSSPageSize": True,
    "displayHeaderFooter": False,
    "generateTaggedPDF": True,
    "generateDocumentOutline": True,
}
_HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)
#: Chromium listens at the file descriptor 3 and answers at 4: this puts our pipes there, once they are out of
#: the way. A shell cannot: some know no descriptor above 9.
_WITH_PIPES = """
import fcntl, os, sys
for to, number in enumerate([fcntl.fcntl(int(each), fcntl.F_DUPFD, 10) for each in sys.argv[1:3]], 3):
    os.dup2(number, to)
os.execv(sys.argv[3], sys.argv[3:])
"""


class ChromiumMaker:
    """Makes tagged PDFs with one run of Chromium for each."""

    is_accessible = False

    def __init__(self, executable: Path | None = None) -> None:
        """Look for a Chromium that starts.

        Args:
            executable: the one to use; None looks on the PATH.

        Raises:
            MakerAway: there is none, or it doesn't start.
        """
        found = [str(executable)] if executable else [path for name in _NAMES if (path := shutil.which(name))]
        versions = ((path, _version(path)) for path in found)
        started = next(((path, version) for path, version in versions if version), None)
        if started is None:
            named = f"{executable} (EHC_CHROMIUM) doesn't start" if executable else "none is on the PATH"
            raise MakerAway(f"There is no Chromium: {named}. Set EHC_CHROMIUM to the path of one.")
        self._executable, self._version = started

    @property
    def name(self) -> str:
        """Chromium and its version."""
        return f"chromium {self._version}"

    def make(self, page: str, *, styles: str = "print.css") -> bytes:
        """The PDF of a page.

        Raises:
            PdfRefused: Chromium ends without one, or takes too long.
        """
        faces = "".join(face(weight, _as_data(name)) for weight, name in FONTS.items())
        html = _HEAD.sub(lambda head: head[0] + _POLICY, for_paper(page, styles, faces), count=1)
        with tempfile.TemporaryDirectory(prefix="ehc-letter-", ignore_cleanup_errors=True) as folder:
            letter = Path(folder) / "letter.html"
            letter.write_text(html, encoding="utf-8")
            with self._running(Path(folder)) as talk:
                return _printed(talk, letter.as_uri())

    @contextmanager
    def _running(self, folder: Path) -> Iterator[Talk]:
        """A Chromium of its own for one letter; nothing of it is left afterwards."""
        listens, ask = os.pipe()
        hear, answers = os.pipe()
        moved = [sys.executable, "-IS", "-c", _WITH_PIPES, str(listens), str(answers)]
        command = [*moved, self._executable, *_FLAGS]
        try:
            with subprocess.Popen(  # noqa: S603 -- a program of the operator's choice, and files of our own
                [*command, f"--user-data-dir={folder / 'profile'}"],
                pass_fds=(listens, answers),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "HOME": str(folder)},
                start_new_session=True,
            ) as running:
                os.close(listens)
                os.close(answers)
                try:
                    yield Talk(ask, hear, patience=_PATIENCE, ticks=time.monotonic)
                finally:
                    _end(running)
        finally:
            os.close(ask)
            os.close(hear)


def _printed(talk: Talk, address: str) -> bytes:
    """Have a page loaded, with its fonts, and printed."""
    target = talk.call("Target.createTarget", url="about:blank")["targetId"]
    session = talk.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    talk.call("Page.enable", session)
    talk.call("Page.navigate", session, url=address)
    talk.wait_for("Page.loadEventFired")
    talk.call("Runtime.evaluate", session, expression="document.fonts.ready.then(() => 1)", awaitPromise=True)
    return base64.b64decode(talk.call("Page.printToPDF", session, **_PAPER)["data"])


def _end(running: subprocess.Popen[bytes]) -> None:
    """End Chromium with whatever it started: they are one group of their own."""
    try:
        os.killpg(running.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _version(path: str) -> str | None:
    try:
        command = [path, "--version"]
        told = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE)  # noqa: S603 -- as above
    except (OSError, subprocess.SubprocessError):
        return None
    number = re.search(r"\d+(\.\d+)+", told.stdout)
    return number[0] if told.returncode == 0 and number else None


def _as_data(name: str) -> str:
    return "data:font/ttf;base64," + base64.b64encode(font(name)).decode("ascii")
