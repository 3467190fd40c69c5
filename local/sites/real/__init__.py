"""Real Infinispan servers on one machine, started and stopped for a test or a demo."""
