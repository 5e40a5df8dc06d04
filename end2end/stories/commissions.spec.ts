import { yesterday } from "./merchant";
import { expect, test } from "./story";

test("a commission rule pays once the orders are recalculated", async ({ merchant, newShopper, shot }) => {
  const { app } = merchant;
  await merchant.install();
  await merchant.installPixel();
  const link = await merchant.createLink();
  await (await newShopper()).clickAndBuy(link);
  await merchant.seesFigures("1", "1", "1", "$49.99", "100.0%");

  await merchant.open("Commissions");
  await app.getByLabel("Percentage of order").fill("150");
  await app.getByRole("button", { name: "Add rule" }).click();
  await expect(app.getByRole("alert")).toContainText("give either percent (0.01 to 100) or fixed");
  await merchant.addCommissionRule();

  // Saving a policy recalculates the orders since its start, now with the rule.
  await merchant.open("Settings");
  await app.getByLabel("Model").selectOption("linear");
  await app.getByLabel("Start date (today if empty)").fill(yesterday());
  await app.getByRole("button", { name: "Preview on the last 90 days" }).click();
  await expect(app.getByTestId("preview")).toContainText("in the last 90 days would be credited differently");
  await shot(merchant.page, "settings-preview");
  await app.getByRole("button", { name: "Save policy" }).click();
  await expect(app.getByText("Policy saved.")).toBeVisible();
  await expect(async () => {
    await merchant.open("Overview");
    await merchant.open("Commissions");
    await expect(merchant.region("Ledger").getByText("accrual").first()).toBeVisible({ timeout: 500 });
  }).toPass();
  await expect(merchant.region("Ledger")).toContainText("$5.00");
  await shot(merchant.page, "commissions");

  // The hold period is not over.
  await merchant.open("Payouts");
  await expect(app.getByText("Nothing to pay out yet.", { exact: false })).toBeVisible();
  await shot(merchant.page, "payouts");
});
