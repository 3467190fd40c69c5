"""The webhook under attack, under load and while its secret is rotated; and what its logs must not tell."""
