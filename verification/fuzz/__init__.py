"""Hostile requests for the webhook: `python -m verification.fuzz` sends many, the fast tests some of the same."""
