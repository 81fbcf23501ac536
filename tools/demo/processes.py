"""Programs that the demo starts, and stops by their process id."""

import os
import pathlib
import subprocess


class Failed(Exception):
    """Something the person has to know; one sentence."""


class NotNow(Exception):
    """A program did not answer in time; if it has ended, Processes.check() says so."""


def reachable(listen: str) -> str:
    """As a host in URLs of this machine: where something that listens on this address is reached."""
    if listen in ("0.0.0.0", "::"):  # the latter takes IPv4 too
        return "127.0.0.1"
    return f"[{listen}]" if ":" in listen else listen


class Processes:
    def __init__(self, state: pathlib.Path):
        self.state = state
        self.running: dict[str, subprocess.Popen] = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()

    def log(self, name: str) -> pathlib.Path:
        return self.state / f"{name}.log"

    def start(self, name: str, command: list) -> subprocess.Popen:
        # The central system's holds the link that lets an administrator in.
        with open(os.open(self.log(name), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab") as log:
            os.fchmod(log.fileno(), 0o600)
            process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=log,
                                       stderr=subprocess.STDOUT, start_new_session=True)
        self.running[name] = process
        return process

    def check(self):
        for name, process in self.running.items():
            if process.poll() is None:
                continue
            lines = self.log(name).read_text(errors="replace").strip().splitlines()
            raise Failed(f"{name} stopped with exit code {process.returncode}: {lines[-1] if lines else 'no output'}")
