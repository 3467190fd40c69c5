"""What the functions share.

An alert travels through `steps`, a module per Lambda: each looks at the world through `adapters`, lets a pure function
of `decisions` say what to do and why, does it, and reads it back. The words they exchange are in `alert`, `topology`,
`fence` and `outcome`; everything that can go wrong is in `errors`.
"""
