import { expect, test } from "./story";
import { APP } from "./world";

test("a merchant creates links, and a creator and a campaign with the first one", async ({ merchant, shot }) => {
  const { app } = merchant;
  await merchant.install();
  await merchant.open("Links");
  await app.getByRole("link", { name: "New link" }).first().click();
  await app.getByLabel("Destination URL").fill("javascript:alert(1)");
  await app.getByLabel("Destination URL").evaluate((input) => input.setAttribute("type", "text"));
  await app.getByRole("button", { name: "Create link" }).click();
  await expect(app.locator(".fault")).toContainText("must begin with https://");
  await expect(app.getByLabel("Destination URL")).toBeFocused();

  const shared = await merchant.createLink({ campaign: "Spring launch", promoCode: "jess20", shareRevenue: true });
  expect(shared).toMatch(new RegExp(`^${APP}/[abcdefghjkmnpqrstuvwxyz23456789]{8}$`));
  const other = await merchant.createLink();
  expect(other).not.toBe(shared);
  await merchant.open("Links");
  const list = app.getByRole("table", { name: "Tracking links" });
  await expect(list.getByRole("row")).toHaveCount(3);
  await shot(merchant.page, "links");

  const campaign = app.getByRole("combobox", { name: "Campaign", exact: true });
  await campaign.fill("spring");
  await campaign.press("Enter");
  await expect(list.getByRole("row")).toHaveCount(2);
  await expect(list).toContainText(withoutScheme(shared));
});

test("an archived link stops redirecting, and comes back by undo", async ({ merchant, newShopper, shot }) => {
  const { app } = merchant;
  await merchant.install();
  const link = await merchant.createLink();
  const { page } = await newShopper();
  await page.goto(link);
  await merchant.seesFigures("1", "1", "0", "$0.00", "0.0%");
  await merchant.open("Links");
  const row = app.getByRole("row").filter({ hasText: withoutScheme(link) });
  await expect(row).toContainText("1");

  await row.getByRole("checkbox").check();
  await app.locator(".bulk").getByRole("button", { name: "Archive" }).click();
  await expect(app.getByText("1 link archived")).toBeVisible();
  await expect(row).toHaveCount(0);
  const gone = await page.goto(link);
  expect(gone?.status()).toBe(404);
  await expect(page.getByText("This link does not work")).toBeVisible();
  await shot(page, "link-not-found");
  await app.getByRole("button", { name: "Undo" }).click();
  await expect(row).toHaveCount(1);
  const back = await page.goto(link);
  expect(back?.status()).not.toBe(404);
});

test("a link has a page with its figures and its QR code", async ({ merchant, newShopper, shot }) => {
  const { app } = merchant;
  await merchant.install();
  const link = await merchant.createLink();
  await (await newShopper()).page.goto(link);
  await merchant.open("Links");
  await app.getByRole("row").filter({ hasText: withoutScheme(link) }).getByRole("link", { name: withoutScheme(link) }).click();
  await expect(app.getByRole("heading", { level: 1, name: withoutScheme(link) })).toBeVisible();
  await expect(app.getByRole("img", { name: /QR code/ })).toBeVisible();
  await shot(merchant.page, "link");
});

function withoutScheme(link: string): string {
  return link.replace(/^https?:\/\//, "");
}
