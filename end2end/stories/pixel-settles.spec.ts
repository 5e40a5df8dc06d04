// track() settles and the purchase arrives, whatever the page does to the browser's functions or forbids by policy.
import { expect, test } from "./story";
import { type Page } from "@playwright/test";
import { APP, SHOP } from "./world";

const POLICIES = {
  "wasm and every script but pixel.js": `script-src 'unsafe-inline' ${APP}/api/v1/track/pixel.js`,
  "wasm and script addresses (Trusted Types)": `script-src 'unsafe-inline' ${APP}; require-trusted-types-for 'script'; trusted-types 'none'`,
};

const BREAKAGES = {
  "fetch throws": () => {
    window.fetch = () => {
      throw new Error("replaced by the page");
    };
  },
  "fetch is missing": () => Object.assign(window, { fetch: undefined }),
  "fetch returns nothing": () => Object.assign(window, { fetch: () => undefined }),
  "fetch resolves to nothing": () => Object.assign(window, { fetch: () => Promise.resolve() }),
  "crypto is missing": () => Object.defineProperty(window, "crypto", { value: undefined }),
  "TextEncoder is missing": () => Object.defineProperty(window, "TextEncoder", { value: undefined }),
  "WebAssembly is missing": () => Object.defineProperty(window, "WebAssembly", { value: undefined }),
};

const purchase = (order: string) => ({ order_id: order, revenue: 49.99, currency: "USD" });
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test("a purchase arrives under every policy and with every function taken away", async ({ merchant, newShopper }) => {
  await merchant.install();
  await merchant.installPixel();
  for (const [name, policy] of Object.entries(POLICIES)) {
    await test.step(name, async () => {
      const shopper = await newShopper();
      await shopper.theme((html) => html, { "content-security-policy": policy });
      await shopper.openProduct();
      expect(await shopper.track("purchase", purchase("1001"))).toBe("accepted");
      expect(shopper.types()).toContain("purchase");
      expect(await shopper.pixel("getPvId")).toMatch(UUID);
      expect(await shopper.pixel("version")).toContain("+js");
    });
  }
  for (const [name, breakIt] of Object.entries(BREAKAGES)) {
    await test.step(name, async () => {
      const shopper = await newShopper();
      await shopper.page.addInitScript(breakIt);
      await shopper.openProduct();
      const answered = shopper.page.waitForResponse(
        (answer) => !!answer.request().postData()?.includes('"purchase"') && answer.request().method() === "POST",
      );
      expect(await shopper.track("purchase", purchase("1002"))).toBe("accepted");
      expect((await answered).status()).toBe(200);
      const sent = shopper.sent.find(({ event_type }) => event_type === "purchase");
      expect(sent?.pv_id).toMatch(UUID);
      expect(sent?.event_id).toMatch(UUID);
      expect(await shopper.pixel("getPvId")).toBe(sent?.pv_id);
    });
  }
});

test("track settles while nothing answers, and repeats the event later", async ({ merchant, newShopper }) => {
  await merchant.install();
  await merchant.installPixel();
  const shopper = await newShopper();
  // A request that never gets an answer.
  await shopper.page.addInitScript(() => {
    const real = window.fetch;
    (window as any).hang = true;
    window.fetch = (...request) => ((window as any).hang ? new Promise(() => {}) : real(...request));
  });
  await shopper.openProduct();
  expect(await shopper.track("purchase", purchase("1003"))).toBe("accepted");
  // One that the network refuses is kept and sent on the next page.
  await shopper.page.route(`${APP}/api/v1/track?*`, (route) => route.abort());
  await shopper.page.evaluate(() => ((window as any).hang = false));
  expect(await shopper.track("purchase", purchase("1004"))).toBe("accepted");
  const [failed] = shopper.sent.slice(-1);
  await shopper.page.unroute(`${APP}/api/v1/track?*`);
  await shopper.page.addInitScript(() => ((window as any).hang = false));
  await shopper.openProduct();
  await expect.poll(() => shopper.sent.filter(({ event_id }) => event_id === failed.event_id).length).toBe(2);
  // It says how long ago it happened, so that it does not count as later than it was.
  const repeated = shopper.sent.findLast(({ event_id }) => event_id === failed.event_id);
  const { age_ms, ...rest } = repeated ?? {};
  expect(rest).toEqual(failed);
  expect(age_ms).toBeGreaterThan(0);
  expect(age_ms).toBeLessThan(60_000);
});

/** Adds to the cart without a new page, as many themes do. */
const addWithoutPage = (page: Page) =>
  page.evaluate(async () => {
    document.addEventListener("submit", (event) => {
      event.preventDefault();
      const form = event.target as HTMLFormElement;
      const fields = new URLSearchParams(new FormData(form) as unknown as Record<string, string>);
      void fetch(form.action, { method: "POST", body: fields });
    });
    document.querySelector<HTMLButtonElement>('form[action="/cart/add"] button')?.click();
  });

test("a cart that a theme makes without a new page is stamped", async ({ merchant, newShopper }) => {
  await merchant.install();
  await merchant.installPixel();
  const shopper = await newShopper();
  await shopper.openProduct();
  await expect.poll(() => shopper.types()).toEqual(["page_view"]);
  await addWithoutPage(shopper.page);
  const cart = async () => (await shopper.page.request.get(`${SHOP}/cart.js`)).json();
  await expect.poll(cart).toHaveProperty("attributes._cs_pv", await shopper.pixel("getPvId"));
  expect(shopper.cartUpdates.length).toBe(1);
});

test("a cart is stamped once where the session keeps nothing", async ({ merchant, newShopper }) => {
  await merchant.install();
  await merchant.installPixel();
  const shopper = await newShopper();
  await shopper.context.addInitScript(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
  });
  await shopper.openProduct();
  await addWithoutPage(shopper.page);
  await expect.poll(() => shopper.cartUpdates.length).toBe(1);
  await shopper.page.waitForTimeout(1_000);
  expect(shopper.cartUpdates.length).toBe(1);
});

test("what JSON cannot hold and what is too large costs the detail, not the purchase", async ({ merchant, newShopper }) => {
  await merchant.install();
  await merchant.installPixel();
  const shopper = await newShopper();
  const warnings: string[] = [];
  shopper.page.on("console", (message) => message.type() === "warning" && warnings.push(message.text()));
  const link = await merchant.createLink();
  const code = link.slice(-8);
  // A long path, a long query and a long fragment.
  await shopper.openProduct(`?cs_ref=${code}&utm=${"x".repeat(5_000)}#${"y".repeat(40_000)}`);
  await expect.poll(() => shopper.types()).toEqual(["page_view"]);
  expect(shopper.sent[0].page_url.length).toBeLessThan(1_500);
  expect(shopper.sent[0].page_url).toContain(`/products/linen-shirt?cs_ref=${code}`);
  expect(await shopper.pixel("getRef")).toBe(code);

  // Details as large as the server takes are sent, larger ones stay behind.
  const details = { ...purchase("2001"), event_data: { note: "é".repeat(8_185) } };
  expect(await shopper.track("purchase", details)).toBe("accepted");
  expect(shopper.sent.at(-1)).toMatchObject({ order_id: "2001", event_data: details.event_data });
  expect(warnings).toEqual([]);
  expect(await shopper.track("purchase", { ...purchase("2002"), event_data: { note: "é".repeat(8_190) } })).toBe("accepted");
  expect(shopper.sent.at(-1)).toMatchObject({ order_id: "2002" });
  expect(shopper.sent.at(-1)?.event_data).toBeUndefined();
  expect(warnings.join()).toContain("event_data is too large");
  expect(await shopper.track("purchase", { ...purchase("2003"), basket: "x".repeat(100_000) })).toBe("accepted");
  expect(await shopper.track("purchase", { ...purchase("2004"), page_url: `https://shop.example/${"é".repeat(6_000)}` })).toBe(
    "accepted",
  );
  const circular = shopper.page.evaluate(() => {
    const event_data: Record<string, unknown> = {};
    event_data.self = event_data;
    return (window as any).CreatorScore.track("purchase", { order_id: "2005", revenue: 1, event_data });
  });
  await circular;
  expect(shopper.sent.map(({ order_id }) => order_id).filter(Boolean)).toEqual(["2001", "2002", "2003", "2004", "2005"]);
});

test("a tracing library that adds headers to every request does not silence the pixel", async ({ merchant, newShopper }) => {
  await merchant.install();
  await merchant.installPixel();
  const shopper = await newShopper();
  await shopper.page.addInitScript(() => {
    const real = window.fetch;
    window.fetch = (address, options) => real(address, { ...options, headers: { ...options?.headers, traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "x-trace": "1" } });
  });
  const answer = shopper.page.waitForResponse((answer) => answer.url().includes("/api/v1/track?") && answer.request().method() === "POST");
  await shopper.openProduct();
  expect((await answer).status()).toBe(200);
  expect(await shopper.track("purchase", purchase("3001"))).toBe("accepted");
  // Neither waits for a later try.
  expect(await shopper.stored()).toEqual(["_cs_pv"]);
});
