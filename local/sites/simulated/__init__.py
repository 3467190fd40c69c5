"""Stand-ins for the two sites' Infinispan, in this process."""
