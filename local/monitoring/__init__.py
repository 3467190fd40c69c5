"""Monitoring of the sites: the files of cluster/, and real Prometheus and Alertmanager processes that run them."""
