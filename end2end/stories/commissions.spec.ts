import { yesterday } from "./merchant";
import { expect, test } from "./story";

test("a commission rule pays once the orders are recalculated", async ({ merchant, newShopper, shot }) => {
  const { app } = merchant;
  await merchant.install();
  await merchant.installPixel();
  const link = await merchant.createLink();
  await (await newShopper()).clickAndBuy(link);
  await merchant.seesFigures("1", "1", "1", "$49.99", "100.0%");

  await merchant.addCommissionRule();

  // Saving a policy recalculates the orders since its start, now with the rule.
  await merchant.open("Settings");
  await app.getByLabel("Model").selectOption("linear");
  await app.getByLabel("From", { exact: true }).fill(yesterday());
  await app.getByRole("button", { name: "Preview on the last 90 days" }).click();
  await expect(app.getByTestId("preview")).toContainText("The 1 order in the last 90 days would not be credited differently");
  await shot(merchant.page, "settings-preview");
  await app.getByRole("button", { name: "Save policy" }).click();
  await merchant.seesToast("Policy saved.");
  const line = app.getByRole("table", { name: "Ledger" }).getByRole("row").filter({ hasText: "Jessica Styles" });
  await expect(async () => {
    await merchant.open("Payouts");
    await merchant.openTab("Commissions");
    await expect(line.first()).toBeVisible({ timeout: 500 });
  }).toPass();
  await expect(line.first()).toContainText("On hold until");
  await expect(line.first()).toContainText("$5.00");
  await shot(merchant.page, "commissions");

  // The hold period is not over. A bonus is due at once: it is paid only when the payout is marked as paid.
  await merchant.open("Payouts");
  await expect(app.getByText("Nothing to pay out yet.", { exact: false })).toBeVisible();
  await merchant.openTab("Commissions");
  await app.getByRole("link", { name: "Adjust balance" }).click();
  const form = app.locator("form").filter({ has: app.getByLabel("Reason") });
  const creator = form.getByRole("combobox", { name: "Creator", exact: true });
  await creator.fill("jess");
  await creator.press("Enter");
  await app.getByLabel("Amount").fill("25");
  await app.getByLabel("Reason").fill("A bonus");
  await app.getByRole("button", { name: "Add adjustment" }).click();
  await expect(app.getByRole("row").filter({ hasText: "A bonus" })).toContainText("Available");
  await merchant.open("Payouts");
  await app.locator("summary").filter({ hasText: "Create payout" }).click();
  await app.getByRole("button", { name: "Create payout" }).click();
  await expect(app.getByRole("heading", { level: 1 })).toContainText("$25.00");
  await expect(app.getByText("Open: not paid yet")).toBeVisible();
  await shot(merchant.page, "payout");
  await app.locator("summary").filter({ hasText: "Mark as paid" }).click();
  await app.getByLabel("Reference").fill("Bank 42");
  await app.getByRole("button", { name: "It was sent" }).click();
  await expect(app.getByText("reference Bank 42")).toBeVisible();
  await merchant.open("Payouts");
  await expect(app.getByRole("row").filter({ hasText: "Payout of" })).toContainText("Paid");
  await shot(merchant.page, "payouts");
});
