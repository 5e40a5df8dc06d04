// A client as an integration has it: types generated from the served document (schema.d.ts), and openapi-fetch.
import createClient from "openapi-fetch";
import type { paths } from "./schema.js";

declare const process: { argv: string[] };

const [baseUrl, key] = process.argv.slice(2);
const api = createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${key}` } });

const made = await api.POST("/api/v1/creators", { body: { name: "Ana Lima", handle: "analima", tags: ["vip"], tier: null } });
if (made.error) throw new Error(`${made.error.code}: ${made.error.error}`);
const link = await api.POST("/api/v1/links", {
  params: { header: { "Idempotency-Key": "first-link" } },
  body: { destination: "https://shop.example/products/mug", creator: made.data.id, platform: "tiktok" },
});
if (link.error) throw new Error(`${link.error.code}: ${link.error.error}`);
const list = await api.GET("/api/v1/links", { params: { query: { limit: 5, creator: made.data.id } } });
if (list.error) throw new Error(`${list.error.code}: ${list.error.error}`);
const missing = await api.GET("/api/v1/links/{id}", { params: { path: { id: "lnk_01hf7yat00fzzvzzzzzzzzzzzz" } } });

console.log(
  JSON.stringify({
    creator: made.data.name,
    codes: list.data.data.map((listed) => listed.code === link.data.code),
    has_more: list.data.has_more,
    missing: missing.error?.code,
  }),
);

// What does not compile. Never called.
export async function mistakes() {
  // @ts-expect-error a platform that there is not
  await api.POST("/api/v1/links", { body: { platform: "myspace" } });
  // @ts-expect-error a path that there is not
  await api.GET("/api/v1/creator");
  // @ts-expect-error a parameter of the path is missing
  await api.GET("/api/v1/links/{id}", {});
}
