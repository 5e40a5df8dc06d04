"""Creates and lists with the client that is made from the document: `client.py SERVER KEY`."""

import sys

from creatorscore_client import AuthenticatedClient
from creatorscore_client.api.creators import create_creator, get_creator, list_creators
from creatorscore_client.models import CreatorBody, CreatorRequest, FaultBody

server, key = sys.argv[1:]
client = AuthenticatedClient(base_url=server, token=key, raise_on_unexpected_status=True)
made = create_creator.sync(client=client, body=CreatorRequest(name="Ana Lima", handle="analima-python"))
assert isinstance(made, CreatorBody), made
listed = list_creators.sync(client=client, limit=100)
assert made.id in [creator.id for creator in listed.data], listed
missing = get_creator.sync(client=client, id="crt_01hf7yat00fzzvzzzzzzzzzzzz")
assert isinstance(missing, FaultBody) and missing.code == "not_found", missing
print("The Python client creates and lists.")
