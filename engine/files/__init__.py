"""Files outside the database: where their bytes lie, what they are, and whether they are clean."""

from __future__ import annotations

from engine.files.folder import FileFolder, Staged
from engine.files.looking import KINDS, look
from engine.files.scanning import Scanner, ScannerAway, Verdict

__all__ = ["KINDS", "FileFolder", "Scanner", "ScannerAway", "Staged", "Verdict", "look"]
