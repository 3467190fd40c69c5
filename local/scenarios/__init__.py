"""Scenarios: what happens to the world, which alerts arrive, and what must come of it. Data; see `reading`.

The same file runs in process, for the tests (`in_process`), and against the deployed stack, for the demo (`deployed`).
"""
