// What a shopper does in the simulated storefront, on a phone.
import { type BrowserContext, type Page, expect } from "@playwright/test";
import { SHOP } from "./world";

export const PHONE = {
  userAgent:
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
  viewport: { width: 390, height: 844 },
};

/** An event as the pixel sends it. */
export interface Sent {
  event_type: string;
  event_id: string;
  pv_id: string;
  pv_alias?: string;
  page_url: string;
  order_id?: string;
  event_data?: unknown;
  age_ms?: number;
}

export class Shopper {
  /** The bodies of what the pixel sent. */
  readonly sent: Sent[] = [];
  /** The bodies with which the cart's attributes were set. */
  readonly cartUpdates: string[] = [];
  private answers = 0;

  constructor(readonly context: BrowserContext, readonly page: Page) {
    page.on("request", (request) => {
      if (request.url().includes("/api/v1/track?")) this.sent.push(JSON.parse(request.postData() ?? "{}"));
      if (request.url().endsWith("/cart/update.js")) this.cartUpdates.push(request.postData() ?? "");
    });
    page.on("response", (answer) => {
      if (answer.url().includes("/api/v1/track?")) this.answers++;
    });
  }

  /** Opens the shirt's page without a link. */
  async openProduct(query = "") {
    await this.page.goto(`${SHOP}/products/linen-shirt${query}`);
  }

  /** Buys one shirt for 49.99 USD on the product's page. */
  async buy(discountCode = "") {
    await this.page.getByRole("button", { name: "Add to cart" }).click();
    await expect(this.page.getByText("Linen shirt")).toBeVisible();
    // The pixel sets the cart's attributes shortly after the page has loaded.
    const cart = async () => (await this.page.request.get(`${SHOP}/cart.js`)).json();
    await expect.poll(cart).toHaveProperty("attributes._cs_pv");
    await this.page.getByRole("link", { name: "Check out" }).click();
    if (discountCode) await this.page.getByLabel("Discount code").fill(discountCode);
    await this.page.getByRole("button", { name: "Pay now" }).click();
    await expect(this.page.getByRole("heading", { name: "Thank you" })).toBeVisible();
  }

  /** Clicks a link and buys. */
  async clickAndBuy(link: string) {
    await this.page.goto(link);
    await this.buy();
  }

  /** Reports an event with the pixel; "accepted" or the reason of the rejection. */
  track(type: string, data: Record<string, unknown> = {}): Promise<string> {
    return this.page.evaluate(
      ([type, data]) =>
        (window as any).CreatorScore.track(type, data).then(
          () => "accepted",
          (error: Error) => error.message,
        ),
      [type, data] as const,
    );
  }

  /** Answers for the shopper, as a banner does. */
  consent(granted: boolean | undefined): Promise<void> {
    return this.page.evaluate((granted) => (window as any).CreatorScore.consent(granted), granted);
  }

  /** Waits until as many events are answered: a page that is left before keeps its event for a second try. */
  async isAnswered(count: number) {
    await expect.poll(() => this.answers).toBe(count);
  }

  /** What the types of the events sent so far are. */
  types(): string[] {
    return this.sent.map(({ event_type }) => event_type);
  }

  /** Names of what scripts can see stored in this browser. */
  stored(): Promise<string[]> {
    return this.page.evaluate(() => {
      const cookies = document.cookie.split("; ").map((pair) => pair.split("=")[0]);
      const names = [...cookies, ...Object.keys(localStorage), ...Object.keys(sessionStorage)];
      return names.filter((name) => name.startsWith("_cs_")).sort();
    });
  }

  /** Changes the storefront's pages on their way to the browser, except after redirects: a theme of the merchant's own. */
  async theme(change: (html: string) => string, headers: Record<string, string> = {}) {
    // Chromium takes a changed page for one of the internet, which needs a permission to load from this machine.
    await this.context.grantPermissions(["local-network-access"]);
    await this.page.route(`${SHOP}/**`, async (route) => {
      if (route.request().resourceType() !== "document") return route.continue();
      const answer = await route.fetch();
      const { "content-length": _, ...kept } = answer.headers();
      await route.fulfill({ response: answer, body: change(await answer.text()), headers: { ...kept, ...headers } });
    });
  }

  /** Calls a member of the pixel's API that takes no arguments. */
  pixel(member: "getPvId" | "getRef" | "version"): Promise<string | null> {
    return this.page.evaluate((name) => {
      const value = (window as any).CreatorScore[name];
      return typeof value === "function" ? value() : value;
    }, member);
  }
}
