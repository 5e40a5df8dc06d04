import { expect, test } from "./story";
import { APP } from "./world";

test("a creator is invited by mail, and signs in again by herself", async ({ merchant, browser, shot }) => {
  await merchant.install();
  await merchant.createLink();
  await merchant.openSettings("Members", "Members and sessions");
  const { app } = merchant;
  await app.getByLabel("E-mail address").fill("jess@example.com");
  await app.getByLabel("Role").selectOption({ label: "Creator" });
  const creator = app.getByRole("combobox", { name: "Creator", exact: true });
  await creator.fill("jess");
  await creator.press("Enter");
  await app.getByRole("button", { name: "Send invitation" }).click();
  await merchant.seesToast("The invitation is on its way.");
  await shot(merchant.page, "members");

  const page = await (await browser.newContext()).newPage();
  const openMail = async (subject: RegExp) => {
    await expect(async () => {
      await page.goto(`${APP}/demo/inbox`);
      await page.getByRole("article").filter({ hasText: subject }).first().getByRole("link").click({ timeout: 1_000 });
    }).toPass();
  };
  await openMail(/invites you/);
  await page.getByRole("button", { name: "Accept and sign in" }).click();
  await expect(page).toHaveURL(/\/creator$/);
  await page.goto(`${APP}/creator/sessions`);
  await expect(page.getByText("This browser")).toBeVisible();
  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await expect(page.getByText("You are signed out everywhere.")).toBeVisible();

  await page.getByLabel("E-mail address").fill("jess@example.com");
  await page.getByRole("button", { name: "Send me a link" }).click();
  await expect(page.getByRole("heading", { name: "Check your mail" })).toBeVisible();
  await openMail(/Your sign-in link/);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/creator$/);
});
