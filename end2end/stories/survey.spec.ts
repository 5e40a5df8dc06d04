import { expect, test } from "./story";
import { APP, DEMO_SHOP } from "./world";

test("an answer that names nobody waits for the merchant's decision", async ({ merchant, shot }) => {
  const { app } = merchant;
  await merchant.install();
  await merchant.createLink();
  await merchant.open("Survey");
  const key = "fairing-story-key-1";
  await app.getByLabel("Fairing key").fill(key);
  await app.getByRole("button", { name: "Save key" }).click();
  await expect(app.getByText("A key is set.")).toBeVisible();
  const body = JSON.stringify({
    order_id: "1", question: "How did you hear about us?", answer: "a friend told me", shop_domain: DEMO_SHOP,
  });
  const headers = { "x-fairing-signature": key };
  const answer = await fetch(`${APP}/api/webhooks/fairing`, { method: "POST", body, headers });
  expect(await answer.json()).toEqual({ ok: true, creator_id: null, confidence: null });
  await merchant.open("Overview");
  await merchant.open("Survey");
  await expect(app.getByText("a friend told me")).toBeVisible();
  await shot(merchant.page, "survey");
  await app.getByRole("button", { name: "Confirm" }).click();
  await expect(app.getByText("Saved. The order will be recalculated shortly.")).toBeVisible();
  await expect(app.getByText("a friend told me")).toHaveCount(0);
});
