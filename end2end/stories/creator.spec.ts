import { expect, test } from "./story";
import { APP } from "./world";

test("a creator sees conversions of every link, and revenue of the shared link only", async ({ merchant, newShopper, shot }) => {
  await merchant.install();
  await merchant.installPixel();
  const shared = await merchant.createLink({ shareRevenue: true });
  const hidden = await merchant.createLink();
  await (await newShopper()).clickAndBuy(shared);
  await (await newShopper()).clickAndBuy(hidden);
  await merchant.seesFigures("2", "2", "2", "$99.98", "100.0%");

  await merchant.open("Creators");
  await merchant.app.getByRole("link", { name: "Jessica Styles" }).click();
  await merchant.app.getByRole("button", { name: "Create sign-in link" }).click();
  const signIn = (await merchant.app.getByTestId("sign-in-link").textContent()) ?? "";
  await shot(merchant.page, "creator");

  const { page } = await newShopper();
  await page.goto(signIn);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Hello, Jessica Styles" })).toBeVisible();
  const menu = page.getByRole("navigation", { name: /^Main/ }).filter({ visible: true });
  await menu.getByRole("link", { name: "Links" }).click();
  await expect(page.locator(".tile .value")).toHaveText(["2", "2", "2", "$49.99"]);
  const cards = page.locator(".link-card");
  await expect(cards.filter({ hasText: shared.replace(/^https?:\/\//, "") })).toContainText("$49.99");
  await expect(cards.filter({ hasText: hidden.replace(/^https?:\/\//, "") })).toContainText("Revenue not shared");
  await menu.getByRole("link", { name: "Sales" }).click();
  await expect(page.locator(".sale")).toHaveCount(2);
  await expect(page.getByText("Amount not shared")).toHaveCount(1);

  // A question about a sale.
  const sale = page.locator(".sale").first();
  await sale.getByText("Ask about this").click();
  await sale.getByLabel("Your question").fill("When is this paid?");
  await sale.getByRole("button", { name: "Send question" }).click();
  await expect(page.getByText("Waiting for an answer.")).toBeVisible();
  expect(await page.content()).not.toContain("99.98");
  await shot(page, "phone-creator-own");
  // The sign-in link works once, and a creator cannot open the brand's pages.
  await page.goto(signIn);
  await expect(page.getByText("This link no longer works")).toBeVisible();
  await page.goto(`${APP}/brand/attribution`);
  await expect(page).toHaveURL(`${APP}/sign-in`);
});
