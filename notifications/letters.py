"""Makes the PDFs of letters beside the steps that sent them."""

from __future__ import annotations

from datetime import timedelta

from engine.errands import Errand
from engine.services.notices.pdfs import NEXT_PDF, make_waiting

#: What a process that serves does when a letter was sent.
MAKING = Errand("Making letters", timedelta(seconds=5), make_waiting, (NEXT_PDF,))
