import { expect, test } from "./story";
import { APP } from "./world";

test.use({ hasSample: true });

test("the demo opens with sample data, says so on every page, and clears it", async ({ merchant, shot }) => {
  const { app } = merchant;
  await merchant.openApp();
  await expect(app.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  const banner = app.getByRole("complementary", { name: "Sample data" });
  await expect(banner).toContainText("Everything here is made up");
  await expect(merchant.region("Top creators")).toContainText("Jessica Styles");
  await shot(merchant.page, "sample-overview");
  for (const label of ["Orders", "Payouts"]) {
    await merchant.open(label);
    await expect(banner).toBeVisible();
  }

  // Nothing is deleted before it is confirmed.
  await expect(app.getByRole("button", { name: "Delete everything" })).toBeHidden();
  await banner.getByText("Clear sample data").click();
  await shot(merchant.page, "sample-clear");
  await app.getByRole("button", { name: "Delete everything" }).click();
  await expect(banner).toHaveCount(0);
  await merchant.open("Overview");
  await expect(app.getByText("Create your first tracking link")).toBeVisible();
  await merchant.open("Creators");
  await expect(app.getByText("Jessica Styles")).toHaveCount(0);
  await merchant.openSettings("Setup");
  await expect(app.getByText(/^demo-shop.myshopify.com installed/)).toBeVisible();
});

test("a sale in the demo's shop is credited beside the sample data", async ({ merchant, newShopper }) => {
  await merchant.openApp();
  const link = await merchant.createLink();
  await (await newShopper()).clickAndBuy(link);
  const orders = merchant.app.getByRole("table", { name: "Orders" });
  await expect(async () => {
    await merchant.open("Overview");
    await merchant.open("Orders");
    await expect(orders.getByRole("row").nth(1)).toContainText("Jessica Styles", { timeout: 500 });
    await expect(orders.getByRole("row").nth(1)).toContainText("$49.99", { timeout: 500 });
  }).toPass();
});

test("a creator's page opens signed in", async ({ newShopper, shot }) => {
  const { page } = await newShopper();
  await page.goto(`${APP}/demo/creator`);
  await expect(page).toHaveURL(`${APP}/creator`);
  await expect(page.getByRole("heading", { level: 1, name: "Hello, Jessica Styles" })).toBeVisible();
  await expect(page.getByText("Your links, sales and earnings at Demo Shop.")).toBeVisible();
  await expect(page.getByRole("complementary", { name: "Sample data" })).toBeVisible();
  await shot(page, "phone-sample-creator");
});
