// The npm package @affitor/tracker as it is published, with this server's address as its scriptUrl.
import { readFileSync } from "node:fs";
import { expect, test } from "./story";
import { APP, SHOP } from "./world";

const PACKAGE = readFileSync(new URL("../node_modules/@affitor/tracker/dist/index.mjs", import.meta.url), "utf8");

test("the npm package records a click and a sign-up, and the backend's sale earns", async ({ merchant, newShopper }) => {
  await merchant.install();
  const key = await merchant.createKey("server");
  await merchant.addCommissionRule();
  const code = (await merchant.createLink()).slice(-8);
  const { page, context } = await newShopper();
  const load = async () => {
    await page.addScriptTag({ type: "module", content: `${PACKAGE}\nwindow.loadAffitor = loadAffitor;` });
    return page.evaluate(async (scriptUrl) => {
      const affitor = await (window as any).loadAffitor("59", { scriptUrl });
      return { programId: affitor.programId, loaded: affitor.loaded, clickId: affitor.getClickId() };
    }, `${APP}/js/affitor-tracker.js`);
  };
  const clicks: string[] = [];
  page.on("request", (request) => request.url().endsWith("/track/click") && clicks.push(request.postData() ?? ""));

  // A sign-up on the landing page waits for the click, which is on its way when the package has loaded.
  await page.goto(`${SHOP}/products/linen-shirt?aff=${code}`);
  expect(await load()).toEqual({ programId: 59, loaded: true, clickId: null });
  const lead = page.waitForResponse((answer) => answer.url().endsWith("/track/lead"));
  await page.evaluate(() => (window as any).affitor.signup("user-1", "ada@example.com"));
  const answer = await lead;
  expect(answer.status()).toBe(200);
  expect(answer.request().postData()).not.toContain("ada@example.com");
  const clickId = await page.evaluate(() => (window as any).affitor.getClickId());
  expect(clickId).toMatch(new RegExp(`^${code}-`));
  expect(await page.evaluate(() => (window as any).affitor.getData())).toMatchObject({ clickId, hasAttribution: true });
  // The cookie that integrations read for their backend.
  const cookie = (await context.cookies(SHOP)).find(({ name }) => name === "affitor_click_id");
  expect(cookie?.value).toBe(clickId);
  expect((cookie?.expires ?? 0) - Date.now() / 1000).toBeGreaterThan(29 * 86_400);

  // The click is known on the next page, and a reload of the affiliate URL is no second click.
  await page.goto(`${SHOP}/cart`);
  expect((await load()).clickId).toBe(clickId);
  await page.goto(`${SHOP}/products/linen-shirt?aff=${code}`);
  expect((await load()).clickId).toBe(clickId);
  expect(clicks.length).toBe(1);

  const sale = await fetch(`${APP}/api/v1/track/sale`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ transaction_id: "tx-1", amount_cents: 4999, click_id: clickId, customer_key: "user-1" }),
  });
  const earned = await sale.json();
  expect(earned).toMatchObject({ success: true, sale_id: expect.any(Number), commission_id: expect.any(Number) });
});

test("a shopper who refused leaves no click", async ({ merchant, newShopper }) => {
  await merchant.install();
  const code = (await merchant.createLink()).slice(-8);
  const { page, context } = await newShopper();
  const requests: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  await page.addInitScript(() => Object.defineProperty(navigator, "globalPrivacyControl", { value: true }));
  await page.goto(`${SHOP}/products/linen-shirt?aff=${code}`);
  await page.addScriptTag({ type: "module", content: `${PACKAGE}\nwindow.loadAffitor = loadAffitor;` });
  await page.evaluate(async (scriptUrl) => {
    const affitor = await (window as any).loadAffitor("59", { scriptUrl });
    await affitor.signup("user-1", "ada@example.com");
  }, `${APP}/js/affitor-tracker.js`);
  expect(requests.filter((url) => /\/track\/(click|lead)/.test(url))).toEqual([]);
  expect((await context.cookies(SHOP)).map(({ name }) => name).filter((name) => name.startsWith("affitor"))).toEqual([]);
});
