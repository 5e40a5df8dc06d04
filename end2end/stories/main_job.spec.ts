// The main user journey: install the app, create a link, click it, buy, and see the sale credited to the cent.
import { createHash } from "node:crypto";
import AxeBuilder from "@axe-core/playwright";
import { type BrowserContext, type FrameLocator, type Page, expect, test } from "@playwright/test";
import { ADMIN, APP, SHOP, World } from "./world";

const PHONE_AGENT =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1";
const world = new World();
const shots = `./artefacts/screenshots-${process.env.STORY ?? "sqlite"}`;

test.describe.configure({ mode: "serial" });
test.beforeAll(() => world.start());
test.afterAll(() => world.stop());

let merchant: Page;
let app: FrameLocator;
let pixelKey = "";
let serverKey = "";
let orderId = "";
let customerId = "";
let sharedLink = "";
let privateLink = "";

async function shot(page: Page, name: string) {
  await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
}

async function hydrated() {
  await expect(app.locator("html[data-hydrated]")).toBeAttached();
}

async function open(label: string, heading = label) {
  await merchant.locator("#menu").getByText(label, { exact: true }).click();
  await expect(app.getByRole("heading", { level: 1, name: heading })).toBeVisible();
}

async function shopper(browser: { newContext: (options?: object) => Promise<BrowserContext> }, options = {}) {
  const context = await browser.newContext({ userAgent: PHONE_AGENT, viewport: { width: 390, height: 844 }, ...options });
  return { context, page: await context.newPage() };
}

async function buy(page: Page, discount = "") {
  await page.getByRole("button", { name: "Add to cart" }).click();
  await expect(page.getByText("Linen shirt")).toBeVisible();
  // The pixel sets the cart's attributes shortly after the page has loaded.
  await expect.poll(async () => (await page.request.get(`${SHOP}/cart.js`)).json()).toHaveProperty("attributes._cs_pv");
  await page.getByRole("link", { name: "Check out" }).click();
  if (discount) await page.getByLabel("Discount code").fill(discount);
  await page.getByRole("button", { name: "Pay now" }).click();
  await expect(page.getByRole("heading", { name: "Thank you" })).toBeVisible();
}

test("a merchant installs the app and finds it open in the admin", async ({ browser }) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  merchant = await context.newPage();
  const consoleErrors: string[] = [];
  merchant.on("console", (message) => message.type() === "error" && consoleErrors.push(message.text()));
  await merchant.goto(`${ADMIN}/store/demo-shop`);
  await merchant.getByRole("button", { name: "Install CreatorScore" }).click();
  app = merchant.frameLocator("iframe");
  await expect(app.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  await hydrated();
  await expect(app.getByText("Create your first tracking link")).toBeVisible();
  await shot(merchant, "01-installed");
  expect(consoleErrors).toEqual([]);
  // The framed app sets no cookies, so it works where third-party cookies are blocked.
  const cookies = await context.cookies(APP);
  expect(cookies).toEqual([]);
});

test("the setup page creates keys and lists the webhooks", async () => {
  await open("Setup");
  await expect(app.getByText("orders/create")).toBeVisible();
  await app.getByRole("button", { name: "Create key" }).click();
  pixelKey = (await app.getByTestId("new-key").textContent()) ?? "";
  expect(pixelKey).toMatch(/^cs_live_pk_[0-9A-Za-z]{57}$/);
  await app.getByLabel("Type").selectOption("server");
  await app.getByRole("button", { name: "Create key" }).click();
  await expect(app.getByTestId("new-key")).toContainText("cs_live_sk_");
  serverKey = (await app.getByTestId("new-key").textContent()) ?? "";
  await shot(merchant, "02-setup");
  const rows = app.getByRole("region", { name: "API keys" }).getByRole("row");
  await expect(rows).toHaveCount(3);
});

test("a merchant creates links, and a creator and a campaign with the first one", async () => {
  await open("Tracking links");
  await app.getByLabel("Destination URL").fill("javascript:alert(1)");
  await app.getByLabel("Destination URL").evaluate((input) => input.setAttribute("type", "text"));
  await app.getByRole("button", { name: "Create link" }).click();
  await expect(app.getByRole("alert")).toContainText("must begin with https://");

  await app.getByLabel("Destination URL").fill(`${SHOP}/products/linen-shirt?variant=1#reviews`);
  await app.getByLabel("or new creator").fill("Jessica Styles");
  await app.getByLabel("or new campaign").fill("Spring launch");
  await app.getByLabel("Platform").selectOption("instagram");
  await app.getByLabel("Content type").selectOption("reel");
  await app.getByLabel("Promo code").fill("jess20");
  await app.getByLabel("Share revenue").check();
  await app.getByRole("button", { name: "Create link" }).click();
  await expect(app.getByTestId("new-link")).toContainText(APP);
  sharedLink = (await app.getByTestId("new-link").textContent()) ?? "";
  expect(sharedLink).toMatch(new RegExp(`^${APP}/[abcdefghjkmnpqrstuvwxyz23456789]{8}$`));

  await app.getByText("New link").click();
  await app.getByLabel("Destination URL").fill(`${SHOP}/products/linen-shirt`);
  await app.getByRole("combobox", { name: "Creator" }).first().selectOption({ label: "Jessica Styles (@jessica_styles)" });
  await app.getByRole("button", { name: "Create link" }).click();
  await expect(app.getByTestId("new-link")).not.toContainText(sharedLink);
  privateLink = (await app.getByTestId("new-link").textContent()) ?? "";
  const list = app.getByRole("region", { name: "Tracking links" });
  await expect(list.getByRole("row")).toHaveCount(3);
  await shot(merchant, "03-links");

  await app.locator("form.inline select[name=campaign]").selectOption({ label: "Spring launch" });
  await app.getByRole("button", { name: "Filter" }).click();
  await expect(list.getByRole("row")).toHaveCount(2);
  await expect(list).toContainText(sharedLink);
});

test("a shopper clicks, browses and buys, and the pixel reports it", async ({ browser }) => {
  await merchant.goto(`${ADMIN}/store/demo-shop`);
  await merchant.getByLabel("Pixel key").fill(pixelKey);
  await merchant.getByRole("button", { name: "Save theme" }).click();

  const { context, page } = await shopper(browser);
  const sent: { body: string; method: string }[] = [];
  page.on("request", (request) => {
    if (request.url().includes("/api/v1/track?")) sent.push({ body: request.postData() ?? "", method: request.method() });
  });
  await page.goto(sharedLink);
  await expect(page).toHaveURL(/\/products\/linen-shirt\?variant=1&.*#reviews$/);
  await expect.poll(() => sent.length).toBe(1);
  // The visitor id is removed from the address bar; the link's code stays.
  expect(page.url()).not.toContain("cs_pv");
  expect(page.url()).toContain("cs_ref=");
  expect(sent[0].method).toBe("POST");
  const event = JSON.parse(sent[0].body);
  expect(event.event_type).toBe("page_view");
  const seen = await page.evaluate(() => {
    const pixel = (window as any).CreatorScore;
    return { pv: pixel.getPvId(), ref: pixel.getRef(), version: pixel.version, cookie: document.cookie };
  });
  expect(seen.pv).toBe(event.pv_id);
  expect(sharedLink.endsWith(`/${seen.ref}`)).toBe(true);
  expect(seen.version).toContain("+wasm");
  expect(seen.cookie).toContain(`_cs_pv=${seen.pv}`);
  const click = (await context.cookies(APP)).find((cookie) => cookie.name === "_cs_pv");
  expect(click).toMatchObject({ value: seen.pv, httpOnly: true, secure: true, sameSite: "Lax" });

  // The shop identifies its customer; the e-mail address leaves the browser only as a hash.
  const named = page.waitForRequest((request) => request.url() === `${APP}/identities`);
  await page.evaluate(() => (window as any).CreatorScore.identify("shopper-1", { email: " Ada@Example.com" }));
  const { identity } = JSON.parse((await named).postData() ?? "");
  expect(identity.aliases).toEqual([seen.pv]);
  expect(identity.email_sha256).toBe(createHash("sha256").update("ada@example.com").digest("hex"));
  await buy(page);
  expect(sent.map(({ body }) => JSON.parse(body).event_type)).toContain("add_to_cart");

  // The customer id leads to the visitor, the order and the creator who earned it.
  await expect(async () => {
    const headers = { authorization: `Bearer ${serverKey}` };
    const answer = await fetch(`${APP}/api/v1/customers/shopper-1?show_all=true`, { headers });
    const { customer } = await answer.json();
    expect(customer.summary).toMatchObject({ total_amount: "49.99", touchpoints_count: 1, PurchaseEventType_count: 1 });
    expect(customer.events[0].attribution_model_outputs[0]).toMatchObject({ weight: 100, source_name: "jessica_styles" });
    customerId = customer.link.split("/").at(-1);
  }).toPass();
  await page.screenshot({ path: `${shots}/04-bought.png` });
  await context.close();
});

test("the dashboard shows the exact revenue of the sale and the credited creator", async () => {
  await merchant.goto(`${ADMIN}/store/demo-shop/apps/creatorscore-demo`);
  const revenue = app.locator(".figure").filter({ hasText: "Revenue" }).locator(".value");
  await expect(async () => {
    await merchant.reload();
    await expect(revenue).toHaveText("$49.99", { timeout: 2_000 });
  }).toPass();
  await hydrated();
  await expect(app.locator(".figures .value")).toHaveText(["1", "1", "1", "$49.99", "100.00%"]);
  await expect(app.getByRole("region", { name: "Creator" })).toContainText("Jessica Styles");
  await expect(app.getByRole("region", { name: "Campaign" })).toContainText("$49.99");
  await expect(app.getByRole("region", { name: "Link" })).toContainText(sharedLink);
  await shot(merchant, "05-overview");

  await open("Orders");
  await expect(app.getByRole("region", { name: "Orders" })).toContainText("Jessica Styles");
  await app.getByRole("link", { name: "#1001" }).click();
  await expect(app.getByTestId("explanation")).toContainText("$49.99 (1/1 of $49.99) is credited to Jessica Styles");
  await shot(merchant, "06-order");
  await app.getByRole("link", { name: "View customer timeline" }).click();
  await expect(app.getByRole("heading", { name: "shopper-1" })).toBeVisible();
  await expect(app.getByRole("region", { name: "Timeline" })).toContainText("jessica_styles 100% ($49.99)");
  await shot(merchant, "06-customer");
});

test("a repeated delivery changes nothing, a refund and a discount code count exactly", async ({ browser }) => {
  await merchant.goto(`${ADMIN}/store/demo-shop`);
  for (let times = 0; times < 3; times++) await merchant.getByRole("button", { name: "Resend webhook" }).click();
  await merchant.getByRole("button", { name: "Refund 10.00" }).click();

  // A second shopper without a link uses the creator's promo code: 49.99 less 10 % is 44.99.
  const { context, page } = await shopper(browser);
  await page.goto(`${SHOP}/products/linen-shirt`);
  await buy(page, "jess20");
  await context.close();

  await merchant.goto(`${ADMIN}/store/demo-shop/apps/creatorscore-demo`);
  await expect(async () => {
    await merchant.reload();
    await expect(app.locator(".figures .value")).toHaveText(["1", "1", "2", "$84.98", "200.00%"], { timeout: 2_000 });
  }).toPass();
});

test("a creator sees conversions of every link, and revenue of the shared link only", async ({ browser }) => {
  const buyer = await shopper(browser);
  await buyer.page.goto(privateLink);
  await buy(buyer.page);
  await buyer.context.close();
  await expect(async () => {
    await merchant.reload();
    await expect(app.locator(".figures .value").nth(2)).toHaveText("3", { timeout: 2_000 });
  }).toPass();

  await hydrated();
  await open("Creators");
  await app.getByRole("link", { name: "Jessica Styles" }).click();
  await app.getByRole("button", { name: "Create sign-in link" }).click();
  const link = (await app.getByTestId("sign-in-link").textContent()) ?? "";
  await shot(merchant, "07-creator");

  const creator = await shopper(browser);
  await creator.page.goto(link);
  await creator.page.getByRole("button", { name: "Continue to CreatorScore" }).click();
  await expect(creator.page.getByRole("heading", { name: "Your links" })).toBeVisible();
  await expect(creator.page.locator(".figures .value")).toHaveText(["2", "2", "3", "$84.98"]);
  const rows = creator.page.getByRole("region", { name: "Your links" }).getByRole("row");
  await expect(rows.filter({ hasText: sharedLink })).toContainText("$84.98");
  await expect(rows.filter({ hasText: privateLink })).toContainText("Not shared");
  expect(await creator.page.content()).not.toContain("134.97");
  await shot(creator.page, "08-creator-phone");
  // The sign-in link works once, and a creator cannot open the brand's pages.
  await creator.page.goto(link);
  await expect(creator.page.getByText("already been used or has expired")).toBeVisible();
  await creator.page.goto(`${APP}/brand/attribution`);
  await expect(creator.page).toHaveURL(`${APP}/sign-in`);
  await creator.context.close();
});

test("a deleted link stops redirecting and keeps its history", async ({ browser }) => {
  await open("Tracking links");
  const row = app.getByRole("region", { name: "Tracking links" }).getByRole("row").filter({ hasText: privateLink });
  await row.getByRole("button", { name: "Delete this link" }).click();
  await row.getByRole("button", { name: "Confirm delete" }).click();
  await expect(row).toHaveCount(0);
  const { context, page } = await shopper(browser);
  const answer = await page.goto(privateLink);
  expect(answer?.status()).toBe(404);
  await expect(page.getByText("This link does not work")).toBeVisible();
  await shot(page, "09-link-not-found");
  await context.close();
  await open("Overview");
  await expect(app.getByRole("region", { name: "Link" })).toContainText(privateLink);
});

test("the pixel works without wasm, and sends and stores nothing without consent", async ({ browser }) => {
  const policed = await shopper(browser);
  const posted = policed.page.waitForRequest((request) => request.url().includes("/api/v1/track?"));
  await policed.page.goto(`${SHOP}/products/linen-shirt?strict-csp`);
  expect(JSON.parse((await posted).postData() ?? "{}").event_type).toBe("page_view");
  expect(await policed.page.evaluate(() => (window as any).CreatorScore.version)).toContain("+js");
  await policed.context.close();

  const refused = await shopper(browser);
  await refused.page.addInitScript(() => Object.defineProperty(navigator, "globalPrivacyControl", { value: true }));
  let count = 0;
  refused.page.on("request", (request) => request.url().includes("/api/v1/track?") && count++);
  await refused.page.goto(`${SHOP}/products/linen-shirt`);
  expect(await refused.page.evaluate(() => (window as any).CreatorScore.getPvId())).toMatch(/^[0-9a-f-]{36}$/);
  await refused.page.waitForTimeout(500);
  expect(count).toBe(0);
  expect(await refused.page.evaluate(() => document.cookie)).not.toContain("_cs_pv");
  await refused.context.close();
});

test("a revoked key stops working at once", async () => {
  const track = (key: string) =>
    fetch(`${APP}/api/v1/track`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-api-key": key },
      body: JSON.stringify({ event_type: "page_view", pv_id: "550e8400-e29b-41d4-a716-446655440000" }),
    });
  expect((await track(serverKey)).status).toBe(200);
  await open("Setup");
  const id = serverKey.slice(11, 19);
  const row = app.getByRole("row").filter({ hasText: id });
  await row.getByRole("button", { name: "Revoke" }).click();
  await expect(row).toContainText("Revoked");
  const answer = await track(serverKey);
  expect(answer.status).toBe(401);
  expect(await answer.json()).toEqual({ error: "Invalid API key" });
});

test("the merchant adds a commission rule, previews a policy and reviews survey answers", async () => {
  const today = new Date().toISOString().slice(0, 10);
  await open("Commissions");
  await hydrated();
  await app.getByLabel("Percentage of order").fill("150");
  await app.getByRole("button", { name: "Add rule" }).click();
  await expect(app.getByRole("alert")).toContainText("give either percent (0.01 to 100) or fixed");
  await app.getByLabel("Percentage of order").fill("10");
  await app.getByLabel("Start date").fill(today);
  await app.getByRole("button", { name: "Add rule" }).click();
  await expect(app.getByText("Every creator")).toHaveCount(2);
  await expect(app.getByRole("row").filter({ hasText: "Every creator" })).toContainText("10.00%");

  await open("Settings");
  await hydrated();
  await app.getByLabel("Model").selectOption("linear");
  await app.getByLabel("Start date (today if empty)").fill(today);
  await app.getByRole("button", { name: "Preview on the last 90 days" }).click();
  await expect(app.getByTestId("preview")).toContainText("in the last 90 days would be credited differently");
  await shot(merchant, "settings-preview");
  await app.getByRole("button", { name: "Save policy" }).click();
  await expect(app.getByText("Policy saved.")).toBeVisible();
  // Saving recalculates today's orders, now with the rule: 10 % of each creator's sales.
  await expect(async () => {
    await open("Overview");
    await open("Commissions");
    await expect(app.getByRole("region", { name: "Ledger" }).getByText("accrual").first()).toBeVisible({ timeout: 500 });
  }).toPass();
  await shot(merchant, "commissions");

  await open("Survey");
  await hydrated();
  const key = "fairing-story-key-1";
  await app.getByLabel("Fairing key").fill(key);
  await app.getByRole("button", { name: "Save key" }).click();
  await expect(app.getByText("A key is set.")).toBeVisible();
  const body = JSON.stringify({ order_id: "1", question: "How did you hear about us?", answer: "a friend told me", shop_domain: "demo-shop.myshopify.com" });
  const answer = await fetch(`${APP}/api/webhooks/fairing`, { method: "POST", body, headers: { "x-fairing-signature": key } });
  expect(await answer.json()).toEqual({ ok: true, creator_id: null, confidence: null });
  await open("Overview");
  await open("Survey");
  await hydrated();
  await expect(app.getByText("a friend told me")).toBeVisible();
  await shot(merchant, "survey");
  await app.getByRole("button", { name: "Confirm" }).click();
  await expect(app.getByText("Saved. The order will be recalculated shortly.")).toBeVisible();
  await expect(app.getByText("a friend told me")).toHaveCount(0);

  await open("Models");
  await shot(merchant, "models");
  await open("Payouts");
  await expect(app.getByText("Nothing to pay out yet.", { exact: false })).toBeVisible();
  await shot(merchant, "payouts");
  await open("Orders");
  await hydrated();
  await app.getByRole("region", { name: "Orders" }).getByRole("link").last().click();
  await expect(app.getByTestId("explanation")).toContainText("is credited to");
  await expect(app.getByRole("region", { name: "Journey" })).toBeVisible();
  await shot(merchant, "order-explained");
  const [order] = world.command("export", "--brand", await brandId(), "--what", "orders");
  orderId = order.id;
  const explained = await fetch(`${APP}/api/v1/orders/${orderId}/attribution`, { headers: { "x-api-key": serverKey } });
  expect(explained.status).toBe(401);
});

test("the pages fit a phone and pass the accessibility checks in light and dark mode", async ({ browser }) => {
  const [brand] = world.command("export", "--brand", await brandId(), "--what", "credits");
  expect(brand).toMatchObject({ currency: "USD", weight: "1/1" });
  const { url } = world.command("brand", "sign-in", "--brand", await brandId());
  for (const scheme of ["light", "dark"] as const) {
    const context = await browser.newContext({ colorScheme: scheme, viewport: { width: 390, height: 844 } });
    const page = await context.newPage();
    const signInUrl = scheme === "light" ? url : world.command("brand", "sign-in", "--brand", await brandId()).url;
    await page.goto(signInUrl);
    await page.getByRole("button", { name: "Continue to CreatorScore" }).click();
    for (const [name, path] of [
      ["overview", ""], ["links", "/links"], ["creators", "/creators"], ["orders", "/orders"], ["setup", "/setup"],
      ["models", "/models"], ["commissions", "/commissions"], ["payouts", "/payouts"], ["survey", "/survey"],
      ["settings", "/settings"], ["order", `/orders/${orderId}`],
      ["customer", `/customers/${customerId}`], ["creator", `/creators/${brand.creator_id}`],
    ]) {
      await page.goto(`${APP}/brand/attribution${path}`);
      await expect(page.locator("html[data-hydrated]")).toBeAttached();
      await page.screenshot({ path: `${shots}/phone-${scheme}-${name}.png`, fullPage: true });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(wide, `${name} scrolls sideways`).toBeLessThanOrEqual(0);
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.html).join(" ")}`), name).toEqual([]);
    }
    await context.close();
  }
});

async function brandId(): Promise<string> {
  const log = world.log.match(/brd_[0-9a-z]{26}/);
  if (!log) throw new Error("no brand id in the log");
  return log[0];
}

test("an uninstall revokes access and a reinstall restores all data", async () => {
  await merchant.goto(`${ADMIN}/store/demo-shop`);
  await merchant.getByRole("button", { name: "Uninstall CreatorScore" }).click();
  await expect(async () => {
    await merchant.reload();
    await expect(merchant.getByText("app/uninstalled: 200 OK")).toBeVisible({ timeout: 500 });
  }).toPass();
  // This time through the authorization-code flow, whose webhooks are registered by API.
  await merchant.getByRole("link", { name: "authorization-code flow" }).click();
  await merchant.getByRole("button", { name: "Install app" }).click();
  await expect(app.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  await expect(app.locator(".figures .value").nth(2)).toHaveText("3");
  await hydrated();
  await open("Setup");
  await expect(app.getByText("orders/create")).toBeVisible();
  await expect(app.getByText(/^demo-shop.myshopify.com installed/)).toBeVisible();
});
