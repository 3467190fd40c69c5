"""The real parts on one machine: Infinispan, Prometheus and Alertmanager, started and stopped for a test or a demo."""
