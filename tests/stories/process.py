# SPDX-License-Identifier: Apache-2.0
"""Runs the built program as people run it: starts `plumbline serve`, talks to it over HTTP, stops or kills it."""
import http.client
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import threading
import time
import uuid

TOP = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("PLUMBLINE", str(TOP / "build" / "plumbline"))
SHARED = pathlib.Path(os.environ.get("PLUMBLINE_SHARED", TOP.parent / "shared"))


def run(*arguments, check=None, **keywords):
    """One command to its end; `check` is the exit code that it must have."""
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=keywords.pop("timeout", 600), **keywords)
    if check is not None and done.returncode != check:
        raise AssertionError(f"plumbline {' '.join(map(str, arguments))}: exit {done.returncode}, not {check}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done


def temporary_folder():
    return tempfile.mkdtemp(prefix="plumbline-story-")


class Serve:
    """A running server on free ports. Its log is kept in `log`, what it printed in `printed`."""

    def __init__(self, data, *arguments, verb="serve", environment=None):
        self.data = str(data)
        ports = {"serve": ["--hotline-port", "0", "--desk-port", "0", "--lab-port", "0"], "hotline": ["--hotline-port", "0"],
                 "desk": ["--desk-port", "0", "--lab-port", "0"]}[verb]
        self.process = subprocess.Popen([PROGRAM, verb, "--data", self.data, *ports, *map(str, arguments)], stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True, env={**os.environ, **(environment or {})})
        self.log, self.printed, self.ready_event = [], [], None
        self._ready = threading.Event()
        self._threads = [threading.Thread(target=self._read_log, daemon=True), threading.Thread(target=self._read_printed, daemon=True)]
        for thread in self._threads:
            thread.start()

    def _read_log(self):
        for line in self.process.stderr:
            self.log.append(line)
            if '"serve.ready"' in line:
                self.ready_event = json.loads(line)
                self._ready.set()
        self._ready.set()

    def _read_printed(self):
        for line in self.process.stdout:
            self.printed.append(line)

    def wait_ready(self, seconds=60):
        self._ready.wait(seconds)
        if self.ready_event is None:
            self.process.kill()
            self.process.wait()
            raise AssertionError("the server did not come up:\n" + "".join(self.log[-40:]))
        return self

    def address(self, face):
        return self.ready_event[face].split("//")[-1]

    def request(self, method, path, body=None, headers=None, face="hotline", timeout=30):
        connection = http.client.HTTPConnection(self.address(face), timeout=timeout)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, dict((k.lower(), v) for k, v in answer.getheaders()), answer.read()
        finally:
            connection.close()

    def status(self):
        return json.loads(self.request("GET", "/api/v1/status")[2])

    def wait_processed(self, tips, seconds=300):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            status = self.status()
            if status["ready"] and status["tips"] >= tips and status["processed"] == status["tips"]:
                return status
            time.sleep(0.1)
        raise AssertionError(f"not processed in {seconds} s: {self.status()}")

    def password(self):
        """The first staff member's, printed once at the first start."""
        until = time.monotonic() + 10
        while time.monotonic() < until:
            for line in self.printed:
                if "password" in line:
                    return line.rsplit(" ", 1)[-1].strip()
            time.sleep(0.05)
        raise AssertionError("no password was printed: " + "".join(self.printed))

    def post_form(self, fields, files=()):
        """The report form, as a browser without scripts sends it. files: (name, media type, bytes)."""
        boundary = uuid.uuid4().hex
        parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields.items()]
        for name, media_type, data in files:
            head = f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\nContent-Type: {media_type}\r\n\r\n'
            parts += [head.encode(), data, b"\r\n"]
        parts.append(f"--{boundary}--\r\n".encode())
        return self.request("POST", "/report", b"".join(parts), {"Content-Type": f"multipart/form-data; boundary={boundary}"})

    def post_tip(self, token, tip, timeout=30):
        return self.request("POST", "/api/v1/tips", json.dumps(tip), {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}, timeout=timeout)

    def stop(self, seconds=30):
        """An orderly end; returns its resource usage (its children's included)."""
        self.process.send_signal(signal.SIGTERM)
        return self._reap(seconds, expected=0)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        return self._reap(30, expected=-signal.SIGKILL)

    def _reap(self, seconds, expected):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            pid, wait_status, usage = os.wait4(self.process.pid, os.WNOHANG)
            if pid:
                code = os.waitstatus_to_exitcode(wait_status)
                self.process.returncode = code
                for thread in self._threads:
                    thread.join(5)
                if code != expected:
                    raise AssertionError(f"ended with {code}, not {expected}:\n" + "".join(self.log[-20:]))
                return usage
            time.sleep(0.01)
        self.process.kill()
        raise AssertionError(f"did not end in {seconds} s:\n" + "".join(self.log[-20:]))


def make_token(data, partner="story"):
    return run("keys", "token", "--data", data, "--partner", partner, check=0).stdout.split()[-1]
