"""Objects that the cases can refer to: without them most calls would end in "not found"."""

import itertools
import json
import urllib.request


def create(server, brand, keys):
    """Adds some objects of each kind to a brand (a number), and returns their ids by resource."""
    ids = {}
    keys = itertools.cycle(keys)

    def post(resource, **body):
        request = urllib.request.Request(
            f"{server}/api/v1/{resource}", json.dumps(body).encode(),
            {"Authorization": f"Bearer {next(keys)}", "Content-Type": "application/json"})
        with urllib.request.urlopen(request) as answer:
            made = json.load(answer)
        ids.setdefault(resource, []).append(made["id"])
        return made["id"]

    for number in range(3):
        creator = post("creators", name=f"Contract {number}", handle=f"contract-{number}", external_id=f"their-{number}")
        campaign = post("campaigns", name=f"Contract {number}")
        destination = f"https://shop.example/{number}"
        link = post("links", creator=creator, campaign=campaign, destination=destination)
        product = post("products", title=f"Mug {number}", price_minor=1_500)
        collab = post("collabs", creator=creator, slug=f"contract-{brand}-{number}", destination=destination)
        post("drops", collab=collab, title=f"Drop {number}", products=[{"product": product}])
        post("content", creator=creator, link=link, url=f"https://social.example/{number}")
        post("orders", external_id=f"till-{number}", total_minor=5_000 + number, currency="USD")
    post("webhook_endpoints", url="https://hooks.example/creatorscore", types=["order.attributed"])
    return ids
