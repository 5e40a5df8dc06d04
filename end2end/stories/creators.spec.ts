import { expect, test } from "./story";

test("two creators who are one person are merged after a look", async ({ merchant, shot }) => {
  const { app } = merchant;
  await merchant.install();
  await merchant.createLink({ creator: "Jessica Styles" });
  await merchant.open("Creators");
  await app.getByRole("link", { name: "New creator" }).click();
  await app.getByLabel("Name", { exact: true }).fill("jessica styles");
  await app.getByLabel("Handle").fill("@jess");
  await app.getByRole("button", { name: "Add creator" }).click();
  await expect(app.getByRole("heading", { level: 1, name: "jessica styles" })).toBeVisible();
  await shot(merchant.page, "creator-profile");

  await app.getByRole("button", { name: "Compare" }).click();
  const preview = app.getByTestId("merge-preview");
  await expect(preview).toContainText("1 link");
  await shot(merchant.page, "creator-merge");
  await preview.getByRole("button", { name: "Merge now" }).click();
  await merchant.seesToast("Merged.");
  await expect(app.getByRole("table", { name: "Tracking links" }).getByRole("row")).toHaveCount(2);
  await merchant.open("Creators");
  await expect(app.getByRole("table", { name: "Creators" }).getByRole("row")).toHaveCount(2);
});

test("a campaign has a budget, dates and a page", async ({ merchant, shot }) => {
  const { app } = merchant;
  await merchant.install();
  await merchant.open("Campaigns");
  await app.getByRole("link", { name: "New campaign" }).first().click();
  await app.getByLabel("Name", { exact: true }).fill("Spring launch");
  await app.getByLabel("Budget").fill("a lot");
  await app.getByRole("button", { name: "Create campaign" }).click();
  await expect(app.getByLabel("Budget")).toBeFocused();
  await expect(app.locator(".fault")).toContainText("Budget must be a decimal number");
  await app.getByLabel("Budget").fill("2500");
  await app.getByRole("button", { name: "Create campaign" }).click();
  await expect(app.getByRole("heading", { level: 1, name: "Spring launch" })).toBeVisible();
  await shot(merchant.page, "campaign");
  await app.getByRole("button", { name: "Archive" }).click();
  await app.getByRole("button", { name: "Undo" }).click();
  await merchant.seesToast("Active again.");
});
