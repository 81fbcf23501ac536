"""Frames that are no OCPP, for either side."""
import json

UNREADABLE = "RpcFrameworkError"
UNKNOWN_TYPE = "MessageTypeNotSupported"

# Frame and the code of its answer as 2.x spells it; None: no answer. "ID" becomes the id that the answer must carry.
MALFORMED = [
    ("hello", UNREADABLE), ('[2,"ID","Heart', UNREADABLE), ('{"a":1}', UNREADABLE), ("2", UNREADABLE),
    ('[2,"ID","StopTransaction",{"transactionId":,"x":1}]', UNREADABLE), ("[]", UNREADABLE),
    ('["2","ID","Heartbeat",{}]', UNREADABLE), ("[2]", UNREADABLE), ('[2,17,"Heartbeat",{}]', UNREADABLE),
    ("[" * 1000, UNREADABLE), ('[9,"ID","Heartbeat",{}]', UNKNOWN_TYPE),
    ('[3,"ID",{}]', None), ('[4,"ID","GenericError","",{}]', None),
    ('[2,"ID","Heartbeat"]', "FormatViolation"), ('[2,"ID","Heartbeat",{},{}]', "FormatViolation"),
    ('[2,"ID",7,{}]', "FormatViolation"), ('[2,"ID","Heartbeat",[]]', "FormatViolation"),
    ('[2,"ID","Heartbeat",null]', "FormatViolation"),
    ('[2,"ID","Teleport",{}]', "NotImplemented"),
]

MALFORMED_TO_CSMS = MALFORMED + [
    ('[2,"ID","Reset",{"type":"Hard"}]', "NotSupported"),
    ('[2,"ID","Authorize",{}]', "OccurrenceConstraintViolation"),
    ('[2,"ID","Authorize",{"idTag":["a"]}]', "TypeConstraintViolation"),
    ('[2,"ID","Authorize",{"idTag":"a","idTag":"b"}]', "*"),
    ('[2,"ID","StatusNotification",{"connectorId":1,"errorCode":"NoError","status":"Sleeping"}]',
     "PropertyConstraintViolation"),
    ('[2,"ID","StatusNotification",{"connectorId":-1,"errorCode":"NoError","status":"Available"}]',
     "PropertyConstraintViolation"),
]

# OCPP-J 1.6 section 4.2.3.
_SPELT_BY_16 = {"FormatViolation": "FormationViolation",
                "OccurrenceConstraintViolation": "OccurenceConstraintViolation"}


def calls_of_others(version):
    """Actions of the central system that this version does not have."""
    return {"1.6": ("RequestStartTransaction", "GetVariables"), "2.0.1": ("ChangeConfiguration", "AFRRSignal"),
            "2.1": ("ChangeConfiguration", "RemoteStartTransaction")}[version]


def expected(code, unique_id, version):
    """Id and code of the answer; None: there is none."""
    if version == "1.6":
        return None if code in (None, UNREADABLE, UNKNOWN_TYPE) else (unique_id, _SPELT_BY_16.get(code, code))
    if code is None or code == UNKNOWN_TYPE and version != "2.0.1":
        return None
    return "-1" if code == UNREADABLE else unique_id, code


def send_malformed(peer, station, rows, alive, version="1.6"):
    """alive(): a call that shows that the connection goes on."""
    for number, (row, code) in enumerate(rows):
        unique_id = f"raw-{number}"
        seen = len(peer.frames)
        peer.raw(station, row.replace("ID", unique_id))
        alive()
        answers = [json.loads(text) for name, direction, text in peer.frames[seen:]
                   if name == station and direction == "in" and (f'"{unique_id}"' in text or '"-1"' in text)]
        answer = expected(code, unique_id, version)
        if answer is None:
            assert not answers, f"{row} was answered by {answers}"
            continue
        assert len(answers) == 1, f"{row}: answers {answers}"
        assert answers[0][:2] == [4, answer[0]], f"{row}: {answers[0]}"
        assert answer[1] in ("*", answers[0][2]), f"{row}: {answers[0]}, expected {answer[1]}"
