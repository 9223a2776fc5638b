"""A case's family: who is told, how, and who is not."""
