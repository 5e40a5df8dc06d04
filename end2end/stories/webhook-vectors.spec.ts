// The vectors that are published for receivers, through the library of the specification's authors.
import { readFileSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { Webhook } from "standardwebhooks";

type Vector = {
  name: string; secret: string; id: string; timestamp: number; now: number; body: string; signature: string; valid: boolean;
};
const file = new URL("../../docs/api/webhook-vectors.json", import.meta.url);
const { vectors }: { vectors: Vector[] } = JSON.parse(readFileSync(file, "utf8"));

for (const vector of vectors) {
  test(`webhook: ${vector.name}`, () => {
    const clock = Date.now;
    Date.now = () => vector.now * 1000;
    try {
      const headers = {
        "webhook-id": vector.id,
        "webhook-timestamp": String(vector.timestamp),
        "webhook-signature": vector.signature,
      };
      const verify = () => new Webhook(vector.secret).verify(vector.body, headers);
      if (vector.valid) expect(verify()).toEqual(JSON.parse(vector.body));
      else expect(verify).toThrow();
    } finally {
      Date.now = clock;
    }
  });
}
