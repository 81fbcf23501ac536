"""Judges every frame that our program sends on a connection, whatever library is at the other end: OCPP-J's
rules of order and identity, times, and the official schemas where they are at hand."""
import datetime
import json
import os
import pathlib
import re
import urllib.parse

import jsonschema

_CODES = {"NotImplemented", "NotSupported", "InternalError", "ProtocolError", "SecurityError",
          "PropertyConstraintViolation", "TypeConstraintViolation", "GenericError"}
_CODES_2 = _CODES | {"FormatViolation", "OccurrenceConstraintViolation", "RpcFrameworkError",
                     "MessageTypeNotSupported"}
# Spelt by version (OCPP-J 1.6 section 4.2.3, 2.0.1 section 4.3).
ERROR_CODES = {"1.6": _CODES | {"FormationViolation", "OccurenceConstraintViolation"},
               "2.0.1": _CODES_2, "2.1": _CODES_2}
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")
_TIMES = {"timestamp", "currentTime", "expiryDate", "retrieveDate", "retrieveDateTime"}

_formats = jsonschema.FormatChecker(formats=())


@_formats.checks("date-time")
def _is_time(text):
    if not isinstance(text, str):
        return True
    if not _RFC3339.fullmatch(text):
        return False
    try:
        datetime.datetime.fromisoformat(re.sub(r"\.\d+", "", text).replace("Z", "+00:00"))
    except ValueError:
        return False
    return True


@_formats.checks("uri")
def _is_uri(text):
    return not isinstance(text, str) or bool(urllib.parse.urlsplit(text).scheme)


class Schemas:
    """The official schemas of a version below the folder that OCPP_SCHEMAS names."""

    FOLDERS = {"1.6": (("1.6", "1.6-security"), 78), "2.0.1": (("2.0.1",), 128), "2.1": (("2.1",), 181)}

    def __init__(self, version="1.6"):
        self.version = version
        self._validators = {}
        folder = os.environ.get("OCPP_SCHEMAS")
        parts, count = self.FOLDERS[version]
        for part in parts if folder else ():
            for path in pathlib.Path(folder, part).glob("*.json"):
                schema = json.loads(path.read_text(encoding="utf-8-sig"))
                kind = jsonschema.validators.validator_for(schema, jsonschema.Draft4Validator)
                self._validators[path.stem] = kind(schema, format_checker=_formats)
        if folder and len(self._validators) != count:
            raise SystemExit(
                f"OCPP_SCHEMAS={folder}: {len(self._validators)} schemas of OCPP {version} found, not {count}")

    def __bool__(self):
        return bool(self._validators)

    def problem(self, action, kind, payload):
        if not self._validators:
            return None
        name = action if kind == "Request" and action in self._validators else action + kind
        if name not in self._validators:
            return f"{name}: no such message"
        error = jsonschema.exceptions.best_match(self._validators[name].iter_errors(payload))
        return f"{name} at {error.json_path}: {error.message}" if error else None


def _bad_times(value, path="$"):
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _bad_times(item, f"{path}[{index}]")
    elif isinstance(value, dict):
        for key, item in value.items():
            if key in _TIMES and not (isinstance(item, str) and _is_time(item)):
                yield f"{path}.{key}: {item!r} is not a time"
            yield from _bad_times(item, f"{path}.{key}")


class Wire:
    """One connection. ours_is: the role of our program, "station" or "csms"; exercised(sender, action) is
    told of every call that was answered by CALLRESULT."""

    def __init__(self, ours_is, schemas, exercised, violation):
        self._ours = ours_is
        self._peer = "csms" if ours_is == "station" else "station"
        self._schemas = schemas
        self._exercised = exercised
        self._violation = violation
        self._our_ids = set()
        self._our_call = None    # (id, action) that the peer has not answered
        self._peer_calls = {}    # id -> action that we have not answered
        self.frames = 0

    def peer_sent(self, text):
        try:
            frame = json.loads(text)
            kind, unique_id = frame[0], frame[1]
        except (ValueError, LookupError, TypeError, RecursionError):
            return
        if kind == 2 and isinstance(unique_id, str):
            self._peer_calls[unique_id] = frame[2] if len(frame) > 2 else None
        elif kind in (3, 4) and self._our_call and self._our_call[0] == unique_id:
            if kind == 3:
                self._exercised(self._ours, self._our_call[1])
            self._our_call = None

    def ours_sent(self, text):
        self.frames += 1
        problem = self._judge(text)
        if problem:
            self._violation(f"{problem} in {text[:400]}")

    def gave_up(self):
        """The peer will not answer; our program may go on."""
        self._our_call = None

    def _judge(self, text):
        try:
            frame = json.loads(text)
        except (ValueError, RecursionError) as error:
            return f"not JSON ({error})"
        if not isinstance(frame, list) or len(frame) < 3 or frame[0] not in (2, 3, 4):
            return "not a message of OCPP-J"
        if not isinstance(frame[1], str) or not 1 <= len(frame[1]) <= 36:
            return "the id is not a text of 1 to 36 characters"
        return (self._call, self._result, self._error)[frame[0] - 2](*frame[1:])

    def _call(self, unique_id, action=None, payload=None, *more):
        if more or not isinstance(action, str) or not isinstance(payload, dict):
            return "a call has four items: 2, id, action, payload"
        if self._our_call:
            return f"a call while {self._our_call} is not answered"
        if unique_id in self._our_ids:
            return "an id is used again"
        self._our_ids.add(unique_id)
        self._our_call = (unique_id, action)
        return self._payload(action, "Request", payload)

    def _result(self, unique_id, payload=None, *more):
        if more or not isinstance(payload, dict):
            return "a result has three items: 3, id, payload"
        if unique_id not in self._peer_calls:
            return "a result that answers no call"
        action = self._peer_calls.pop(unique_id)
        problem = self._payload(action, "Response", payload)
        if not problem:
            self._exercised(self._peer, action)
        return problem

    def _error(self, unique_id, code=None, description=None, details=None, *more):
        if more or not isinstance(details, dict):
            return "an error has five items: 4, id, code, description, details"
        if code not in ERROR_CODES[self._schemas.version]:
            return f"no error code of OCPP {self._schemas.version}"
        if not isinstance(description, str) or len(description) > 255:
            return "the description is not a text of up to 255 characters"
        if self._schemas.version != "1.6" and (unique_id == "-1" or code == "MessageTypeNotSupported"):
            return None  # to what cannot be read, and to what is no call
        if unique_id not in self._peer_calls:
            return "an error that answers no call"
        del self._peer_calls[unique_id]
        return None

    def _payload(self, action, kind, payload):
        return self._schemas.problem(action, kind, payload) or next(_bad_times(payload), None)
