"""Monitoring without OpenShift: plain Prometheus and Alertmanager files, made from what is in openshift/."""
