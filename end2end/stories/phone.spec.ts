import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "./story";
import { APP } from "./world";

for (const scheme of ["light", "dark"] as const) {
  test(`the pages fit a phone and pass the accessibility checks in ${scheme} mode`, async ({ merchant, newShopper, world, browser, shot }) => {
    await merchant.install();
    const key = await merchant.createKey("server");
    await merchant.installPixel();
    const link = await merchant.createLink({ campaign: "Spring launch", promoCode: "jess20", shareRevenue: true });
    await merchant.addCommissionRule();
    const shopper = await newShopper();
    await shopper.clickAndBuy(link);
    await merchant.seesFigures("1", "1", "1", "$49.99", "100.0%");
    const headers = { authorization: `Bearer ${key}` };
    const { customer } = await (await fetch(`${APP}/api/v1/customers/${shopper.sent[0].pv_id}`, { headers })).json();
    const [order] = world.command("export", "--brand", world.brand(), "--what", "orders");
    const [credit] = world.command("export", "--brand", world.brand(), "--what", "credits");
    expect(credit).toMatchObject({ currency: "USD", weight: "1/1" });
    const { url } = world.command("brand", "sign-in", "--brand", world.brand());

    const context = await browser.newContext({ colorScheme: scheme, viewport: { width: 390, height: 844 } });
    const page = await context.newPage();
    await page.goto(url);
    await page.getByRole("button", { name: "Continue to CreatorScore" }).click();
    for (const [name, path] of [
      ["overview", ""], ["links", "/links"], ["creators", "/creators"], ["orders", "/orders"], ["setup", "/setup"],
      ["models", "/models"], ["commissions", "/commissions"], ["payouts", "/payouts"], ["survey", "/survey"],
      ["settings", "/settings"], ["order", `/orders/${order.id}`],
      ["customer", `/customers/${customer.link.split("/").at(-1)}`], ["creator", `/creators/${credit.creator_id}`],
    ]) {
      await page.goto(`${APP}/brand/attribution${path}`);
      await expect(page.locator("html[data-script]")).toBeAttached();
      await shot(page, `phone-${scheme}-${name}`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(wide, `${name} scrolls sideways`).toBeLessThanOrEqual(0);
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.html).join(" ")}`), name).toEqual([]);
    }
    await context.close();
  });
}
