"""A real page for tests: headless Chromium through Playwright for Node, started by `tools/browser.mjs`, which takes
the machine's own or the packaged one."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from tests.support.sources import ROOT


class NoBrowserError(Exception):
    """There is no browser to test with; the message says how to get one."""


class PageError(AssertionError):
    """The page refused what was asked of it, for instance because an element isn't there."""


class Page:
    """One page. `call` reaches every method of Playwright's page whose arguments and answer are plain values."""

    def __init__(self, to_page: IO[str], from_page: IO[str]) -> None:
        self._to_page = to_page
        self._from_page = from_page

    def goto(self, address: str) -> None:
        """Open an address of this machine and wait until it's loaded."""
        self.call("goto", address)

    def title(self) -> str:
        """The document's title."""
        return str(self.call("title"))

    def text(self, selector: str) -> str:
        """The text of an element, as a reader sees it."""
        return str(self.call("innerText", selector))

    def fill(self, selector: str, text: str) -> None:
        """Write into a field."""
        self.call("fill", selector, text)

    def click(self, selector: str) -> None:
        """Press a button or follow a link."""
        self.call("click", selector)

    def evaluate(self, script: str) -> Any:
        """The value of a JavaScript expression in the page."""
        return self.call("evaluate", script)

    def troubles(self) -> list[str]:
        """What went wrong in the page: scripts' errors, console errors, requests to other machines."""
        return list(self.call("troubles"))

    def fresh(self) -> None:
        """Forget cookies, address and troubles."""
        self.call("fresh")

    def call(self, method: str, *arguments: Any) -> Any:
        """Call a method of Playwright's page.

        Raises:
            PageError: with Playwright's own words.
        """
        self._to_page.write(json.dumps({"call": method, "arguments": arguments}) + "\n")
        self._to_page.flush()
        answer = json.loads(self._from_page.readline() or '{"error": "The browser has ended."}')
        if "error" in answer:
            raise PageError(answer["error"])
        return answer.get("result")


@contextmanager
def opened() -> Iterator[Page]:
    """A browser with one page, ended afterwards.

    Raises:
        NoBrowserError: Node, its packages or Chromium are missing.
    """
    node = shutil.which("node")
    if node is None or not (ROOT / "node_modules" / "playwright-core").exists():
        raise NoBrowserError("Tests of pages need Node 20 or later and its packages: run 'make setup-test'.")
    command = [node, str(ROOT / "tests" / "support" / "browser.mjs")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, **pipes) as process:  # type: ignore[call-overload]
        if not process.stdout.readline():
            raise NoBrowserError("Chromium didn't start; the lines above say why.")
        yield Page(process.stdin, process.stdout)
        process.stdin.close()
        process.wait(timeout=30)
