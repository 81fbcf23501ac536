"""A station or central system of any version on the `ocpp` library of PyPI, which validates every message.

Commands are lines of JSON on stdin, events lines of JSON on stdout (see ../README.md). It decides nothing:
answers to calls come from whoever drives it.
"""
import asyncio
import base64
import http
import inspect
import json
import logging
import sys
from urllib.parse import quote, unquote

import websockets
from ocpp.charge_point import camel_to_snake_case
from ocpp.exceptions import OCPPError
from ocpp.routing import on
from ocpp import v16, v21, v201
from websockets.asyncio.client import connect as websocket_connect
from websockets.asyncio.server import serve as websocket_serve

ERRORS = {kind.code: kind for kind in OCPPError.__subclasses__() if hasattr(kind, "code")}
connections = {}
questions = {}
numbers = iter(range(1, 1 << 62))


def emit(**event):
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


async def ask(station, action, payload):
    number = next(numbers)
    questions[number] = asyncio.get_running_loop().create_future()
    emit(ev="ask", n=number, station=station, action=action, payload=payload)
    return await questions[number]


class Recorded:
    """A WebSocket whose frames are told."""

    def __init__(self, station, socket):
        self.station = station
        self.socket = socket

    async def send(self, text):
        emit(ev="frame", station=self.station, dir="out", text=text)
        await self.socket.send(text)

    async def recv(self):
        text = await self.socket.recv()
        emit(ev="frame", station=self.station, dir="in", text=text if isinstance(text, str) else repr(text))
        return text


def with_handlers(base, version):
    """Adds a handler for each action of the version; the library turns it into validation and dispatch."""

    def handler(action):
        async def handle(self, call_unique_id, **_):
            # The payload as it came, not as the library spells its keys.
            payload = await ask(self.id, action, self.payloads.pop(call_unique_id))
            return getattr(version.call_result, action)(**camel_to_snake_case(payload))

        handle.__name__ = f"on_{action}"  # under which the library looks for it
        return on(action)(handle)

    actions = [name for name, kind in inspect.getmembers(version.call, inspect.isclass)
               if kind.__module__ == version.call.__name__]
    return type("Peer", (base, version.ChargePoint),
                {"version": version, **{f"on_{name}": handler(name) for name in actions}})


class Strict:
    def __init__(self, station, socket):
        super().__init__(station, Recorded(station, socket), response_timeout=80)
        self.payloads = {}
        self.refused = set()  # ids of our calls that were answered by CALLERROR
        self.tasks = set()

    def violation(self, text, ours=False):
        emit(ev="violation", station=self.id, ours=ours, text=text)

    async def start(self):
        """One task per frame, so that our answer to a call does not wait for anything else."""
        while True:
            text = await self._connection.recv()
            task = asyncio.create_task(self.route_message(text))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def route_message(self, raw_msg):
        try:
            message = json.loads(raw_msg)
            kind, unique_id = message[0], message[1]
            assert kind in (2, 3, 4) and isinstance(unique_id, str)
            assert len(message) == {2: 4, 3: 3, 4: 5}[kind], "wrong number of items"
            if kind == 4:
                self.refused.add(unique_id)
        except (ValueError, LookupError, TypeError, AssertionError) as error:
            self.violation(f"bad message: {error!r}")
        await super().route_message(raw_msg)

    async def _handle_call(self, msg):
        self.payloads[msg.unique_id] = msg.payload
        try:
            return await super()._handle_call(msg)
        except OCPPError as error:
            self.violation(f"{msg.action}: {error!r}", ours=msg.unique_id not in self.payloads)
            raise

    async def command(self, action, payload):
        request = getattr(self.version.call, action)(**camel_to_snake_case(payload))
        unique_id = str(self._unique_id_generator())
        try:
            result = await self.call(request, suppress=False, unique_id=unique_id)
        except OCPPError as error:
            if unique_id not in self.refused:
                self.violation(f"{action} result: {error!r}")
            return {"error": {"code": error.code, "description": error.description}}
        except Exception as error:
            return {"error": {"code": "", "description": repr(error)}}
        return {"result": wire_spelling(result)}


def wire_spelling(result):
    from ocpp.charge_point import remove_nones, serialize_as_dict, snake_to_camel_case

    return snake_to_camel_case(remove_nones(serialize_as_dict(result)))


PEERS = {"ocpp1.6": with_handlers(Strict, v16), "ocpp2.0.1": with_handlers(Strict, v201),
         "ocpp2.1": with_handlers(Strict, v21)}


async def run(peer, socket):
    connections[peer.id] = peer
    try:
        await peer.start()
    except websockets.ConnectionClosed:
        pass
    if connections.get(peer.id) is peer:
        del connections[peer.id]
    emit(ev="disconnect", station=peer.id, code=socket.close_code or 1006, reason=socket.close_reason or "")


async def connect(station, url, password=None, protocols=("ocpp1.6",), **_):
    headers = {}
    if password is not None:
        credentials = base64.b64encode(f"{station}:{password}".encode()).decode()
        headers["Authorization"] = f"Basic {credentials}"
    try:
        socket = await websocket_connect(f"{url}/{quote(station, safe='')}", subprotocols=list(protocols),
                                         additional_headers=headers, open_timeout=60, proxy=None)
    except websockets.InvalidStatus as error:
        emit(ev="refused", station=station, status=error.response.status_code, text=str(error))
        return
    except (OSError, websockets.WebSocketException) as error:
        emit(ev="refused", station=station, status=0, text=repr(error))
        return
    if socket.subprotocol is None:
        emit(ev="refused", station=station, status=0, text="Server sent no subprotocol")
        await socket.close()
        return
    peer = PEERS[socket.subprotocol](station, socket)
    connections[station] = peer
    emit(ev="connect", station=station, protocol=socket.subprotocol)
    await run(peer, socket)


async def serve(port, protocol, password=None):
    def given_password(request, station):
        header = request.headers.get("Authorization", "")
        if not header.startswith("Basic "):
            return None
        user, _, given = base64.b64decode(header[6:]).decode().partition(":")
        return given if user == station else None

    def identity(request):
        return unquote(request.path.rsplit("/", 1)[-1])

    def process_request(connection, request):
        station = identity(request)
        if password is not None and given_password(request, station) != password:
            emit(ev="refused", station=station, status=401, text="password")
            return connection.respond(http.HTTPStatus.UNAUTHORIZED, "")
        return None

    async def handler(socket):
        station = identity(socket.request)
        offered = [name.strip() for name in socket.request.headers.get(
            "Sec-WebSocket-Protocol", "").split(",")]
        peer = PEERS[protocol](station, socket)
        emit(ev="connect", station=station, protocol=socket.subprotocol or "", offered=offered,
             password=given_password(socket.request, station))
        await run(peer, socket)

    def choose(_, offered):
        return protocol if protocol in offered else None

    server = await websocket_serve(handler, "127.0.0.1", port, subprotocols=[protocol],
                                   select_subprotocol=choose, process_request=process_request)
    emit(ev="listening", port=server.sockets[0].getsockname()[1])


async def command(line):
    what = json.loads(line)
    station = what.get("station", "")
    match what["do"]:
        case "connect":
            await connect(**{k: v for k, v in what.items() if k != "do"})
        case "call":
            peer = connections.get(station)
            outcome = ({"error": {"code": "", "description": "not connected"}} if peer is None
                       else await peer.command(what["action"], what["payload"]))
            emit(ev="done", n=what["n"], **outcome)
        case "answer":
            question = questions.pop(what["n"])
            if "error" in what:
                error = what["error"]
                question.set_exception(ERRORS[error["code"]](error.get("description", "")))
            else:
                question.set_result(what["payload"])
        case "raw":
            await connections[station]._connection.send(what["text"])
        case "close":
            if station in connections:
                await connections[station]._connection.socket.close()


# peer.py client | peer.py server PORT PROTOCOL [PASSWORD]
async def main(role, port="0", protocol="ocpp1.6", password=None):
    if role == "server":
        await serve(int(port), protocol, password)
    else:
        emit(ev="listening", port=0)
    reader = asyncio.StreamReader(limit=1 << 24)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    tasks = set()
    while line := await reader.readline():
        task = asyncio.create_task(command(line))
        tasks.add(task)
        task.add_done_callback(tasks.discard)


if __name__ == "__main__":
    # What the library would say is told by events.
    logging.disable(logging.CRITICAL)
    asyncio.run(main(*sys.argv[1:]))
