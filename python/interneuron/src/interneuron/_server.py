"""The process that computes, and the messages to and from it (JSON-RPC 2.0, as docs/protocol.md has them)."""

from __future__ import annotations

import atexit
import hashlib
import json
import math
import os
import signal
import subprocess
import sys
import tempfile
import threading
from typing import IO, Any, Callable, Mapping, cast

import numpy as np
from numpy.typing import NDArray

from ._errors import ModelError, ServerError, UsageError
from ._node import _version, node, program, too_old

_DTYPES = {"f64": "<f8", "f32": "<f4", "i64": "<i8", "i32": "<i4", "u32": "<u4", "i16": "<i2", "u16": "<u2", "i8": "<i1", "u8": "<u1"}
_NAMES = {"float64": "f64", "float32": "f32", "int64": "i64", "int32": "i32", "uint32": "u32", "uint8": "u8"}

Array = NDArray[Any]


#: Version of the protocol that this package speaks.
_PROTOCOL = 2


def _other_protocol(versions: Mapping[str, Any]) -> str | None:
    """Why a program of another version cannot be used; None where it can."""
    if versions.get("protocol") == _PROTOCOL:
        return None
    return (
        f"interneuron {versions.get('version')} does not belong to this Python package: it speaks protocol "
        f"{versions.get('protocol')}, not {_PROTOCOL}; install the same version of both, or unset INTERNEURON_PROGRAM"
    )


class Packed:
    """An array as messages have it: its little-endian bytes follow the text."""

    def __init__(self, array: Array) -> None:
        name = _NAMES.get(array.dtype.name)
        if name is None:
            array, name = np.asarray(array, dtype=np.float64), "f64"
        self.dtype = name
        self.array = np.ascontiguousarray(array, dtype=_DTYPES[name])


def pack(array: Array) -> Packed:
    """An array as messages have it."""
    return Packed(array)


def unpack(sent: Mapping[str, Any]) -> Array:
    """An array from a message."""
    return np.frombuffer(sent["bytes"], dtype=_DTYPES[sent["dtype"]]).reshape(sent["shape"]).copy()


def _encoded(message: Mapping[str, Any]) -> list[bytes | memoryview]:
    """The body of a message in pieces: its text, and behind a zero byte its arrays, each from a multiple of eight bytes on."""
    pieces: list[bytes | memoryview] = []
    length = 0

    def placed(value: object) -> dict[str, Any]:
        nonlocal length
        if not isinstance(value, Packed):
            raise TypeError(f"messages have no {type(value).__name__}")
        at, size = length, value.array.nbytes
        pieces.extend((value.array.reshape(-1).view(np.uint8).data, bytes(-size % 8)))
        length += size + -size % 8
        return {"dtype": value.dtype, "shape": list(value.array.shape), "at": at}

    try:
        text = json.dumps(message, allow_nan=False, default=placed).encode("utf-8")
    except ValueError as error:
        raise UsageError("a number of the call is not finite, or a text is not UTF-8", str(error)) from error
    return [text + b" " * (-(len(text) + 1) % 8) + b"\0", *pieces] if pieces else [text]


def _decoded(body: bytes) -> dict[str, Any]:
    """A message from its body; its arrays have `bytes`."""
    end = body.find(0)
    if end < 0:
        return cast(dict[str, Any], json.loads(body))
    frames = memoryview(body)[end + 1 :]

    def found(value: dict[str, Any]) -> dict[str, Any]:
        if "at" in value and "dtype" in value:
            size = math.prod(value["shape"]) * np.dtype(_DTYPES[value["dtype"]]).itemsize
            value["bytes"] = frames[value["at"] : value["at"] + size]
        return value

    return cast(dict[str, Any], json.loads(body[:end], object_hook=found))


def digest(array: Array) -> str:
    """The name by which documents refer to an array: the SHA-256 of its little-endian bytes."""
    name = _NAMES.get(array.dtype.name, "f64")
    little = np.ascontiguousarray(array, dtype=_DTYPES[name])
    return hashlib.sha256(little.reshape(-1).view(np.uint8).data).hexdigest()


class Server:
    """A process that runs models. It ends with Python, or when it is closed.

    One server has any number of sessions. Calls from several threads take turns.
    """

    def __init__(self) -> None:
        flags: dict[str, Any] = (
            {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
            if sys.platform == "win32"
            else {"start_new_session": True}
        )
        self._errors = tempfile.TemporaryFile()
        try:
            # A group of its own: Ctrl-C is for Python, which cancels what is going on in order.
            self._process = subprocess.Popen(
                [node(checked=False), str(program()), "serve", "--stdio"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                **flags,
            )
        except OSError as error:
            raise ServerError(f"Node.js cannot be started: {error}") from error
        self._lock = threading.Lock()
        self._next = 0
        self._owner = os.getpid()
        self._versions: dict[str, Any] | None = None
        atexit.register(self.close)
        # The answer comes before that of the first call.
        self._send({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {}})

    @property
    def versions(self) -> dict[str, Any]:
        """Versions of the program, of the protocol and of Node.js."""
        if self._versions is None:
            self._versions = cast("dict[str, Any]", self.call("initialize"))
        return self._versions

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process runs, and belongs to this one."""
        return self._process.poll() is None and self._owner == os.getpid()

    def call(
        self, method: str, parameters: Mapping[str, Any] | None = None, progress: Callable[[float], None] | None = None
    ) -> Any:
        """Asks for something, and waits for the answer.

        Args:
            method: name of the call.
            parameters: its parameters, by name.
            progress: told how much is done, from 0 to 1.

        Raises:
            ModelError, UsageError: what was asked for cannot be had.
            ServerError: the process has ended.
            KeyboardInterrupt: only after the call has come to an end.
        """
        with self._lock:
            self._next += 1
            number = self._next
            given = dict(parameters or {})
            if progress is not None:
                given["progressToken"] = number
            self._send({"jsonrpc": "2.0", "id": number, "method": method, "params": given})
            return self._answer(number, progress)

    def _answer(self, number: int, progress: Callable[[float], None] | None) -> Any:
        cancelled = False
        previous: Any = None
        main = threading.current_thread() is threading.main_thread()

        def cancel(_signal: int, _frame: Any) -> None:
            nonlocal cancelled
            if cancelled:
                # A second one does not wait.
                self._process.kill()
                raise KeyboardInterrupt
            cancelled = True
            self._send({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": number}})

        if main:
            previous = signal.signal(signal.SIGINT, cancel)
        try:
            while True:
                message = self._receive()
                if message.get("method") == "$/progress" and progress is not None:
                    progress(float(message["params"]["value"]))
                elif message.get("id") == 0:
                    self._versions = message.get("result", {})
                    wrong = too_old(str(self._versions.get("node", ""))) or _other_protocol(self._versions)
                    if wrong:
                        self._process.kill()
                        raise ServerError(wrong)
                elif message.get("id") == number:
                    break
        finally:
            if main:
                signal.signal(signal.SIGINT, previous)
        if "error" in message:
            self._raise(message["error"])
        result = message.get("result")
        if cancelled and isinstance(result, dict):
            result["cancelled"] = True
        return result

    def _raise(self, error: Mapping[str, Any]) -> None:
        text = str(error.get("message", "")).strip()
        data = error.get("data") or {}
        if error.get("code") == 1:
            raise ModelError(text, data.get("diagnostics", ()))
        if error.get("code") == 2:
            raise UsageError(text, data.get("hint"))
        if error.get("code") == -32800:
            raise KeyboardInterrupt
        raise ServerError(f"the program failed: {text}")

    def _send(self, message: Mapping[str, Any]) -> None:
        if self._owner != os.getpid():
            raise ServerError("the server belongs to another process: open the model again after a fork")
        pieces = _encoded(message)
        try:
            stream = cast(IO[bytes], self._process.stdin)
            stream.write(b"Content-Length: %d\r\n\r\n" % sum(map(len, pieces)))
            for piece in pieces:
                stream.write(piece)
            stream.flush()
        except (OSError, ValueError) as error:
            raise self._ended() from error

    def _receive(self) -> dict[str, Any]:
        stream = cast(IO[bytes], self._process.stdout)
        length = 0
        while True:
            line = stream.readline()
            if line == b"":
                raise self._ended()
            if line.strip() == b"":
                break
            name, _, value = line.partition(b":")
            if name.strip().lower() == b"content-length":
                length = int(value)
        body = stream.read(length)
        if len(body) < length:
            raise self._ended()
        return _decoded(body)

    def _ended(self) -> ServerError:
        try:
            code: int | None = self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = None
        self._errors.seek(0)
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        said = [line for line in lines if line.strip() and not line.lstrip().startswith(("Node.js v", "at "))]
        why = f"; it said: {next((line for line in said if 'Error' in line), said[-1])}" if said else ""
        wrong = too_old(_version(str(self._process.args[0]))) if self._versions is None else None  # type: ignore[index]
        if wrong:
            return ServerError(wrong)
        how = "was killed" if code is not None and code < 0 else "has ended"
        if self._versions is None:
            return ServerError(
                f"the process that computes {how} before its first answer{why}; if it does so again, the installation "
                "of interneuron or of Node.js is incomplete: install them again"
            )
        return ServerError(f"the process that computes {how}{why}; its sessions are lost, open the model again")

    def close(self) -> None:
        """Ends the process; safe at any time."""
        atexit.unregister(self.close)
        if self._owner != os.getpid():
            return
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    pass
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._errors.close()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


_shared: Server | None = None
_starting = threading.Lock()


def prepare() -> None:
    """Starts the shared server, so that it is there when it is needed; what prevents that is told when it is."""
    try:
        shared()
    except ServerError:
        pass


def shared() -> Server:
    """The server that everything uses unless it is given another; started when it is asked for."""
    global _shared
    with _starting:
        if _shared is None or not _shared.alive:
            _shared = Server()
        return _shared


def require_engine(target: str | None, device: int | str | None = None) -> None:
    """Checks that an engine and a device that are asked for by name are there.

    Args:
        target: the name of the engine; None and 'auto': any.
        device: a device of the engine, by number or a part of its name; None: any.

    Raises:
        UsageError: if one of them is not there.
    """
    if target not in (None, "auto") or device is not None:
        shared().call("requireTarget", {"target": target, "device": None if device is None else str(device)})
