"""Marks a letter as a sample, on the page and on paper, as no letter that is sent ever is."""

from __future__ import annotations

import re

#: The words that a sample bears and a letter never does.
BANNER = "This is a sample with an invented child. Nobody was sent it, and no day in it counts."
_MARK = (
    "<style>"
    ".ehc-sample{border:3px solid #0b0c0c;padding:.5em 1em;font-weight:bold;margin:0 0 1.5em}"
    ".ehc-watermark{position:fixed;top:40%;left:0;right:0;text-align:center;font-size:7em;font-weight:bold;"
    "color:#0b0c0c;opacity:.12;transform:rotate(-30deg);pointer-events:none}"
    "</style>"
    f'<p class="ehc-sample" role="note">{BANNER}</p>'
    '<div class="ehc-watermark" aria-hidden="true">SAMPLE</div>'
)
_BODY = re.compile(r"<body[^>]*>", re.IGNORECASE)


def marked(page: str) -> str:
    """The page with a banner above the letter and a watermark over each sheet."""
    body = _BODY.search(page)
    at = body.end() if body else 0
    return page[:at] + _MARK + page[at:]
