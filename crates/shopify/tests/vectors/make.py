"""Creates python.json, signed queries, with PyPI ShopifyAPI 12.7.0. Run: python make.py > python.json"""
import json
from urllib.parse import urlencode
from shopify import Session

Session.secret = "hush"
NOW = 1_800_000_000
cases = []
for name, params in [
    ("callback", {"code": "0907a61c", "host": "YWRtaW4uc2hvcGlmeS5jb20vc3RvcmUvdg", "shop": "vector-shop.myshopify.com", "state": "ab12", "timestamp": str(NOW)}),
    # Reserved characters are left out: Shopify's libraries disagree on them, and Shopify sends none.
    ("an old one", {"shop": "vector-shop.myshopify.com", "locale": "en-CA", "timestamp": str(NOW - 80)}),
]:
    hmac = Session.calculate_hmac(dict(params))
    cases.append({"name": name, "query": urlencode({**params, "hmac": hmac})})
print(json.dumps({"now_s": NOW, "queries": cases}, indent=1))
