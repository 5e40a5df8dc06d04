import { createHash } from "node:crypto";
import { expect, test } from "./story";
import { APP } from "./world";

test("a shopper clicks, browses and buys, and the pixel reports it", async ({ merchant, newShopper, shot }) => {
  await merchant.install();
  const key = await merchant.createKey("server");
  await merchant.installPixel();
  const link = await merchant.createLink();
  const shopper = await newShopper();
  const { page, sent } = shopper;
  await page.goto(link);
  await expect(page).toHaveURL(/\/products\/linen-shirt\?variant=1&.*#reviews$/);
  await expect.poll(() => sent.length).toBe(1);
  // The visitor id is removed from the address bar; the link's code stays.
  expect(page.url()).not.toContain("cs_pv");
  expect(page.url()).toContain("cs_ref=");
  expect(sent[0].event_type).toBe("page_view");
  const visitor = await shopper.pixel("getPvId");
  expect(visitor).toBe(sent[0].pv_id);
  expect(link.endsWith(`/${await shopper.pixel("getRef")}`)).toBe(true);
  expect(await shopper.pixel("version")).toContain("+wasm");
  expect(await page.evaluate(() => document.cookie)).toContain(`_cs_pv=${visitor}`);
  const cookie = (await shopper.context.cookies(APP)).find(({ name }) => name === "_cs_pv");
  // The redirect's id is another, which the pixel reports: whoever made the link could know it.
  expect(cookie).toMatchObject({ value: sent[0].pv_alias, httpOnly: true, secure: true, sameSite: "Lax" });
  expect(cookie?.value).not.toBe(visitor);

  // The shop identifies its customer; the e-mail address leaves the browser only as a hash.
  const named = page.waitForRequest((request) => request.url() === `${APP}/identities`);
  await page.evaluate(() => (window as any).CreatorScore.identify("shopper-1", { email: " Ada@Example.com" }));
  const { identity } = JSON.parse((await named).postData() ?? "");
  expect(identity.aliases).toEqual([visitor]);
  expect(identity.email_sha256).toBe(createHash("sha256").update("ada@example.com").digest("hex"));
  await shopper.buy();
  expect(sent.map(({ event_type }) => event_type)).toContain("add_to_cart");
  await shot(page, "bought");

  // The customer id leads to the visitor, the order and the creator who earned it.
  await expect(async () => {
    const headers = { authorization: `Bearer ${key}` };
    const answer = await fetch(`${APP}/api/v1/customers/shopper-1?show_all=true`, { headers });
    const { customer } = await answer.json();
    expect(customer.summary).toMatchObject({ total_amount: "49.99", touchpoints_count: 1, PurchaseEventType_count: 1 });
    expect(customer.events[0].attribution_model_outputs[0]).toMatchObject({ weight: 100, source_name: "jessica_styles" });
  }).toPass();
});

test("the dashboard shows the exact revenue of the sale and the credited creator", async ({ merchant, newShopper, shot }) => {
  const { app, page } = merchant;
  await merchant.install();
  await merchant.installPixel();
  const link = await merchant.createLink({ campaign: "Spring launch" });
  await (await newShopper()).clickAndBuy(link);
  await merchant.seesFigures("1", "1", "1", "$49.99", "100.0%");
  await expect(merchant.region("Top creators")).toContainText("Jessica Styles");
  const second = merchant.region("Top campaigns and links");
  await second.getByRole("link", { name: "Campaigns" }).click();
  await expect(second).toContainText("Spring launch");
  await second.getByRole("link", { name: "Links" }).click();
  await expect(second).toContainText(link.split("/").at(-1) ?? "");
  await shot(page, "overview");

  await merchant.open("Orders");
  await expect(app.getByRole("table", { name: "Orders" })).toContainText("Jessica Styles");
  await app.getByRole("link", { name: "#1001" }).click();
  await expect(app.getByRole("heading", { level: 1, name: /^#1001 · .* · \$49\.99$/ })).toBeVisible();
  const verdict = merchant.region("Verdict");
  await expect(verdict).toContainText("Jessica Styles gets $49.99");
  await expect(verdict).toContainText("kinds of evidence agree");
  await expect(merchant.region("Timeline")).toBeVisible();
  await shot(page, "order");
  await app.getByText(/^All evidence/).click();
  await expect(app.getByRole("table", { name: "Evidence" })).toContainText("The shopper clicked");
  await app.getByRole("link", { name: "See the customer" }).click();
  await expect(app.getByRole("table", { name: "Orders of this customer" })).toContainText("Jessica Styles $49.99");
  await expect(app.getByRole("table", { name: "Activity" })).toContainText("Linen shirt");
  await shot(page, "customer");
});

test("a repeated delivery changes nothing, a refund and a discount code count exactly", async ({ merchant, newShopper }) => {
  await merchant.install();
  await merchant.installPixel();
  const link = await merchant.createLink({ promoCode: "jess20" });
  await (await newShopper()).clickAndBuy(link);
  await merchant.openAdmin();
  for (let times = 0; times < 3; times++) await merchant.page.getByRole("button", { name: "Resend webhook" }).click();
  await merchant.page.getByRole("button", { name: "Refund 10.00" }).click();

  // A second shopper without a link uses the creator's promo code: 49.99 less 10 % is 44.99.
  const second = await newShopper();
  await second.openProduct();
  await second.buy("jess20");
  await merchant.seesFigures("1", "1", "2", "$84.98", "200.0%");
});
