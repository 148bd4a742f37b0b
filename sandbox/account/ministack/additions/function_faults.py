"""Lambda: what the sandbox lets go wrong with functions.

Each process has credentials of its own, so that the sandbox knows which one makes a call and can have it killed.

Private names of ministack: `Worker`, `execution_credentials`, `_execute_function`, `_throttle_response`.
"""

import contextvars
import secrets
import threading

from ministack.core import lambda_runtime
from ministack.services import lambda_svc, sts

from additions.account import ask_sandbox
from additions.resource_properties import function_ids

spawning = threading.local()
processes = {}
planned_kill = contextvars.ContextVar("planned_kill", default=None)

original_spawn = lambda_runtime.Worker._spawn
original_invoke = lambda_runtime.Worker.invoke
original_credentials = lambda_runtime.execution_credentials
original_execute = lambda_svc._execute_function


def spawn(worker):
    spawning.worker = worker
    try:
        original_spawn(worker)
    finally:
        spawning.worker = None


def execution_credentials(config):
    worker = getattr(spawning, "worker", None)
    if worker is None:
        return original_credentials(config)
    key = "ASIA" + secrets.token_hex(8).upper()
    secret, token = secrets.token_hex(20), secrets.token_hex(32)
    name = config["FunctionName"]
    account, role = config["Role"].split(":")[4], config["Role"].rsplit("/", 1)[-1]
    processes[key] = worker
    sts.register_session(key, {
        "Arn": f"arn:aws:sts::{account}:assumed-role/{role}/{name[:64]}", "UserId": f"{role}:{name[:64]}",
        "SecretAccessKey": secret, "SessionToken": token, "Function": function_ids.get(name)})
    return {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": token}


def kill(worker, error):
    process = worker._proc
    if process is not None and process.poll() is None:
        worker.killed_with = error
        process.kill()
        return True
    return False


def kill_later(worker, plan, over):
    """Once it runs: on a cold start that takes a while."""
    over.wait(plan["afterMs"] / 1000)
    while not over.is_set() and not kill(worker, plan["error"]):
        over.wait(0.005)


def kill_process(message):
    kill(processes[message["accessKeyId"]], message["error"])


def invoke(worker, *arguments, **named):
    worker.killed_with = None
    plan = planned_kill.get()
    over = threading.Event()
    if plan:
        threading.Thread(target=kill_later, args=(worker, plan, over), daemon=True).start()
    try:
        response = original_invoke(worker, *arguments, **named)
    except (OSError, RuntimeError):  # it did not get as far as to take the event
        if not worker.killed_with:
            raise
        response = {}
    finally:
        over.set()
    return {**response, "status": "error", "error": worker.killed_with} if worker.killed_with else response


def execute_function(function, event):
    logical_id = function_ids.get((function.get("config") or function).get("FunctionName"))
    plan = ask_sandbox("/invocation", {"function": logical_id}) if logical_id else {}
    if plan.get("throttled"):
        return lambda_svc._throttle_response("ReservedFunctionConcurrentInvocationLimitExceeded", "Rate Exceeded.")
    planned_kill.set(plan.get("kill"))
    return original_execute(function, event)


lambda_runtime.Worker._spawn = spawn
lambda_runtime.Worker.invoke = invoke
lambda_runtime.execution_credentials = execution_credentials
lambda_svc._execute_function = execute_function
