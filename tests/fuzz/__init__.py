"""Hostile requests for the webhook: `python -m tests.fuzz` sends many, the fast tests some of the same."""
