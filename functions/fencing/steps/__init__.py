"""What each Lambda of the workflow does, in the order of the definition."""
