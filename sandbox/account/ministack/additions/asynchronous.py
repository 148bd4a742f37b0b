"""Lambda: asynchronous invocations, as AWS makes them.

A function's error is tried again twice, throttling until the event is too old; an event that is given up goes to the
dead-letter queue: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html

Private names of ministack: `invoke_async_with_retry`, `_run_with_function_config_scope`, `_execute_function`,
`_execute_function_with_config_scope`, `_route_async_failure`; SQS `_queue_by_arn`.
"""

import contextvars
import hashlib
import json
import logging
import threading
import time

from ministack.core.responses import new_uuid
from ministack.services import lambda_svc, sqs

from additions.account import ask_sandbox

logger = logging.getLogger("lambda")

# AWS waits one minute, then two; a run has no such time
ERROR_PAUSES = (1, 2)
# AWS waits one second, then longer and longer, up to five minutes
THROTTLE_PAUSES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 300)


def invoke_later(function, event):
    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(invoke_until_done, function, event), daemon=True).start()


def invoke_until_done(function, event):
    settings = function.get("event_invoke_config") or (function.get("event_invoke_configs") or {}).get("$LATEST") or {}
    too_old = time.time() + settings.get("MaximumEventAgeInSeconds", 21600)
    errors = throttlings = 0
    while True:
        result = lambda_svc._run_with_function_config_scope(function, lambda_svc._execute_function, function, event)
        if result.get("log"):
            logger.info("Lambda %s, asynchronously:\n%s", function["config"]["FunctionName"], result["log"])
        if not result.get("error"):
            return
        if result.get("throttle"):
            pause = THROTTLE_PAUSES[min(throttlings, len(THROTTLE_PAUSES) - 1)]
            throttlings += 1
        elif errors < settings.get("MaximumRetryAttempts", 2):
            pause = ERROR_PAUSES[errors]
            errors += 1
        else:
            break
        if time.time() + pause > too_old:
            break
        time.sleep(pause)
    give_up(function, event, settings, result)


def give_up(function, event, settings, result):
    config = function["config"]
    queue = (config.get("DeadLetterConfig") or {}).get("TargetArn")
    destination = ((settings.get("DestinationConfig") or {}).get("OnFailure") or {}).get("Destination")
    try:
        if queue:
            # Lambda sends with the function's role
            ask_sandbox("/authorise", {"role": config["Role"], "action": "sqs:SendMessage", "resource": queue})
            send(queue, event, result)
    except Exception as exception:
        logger.error("Lambda %s: the event is lost: %s", config["FunctionName"], exception)
    if destination:
        lambda_svc._route_async_failure(destination, config["FunctionName"], event, result)


def send(queue, event, result):
    """The event as it came, with what went wrong as attributes."""
    text = json.dumps(event)
    message = str((result.get("body") or {}).get("errorMessage") or (result.get("body") or {}).get("message"))[:1024]
    attributes = {"RequestID": new_uuid(), "ErrorCode": "429" if result.get("throttle") else "200", "ErrorMessage": message}
    now = time.time()
    sqs._queue_by_arn(queue)["messages"].append({
        "id": new_uuid(), "body": text, "md5_body": hashlib.md5(text.encode()).hexdigest(), "md5_attrs": "",
        "receipt_handle": None, "sent_at": now, "visible_at": now, "receive_count": 0, "first_receive_at": None,
        "message_attributes": {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()},
        "sys": {"SenderId": "lambda", "SentTimestamp": str(int(now * 1000))},
        "group_id": None, "dedup_id": None, "dedup_cache_key": None, "seq": None,
    })


original_execute = lambda_svc._execute_function_with_config_scope


def execute(function, event):
    # CloudFormation invokes the function of a custom resource asynchronously and waits for its answer
    if isinstance(event, dict) and "ResponseURL" in event and "LogicalResourceId" in event:
        invoke_later(function, event)
        return {}
    return original_execute(function, event)


lambda_svc._execute_function_with_config_scope = execute
lambda_svc.invoke_async_with_retry = invoke_later
