"""STS: every session is known to the sandbox, which checks Git credentials and cluster tokens with it.

Private names of ministack: IAM `_roles`.
"""

from ministack.core.responses import set_request_account_id
from ministack.services import iam, sts

from additions.account import ACCOUNT, ask_sandbox

original_register_session = sts.register_session


def register_session(access_key, session):
    original_register_session(access_key, session)
    ask_sandbox("/session", {"accessKeyId": access_key, "session": session, "function": session.get("Function")}, timeout=10)


sts.register_session = register_session


def make_session(message):
    set_request_account_id(ACCOUNT)
    name = message["roleArn"].rsplit("/", 1)[-1]
    if not message.get("root") and iam._roles.get_scoped(ACCOUNT, None, name) is None:
        raise ValueError(f"There is no role {message['roleArn']} in the account.")
    session = {
        "Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/{message['sessionName']}",
        "UserId": f"{name}:{message['sessionName']}", "AccountId": ACCOUNT, "RoleArn": message["roleArn"],
        "SecretAccessKey": message["secretAccessKey"], "SessionToken": message["sessionToken"],
        "Expiration": message["expiration"],
    }
    if message.get("root"):
        session["PrincipalType"] = "Root"
    original_register_session(message["accessKeyId"], session)
