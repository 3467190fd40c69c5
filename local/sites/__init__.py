"""Two sites with an Infinispan each: what they offer whoever runs them, who asks them, simulated ones and real ones."""
