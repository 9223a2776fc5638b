"""Tables of who sees what beyond their own work: consents, restricted cases, the log of reading."""
