"""The sandbox's own requests, and the decisions that every other request led to."""

import base64
import json

import ministack.app as ministack_app
from ministack.services.cloudformation import provisioners

from additions.account import SECRET
from additions.authorisation import authorise, decisions
from additions.authority import authority
from additions.events import put_event, sandbox_targets
from additions.function_faults import kill_process
from additions.resource_types import register_types
from additions.sessions import make_session

CONTROL = {
    "/_sandbox/authorise": authorise,
    "/_sandbox/authority": authority,
    "/_sandbox/session": make_session,
    "/_sandbox/event": put_event,
    "/_sandbox/kill": kill_process,
    "/_sandbox/types": lambda message: register_types(message["types"]) or sorted(provisioners._RESOURCE_HANDLERS),
    "/_sandbox/targets": lambda message: sandbox_targets.update(message["services"]),
}


async def read_body(receive):
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body


original_app = ministack_app.app


async def app(scope, receive, send):
    if scope["type"] != "http":
        await original_app(scope, receive, send)
        return
    if scope["path"] in CONTROL and dict(scope["headers"]).get(b"x-sandbox-secret") == SECRET.encode():
        try:
            answer = {"result": CONTROL[scope["path"]](json.loads(await read_body(receive)))}
        except Exception as exception:  # the caller reports it
            answer = {"error": str(exception)}
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})
        return
    made = []
    decisions.set(made)

    async def send_with_decisions(message):
        if message["type"] == "http.response.start" and made:
            message = {**message, "headers": [*message["headers"], (
                b"x-sandbox-decisions", base64.b64encode(json.dumps(made).encode()))]}
        await send(message)

    await original_app(scope, receive, send_with_decisions)


ministack_app.app = app
