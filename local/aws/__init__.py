"""AWS in one process: moto, repaired where it is wrong and extended where it lacks something."""
