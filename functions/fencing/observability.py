"""The one logger. Messages are static, what varies goes into keys; nothing secret may become a key.

Its correlation id is the execution's name, from the webhook, which chooses it, to the last step.
"""

from aws_lambda_powertools import Logger

CORRELATION_ID_PATH = "execution"

logger = Logger(utc=True)
