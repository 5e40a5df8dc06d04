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

  // How she is paid is posted, and never stands in an address.
  await page.goto(`${APP}/creator/paid`);
  await page.getByLabel("Method").selectOption("bank");
  await page.getByLabel("Account holder").fill("Jess Example");
  await page.getByLabel("IBAN or account number").fill("DE89 3704 0044 0532 0130 01");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.locator(".fault").first()).toContainText("complete IBAN");
  await expect(page.getByLabel("IBAN or account number")).toBeFocused();
  await expect(page.getByLabel("IBAN or account number")).toHaveValue("DE89 3704 0044 0532 0130 01");
  await page.getByLabel("IBAN or account number").fill("DE89 3704 0044 0532 0130 00");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("DE•• •••• 3000")).toBeVisible();
  await expect(page).toHaveURL(/\/creator\/paid$/);
});
