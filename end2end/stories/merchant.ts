// What a merchant does in the simulated Shopify admin and in the app that it frames.
import { type FrameLocator, type Locator, type Page, expect } from "@playwright/test";
import { ADMIN, SHOP } from "./world";

const STORE = `${ADMIN}/store/demo-shop`;

interface Link {
  creator?: string;
  campaign?: string;
  promoCode?: string;
  shareRevenue?: boolean;
}

/** A date that is over, or today, in the brand's time zone, whatever the time. */
export function yesterday(): string {
  return new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
}

export class Merchant {
  readonly app: FrameLocator;

  constructor(readonly page: Page) {
    this.app = page.frameLocator("iframe");
  }

  async install() {
    await this.page.goto(STORE);
    await this.page.getByRole("button", { name: "Install CreatorScore" }).click();
    await expect(this.app.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
    await this.hydrated();
  }

  async openAdmin() {
    await this.page.goto(STORE);
  }

  async openApp() {
    await this.page.goto(`${STORE}/apps/creatorscore-demo`);
    await this.hydrated();
  }

  /** Opens a page of the app by the admin's menu. */
  async open(label: string) {
    // The page that is shown may be the same: it is replaced all the same.
    await this.app.locator("main").evaluate((main) => main.setAttribute("data-before", ""));
    await this.page.locator("#menu").getByText(label, { exact: true }).click();
    await expect(this.app.locator("main[data-before]")).toHaveCount(0);
    await expect(this.app.getByRole("heading", { level: 1, name: label })).toBeVisible();
    await this.hydrated();
  }

  /** Waits until the page's script runs. */
  async hydrated() {
    await expect(this.app.locator("html[data-script]")).toBeAttached();
  }

  /** Waits for the admin's toast. */
  async seesToast(text: string) {
    await expect(this.page.locator("#toasts").getByText(text)).toBeVisible();
  }

  /** Opens one of a page's tabs. */
  async openTab(label: string, heading = label) {
    await this.app.getByRole("navigation", { name: "Section" }).getByRole("link", { name: label, exact: true }).click();
    await expect(this.app.getByRole("heading", { level: 1, name: heading })).toBeVisible();
  }

  /** Opens a page under "Settings". */
  async openSettings(label: string, heading = label) {
    await this.open("Settings");
    await this.openTab(label, heading);
  }

  async createKey(type: "pixel" | "server"): Promise<string> {
    const shown = this.app.getByTestId("new-key");
    await this.openSettings("Setup");
    await this.app.getByLabel("Type", { exact: true }).selectOption(type);
    await this.app.getByRole("button", { name: "Create key" }).click();
    await expect(shown).toContainText(type === "server" ? "cs_live_sk_" : "cs_live_pk_");
    return (await shown.textContent()) ?? "";
  }

  /** Creates a pixel key and puts the pixel into the storefront's theme. */
  async installPixel() {
    const key = await this.createKey("pixel");
    await this.openAdmin();
    await this.page.getByLabel("Pixel key").fill(key);
    await this.page.getByRole("button", { name: "Save theme" }).click();
    await this.openApp();
  }

  /** Creates a link to the linen shirt and returns its address. */
  async createLink({ creator = "Jessica Styles", campaign, promoCode, shareRevenue }: Link = {}): Promise<string> {
    await this.open("Links");
    const shown = this.app.getByTestId("new-link");
    await this.app.getByRole("link", { name: "New link" }).first().click();
    await this.app.getByLabel("Destination URL").fill(`${SHOP}/products/linen-shirt?variant=1#reviews`);
    await this.app.getByText("More", { exact: true }).click();
    // A creator of this name is found, or added.
    await this.app.getByLabel("or new creator").fill(creator);
    if (campaign) await this.app.getByLabel("or new campaign").fill(campaign);
    await this.app.getByLabel("Platform", { exact: true }).selectOption("instagram");
    await this.app.getByLabel("Content type").selectOption("reel");
    if (promoCode) await this.app.getByLabel("Promo code").fill(promoCode);
    if (shareRevenue) await this.app.getByLabel("Share revenue").check();
    await this.app.getByRole("button", { name: "Create link" }).click();
    await expect(shown).toContainText("http");
    return (await shown.textContent()) ?? "";
  }

  /** Adds the rule that pays every creator 10 % from yesterday on. */
  async addCommissionRule() {
    await this.open("Payouts");
    await this.openTab("Rules", "Commission rules");
    await this.app.getByRole("link", { name: "New rule" }).first().click();
    await this.app.getByLabel("Percentage of order").fill("10");
    await this.app.getByLabel("Start date").fill(yesterday());
    await this.app.getByRole("button", { name: "Add rule" }).click();
    await expect(this.app.getByRole("row").filter({ hasText: "Every creator" })).toContainText("10% of each order");
  }

  /** Reloads the overview until its figures are these: clicks, unique clicks, conversions, revenue, conversion rate. */
  async seesFigures(clicks: string, unique: string, conversions: string, revenue: string, rate: string) {
    await this.openApp();
    const tile = (name: string) => this.app.locator(`.metric:has(.name:text-is("${name}")) .value`);
    const timeout = 2_000;
    await expect(async () => {
      await this.page.reload();
      await expect(tile("Clicks")).toHaveText(clicks, { timeout });
      await expect(tile("Orders")).toHaveText(conversions, { timeout });
      await expect(tile("Revenue")).toHaveAttribute("title", revenue, { timeout });
      await expect(tile("Conversion")).toHaveText(rate, { timeout });
      await expect(this.app.locator(".funnel b").first()).toHaveText(unique, { timeout });
    }).toPass();
    await this.hydrated();
  }

  region(name: string): Locator {
    return this.app.getByRole("region", { name, exact: true });
  }
}
