import { expect, test } from "./story";
import { APP } from "./world";

test("a merchant creates links, and a creator and a campaign with the first one", async ({ merchant, shot }) => {
  const { app } = merchant;
  await merchant.install();
  await merchant.open("Tracking links");
  await app.getByLabel("Destination URL").fill("javascript:alert(1)");
  await app.getByLabel("Destination URL").evaluate((input) => input.setAttribute("type", "text"));
  await app.getByRole("button", { name: "Create link" }).click();
  await expect(app.getByRole("alert")).toContainText("must begin with https://");

  const shared = await merchant.createLink({ campaign: "Spring launch", promoCode: "jess20", shareRevenue: true });
  expect(shared).toMatch(new RegExp(`^${APP}/[abcdefghjkmnpqrstuvwxyz23456789]{8}$`));
  const other = await merchant.createLink();
  expect(other).not.toBe(shared);
  const list = merchant.region("Tracking links");
  await expect(list.getByRole("row")).toHaveCount(3);
  await shot(merchant.page, "links");

  await app.locator("form.inline select[name=campaign]").selectOption({ label: "Spring launch" });
  await app.getByRole("button", { name: "Filter" }).click();
  await expect(list.getByRole("row")).toHaveCount(2);
  await expect(list).toContainText(shared);
});

test("a deleted link stops redirecting and keeps its history", async ({ merchant, newShopper, shot }) => {
  await merchant.install();
  const link = await merchant.createLink();
  const { page } = await newShopper();
  await page.goto(link);
  await merchant.seesFigures("1", "1", "0", "$0.00", "0.0%");

  await merchant.open("Tracking links");
  const row = merchant.region("Tracking links").getByRole("row").filter({ hasText: link });
  await row.getByRole("button", { name: "Delete this link" }).click();
  await row.getByRole("button", { name: "Confirm delete" }).click();
  await expect(row).toHaveCount(0);
  const answer = await page.goto(link);
  expect(answer?.status()).toBe(404);
  await expect(page.getByText("This link does not work")).toBeVisible();
  await shot(page, "link-not-found");
  await merchant.open("Overview");
  await expect(merchant.region("Link")).toContainText(link);
});
