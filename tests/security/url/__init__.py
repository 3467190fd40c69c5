"""Over HTTP, to the function URL of the embedded stack."""
