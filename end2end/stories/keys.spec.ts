import { expect, test } from "./story";
import { APP } from "./world";

test("the setup page ticks its steps and creates keys", async ({ merchant, shot }) => {
  await merchant.install();
  await merchant.openSettings("Setup");
  await expect(merchant.app.getByText("Set up CreatorScore · 1 of 5")).toBeVisible();
  await expect(merchant.app.getByText(/kinds, none has come yet/)).toBeVisible();
  expect(await merchant.createKey("pixel")).toMatch(/^cs_live_pk_[0-9A-Za-z]{57}$/);
  expect(await merchant.createKey("server")).toMatch(/^cs_live_sk_[0-9A-Za-z]{57}$/);
  await shot(merchant.page, "setup");
  await expect(merchant.app.getByRole("table", { name: "API keys" }).getByRole("row")).toHaveCount(3);
  await merchant.openTab("Audit log");
  await expect(merchant.app.getByRole("row").filter({ hasText: "Created a key" })).toHaveCount(2);
});

test("a revoked key stops working at once", async ({ merchant }) => {
  await merchant.install();
  const key = await merchant.createKey("server");
  const track = () =>
    fetch(`${APP}/api/v1/track`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-api-key": key },
      body: JSON.stringify({ event_type: "page_view", pv_id: "550e8400-e29b-41d4-a716-446655440000" }),
    });
  expect((await track()).status).toBe(200);
  const row = merchant.app.getByRole("row").filter({ hasText: key.slice(11, 19) });
  await row.getByText("Revoke", { exact: true }).click();
  await row.getByRole("button", { name: "Revoke key" }).click();
  await expect(row).toContainText("Revoked");
  const answer = await track();
  expect(answer.status).toBe(401);
  expect(await answer.json()).toEqual({ error: "Invalid API key" });
});
