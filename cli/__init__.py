"""The `ehc` command, on top of everything else."""
