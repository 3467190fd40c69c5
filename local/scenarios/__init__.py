"""Plays what is in scenarios/: what happens to the world, which alerts arrive, and what must come of it; see `reading`.

The same file runs in process, for the tests (`local.stack.in_process`), and on the embedded stack, for the demo
(`local.stack.embedded`).
"""
