// Takes the README's pictures from the sample data: `cargo xtask pictures`.
import { statSync } from "node:fs";
import { expect, test } from "./story";
import { ADMIN, APP } from "./world";

const STORE = `${ADMIN}/store/demo-shop`;
const FOLDER = process.env.PICTURES ?? "";
/** Every clone of the repository downloads them. */
const BYTES_MAX = 150_000;

test.use({ hasSample: true });

function isSmall(path: string) {
  expect(statSync(path).size, path).toBeLessThan(BYTES_MAX);
}

test("the overview", async ({ merchant }) => {
  const path = `${FOLDER}/overview.png`;
  await merchant.openApp();
  await expect(merchant.region("Top creators")).toBeVisible();
  await merchant.page.screenshot({ path });
  isSmall(path);
});

test("a creator's home on a phone", async ({ newShopper }) => {
  const path = `${FOLDER}/creator.png`;
  const { page } = await newShopper();
  await page.goto(`${APP}/demo/creator`);
  await expect(page.getByRole("heading", { level: 1, name: "Hello, Jessica Styles" })).toBeVisible();
  await page.screenshot({ path });
  isSmall(path);
});

test("an order's explanation", async ({ merchant, world }) => {
  const path = `${FOLDER}/order.png`;
  const { page } = merchant;
  await page.goto(world.command("brand", "sign-in", "--brand", world.brand()).url);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.goto(`${APP}/brand/attribution/orders`);
  const links = page.getByRole("table", { name: "Orders" }).getByRole("link", { name: /^#/ });
  await expect(links.first()).toBeVisible();
  const addresses = await links.evaluateAll((all) => all.map((link) => link.getAttribute("href") ?? ""));
  // The first one that several creators had a part in.
  for (const address of addresses) {
    await page.goto(`${APP}${address}`);
    // The name of each creator stands over their lane.
    if ((await page.locator(".timeline .who").count()) > 1) {
      await page.goto(`${STORE}/apps/creatorscore-demo${address}`);
      await expect(merchant.region("Timeline")).toBeVisible();
      await merchant.hydrated();
      await page.screenshot({ path });
      return isSmall(path);
    }
  }
  throw new Error("no order on the first page has several creators");
});
