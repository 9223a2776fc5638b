"""The documents of cases: files, answers, letters."""
