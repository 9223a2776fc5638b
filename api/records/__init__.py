"""What cases rest on and are related to, and why a limit is due when it is."""
