"""Children and their families: who holds the rights, and how each is reached."""
