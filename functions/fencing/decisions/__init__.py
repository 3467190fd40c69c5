"""Pure decisions: facts in, a decision with its reason out. No clock, no network, no environment."""
