"""Lambda: only what CDK's own handlers need is redirected, so that a handler can reach a cluster on loopback.

Private names of ministack: `_NODEJS_WORKER_SCRIPT`.
"""

from ministack.core import lambda_runtime

REDIRECT = 'if (host === "127.0.0.1" || host === "localhost" || host === msHost\n        || (advertised && host === advertised)) {'
assert REDIRECT in lambda_runtime._NODEJS_WORKER_SCRIPT, "ministack's Node.js worker is not the one of 1.5.33"
lambda_runtime._NODEJS_WORKER_SCRIPT = lambda_runtime._NODEJS_WORKER_SCRIPT.replace(
    REDIRECT, 'if (host === "127.0.0.1" && (!options.port || String(options.port) === "443")) {')
