"""The tests can't reach anything but this machine, nor anybody's AWS account."""

import socket

import boto3
import pytest
from pytest_socket import SocketConnectBlockedError


def test_only_this_machine_can_be_reached():
    with pytest.warns(UserWarning, match="192.0.2.1"), pytest.raises(SocketConnectBlockedError):
        socket.create_connection(("192.0.2.1", 443), timeout=1)


def test_this_machine_can_be_reached():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()


def test_aws_credentials_are_made_up():
    session = boto3.Session()
    assert session.available_profiles == []
    credentials = session.get_credentials()
    assert credentials is not None
    assert credentials.access_key == "testing"
