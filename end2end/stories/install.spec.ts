import { readFileSync } from "node:fs";
import { expect, test } from "./story";
import { APP } from "./world";

test("a merchant installs the app and finds it open in the admin", async ({ merchant, shot }) => {
  const consoleErrors: string[] = [];
  merchant.page.on("console", (message) => message.type() === "error" && consoleErrors.push(message.text()));
  await merchant.install();
  await expect(merchant.app.getByText("Create your first tracking link")).toBeVisible();
  await shot(merchant.page, "installed");
  expect(consoleErrors).toEqual([]);
  // The framed app keeps the admin's language in a cookie and nothing else: it works where such cookies are blocked.
  const cookies = await merchant.page.context().cookies(APP);
  expect(cookies.map(({ name, value }) => `${name}=${value}`)).toEqual(["__Host-cs_admin_language=en"]);
});

test("a merchant reads the app in German, in the admin too", async ({ merchant, shot }) => {
  const { app } = merchant;
  await merchant.install();
  await app.getByRole("button", { name: "Deutsch" }).last().click();
  await expect(app.getByRole("heading", { level: 1, name: "Übersicht" })).toBeVisible();
  await expect(app.locator("html")).toHaveAttribute("lang", "de");
  // It is kept on other pages, and when the app is opened again in an English admin.
  await merchant.open("Bestellungen");
  await merchant.page.reload();
  await merchant.openApp();
  await expect(app.getByRole("heading", { level: 1, name: "Übersicht" })).toBeVisible();
  await shot(merchant.page, "german");
  await app.getByRole("button", { name: "English" }).last().click();
  await expect(app.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
});

test("files are downloaded inside the admin", async ({ merchant }) => {
  const { app, page } = merchant;
  await merchant.install();
  const link = await merchant.createLink();
  const text = async (press: () => Promise<void>, name: RegExp) => {
    const [download] = await Promise.all([page.waitForEvent("download"), press()]);
    expect(download.suggestedFilename()).toMatch(name);
    return readFileSync(await download.path(), "utf8");
  };
  await merchant.open("Links");
  const links = await text(() => app.getByRole("link", { name: "CSV" }).click(), /^tracking-links\.csv$/);
  expect(links).toContain("Jessica Styles");
  expect(links).toContain(link.split("/").at(-1));
  await merchant.open("Settings");
  await app.getByText("Files to download").click();
  const creators = await text(() => app.getByRole("link", { name: /^Creators as CSV/ }).click(), /creators.*\.csv$/);
  expect(creators).toContain("Jessica Styles");
});

test("an uninstall revokes access and a reinstall restores all data", async ({ merchant, newShopper }) => {
  const { page, app } = merchant;
  await merchant.install();
  await merchant.installPixel();
  const link = await merchant.createLink();
  await (await newShopper()).clickAndBuy(link);
  await merchant.seesFigures("1", "1", "1", "$49.99", "100.0%");

  await merchant.openAdmin();
  await page.getByRole("button", { name: "Uninstall CreatorScore" }).click();
  await expect(async () => {
    await page.reload();
    await expect(page.getByText("app/uninstalled: 200 OK")).toBeVisible({ timeout: 500 });
  }).toPass();
  // This time through the authorization-code flow, whose webhooks are registered by API.
  await page.getByRole("link", { name: "authorization-code flow" }).click();
  await page.getByRole("button", { name: "Install app" }).click();
  await expect(app.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  await merchant.seesFigures("1", "1", "1", "$49.99", "100.0%");
  await merchant.openSettings("Setup");
  await expect(app.getByText(/kinds, the last one came/)).toBeVisible();
  await expect(app.getByText(/^demo-shop.myshopify.com installed/)).toBeVisible();
});
