// The documentation in a browser: readable without a script, on phones too, and a console that sends real requests.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "./story";
import { APP } from "./world";

const PAGES = ["/docs", "/docs/quickstart", "/docs/errors", "/docs/reference"];

test("the documentation reads well on every screen", async ({ world: _, browser, shot }) => {
  // The reference is long: its elements are checked once, its width on every screen.
  test.slow();
  for (const [colorScheme, width] of [["light", 1280], ["dark", 1280], ["light", 360]] as const) {
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 800 }, javaScriptEnabled: true });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    for (const path of PAGES) {
      await page.goto(`${APP}${path}`);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overflow, `${path} at ${width} px`).toBeLessThanOrEqual(0);
      if (path === "/docs/reference" && (colorScheme === "dark" || width < 1280)) continue;
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map((violation) => `${path}: ${violation.id} ${violation.nodes[0]?.target}`)).toEqual([]);
      if (path !== "/docs/reference") await shot(page, `docs-${colorScheme}-${width}${path.replaceAll("/", "-")}`);
    }
    expect(complaints).toEqual([]);
    await context.close();
  }
});

test("the console sends a request with a key", async ({ world, browser, shot }) => {
  const key = world.serverKey();
  const context = await browser.newContext({ viewport: { width: 1280, height: 1000 } });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  await page.goto(`${APP}/docs/try`);
  await page.getByRole("button", { name: "Authorize" }).click();
  const dialog = page.locator(".dialog-ux");
  await dialog.locator("section, form").filter({ hasText: "bearer" }).getByRole("textbox").first().fill(key);
  await dialog.locator("form").filter({ hasText: "bearer" }).getByRole("button", { name: "Apply credentials" }).click();
  await dialog.getByRole("button", { name: "Close" }).first().click();
  await page.locator("#operations-tag-Creators").click();
  const operation = page.locator("#operations-Creators-listCreators");
  await operation.locator(".opblock-summary-control").click();
  await operation.getByRole("button", { name: "Try it out" }).click();
  await operation.getByRole("button", { name: "Execute" }).click();
  await expect(operation.locator(".live-responses-table tbody td.response-col_status").first()).toContainText("200");
  await expect(operation.locator(".live-responses-table")).toContainText('"object": "list"');
  await shot(page, "docs-try");
  expect(complaints).toEqual([]);
  await context.close();
});
