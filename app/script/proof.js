// Verifies a revenue proof in the browser, by its signature (JWS with Ed25519) and the issuer's public keys.

const bytes = (text) => {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
};
const json = (text) => JSON.parse(new TextDecoder().decode(bytes(text)));

/** The tone of each outcome of a verification. What to say stands in the element's attribute of the same name. */
const TONES = {
  valid: "success",
  wrong: "critical",
  differs: "critical",
  unknown: "critical",
  unsupported: "warning",
  offline: "warning",
};

/** A value as text, whatever the order of its names. */
const sorted = (value) =>
  JSON.stringify(value, (_, part) =>
    part && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );

/** Whether the page shows what was signed: whose sales, for which brand, in which days, and how many. */
const isShown = (statement, shown) =>
  ["jti", "creator", "brand", "period", "figures"].every(
    (name) => shown[name] !== undefined && sorted(statement[name]) === sorted(shown[name]),
  );

async function verify(jws, shown) {
  if (!globalThis.crypto?.subtle) return "unsupported";
  const [header, payload, signature] = jws.split(".");
  const { kid, alg } = json(header);
  if (alg !== "EdDSA") return "wrong";
  let keys;
  try {
    ({ keys } = await (await fetch("/.well-known/jwks.json", { credentials: "omit" })).json());
  } catch {
    return "offline";
  }
  const found = keys.find((key) => key.kid === kid && key.kty === "OKP" && key.crv === "Ed25519");
  if (!found) return "unknown";
  let key;
  try {
    key = await crypto.subtle.importKey("jwk", { kty: "OKP", crv: "Ed25519", x: found.x }, { name: "Ed25519" }, false, ["verify"]);
  } catch {
    return "unsupported";
  }
  const signed = new TextEncoder().encode(`${header}.${payload}`);
  if (!(await crypto.subtle.verify({ name: "Ed25519" }, key, bytes(signature), signed))) return "wrong";
  return isShown(json(payload), JSON.parse(shown)) ? "valid" : "differs";
}

class VerifyProof extends HTMLElement {
  async connectedCallback() {
    const { jws, shown } = this.dataset;
    const outcome = await verify(jws, shown).catch(() => "wrong");
    const said = this.querySelector("[role=status]");
    said.className = `banner ${TONES[outcome]}`;
    said.textContent = this.dataset[outcome];
    this.dataset.outcome = outcome;
  }
}

customElements.define("verify-proof", VerifyProof);
