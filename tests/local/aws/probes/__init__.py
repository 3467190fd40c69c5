"""What moto does, looked at through its API: once as it is shipped, once repaired.

Each probe is a function that returns one observation, with what is seen in plain moto and what in repaired moto. When
an update of moto mends a defect, the plain observation changes, and the test says that the repair can go.
"""
