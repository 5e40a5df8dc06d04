// What a shopper refuses stays refused, and what they have not answered yet waits.
import { Shopper } from "./shopper";
import { expect, test } from "./story";
import { SHOP } from "./world";

/** As long as the pixel would need to send something that it must not send. */
const A_MOMENT = 700;

/** Changes a theme so that the pixel waits for consent. */
const required = (html: string) => html.replace(" async></script>", ' data-consent="required" async></script>');

/** Changes a theme so that Shopify's consent API says that the shopper has given this answer. */
const shopifyAnswers = (answer: string) => (html: string) =>
  html.replace(
    `<script>window.Shopify={routes:{root:"/"}}</script>`,
    `<script>
      window.answer = "${answer}";
      window.Shopify = { customerPrivacy: {
        marketingAllowed: () => window.answer === "yes",
        currentVisitorConsent: () => ({ marketing: window.answer }),
      } };
    </script>`,
  );

/** A shopper who lands on the shirt's page by this query, in this theme. */
async function lands(newShopper: () => Promise<Shopper>, query: string, theme: (html: string) => string) {
  const shopper = await newShopper();
  await shopper.theme(theme);
  await shopper.openProduct(query);
  await isReady(shopper);
  return shopper;
}

const isReady = (shopper: Shopper) => expect.poll(() => shopper.pixel("version")).toContain("+");

/** Goes on to another page of the shop, as by a link on the page. */
async function goesOn(shopper: Shopper, path: string) {
  await shopper.page.evaluate((url) => (location.href = url), `${SHOP}${path}`);
  await shopper.page.waitForURL(`**${path}`);
  await isReady(shopper);
}

const paths = (shopper: Shopper) => shopper.sent.map(({ page_url }) => page_url.slice(SHOP.length));

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

test("a refusal in one tab ends the yes that another tab was given", async ({ merchant, newShopper }) => {
  await merchant.install();
  await merchant.installPixel();
  const shopper = await newShopper();
  await shopper.openProduct();
  await shopper.consent(true);
  await shopper.isAnswered(1);
  const other = await shopper.context.newPage();
  await other.goto(`${SHOP}/products/wool-socks`);
  await other.waitForFunction(() => (window as any).CreatorScore?.consent);
  await other.evaluate(() => (window as any).CreatorScore.consent(false));
  expect(await shopper.track("add_to_cart", { product_id: "1" })).toBe("accepted");
  await shopper.page.waitForTimeout(A_MOMENT);
  expect(shopper.types()).toEqual(["page_view"]);
  expect(await shopper.stored()).toEqual(["_cs_no"]);
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
  await shopper.theme(required);
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

test.describe("a yes on the page after the landing", () => {
  let query: string;
  test.beforeEach(async ({ merchant }) => {
    await merchant.install();
    await merchant.installPixel();
    query = `?cs_ref=${(await merchant.createLink()).slice(-8)}`;
  });

  test("reports the landing once", async ({ newShopper }) => {
    const shopper = await lands(newShopper, query, required);
    await goesOn(shopper, "/products/wool-socks");
    await shopper.page.waitForTimeout(A_MOMENT);
    expect(shopper.sent).toEqual([]);
    expect(await shopper.stored()).toEqual([]);

    await shopper.consent(true);
    await shopper.isAnswered(2);
    expect(paths(shopper)).toEqual([`/products/linen-shirt${query}`, "/products/wool-socks"]);
    expect(await shopper.pixel("getRef")).toBe(query.slice(-8));
    expect(await shopper.stored()).toEqual(["_cs_pv", "_cs_ref"]);

    // Going back to the landing and on from there is no further landing.
    await shopper.page.goBack();
    await isReady(shopper);
    await shopper.consent(true);
    await shopper.isAnswered(3);
    await goesOn(shopper, "/products/canvas-tote");
    await shopper.consent(true);
    await shopper.isAnswered(4);
    expect(paths(shopper).slice(3)).toEqual(["/products/canvas-tote"]);
  });

  test("reports the landing once for two tabs", async ({ newShopper }) => {
    const shopper = await lands(newShopper, query, required);
    const other = new Shopper(shopper.context, await shopper.context.newPage());
    await other.theme(required);
    await other.openProduct(query);
    await goesOn(other, "/products/canvas-tote");
    await goesOn(shopper, "/products/wool-socks");
    await shopper.consent(true);
    await shopper.isAnswered(2);
    await other.consent(true);
    await other.isAnswered(1);
    await other.page.waitForTimeout(A_MOMENT);
    expect(paths(other)).toEqual(["/products/canvas-tote"]);
  });

  test("does not count if it is a no", async ({ newShopper }) => {
    const shopper = await lands(newShopper, query, required);
    await goesOn(shopper, "/products/wool-socks");
    await shopper.consent(false);
    await shopper.page.waitForTimeout(A_MOMENT);
    expect(shopper.sent).toEqual([]);
    expect(await shopper.stored()).toEqual(["_cs_no"]);
  });

  const onlyTheSecondPage = async (shopper: Shopper) => {
    await shopper.isAnswered(1);
    await shopper.page.waitForTimeout(A_MOMENT);
    expect(paths(shopper)).toEqual(["/products/wool-socks"]);
    expect(await shopper.pixel("getRef")).toBe(null);
    expect(await shopper.stored()).toEqual(["_cs_pv"]);
  };

  test("reports no landing that was refused", async ({ newShopper }) => {
    const shopper = await lands(newShopper, query, required);
    await shopper.consent(false);
    await goesOn(shopper, "/products/wool-socks");
    await shopper.consent(true);
    await onlyTheSecondPage(shopper);
  });

  test("reports no refused landing if the yes waits for the pixel", async ({ newShopper }) => {
    const queue = `<script>if (!location.search) window.CreatorScore = { q: [["consent", true]] }</script>`;
    const theme = (html: string) => required(html.replace("<script>", `${queue}<script>`));
    const shopper = await lands(newShopper, query, theme);
    await shopper.consent(false);
    await goesOn(shopper, "/products/wool-socks");
    await onlyTheSecondPage(shopper);
  });

  test("reports no landing that was refused in Shopify's banner", async ({ newShopper }) => {
    const shopper = await lands(newShopper, query, shopifyAnswers("no"));
    await goesOn(shopper, "/products/wool-socks");
    await shopper.page.evaluate(() => {
      (window as any).answer = "yes";
      document.dispatchEvent(new CustomEvent("visitorConsentCollected"));
    });
    await onlyTheSecondPage(shopper);
  });

  test("reports the page alone after a code that is none, or without a referrer", async ({ newShopper }) => {
    const hidden = `<script>if (location.hash) Object.defineProperty(document, "referrer", { value: undefined })</script>`;
    const theme = (html: string) => required(html.replace("<script>", `${hidden}<script>`));
    const shopper = await lands(newShopper, "?cs_ref=summer", theme);
    for (const [index, path] of ["/products/wool-socks", "/products/canvas-tote#hidden"].entries()) {
      await goesOn(shopper, path);
      await shopper.consent(true);
      await shopper.isAnswered(index + 1);
    }
    expect(paths(shopper)).toEqual(["/products/wool-socks", "/products/canvas-tote#hidden"]);
  });
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
  // As it is before a shopper in Europe has answered.
  await shopper.theme(shopifyAnswers(""));
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
