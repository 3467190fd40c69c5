"""The deployed application with its world: in one process, in real processes, in containers, with real sites."""
