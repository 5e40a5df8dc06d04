// Creates javascript.json with npm @shopify/shopify-api 13.1.0. That package cannot sign queries, so make.py creates
// those. Run in a folder with the package installed: node make.mjs > javascript.json
import { getHmac, getJwt } from "@shopify/shopify-api/test-helpers";

const NOW = 1_800_000_000;
const key = "vector-client-id";
const secret = "hush";
const shop = "vector-shop.myshopify.com";
const claims = { iss: `https://${shop}/admin`, dest: `https://${shop}`, exp: NOW + 60, nbf: NOW, iat: NOW };
const jwt = async (overrides = {}, by = secret) => (await getJwt("vector-shop", key, by, { ...claims, ...overrides })).token;
const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const body = (await jwt()).split(".")[1];

const tokens = [
  ["valid", await jwt(), null],
  ["fractional times", await jwt({ exp: NOW + 59.5, nbf: NOW - 0.25 }), null],
  ["expired within the leeway", await jwt({ exp: NOW - 9 }), null],
  ["expired", await jwt({ exp: NOW - 11 }), "Expired"],
  ["not yet valid", await jwt({ nbf: NOW + 11 }), "Expired"],
  ["another app", await jwt({ aud: "other" }), "Foreign"],
  ["another secret", await jwt({}, "other"), "Signature"],
  ["issuer and destination differ", await jwt({ iss: "https://other.myshopify.com/admin" }), "Foreign"],
  ["not a shop", await jwt({ iss: "https://evil.example/admin", dest: "https://evil.example" }), "Foreign"],
  ["no user", await jwt({ sub: "" }), "Foreign"],
  ["no expiry", await jwt({ exp: undefined }), "Signature"],
  ["no signature", `${encode({ alg: "none", typ: "JWT" })}.${body}.`, "Signature"],
  ["algorithm named none, signed", `${encode({ alg: "none", typ: "JWT" })}.${(await jwt()).split(".").slice(1).join(".")}`, "Signature"],
  ["two parts", (await jwt()).split(".").slice(0, 2).join("."), "Signature"],
  ["nothing", "", "Signature"],
];
const bodies = ['{"id":1}', "", '"my secret message"', '{"name":"Zoë ✓"}', " \n{} "].map((text) => ({ body: text, hmac: getHmac(text, secret) }));
console.log(JSON.stringify({ now_s: NOW, client_id: key, secret, shop, tokens: tokens.map(([name, token, error]) => ({ name, token, error })), bodies }, null, 1));
