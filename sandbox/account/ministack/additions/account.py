"""Which account this is, and how to ask the TypeScript side of the sandbox."""

import json
import os
import urllib.request

ACCOUNT = os.environ["MINISTACK_ACCOUNT_ID"]
REGION = os.environ["MINISTACK_REGION"]
SANDBOX = os.environ.pop("SANDBOX_CONTROL_URL")
SECRET = os.environ.pop("SANDBOX_CONTROL_SECRET")


def ask_sandbox(path, message, timeout=3600):
    """Calls the TypeScript side; its error message becomes the reason of whatever failed."""
    request = urllib.request.Request(
        SANDBOX + path, json.dumps(message, default=str).encode(),
        {"content-type": "application/json", "x-sandbox-secret": SECRET})
    with urllib.request.urlopen(request, timeout=timeout) as response:
        answer = json.loads(response.read())
    if "error" in answer:
        raise RuntimeError(answer["error"])
    return answer.get("result")
