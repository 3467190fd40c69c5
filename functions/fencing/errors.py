"""The one tree of errors.

A class name is an error name of the definition (`ErrorEquals`), and `str(error)` is a sentence for an operator. The two
branches say what the definition does: a `TransientError` is retried, then caught; a `FinalError` is caught at once.
Nothing secret may be put into a message: it ends in state data, in a log and in a mail.
"""

from http import HTTPStatus


class FencingError(Exception):
    """Whatever goes wrong on the way of an alert."""


class TransientError(FencingError):
    """May pass by itself. Retried by the definition; every step may be run again at any time."""


class AcceleratorUnavailable(TransientError):
    """Global Accelerator timed out, throttled, failed with 5xx or has a transaction in progress. Retried."""


class LoadBalancerTagsUnavailable(TransientError):
    """The tags that would tell the sites apart can't be read, and elimination doesn't help. Retried."""


class InfinispanUnavailable(TransientError):
    """An Infinispan timed out, refused the connection, failed with 5xx or didn't answer with JSON. Retried."""


class SecretUnavailable(TransientError):
    """Secrets Manager doesn't answer, and no earlier value of the secret is known. Retried."""


class FenceRecordUnavailable(TransientError):
    """DynamoDB timed out, throttled or failed with 5xx. Retried."""


class FenceContended(TransientError):
    """Other executions kept changing the fence record between our read and our write. Retried."""


class EndpointStillListed(TransientError):
    """The fenced site's endpoint was removed, but Global Accelerator lists it, still or again. Retried."""


class SiteNotYetOffline(TransientError):
    """Infinispan accepted take-offline for some caches only, or doesn't say `offline` yet. Retried."""


class FinalError(FencingError):
    """Won't pass by itself. Not retried: somebody must look."""


class InvalidInput(FinalError):
    """The execution input or a state's data doesn't fit. Not retried."""


class InvalidSetting(FinalError):
    """An environment variable, and so a parameter of the stack, is missing or malformed. Not retried."""


class InvalidSecret(FinalError):
    """A secret isn't the JSON object `{"username": ..., "password": ...}`. Not retried."""


class InvalidFenceRecord(FinalError):
    """The item in DynamoDB isn't a fence record: somebody edited it. Not retried."""


class AccessDenied(FinalError):
    """IAM refuses a call that a step needs. Not retried."""


class AcceleratorNotFound(FinalError):
    """The alert's accelerator isn't one of the stack's, or one of the stack's doesn't exist. Not retried."""


class SitesNotIdentified(FinalError):
    """Whose is an endpoint? Its `site` tag is missing or surprising, or no parameter gives it. Not retried."""


class RequestRefused(FinalError):
    """AWS calls a request of ours invalid; the same request won't be valid later. Not retried."""


class InfinispanAccessDenied(FinalError):
    """Infinispan refuses our credentials, or lack the ADMIN permission of x-site operations. Not retried."""


class InfinispanMisconfigured(FinalError):
    """Infinispan isn't the site's, isn't trusted, or has no backup to the other site. Not retried."""


class SurvivorNotListed(FinalError):
    """The survivor isn't in a listener that would be, or is, left without the fenced site. Not retried."""


class RequestRejected(FencingError):
    """The webhook turns a request away. Never leaves the webhook: `status` is that of its response.

    `credentials`, which are looked at before anything else, is what the log says of them: an alarm waits for "wrong".
    """

    status = HTTPStatus.BAD_REQUEST
    credentials = "right"


class Malformed(RequestRejected):
    """Not JSON, or not an Alertmanager webhook of version 4."""


class Unauthorized(RequestRejected):
    """No credentials, or what isn't even well formed: whoever finds the public URL."""

    status = HTTPStatus.UNAUTHORIZED
    credentials = "missing or malformed"


class WrongCredentials(Unauthorized):
    """Well-formed credentials, but not ours: a sender with old or mistyped ones, or somebody who guesses."""

    credentials = "wrong"


class MethodNotAllowed(RequestRejected):
    """Not a POST."""

    status = HTTPStatus.METHOD_NOT_ALLOWED


class TooLarge(RequestRejected):
    """A body or a number of alerts beyond what any Alertmanager sends."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class DependencyUnavailable(RequestRejected):
    """A service that the webhook needs is down: Alertmanager retries a 503 at once."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


class AlertExhausted(DependencyUnavailable):
    """Many executions for one alert have failed within minutes: the next delivery may have better luck."""
