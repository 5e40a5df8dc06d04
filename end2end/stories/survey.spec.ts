import { expect, test } from "./story";
import { APP, DEMO_SHOP } from "./world";

test("an answer that names nobody waits for the merchant's decision", async ({ merchant, shot }) => {
  const { app } = merchant;
  await merchant.install();
  await merchant.createLink();
  await merchant.openSettings("Survey answers");
  const key = "fairing-story-key-1";
  await app.getByLabel("Key").fill(key);
  await app.getByRole("button", { name: "Save key" }).click();
  await expect(app.getByText("A key is set.")).toBeVisible();
  const body = JSON.stringify({
    order_id: "1", question: "How did you hear about us?", answer: "a friend told me", shop_domain: DEMO_SHOP,
  });
  const headers = { "x-fairing-signature": key };
  const answer = await fetch(`${APP}/api/webhooks/fairing`, { method: "POST", body, headers });
  expect(await answer.json()).toEqual({ ok: true, creator_id: null, confidence: null });
  await merchant.openSettings("Survey answers");
  await expect(app.getByText("a friend told me")).toBeVisible();
  await shot(merchant.page, "survey");
  await app.getByRole("button", { name: "None of them" }).click();
  await expect(app.getByText("Set aside: this answer names none of your creators.")).toBeVisible();
  await expect(app.getByText("a friend told me")).toHaveCount(0);
  await app.getByRole("button", { name: "Undo" }).click();
  await merchant.seesToast("Undone. The answer waits for review again.");
  await expect(app.getByText("a friend told me")).toBeVisible();
});
