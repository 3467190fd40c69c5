"""The outside world: AWS and Infinispan, each behind a small class that speaks the project's words and errors."""
