"""Plain files of the demonstration, and the seeded generator that made the year's replay."""
