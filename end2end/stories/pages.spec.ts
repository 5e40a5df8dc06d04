// The proof of look: every page as everyone who may open it, light and dark, from a small phone to a wide screen, with
// sample data and empty. It runs once, on SQLite, and keeps the pictures.
import AxeBuilder from "@axe-core/playwright";
import type { Browser, BrowserContext, Page } from "@playwright/test";
import { matches, pagePaths } from "./page_paths";
import { expect, test } from "./story";
import { APP, type World } from "./world";

const SIZES = [
  { name: "desk", width: 1280, height: 800 },
  { name: "phone", width: 390, height: 844 },
] as const;
/** The narrowest and the widest screens, on which pages are seen in one theme. */
const EXTREMES = [
  { name: "narrow", width: 360, height: 740 },
  { name: "wide", width: 1920, height: 1080 },
] as const;
const FOLDER = "./artefacts/pages";
const RULES = `${APP}/brand/attribution/commissions/rules`;
/** Pages that show what their query says, and nothing without it. */
const WITH_QUERY = ["/brand/attribution/nobody"];
/** Pages that are for owners only. */
const OWNERS = [
  "/brand/attribution/setup/webhook-tester",
  "/brand/attribution/setup/webhooks/{id}",
  "/brand/attribution/setup/webhooks/{id}/deliveries/{id}",
];
/** What must be read on some pages of the sample data. */
const CONTENT: [string, RegExp][] = [
  ["/brand/attribution", /Jessica Styles/],
  ["/brand/attribution/links", /Jessica Styles/],
  ["/brand/attribution/creators", /Jessica Styles/],
  ["/brand/attribution/orders", /#1\d{3}/],
  ["/brand/attribution/orders/{id}", /#1\d{3}/],
  ["/brand/attribution/commissions", /In payout of/],
  ["/brand/attribution/commissions/rules", /of each order/],
  ["/brand/attribution/payouts", /Open: not paid yet/],
  ["/brand/attribution/payouts/{id}", /Created .* by /],
  ["/creator", /\$/],
];

/** Texts of which a part cannot be seen, because what they are in is too small. */
const cutTexts = () =>
  [...document.querySelectorAll<HTMLElement>("main *")]
    .filter((element) => {
      const { overflowX, overflowY, textOverflow } = getComputedStyle(element);
      const hides = (overflow: string) => overflow === "hidden" || overflow === "clip";
      // What only screen readers see is a pixel high; drawings are cut to their frame.
      if (element.clientHeight < 6 || element.closest("svg") || !element.textContent?.trim()) return false;
      const isTall = hides(overflowY) && element.scrollHeight - element.clientHeight > 3;
      const isWide = hides(overflowX) && textOverflow !== "ellipsis" && element.scrollWidth - element.clientWidth > 3;
      return isTall || isWide;
    })
    .map((element) => element.outerHTML.slice(0, 120));

/** A page that collects what goes wrong on it. */
class Visitor {
  readonly faults: string[] = [];
  /** Addresses on the pages that were visited. */
  readonly links = new Set<string>();

  /** A brief visitor sees each theme in one size only. */
  private constructor(readonly page: Page, private readonly name: string, private readonly isBrief: boolean) {
    page.on("pageerror", (error) => this.faults.push(`${page.url()}: ${error}`));
    page.on("console", (message) => {
      if (message.type() === "error") this.faults.push(`${page.url()}: ${message.text()}`);
    });
  }

  static async in(context: BrowserContext, name: string, isBrief = false) {
    return new Visitor(await context.newPage(), name, isBrief);
  }

  /** Looks at a page in both themes and all sizes. False if it leads elsewhere, or takes forms only. */
  async sees(path: string, address: string): Promise<boolean> {
    const { page } = this;
    const response = await page.goto(`${APP}${address}`);
    const isElsewhere = new URL(page.url()).pathname !== address.split("?")[0];
    if (response?.status() === 405 || isElsewhere) return false;
    expect(response?.status(), `${this.name}: ${address}`).toBe(200);
    await expect(page.locator("html[data-script]")).toBeAttached();
    await this.hasHeading(address);
    for (const link of await page.locator("a[href^='/']").evaluateAll((all) => all.map((one) => one.getAttribute("href")))) {
      const [plain] = link?.split(/[?#]/) ?? [];
      if (link && plain) this.links.add(WITH_QUERY.includes(plain) ? link : plain);
    }
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      const own = colorScheme === "light" ? "desk" : "phone";
      const sizes = [...SIZES.filter((size) => !this.isBrief || size.name === own), ...(colorScheme === "light" ? EXTREMES : [])];
      for (const { name, width, height } of sizes) {
        await page.setViewportSize({ width, height });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (wide > 0) this.faults.push(`${address}: ${wide} px too wide on a ${name}`);
        for (const cut of await page.evaluate(cutTexts)) this.faults.push(`${address}: cut off on a ${name}: ${cut}`);
        const file = `${path.replaceAll(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "") || "start"}-${colorScheme}-${name}`;
        await page.screenshot({ path: `${FOLDER}/${this.name}/${file}.jpg`, type: "jpeg", quality: 60, fullPage: true });
      }
      await this.isAccessible(address, colorScheme);
    }
    if (path.startsWith("/brand")) {
      // As in the Shopify admin's frame: its colours, no bar of our own.
      await page.emulateMedia({ colorScheme: "light" });
      await page.evaluate(() => document.documentElement.setAttribute("data-embedded", ""));
      await this.isAccessible(address, "in the admin");
    }
    return true;
  }

  private async isAccessible(address: string, look: string) {
    const { violations } = await new AxeBuilder({ page: this.page }).analyze();
    for (const { id, nodes } of violations) {
      this.faults.push(`${address}, ${look}: ${id}: ${nodes.map((node) => node.html).slice(0, 3).join(" ")}`);
    }
  }

  private async hasHeading(address: string) {
    const headings = await this.page.locator("h1:visible").allTextContents();
    expect(headings.length, `${this.name}: one heading on ${address}`).toBe(1);
    expect(headings[0].trim()).not.toBe("");
    expect(await this.page.title()).not.toBe("");
    expect((await this.page.locator("main").textContent())?.trim().length, address).toBeGreaterThan(20);
  }

  /** The address of a page with parameters, as a page that was visited has it. */
  address(path: string): string | undefined {
    if (WITH_QUERY.includes(path)) return [...this.links].find((link) => link.startsWith(`${path}?`));
    // A page of its own may have the shape of another's parameter.
    const isOther = (link: string) => pagePaths().includes(link);
    return path.includes("{") ? [...this.links].find((link) => matches(path, link) && !isOther(link)) : path;
  }
}

async function signedIn(browser: Browser, world: World) {
  const context = await browser.newContext();
  const { url } = world.command("brand", "sign-in", "--brand", world.brand());
  await context.request.post(url, { headers: { origin: APP }, maxRedirects: 0 });
  return context;
}

/** Sees all pages that begin so, those with parameters by the links to them. Returns the paths of which none was found. */
async function seesAll(
  visitor: Visitor,
  begin: string,
  content: [string, RegExp][],
  closed: string[] = [],
): Promise<string[]> {
  const within = pagePaths().filter((path) => (path === begin || path.startsWith(`${begin}/`)) && !closed.includes(path));
  // Pages without parameters come first: they have the links to the others, of which some have links to the last.
  let missing = within.sort((a, b) => Number(a.includes("{")) - Number(b.includes("{")));
  for (let round = 0; round < 3; round++) {
    const unknown: string[] = [];
    for (const path of missing) {
      const address = visitor.address(path);
      if (!address) unknown.push(path);
      else if (await visitor.sees(path, address)) {
        const expected = content.find(([of]) => of === path)?.[1];
        if (expected) await expect(visitor.page.locator("main"), path).toContainText(expected);
      }
    }
    missing = unknown;
  }
  return missing;
}

async function brandIsSound(context: BrowserContext) {
  const visitor = await Visitor.in(context, "brand");
  const missing = await seesAll(visitor, "/brand", CONTENT);
  expect(visitor.faults).toEqual([]);
  expect(missing, "pages without a link to them").toEqual([]);
}

/** Imports a file as a person does: it is checked, a column is corrected, and it is imported. */
async function importsCreators(context: BrowserContext) {
  const page = await context.newPage();
  await page.goto(`${APP}/brand/attribution/creators`);
  await page.getByRole("link", { name: "Import" }).click();
  const csv = "Artist,E-mail,Voucher\nIvy Import,ivy@creators.example,IVY10\nNo Mail,no address,\n";
  await page.getByLabel("File").setInputFiles({ name: "mine.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
  await page.getByRole("button", { name: "Check the file" }).click();
  await expect(page.getByText("No column names the creators")).toBeVisible();
  await page.getByLabel("What Artist holds").selectOption({ label: "Name" });
  await page.getByRole("button", { name: "Check again" }).click();
  await page.getByRole("button", { name: "Import 1 creator" }).click();
  // The page looks again by itself.
  await expect(page.getByText("Done", { exact: true })).toBeVisible();
  await expect(page.locator("summary", { hasText: "Undo the import" })).toBeVisible();
  await expect(page.getByText("E-mail address must be an address")).toBeVisible();
  await page.close();
}

/** Sends a test event to the webhook tester. */
async function testsWebhooks(context: BrowserContext) {
  const page = await context.newPage();
  await page.goto(`${APP}/brand/attribution/setup`);
  await page.getByRole("link", { name: "Open the webhook tester" }).click();
  await page.getByRole("button", { name: "Open the tester" }).click();
  await page.getByRole("button", { name: "Send my events to the tester" }).click();
  await page.getByRole("button", { name: "Send a test" }).click();
  const received = page.getByRole("listitem").filter({ hasText: "endpoint.test" });
  await received.locator("summary").click();
  await expect(received.getByText("webhook-signature")).toBeVisible();
  await page.getByRole("link", { name: "Show the endpoint" }).click();
  await expect(page.getByText("Delivered", { exact: true }).last()).toBeVisible();
  await page.close();
}

/** Invites a member on the page of members, and opens the link of the mail. */
async function signedInAsMember(browser: Browser, owner: BrowserContext) {
  const page = await owner.newPage();
  await page.goto(`${APP}/brand/attribution/settings/members`);
  await page.getByLabel("E-mail address").fill("mia@example.com");
  await page.getByLabel("Role").selectOption({ label: "Member" });
  await page.getByRole("button", { name: "Send invitation" }).click();
  await expect(page.getByRole("status").filter({ hasText: "The invitation is on its way." })).toBeVisible();
  await page.close();
  const context = await browser.newContext();
  const invited = await context.newPage();
  await expect(async () => {
    await invited.goto(`${APP}/demo/inbox`);
    await invited.getByRole("article").filter({ hasText: /invites you/ }).first().getByRole("link").click({ timeout: 1_000 });
  }).toPass();
  await invited.getByRole("button", { name: "Accept and sign in" }).click();
  await expect(invited).toHaveURL(/\/brand\/attribution/);
  await invited.close();
  return context;
}

async function memberIsSound(browser: Browser, owner: BrowserContext) {
  const context = await signedInAsMember(browser, owner);
  const visitor = await Visitor.in(context, "member", true);
  const missing = await seesAll(visitor, "/brand", CONTENT, OWNERS);
  expect(visitor.faults).toEqual([]);
  expect(missing, "pages without a link to them").toEqual([]);
  await visitor.page.goto(`${APP}/brand/attribution/settings`);
  await expect(visitor.page.getByText("Only an owner can delete everything.")).toBeVisible();
  await expect(visitor.page.getByText("Files to download")).toHaveCount(0);
  await context.close();
}

async function creatorIsSound(browser: Browser) {
  const context = await browser.newContext();
  const creator = await Visitor.in(context, "creator");
  await creator.page.goto(`${APP}/demo/creator`);
  await seesAll(creator, "/creator", CONTENT);
  expect(creator.faults).toEqual([]);
  for (const path of ["/brand/attribution", "/brand/attribution/payouts"]) {
    await creator.page.goto(`${APP}${path}`);
    expect(new URL(creator.page.url()).pathname, path).not.toBe(path);
  }
  await context.close();
}

async function strangerSeesWhatIsPublic(browser: Browser) {
  const context = await browser.newContext();
  const stranger = await Visitor.in(context, "stranger");
  for (const path of pagePaths().filter((one) => !one.includes("{"))) {
    if (!/^\/(brand|creator)/.test(path)) {
      await stranger.sees(path, path);
      continue;
    }
    const answer = await context.request.get(`${APP}${path}`, { maxRedirects: 0 });
    expect(answer.status(), path).toBeGreaterThanOrEqual(302);
    expect(answer.headers().location, path).toBe("/sign-in");
  }
  expect(stranger.faults).toEqual([]);
  await context.close();
}

async function keyboardFindsItsWay(context: BrowserContext) {
  const page = await context.newPage();
  await page.goto(`${APP}/brand/attribution/payouts`);
  await expect(page.locator("html[data-script]")).toBeAttached();
  // A link swaps the page and moves the focus to its heading.
  await page.getByRole("link", { name: "Commissions" }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: "Commissions" })).toBeFocused();
  await expect(page).toHaveTitle(/^Commissions/);
  // The skip link works after that: the next thing is in the page's content.
  const skip = page.getByRole("link", { name: "Skip to content" });
  await skip.focus();
  await expect(skip).toBeInViewport();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.querySelector("main")?.contains(document.activeElement))).toBe(true);
  await page.goBack();
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1, name: "Payouts" })).toBeVisible();
}

async function refusedFormKeepsItsInput(context: BrowserContext) {
  const page = await context.newPage();
  await page.goto(`${RULES}?new=rule`);
  await expect(page.locator("html[data-script]")).toBeAttached();
  const field = page.getByLabel("Percentage of order");
  await field.fill("150");
  await page.getByRole("button", { name: "Add rule" }).click();
  await expect(field).toBeFocused();
  await expect(field).toHaveValue("150");
  await expect(field).toHaveAccessibleDescription(/give either a percentage/);
  // A creator is found by typing a part of the name.
  const whom = page.getByRole("combobox", { name: "Applies to" });
  await whom.fill("jessica");
  await page.keyboard.press("Enter");
  await expect(whom).toHaveValue(/^Jessica Styles/);
  await field.fill("15");
  await page.getByRole("button", { name: "Add rule" }).click();
  await expect(page.getByRole("status")).toContainText("Rule added.");
  await expect(page.getByRole("row", { name: /^Jessica Styles/ }).first()).toContainText("15% of each order");
}

async function theSameWorksWithoutScript(browser: Browser, signedIn: BrowserContext) {
  const context = await browser.newContext({ javaScriptEnabled: false, storageState: await signedIn.storageState() });
  const page = await context.newPage();
  await page.goto(`${RULES}?new=rule`);
  await page.getByLabel("Applies to").selectOption({ label: "Every creator" });
  const field = page.getByLabel("Percentage of order");
  await field.fill("150");
  await page.getByRole("button", { name: "Add rule" }).click();
  await expect(field).toHaveValue("150");
  await expect(field).toBeFocused();
  await expect(page.getByText("give either a percentage (0.01 to 100) or a fixed amount")).toBeVisible();
  await field.fill("11");
  await page.getByRole("button", { name: "Add rule" }).click();
  await expect(page.getByText("Rule added.")).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: "11% of each order" })).toBeVisible();
  await context.close();
}

test.describe("with sample data", () => {
  test.use({ hasSample: true });

  // One story, since the sample data takes longer to make than most of its parts.
  test("every page is sound, by mouse and keyboard, with and without script", async ({ world, browser }) => {
    test.setTimeout(1_500_000);
    const context = await signedIn(browser, world);
    await test.step("an import", () => importsCreators(context));
    await test.step("a test event", () => testsWebhooks(context));
    await test.step("the brand's pages", () => brandIsSound(context));
    await test.step("a member's pages", () => memberIsSound(browser, context));
    await test.step("a creator's pages", () => creatorIsSound(browser));
    await test.step("a stranger's pages", () => strangerSeesWhatIsPublic(browser));
    await test.step("the keyboard", () => keyboardFindsItsWay(context));
    await test.step("a refused form", () => refusedFormKeepsItsInput(context));
    await test.step("without script", () => theSameWorksWithoutScript(browser, context));
    await context.close();
  });
});

test("every page of an empty brand is sound", async ({ merchant, world, browser }) => {
  test.setTimeout(900_000);
  await merchant.install();
  const context = await signedIn(browser, world);
  const visitor = await Visitor.in(context, "empty", true);
  await seesAll(visitor, "/brand", []);
  expect(visitor.faults).toEqual([]);
  await context.close();
});
