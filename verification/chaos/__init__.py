"""Real executions on the embedded stack, whose function processes are killed while they run."""
