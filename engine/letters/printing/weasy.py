"""PDF/UA by WeasyPrint, which needs the system's text libraries (Pango, HarfBuzz, Fontconfig)."""

from __future__ import annotations

import hashlib
import importlib
import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from engine.letters.printing.making import FONTS, MakerAway, PdfRefused, face, font, for_paper

#: By this address a letter's style sheet names a font of ours; no other address is ever read.
_SCHEME = "ehc-font:"
#: Fonts carry the second in which they were cut down: always this one, so that PDFs can be compared.
_EPOCH = "0"
_TURN = threading.Lock()


class WeasyMaker:
    """Makes tagged PDFs that claim PDF/UA-1, the same bytes whenever they are made of the same page."""

    is_accessible = True

    def __init__(self) -> None:
        """Look for WeasyPrint and what it needs.

        Raises:
            MakerAway: it isn't installed, or a library isn't there; the message names it.
        """
        try:
            self._program: Any = importlib.import_module("weasyprint")
            self._urls: Any = importlib.import_module("weasyprint.urls")
        except ImportError:
            raise MakerAway(
                "WeasyPrint isn't installed: pip install 'ehc-engine[letters]' brings it."
            ) from None
        except OSError as problem:
            raise MakerAway(
                f"WeasyPrint lacks a library of the system ({_library(problem)}): install Pango, HarfBuzz and"
                " Fontconfig (on Debian and Ubuntu: libpango-1.0-0, libpangoft2-1.0-0, libharfbuzz-subset0)."
            ) from None

        logging.getLogger("weasyprint").setLevel(logging.ERROR)  # else it warns anew with each letter

    @property
    def name(self) -> str:
        """WeasyPrint and its version."""
        return f"weasyprint {self._program.__version__}"

    def make(self, page: str, *, styles: str = "print.css") -> bytes:
        """The PDF of a page.

        Raises:
            PdfRefused: WeasyPrint can't lay it out.
        """
        faces = "".join(face(weight, _SCHEME + name) for weight, name in FONTS.items())
        html = for_paper(page, styles, faces)
        identifier = hashlib.sha256(html.encode()).digest()[:16]
        with _TURN, _no_time():
            try:
                document = self._program.HTML(string=html, url_fetcher=self._fetcher(), base_url=_SCHEME)
                made: bytes = document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identifier)
            except Exception as problem:  # whatever it is, it is of this page: the next one may be made
                kind = type(problem).__name__
                raise PdfRefused(f"WeasyPrint can't lay out this letter ({kind}).") from None
        return made

    def _fetcher(self) -> Any:
        """What reads our fonts and refuses every other address: a letter reaches no file and no network."""
        urls: Any = self._urls
        fetcher: Any = urls.URLFetcher

        class OurFontsAlone(fetcher):  # type: ignore[misc]  # its class is known only here
            def fetch(self, url: str, headers: object = None) -> Any:
                name = url.removeprefix(_SCHEME)
                if name not in FONTS.values():
                    raise ValueError("A letter may not load anything.")
                return urls.URLFetcherResponse(url, font(name), {"Content-Type": "font/ttf"})

        return OurFontsAlone()


def _library(problem: OSError) -> str:
    """The library that couldn't be opened, as the message of the loader names it."""
    return next((word.strip("'\",:") for word in str(problem).split() if "lib" in word), "unnamed")


@contextmanager
def _no_time() -> Iterator[None]:
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = _EPOCH
    try:
        yield
    finally:
        if before is None:
            del os.environ["SOURCE_DATE_EPOCH"]
        else:
            os.environ["SOURCE_DATE_EPOCH"] = before
