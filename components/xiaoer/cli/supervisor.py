"""Start several processes in order, wait for each to be healthy, show their logs, stop them together."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import httpx

from xiaoer.cli.errors import CommandError

STOP_GRACE_SECONDS = 10.0
COLOURS = ("\033[36m", "\033[35m", "\033[33m")
RESET = "\033[0m"


def port_is_taken(port: int, host: str = "127.0.0.1") -> bool:
    """Whether something listens on `host:port`."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


def is_healthy(url: str) -> bool:
    """Whether `url` answers 200 within two seconds."""
    try:
        return httpx.get(url, timeout=2, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def require_free(service: "Service") -> None:
    """Refuse a port that something listens on.

    Raises:
        CommandError: Naming the port and the option that changes it.
    """
    if port_is_taken(service.port):
        raise CommandError(
            f"Port {service.port}, wanted by {service.name}, is in use: stop what listens there "
            f"or choose another port with {service.option}."
        )


@dataclass
class Service:
    """One process to run.

    Args:
        name: What its log lines are prefixed with.
        command: The command line.
        port: The port it listens on.
        health_path: The path that answers 200 once it is ready.
        option: The command-line option that changes its port, for the error message.
        seconds: How long it may take to become healthy.
    """

    name: str
    command: list[str]
    port: int
    health_path: str
    option: str
    seconds: float = 300.0
    process: subprocess.Popen | None = field(default=None, repr=False)

    @property
    def health_url(self) -> str:
        """The address that tells whether it is ready."""
        return f"http://127.0.0.1:{self.port}{self.health_path}"


class Supervisor:
    """Runs services as children and stops them together.

    Args:
        folder: Their working directory.
        environment: Their environment.
        log_folder: Where their output goes when it is not shown; shown when `None`.
    """

    def __init__(
        self, folder: Path, environment: dict[str, str], log_folder: Path | None = None
    ) -> None:
        self._folder = folder
        self._environment = environment
        self._log_folder = log_folder
        self._services: list[Service] = []
        self._lock = threading.Lock()

    def __enter__(self) -> "Supervisor":
        # SIGHUP: the terminal was closed. Sessions of their own would outlive it.
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_terminate)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, service: Service) -> None:
        """Start `service` and wait until it is healthy.

        Raises:
            CommandError: If its port is taken, it ends early, or it is not ready in time.
        """
        require_free(service)
        service.process = subprocess.Popen(
            service.command,
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self._services.append(service)
        threading.Thread(target=self._pump, args=(service,), daemon=True).start()
        self._wait_until_healthy(service)

    def wait(self) -> None:
        """Return when a process ends.

        Raises:
            CommandError: Naming the process that ended.
        """
        while True:
            for service in self._services:
                if service.process is not None and service.process.poll() is not None:
                    raise CommandError(
                        f"{service.name} ended with exit code {service.process.returncode}; "
                        f"the others were stopped too. {self._where(service)}"
                    )
            time.sleep(0.5)

    def stop(self) -> None:
        """Stop all processes, the last started first, and wait for their end."""
        running = [
            service.process
            for service in reversed(self._services)
            if service.process is not None and service.process.poll() is None
        ]
        for process in running:
            self._signal(process, signal.SIGTERM)
        deadline = time.monotonic() + STOP_GRACE_SECONDS
        for process in running:
            try:
                process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self._signal(process, signal.SIGKILL)
                process.wait()
        self._services.clear()

    def _wait_until_healthy(self, service: Service) -> None:
        deadline = time.monotonic() + service.seconds
        while time.monotonic() < deadline:
            if service.process is not None and service.process.poll() is not None:
                raise CommandError(
                    f"{service.name} ended while starting (exit code "
                    f"{service.process.returncode}). {self._where(service)}"
                )
            if is_healthy(service.health_url):
                return
            time.sleep(0.3)
        raise CommandError(
            f"{service.name} was not ready after {service.seconds:.0f} s. {self._where(service)}"
        )

    def _where(self, service: Service) -> str:
        if self._log_folder is None:
            return "Its last lines are above."
        return f"See {self._log_path(service)}."

    def _log_path(self, service: Service) -> Path:
        return (self._log_folder or Path()) / f"{service.name}.log"

    def _pump(self, service: Service) -> None:
        if service.process is None or service.process.stdout is None:
            return
        if self._log_folder is None:
            self._copy(service, service.process.stdout, sys.stdout, self._prefix(service))
            return
        self._log_folder.mkdir(parents=True, exist_ok=True)
        with self._log_path(service).open("w") as file:
            self._copy(service, service.process.stdout, file, "")

    def _copy(self, service: Service, source: IO[str], target: IO[str], prefix: str) -> None:
        for line in source:
            with self._lock:
                target.write(f"{prefix}{line.rstrip()}\n")
                target.flush()

    def _prefix(self, service: Service) -> str:
        name = f"{service.name:<8}| "
        if not sys.stdout.isatty():
            return name
        colour = COLOURS[self._services.index(service) % len(COLOURS)]
        return f"{colour}{name}{RESET}"

    @staticmethod
    def _signal(process: subprocess.Popen, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)

    @staticmethod
    def _on_terminate(*_: object) -> None:
        raise KeyboardInterrupt
