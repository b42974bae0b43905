"""Reads lines of JSON: {"do": "build", "format", "value"} or {"do": "parse", "bytes"}; answers each with what plistlib makes of it."""

import datetime
import json
import plistlib
import struct
import sys

FORMATS = {"xml": plistlib.FMT_XML, "binary": plistlib.FMT_BINARY}


def from_typed(typed, is_xml):
    [(kind, content)] = typed.items()
    if kind in ("string", "boolean"):
        return content
    if kind == "integer":
        return int(content)
    if kind == "real":
        return struct.unpack(">d", bytes.fromhex(content))[0]
    if kind == "date":
        return datetime.datetime.fromisoformat(content.removesuffix("Z"))
    if kind == "data":
        return bytes.fromhex(content)
    if kind == "uid":
        return {"CF$UID": content} if is_xml else plistlib.UID(content)
    if kind == "array":
        return [from_typed(item, is_xml) for item in content]
    return {key: from_typed(value, is_xml) for key, value in content}


def to_typed(value):
    if isinstance(value, str):
        return {"string": value}
    if isinstance(value, bool):
        return {"boolean": value}
    if isinstance(value, int):
        return {"integer": str(value)}
    if isinstance(value, float):
        return {"real": struct.pack(">d", value).hex()}
    if isinstance(value, datetime.datetime):
        # A double has some 30 microseconds of play at the far end.
        rounded = value + datetime.timedelta(microseconds=500)
        return {"date": rounded.isoformat(timespec="milliseconds") + "Z"}
    if isinstance(value, bytes):
        return {"data": value.hex()}
    if isinstance(value, plistlib.UID):
        return {"uid": value.data}
    if isinstance(value, list):
        return {"array": [to_typed(item) for item in value]}
    # plistlib neither reads nor writes XML's spelling of a UID.
    if list(value) == ["CF$UID"]:
        return {"uid": value["CF$UID"]}
    return {"dict": [[key, to_typed(item)] for key, item in value.items()]}


for line in sys.stdin:
    request = json.loads(line)
    try:
        if request["do"] == "build":
            value = from_typed(request["value"], request["format"] == "xml")
            made = plistlib.dumps(value, fmt=FORMATS[request["format"]], sort_keys=False)
            answer = {"bytes": made.hex()}
        else:
            answer = {"value": to_typed(plistlib.loads(bytes.fromhex(request["bytes"])))}
    except Exception as error:
        answer = {"error": repr(error)}
    print(json.dumps(answer))
