"""The functions in containers, as `sam local` runs them: a container runtime, an image for it, and sam itself."""
