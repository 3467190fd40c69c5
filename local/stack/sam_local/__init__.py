"""The stack with its functions in containers, as `sam local invoke` runs them, and every sample event."""
