// Verifies a revenue proof in the browser, by its signature (JWS with Ed25519) and the issuer's public keys.

const bytes = (text) => {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
};
const json = (text) => JSON.parse(new TextDecoder().decode(bytes(text)));

/** The outcome of a verification: its tone and what to say. */
const OUTCOMES = {
  valid: ["success", "Signature verified by your browser: the issuer signed exactly what is shown here, and nothing was changed since."],
  wrong: ["critical", "The signature is wrong: what this page shows is not what was signed. Do not rely on it."],
  differs: ["critical", "The signature is right, but this page shows something else than what was signed. Do not rely on it."],
  unknown: ["critical", "It was signed with a key that the issuer does not publish. Do not rely on it."],
  unsupported: ["warning", "Your browser cannot verify Ed25519 signatures. Use a newer one, or verify the file as described below."],
  offline: ["warning", "The issuer's public keys could not be loaded. Reload the page to verify the signature."],
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
    const [tone, words] = OUTCOMES[outcome];
    const said = this.querySelector("[role=status]");
    said.className = `banner ${tone}`;
    said.textContent = words;
    this.dataset.outcome = outcome;
  }
}

customElements.define("verify-proof", VerifyProof);
