// What a shopper refuses stays refused, and what they have not answered yet waits.
import type { Shopper } from "./shopper";
import { expect, test } from "./story";
import { SHOP } from "./world";

/** As long as the pixel would need to send something that it must not send. */
const A_MOMENT = 700;

test("a refusal outlives the page, and a later yes ends it", async ({ merchant, newShopper }) => {
  await merchant.install();
  await merchant.installPixel();
  const shopper = await newShopper();
  await shopper.openProduct();
  await expect.poll(() => shopper.types()).toEqual(["page_view"]);
  await shopper.isAnswered(1);
  expect(await shopper.stored()).toEqual(["_cs_pv"]);
  await shopper.consent(false);
  expect(await shopper.stored()).toEqual(["_cs_no"]);

  await shopper.page.goto(`${SHOP}/products/wool-socks`);
  expect(await shopper.track("add_to_cart", { product_id: "1" })).toBe("accepted");
  await shopper.page.waitForTimeout(A_MOMENT);
  expect(shopper.types()).toEqual(["page_view"]);
  expect(await shopper.stored()).toEqual(["_cs_no"]);

  await shopper.consent(true);
  await expect.poll(() => shopper.types()).toEqual(["page_view", "page_view"]);
  await shopper.isAnswered(2);
  await shopper.page.goto(`${SHOP}/products/canvas-tote`);
  await expect.poll(() => shopper.types()).toEqual(["page_view", "page_view", "page_view"]);
  expect(await shopper.stored()).toEqual(["_cs_pv"]);
});

test("a refusal while an event is on its way keeps no copy of it", async ({ merchant, newShopper }) => {
  await merchant.install();
  await merchant.installPixel();
  const shopper = await newShopper();
  let fail = () => {};
  const isRefused = new Promise<void>((resolve) => (fail = resolve));
  await shopper.page.route(/\/api\/v1\/track\?/, async (route) => {
    await isRefused;
    await route.abort();
  });
  await shopper.openProduct();
  await expect.poll(() => shopper.types()).toEqual(["page_view"]);
  await shopper.consent(false);
  const failed = shopper.page.waitForEvent("requestfailed");
  fail();
  await failed;
  await shopper.page.waitForTimeout(A_MOMENT);
  expect(await shopper.stored()).toEqual(["_cs_no"]);
});

test("refusing consent clears the cart's attributes, and they stay clear", async ({ merchant, newShopper }) => {
  await merchant.install();
  await merchant.installPixel();
  const shopper = await newShopper();
  const updates = shopper.cartUpdates;
  await shopper.openProduct();
  await shopper.page.getByRole("button", { name: "Add to cart" }).click();
  await expect.poll(() => updates.length).toBe(1);
  await expect.poll(() => shopper.stored()).toContain("_cs_c");
  await shopper.consent(false);
  await expect.poll(() => updates[1]).toBe('{"attributes":{"_cs_pv":"","_cs_ref":""}}');
  await shopper.page.evaluate(() => document.dispatchEvent(new Event("shopify:cart:lines-update")));
  await shopper.page.waitForTimeout(A_MOMENT);
  expect(updates.length).toBe(2);
  expect(await shopper.stored()).toEqual(["_cs_no"]);
});

test("with data-consent=required a late yes loses nothing, and nothing is sent before it", async ({ merchant, newShopper }) => {
  await merchant.install();
  await merchant.installPixel();
  const code = (await merchant.createLink()).slice(-8);
  const shopper = await newShopper();
  await shopper.theme((html) => html.replace(" async></script>", ' data-consent="required" async></script>'));
  await shopper.openProduct(`?cs_ref=${code}`);
  expect(await shopper.track("add_to_cart", { product_id: "1" }), "settles without an answer").toBe("accepted");
  // The banner has no answer yet.
  await shopper.consent(undefined);
  await shopper.page.waitForTimeout(A_MOMENT);
  expect(shopper.sent).toEqual([]);
  expect(await shopper.stored()).toEqual([]);

  await shopper.consent(true);
  await expect.poll(() => shopper.types().sort()).toEqual(["add_to_cart", "page_view"]);
  expect(shopper.sent[0].page_url).toContain(`cs_ref=${code}`);
  await shopper.isAnswered(2);
  expect(await shopper.stored()).toEqual(["_cs_pv", "_cs_ref"]);

  // A yes is not remembered: the banner answers again on every page.
  await shopper.page.goto(`${SHOP}/products/wool-socks`);
  await shopper.page.waitForTimeout(A_MOMENT);
  expect(shopper.sent.length).toBe(2);
});

test("a yes on the page after the landing is about the landing, too", async ({ merchant, newShopper }) => {
  await merchant.install();
  await merchant.installPixel();
  const code = (await merchant.createLink()).slice(-8);
  const shopper = await newShopper();
  await shopper.theme((html) => html.replace(" async></script>", ' data-consent="required" async></script>'));
  const follow = async (path: string) => {
    await shopper.page.evaluate((url) => (location.href = url), `${SHOP}${path}`);
    await shopper.page.waitForURL(`**${path}`);
    await expect.poll(() => shopper.pixel("version")).toContain("+");
  };
  await shopper.openProduct(`?cs_ref=${code}`);
  await expect.poll(() => shopper.pixel("version")).toContain("+");
  await follow("/products/wool-socks");
  await shopper.page.waitForTimeout(A_MOMENT);
  expect(shopper.sent).toEqual([]);
  expect(await shopper.stored()).toEqual([]);

  await shopper.consent(true);
  await shopper.isAnswered(2);
  const paths = () => shopper.sent.map(({ page_url }) => page_url.slice(SHOP.length));
  expect(paths()).toEqual([`/products/linen-shirt?cs_ref=${code}`, "/products/wool-socks"]);
  expect(await shopper.pixel("getRef")).toBe(code);
  expect(await shopper.stored()).toEqual(["_cs_pv", "_cs_ref"]);

  // Whoever looks at the landing again, and goes on from there, has not landed once more.
  await shopper.page.goBack();
  await expect.poll(() => shopper.pixel("version")).toContain("+");
  await shopper.consent(true);
  await shopper.isAnswered(3);
  await follow("/products/canvas-tote");
  await shopper.consent(true);
  await shopper.isAnswered(4);
  expect(paths().slice(3)).toEqual(["/products/canvas-tote"]);
});

test("a no on the page after the landing sends nothing", async ({ merchant, newShopper }) => {
  await merchant.install();
  await merchant.installPixel();
  const code = (await merchant.createLink()).slice(-8);
  const shopper = await newShopper();
  await shopper.theme((html) => html.replace(" async></script>", ' data-consent="required" async></script>'));
  await shopper.openProduct(`?cs_ref=${code}`);
  await shopper.page.evaluate((url) => (location.href = url), `${SHOP}/products/wool-socks`);
  await shopper.page.waitForURL("**/products/wool-socks");
  await expect.poll(() => shopper.pixel("version")).toContain("+");
  await shopper.consent(false);
  await shopper.page.waitForTimeout(A_MOMENT);
  expect(shopper.sent).toEqual([]);
  expect(await shopper.stored()).toEqual(["_cs_no"]);
});

test("a landing that was refused is not reported by a yes on the next page", async ({ merchant, newShopper }) => {
  await merchant.install();
  await merchant.installPixel();
  const code = (await merchant.createLink()).slice(-8);
  const shopper = await newShopper();
  await shopper.theme((html) => html.replace(" async></script>", ' data-consent="required" async></script>'));
  await shopper.openProduct(`?cs_ref=${code}`);
  await expect.poll(() => shopper.pixel("version")).toContain("+");
  await shopper.consent(false);
  await shopper.page.evaluate((url) => (location.href = url), `${SHOP}/products/wool-socks`);
  await shopper.page.waitForURL("**/products/wool-socks");
  await expect.poll(() => shopper.pixel("version")).toContain("+");
  await shopper.consent(true);
  await shopper.isAnswered(1);
  await shopper.page.waitForTimeout(A_MOMENT);
  expect(shopper.sent.map(({ page_url }) => page_url)).toEqual([`${SHOP}/products/wool-socks`]);
  expect(await shopper.pixel("getRef")).toBe(null);
  expect(await shopper.stored()).toEqual(["_cs_pv"]);
});

test("nor by a yes that waits for the pixel, or one to Shopify's banner", async ({ merchant, newShopper }) => {
  await merchant.install();
  await merchant.installPixel();
  const code = (await merchant.createLink()).slice(-8);
  const next = async (shopper: Shopper) => {
    await shopper.page.evaluate((url) => (location.href = url), `${SHOP}/products/wool-socks`);
    await shopper.page.waitForURL("**/products/wool-socks");
    await expect.poll(() => shopper.pixel("version")).toContain("+");
  };
  const onlyTheSecondPage = async (shopper: Shopper) => {
    await shopper.isAnswered(1);
    await shopper.page.waitForTimeout(A_MOMENT);
    expect(shopper.sent.map(({ page_url }) => page_url)).toEqual([`${SHOP}/products/wool-socks`]);
    expect(await shopper.stored()).toEqual(["_cs_pv"]);
  };

  const queued = await newShopper();
  const queue = `<script>if (!location.search) window.CreatorScore = { q: [["consent", true]] }</script>`;
  const required = ' data-consent="required" async></script>';
  await queued.theme((html) => html.replace("<script>", `${queue}<script>`).replace(" async></script>", required));
  await queued.openProduct(`?cs_ref=${code}`);
  await expect.poll(() => queued.pixel("version")).toContain("+");
  await queued.consent(false);
  await next(queued);
  await onlyTheSecondPage(queued);

  const banner = await newShopper();
  const api = `<script>
    window.answer = "no";
    window.Shopify = { customerPrivacy: {
      marketingAllowed: () => window.answer === "yes",
      currentVisitorConsent: () => ({ marketing: window.answer }),
    } };
  </script>`;
  await banner.theme((html) => html.replace("<script>window.Shopify={routes:{root:\"/\"}}</script>", api));
  await banner.openProduct(`?cs_ref=${code}`);
  await expect.poll(() => banner.pixel("version")).toContain("+");
  await next(banner);
  await banner.page.evaluate(() => {
    (window as any).answer = "yes";
    document.dispatchEvent(new CustomEvent("visitorConsentCollected"));
  });
  await onlyTheSecondPage(banner);
});

test("a code that is none, and a referrer that a page hides, stop nothing", async ({ merchant, newShopper }) => {
  await merchant.install();
  await merchant.installPixel();
  const shopper = await newShopper();
  const hidden = `<script>if (location.hash) Object.defineProperty(document, "referrer", { value: undefined })</script>`;
  const required = ' data-consent="required" async></script>';
  await shopper.theme((html) => html.replace("<script>", `${hidden}<script>`).replace(" async></script>", required));
  await shopper.openProduct("?cs_ref=summer");
  await expect.poll(() => shopper.pixel("version")).toContain("+");
  for (const path of ["/products/wool-socks", "/products/canvas-tote#hidden"]) {
    await shopper.page.evaluate((url) => (location.href = url), `${SHOP}${path}`);
    await shopper.page.waitForURL(`**${path}`);
    await expect.poll(() => shopper.pixel("version")).toContain("+");
    await shopper.consent(true);
    await expect.poll(() => shopper.sent.length).toBe(path.includes("socks") ? 1 : 2);
    await shopper.isAnswered(shopper.sent.length);
  }
  const paths = shopper.sent.map(({ page_url }) => page_url.slice(SHOP.length));
  expect(paths).toEqual(["/products/wool-socks", "/products/canvas-tote#hidden"]);
});

test("a banner that answers before the pixel has loaded is heard", async ({ merchant, newShopper }) => {
  await merchant.install();
  await merchant.installPixel();
  const shopper = await newShopper();
  const queue = `<script>window.stub = window.CreatorScore = { q: [["track", "add_to_cart", {}], ["consent", false]] }</script>`;
  await shopper.theme((html) => html.replace("<script>", `${queue}<script>`));
  await shopper.openProduct();
  await expect.poll(() => shopper.pixel("version")).toContain("+");
  await shopper.page.waitForTimeout(A_MOMENT);
  expect(shopper.sent).toEqual([]);
  expect(await shopper.stored()).toEqual(["_cs_no"]);
  // What the page still adds to the queue that it made is called at once.
  await shopper.page.evaluate(() => (window as any).stub.q.push(["consent", true]));
  await expect.poll(() => shopper.types()).toEqual(["page_view"]);
});

test("Shopify's banner: not answered waits, no drops, yes sends", async ({ merchant, newShopper }) => {
  await merchant.install();
  await merchant.installPixel();
  const shopper = await newShopper();
  // Shopify's consent API as it is before a shopper in Europe has answered.
  const api = `<script>
    window.answer = "";
    window.Shopify = { customerPrivacy: {
      marketingAllowed: () => window.answer === "yes",
      currentVisitorConsent: () => ({ marketing: window.answer }),
    } };
  </script>`;
  await shopper.theme((html) => html.replace("<script>window.Shopify={routes:{root:\"/\"}}</script>", api));
  const answer = (text: string) =>
    shopper.page.evaluate((text) => {
      (window as any).answer = text;
      document.dispatchEvent(new CustomEvent("visitorConsentCollected"));
    }, text);
  await shopper.openProduct();
  await shopper.page.evaluate(() => void (window as any).CreatorScore.track("add_to_cart", { product_id: "1" }));
  // Another script of the page makes Shopify announce the state without an answer.
  await answer("");
  await shopper.page.waitForTimeout(A_MOMENT);
  expect(shopper.sent).toEqual([]);
  await answer("yes");
  await expect.poll(() => shopper.types().sort()).toEqual(["add_to_cart", "page_view"]);
  await shopper.isAnswered(2);

  await shopper.page.goto(`${SHOP}/products/wool-socks`);
  await shopper.page.evaluate(() => void (window as any).CreatorScore.track("add_to_cart", { product_id: "2" }));
  await answer("no");
  await answer("yes");
  await expect.poll(() => shopper.types().sort()).toEqual(["add_to_cart", "page_view", "page_view"]);
});
