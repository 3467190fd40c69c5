"""Least privilege: what the scenarios call of AWS, compared with what the deployed roles grant."""
