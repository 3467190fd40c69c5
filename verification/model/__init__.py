"""Exactly one survivor, shown on the real handlers and the real definition by exploring every interleaving to a bound.

`python -m verification.model` explores to the full bound, `tests/verification` to a small one.
To trust it, read in this order:

- `replay_log`, `clients`, `lambdas`: the real handlers, an outside call at a time.
- `definition`: the real order of steps.
- `world`, `outside`, `surroundings`: what is outside, how it answers, and what else happens there.
- `execution`, `transitions`: one alert's way, and all that may come next on it, faults included.
- `invariants`, `recovery`: what must hold, in every state and after every crash.
- `explorer`, `search`, `walk`, `counterexample`: visit every state once, or walk far beyond at random; tell what broke.
- `scenarios`, `guards`, `runs`: with what bounds; what breaks without each guard; all of it in parallel.
- `faults`, `fault_document`: every fault of every call, through the definition; docs/faults.md.

What isn't explored: the webhook, which only starts executions; two calls at once within one Lambda (it makes none); and
what the premises exclude, see `scenarios.LIMITS`.
"""
