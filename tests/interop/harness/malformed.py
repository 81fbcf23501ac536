"""Frames that are no OCPP, for either side."""
import json


# Frame and the code of its answer; None: no answer. "ID" becomes the id that the answer must carry.
MALFORMED = [
    ("hello", None), ('[2,"ID","Heart', None), ('[2,"ID","StopTransaction",{"transactionId":,"x":1}]', None),
    ('{"a":1}', None), ("2", None), ("[]", None), ('["2","ID","Heartbeat",{}]', None),
    ('[9,"ID","Heartbeat",{}]', None), ("[2]", None), ('[2,17,"Heartbeat",{}]', None), ("[" * 1000, None),
    ('[3,"ID",{}]', None), ('[4,"ID","GenericError","",{}]', None),
    ('[2,"ID","Heartbeat"]', "FormationViolation"), ('[2,"ID","Heartbeat",{},{}]', "FormationViolation"),
    ('[2,"ID",7,{}]', "FormationViolation"), ('[2,"ID","Heartbeat",[]]', "FormationViolation"),
    ('[2,"ID","Heartbeat",null]', "FormationViolation"),
    ('[2,"ID","Teleport",{}]', "NotImplemented"),
]

MALFORMED_TO_CSMS = MALFORMED + [
    ('[2,"ID","Reset",{"type":"Hard"}]', "NotSupported"),
    ('[2,"ID","Authorize",{}]', "OccurenceConstraintViolation"),
    ('[2,"ID","Authorize",{"idTag":["a"]}]', "TypeConstraintViolation"),
    ('[2,"ID","Authorize",{"idTag":"a","idTag":"b"}]', "*"),
    ('[2,"ID","StatusNotification",{"connectorId":1,"errorCode":"NoError","status":"Sleeping"}]',
     "PropertyConstraintViolation"),
    ('[2,"ID","StatusNotification",{"connectorId":-1,"errorCode":"NoError","status":"Available"}]',
     "PropertyConstraintViolation"),
]


def send_malformed(peer, station, rows, alive):
    """alive(): a call that shows that the connection goes on."""
    for number, (row, code) in enumerate(rows):
        unique_id = f"raw-{number}"
        seen = len(peer.frames)
        peer.raw(station, row.replace("ID", unique_id))
        alive()
        answers = [json.loads(text) for name, direction, text in peer.frames[seen:]
                   if name == station and direction == "in" and f'"{unique_id}"' in text]
        if code is None:
            assert not answers, f"{row} was answered by {answers}"
            continue
        assert len(answers) == 1, f"{row}: answers {answers}"
        assert answers[0][0] == 4 and code in ("*", answers[0][2]), f"{row}: {answers[0]}, expected {code}"
