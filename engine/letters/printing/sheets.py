"""The address sheet before a printed letter: what the window of an envelope shows.

The letter itself names no address: every copy is the same, and parents may live apart. The address stands
where a DL window and GOV.UK Notify's printers look for it, 24.6 to 120 mm from the left and 39.5 to 66.3 mm
from the top; page 1 stays empty elsewhere above 95 mm.
"""

from __future__ import annotations

import re
from html import escape

#: Lines of an address, with the name and the postcode.
FEWEST_LINES, MOST_LINES = 3, 7
_LONGEST_LINE = 60
_POSTCODE = re.compile(r"(GIR ?0AA|[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2})", re.IGNORECASE)


class AddressRefused(ValueError):
    """An address that nothing can be posted to; the message says what it lacks, and repeats none of it."""


def address_lines(name: str, address: str | None) -> list[str]:
    """The lines of an envelope: the name, the address, and its postcode last, in capitals.

    Raises:
        AddressRefused: there is none, it has too few or too many lines, one is too long, or its last line
            isn't a postcode of the United Kingdom.
    """
    if not address or not address.strip():
        raise AddressRefused("No postal address is recorded.")
    given = [" ".join(line.split()).rstrip(",") for line in address.splitlines() if line.strip()]
    lines = [" ".join(name.split()), *given]
    if not _POSTCODE.fullmatch(lines[-1]):
        raise AddressRefused("The last line of the postal address isn't a postcode.")
    if not FEWEST_LINES <= len(lines) <= MOST_LINES:
        raise AddressRefused(
            f"The name and the postal address have {len(lines)} lines; an envelope takes {FEWEST_LINES} to"
            f" {MOST_LINES}."
        )
    if any(len(line) > _LONGEST_LINE for line in lines):
        raise AddressRefused(f"A line of the postal address is longer than {_LONGEST_LINE} letters.")
    postcode = lines[-1].replace(" ", "").upper()
    return [*lines[:-1], f"{postcode[:-3]} {postcode[-3:]}"]


def address_sheet(lines: list[str], reference: str) -> str:
    """The page of HTML before a letter; `sheet.css` sets it.

    Args:
        lines: as `address_lines` gives them.
        reference: what tells the letter apart, without a word of its content.
    """
    shown = "\n".join(escape(line) for line in lines)
    return (
        '<!doctype html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n<title>Address</title>\n'
        f"</head>\n<body><address>{shown}</address><p>Our reference: {escape(reference)}</p>"
        "</body>\n</html>\n"
    )
