"""EHC plans: drafted, issued, amended, carried over phases, and ended."""
