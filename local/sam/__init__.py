"""The real sam command line: builds, deploys and invokes against the AWS on this machine."""
