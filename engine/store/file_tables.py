"""Tables of files that were uploaded: what is being sent, what is stored and how it was checked."""
