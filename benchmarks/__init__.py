"""Measured claims: ours against a bare SpiffWorkflow, small against large, first against last; ratios of one run."""
