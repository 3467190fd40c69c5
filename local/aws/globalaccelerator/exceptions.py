"""The errors of Global Accelerator's API. Codes are the shape names of botocore's service model."""

import builtins

from botocore.exceptions import EndpointConnectionError
from moto.core.exceptions import ServiceException


class AcceleratorNotFoundException(ServiceException):
    code = "AcceleratorNotFoundException"
    message = "The accelerator that you specified doesn't exist: {arn}"


class ListenerNotFoundException(ServiceException):
    code = "ListenerNotFoundException"
    message = "The listener that you specified doesn't exist: {arn}"


class EndpointGroupNotFoundException(ServiceException):
    code = "EndpointGroupNotFoundException"
    message = "The endpoint group that you specified doesn't exist: {arn}"


class EndpointGroupAlreadyExistsException(ServiceException):
    code = "EndpointGroupAlreadyExistsException"
    message = "The listener already has an endpoint group in {region}"


class AssociatedListenerFoundException(ServiceException):
    code = "AssociatedListenerFoundException"
    message = "The accelerator that you specified has a listener associated with it."


class AssociatedEndpointGroupFoundException(ServiceException):
    code = "AssociatedEndpointGroupFoundException"
    message = "The listener that you specified has an endpoint group associated with it."


class AcceleratorNotDisabledException(ServiceException):
    code = "AcceleratorNotDisabledException"
    message = "The accelerator that you specified could not be disabled."


class LimitExceededException(ServiceException):
    code = "LimitExceededException"
    message = "Processing your request would cause you to exceed a Global Accelerator limit."


class InvalidArgumentException(ServiceException):
    code = "InvalidArgumentException"


class InvalidNextTokenException(ServiceException):
    code = "InvalidNextTokenException"
    message = "There isn't another item to return."


class TransactionInProgressException(ServiceException):
    code = "TransactionInProgressException"
    message = "There's already a transaction in progress. Another transaction can't be processed."


class UnknownHost(EndpointConnectionError, builtins.ConnectionError):
    """The host of a region that has no Global Accelerator API.

    That API exists in us-west-2 only, and no other region's host name resolves, so a client gets no answer at all.
    Inside `mock_aws` botocore sees exactly the error that it would raise itself. Over HTTP the name was already
    resolved; the nearest thing is to hang up, which werkzeug does when a handler raises the built-in ConnectionError,
    and botocore reports that as `ConnectionClosedError`.
    """
