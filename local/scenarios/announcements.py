"""What the operators were told: the messages on the stack's topic, which moto keeps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from moto.sns.models import Topic, sns_backends


class Announcements:
    """The messages on a topic of the AWS in this process."""

    def __init__(self, topic_arn: str) -> None:
        self._arn = topic_arn

    def forget(self) -> None:
        """Begin anew."""
        self._topic.sent_notifications.clear()

    def by_code(self) -> Mapping[str, int]:
        """How many messages there were for each outcome; a message's subject ends with its code."""
        subjects = [subject or "" for _, _, subject, _, _ in self._topic.sent_notifications]
        return Counter(subject.rpartition(" ")[2] for subject in subjects)

    def messages(self) -> list[str]:
        """The messages' texts."""
        return [message for _, message, _, _, _ in self._topic.sent_notifications]

    @property
    def _topic(self) -> Topic:
        region, account = self._arn.split(":")[3:5]
        return sns_backends[account][region].topics[self._arn]
