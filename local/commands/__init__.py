"""What a person runs: one module per command of `python -m local`, and how they talk to the terminal."""
