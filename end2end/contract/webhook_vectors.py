"""The vectors that are published for receivers, through the Python library of the specification's authors."""

import datetime
import json
import sys
from pathlib import Path

import standardwebhooks
from standardwebhooks import webhooks


def at(seconds: int):
    """A clock that stands still, in place of the one that the library reads."""

    class Frozen(datetime.datetime):
        @classmethod
        def now(cls, tz=None):
            return cls.fromtimestamp(seconds, tz)

    return Frozen


def is_verified(vector: dict) -> bool:
    headers = {
        "webhook-id": vector["id"],
        "webhook-timestamp": str(vector["timestamp"]),
        "webhook-signature": vector["signature"],
    }
    webhooks.datetime = at(vector["now"])
    try:
        body = standardwebhooks.Webhook(vector["secret"]).verify(vector["body"], headers)
    except standardwebhooks.WebhookVerificationError:
        return False
    return body == json.loads(vector["body"])


vectors = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["vectors"]
wrong = [vector["name"] for vector in vectors if is_verified(vector) != vector["valid"]]
if wrong or not vectors:
    sys.exit(f"webhook vectors that the Python library decides otherwise: {wrong}")
print(f"webhook vectors: {len(vectors)} decided as published")
