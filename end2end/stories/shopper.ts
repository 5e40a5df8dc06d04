// What a shopper does in the simulated storefront, on a phone.
import { type BrowserContext, type Page, expect } from "@playwright/test";
import { SHOP } from "./world";

export const PHONE = {
  userAgent:
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
  viewport: { width: 390, height: 844 },
};

export class Shopper {
  /** The bodies of what the pixel sent. */
  readonly sent: { event_type: string; pv_id: string }[] = [];

  constructor(readonly context: BrowserContext, readonly page: Page) {
    page.on("request", (request) => {
      if (request.url().includes("/api/v1/track?")) this.sent.push(JSON.parse(request.postData() ?? "{}"));
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

  /** Calls a member of the pixel's API that takes no arguments. */
  pixel(member: "getPvId" | "getRef" | "version"): Promise<string | null> {
    return this.page.evaluate((name) => {
      const value = (window as any).CreatorScore[name];
      return typeof value === "function" ? value() : value;
    }, member);
  }
}
