// Verifies a revenue proof in the browser, by its signature (JWS with Ed25519) and the issuer's public keys.

const bytes = (text) => {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
};
const json = (text) => JSON.parse(new TextDecoder().decode(bytes(text)));

/** The outcome of a verification: its tone and what to say. */
const OUTCOMES = {
  valid: ["success", "Signature verified by your browser: the issuer signed exactly these figures, and nothing was changed since."],
  wrong: ["critical", "The signature is wrong: what this page shows is not what was signed. Do not rely on it."],
  differs: ["critical", "The signature is right, but this page shows other figures than those that were signed. Do not rely on it."],
  unknown: ["critical", "It was signed with a key that the issuer does not publish. Do not rely on it."],
  unsupported: ["warning", "Your browser cannot verify Ed25519 signatures. Use a newer one, or verify the file as described below."],
  offline: ["warning", "The issuer's public keys could not be loaded. Reload the page to verify the signature."],
};

async function verify(jws, id, figures) {
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
  const statement = json(payload);
  return statement.jti === id && JSON.stringify(statement.figures) === figures ? "valid" : "differs";
}

class VerifyProof extends HTMLElement {
  async connectedCallback() {
    const { jws, id, figures } = this.dataset;
    const outcome = await verify(jws, id, figures).catch(() => "wrong");
    const [tone, text] = OUTCOMES[outcome];
    const said = this.querySelector("[role=status]");
    said.className = `banner ${tone}`;
    said.textContent = text;
    this.dataset.outcome = outcome;
  }
}

customElements.define("verify-proof", VerifyProof);
