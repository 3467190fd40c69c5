"""AWS in one process, behind one HTTP endpoint."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from moto.core.base_backend import BackendDict
from moto.core.config import default_user_config
from moto.core.models import MockAWS
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import BaseWSGIServer, make_server

from local.aws import (
    cloud_control,
    function_urls,
    inactive_functions,
    lambda_invocation,
    lambda_runtime,
    load_balancers,
    repairs,
    throttling,
)
from local.aws.clients import CREDENTIALS
from local.aws.cloud_control import CloudControl
from local.aws.function_urls import FunctionUrls
from local.aws.stepfunctions.executions import stop_executions
from local.lifecycle import Startable

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

INTERPRETER_LOGGER = "moto.stepfunctions"

_only_one = threading.Lock()


class LocalAws(Startable):
    """An empty AWS account that answers on a loopback port from `start` to `stop`, with running Lambda functions.

    moto's state belongs to the process, so only one can run in a process at a time, and not together with `mock_aws`.

    port: 0 for a free one. log_directory: gets one file per function, made if it is missing. routes: further WSGI
    applications by path prefix, for instance {"/_world": application}; they find the prefix in SCRIPT_NAME.
    """

    def __init__(
        self, *, log_directory: Path, port: int = 0, routes: Mapping[str, WSGIApplication] | None = None
    ) -> None:
        self._log_directory = log_directory
        self._port = port
        self._routes = dict(routes or {})
        self._server: BaseWSGIServer | None = None

    @property
    def endpoint_url(self) -> str:
        """By name: moto takes path-style S3 URLs for "localhost" only. Raises RuntimeError before `start`."""
        if self._server is None:
            raise RuntimeError("not started")
        return f"http://localhost:{self._server.server_port}"

    def start(self) -> None:
        """Raises RuntimeError when another one, or `mock_aws`, is active in this process; OSError for a busy port."""
        if MockAWS._mocks_active or not _only_one.acquire(blocking=False):  # noqa: SLF001
            raise RuntimeError("moto is already in use in this process")
        try:
            self._start()
        except BaseException:
            _only_one.release()
            raise

    def stop(self) -> None:
        """Stop executions, kill function processes, close the port, forget all state. Harmless when not started."""
        if self._server is None:
            return
        stop_executions()
        lambda_invocation.use(None)
        lambda_runtime.use(None)
        self._runtime.close()
        self._server.shutdown()
        self._serving.join()
        self._server.server_close()
        self._server = None
        function_urls.use_base_url(None)
        load_balancers.regain_all_regions()
        inactive_functions.wake()
        throttling.lift()
        self._environment.stop()
        self._configuration.stop()
        logging.getLogger(INTERPRETER_LOGGER).removeHandler(self._interpreter_log)
        self._interpreter_log.close()
        BackendDict.reset()
        _only_one.release()

    def _start(self) -> None:
        repairs.install()
        BackendDict.reset()
        self._server = make_server(
            "127.0.0.1", self._port, self._application, threaded=True, request_handler=_QuietRequestHandler
        )
        self._log_directory.mkdir(parents=True, exist_ok=True)
        self._log_interpreter_to(self._log_directory / "step-functions.log")
        self._configuration = patch.dict(default_user_config, {"stepfunctions": {"execute_state_machine": True}})
        self._configuration.start()
        # moto's interpreter calls the services that a state machine uses at this port.
        self._environment = patch.dict(os.environ, {"MOTO_PORT": str(self._server.server_port)})
        self._environment.start()
        self._runtime = lambda_runtime.LambdaRuntime(
            self._log_directory, {"AWS_ENDPOINT_URL": self.endpoint_url, **CREDENTIALS}
        )
        lambda_runtime.use(self._runtime)
        lambda_invocation.use(self._runtime)
        function_urls.use_base_url(self.endpoint_url)
        self._routes[function_urls.PATH_PREFIX] = FunctionUrls(self._runtime)
        self._cloud_control = CloudControl(self.endpoint_url)
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._serving = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="local-aws", daemon=True)
        self._serving.start()

    def _log_interpreter_to(self, file: Path) -> None:
        """moto logs every failed state as an error, also those that a Retry or Catch handles: not for the terminal."""
        self._interpreter_log = logging.FileHandler(file, delay=True)
        logger = logging.getLogger(INTERPRETER_LOGGER)
        logger.addHandler(self._interpreter_log)
        logger.propagate = False

    def _application(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        for prefix, application in self._routes.items():
            if path == prefix or path.startswith(f"{prefix}/"):
                environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + prefix
                environ["PATH_INFO"] = path.removeprefix(prefix)
                return application(environ, start_response)
        if environ.get("HTTP_X_AMZ_TARGET", "").startswith(cloud_control.TARGET_PREFIX):
            return self._cloud_control(environ, start_response)
        answer: Iterable[bytes] = self._moto(environ, start_response)
        return answer


class _QuietRequestHandler(MotoRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Silent: requests aren't for the terminal."""

    def connection_dropped(self, error: BaseException, environ: WSGIEnvironment | None = None) -> None:
        """Hang up, for instance on those who ask for a host that doesn't exist: see `UnknownHost`."""
        self.close_connection = True
