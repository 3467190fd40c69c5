"""The embedded default: the AWS account, the two sites and the world around them, on one machine."""
