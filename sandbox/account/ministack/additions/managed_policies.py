"""IAM: policies of AWS that ministack does not know, as AWS documents them.

Private names of ministack: `_aws_managed_policies`, `_make_aws_managed_record`.
"""

import json
import os

from ministack.services import iam

with open(os.path.join(os.path.dirname(__file__), "managed-policies.json")) as file:
    for policy, actions in json.load(file).items():
        document = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]})
        iam._aws_managed_policies[f"arn:aws:iam::aws:policy/{policy}"] = iam._make_aws_managed_record(policy, document, policy)
