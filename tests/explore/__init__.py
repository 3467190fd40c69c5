"""Exactly one survivor, shown on the real handlers and the real definition by exploring every interleaving to a bound.

Read in this order: `conversation` and `clients` (the real handlers, an outside call at a time), `definition` (the real
order of steps), `world` (what is outside), `execution` (one way of an alert), `moves` (what may happen next, faults
included), `invariants` (what must hold), `search` (visit every state once), `scenarios` (with what bounds).
"""
