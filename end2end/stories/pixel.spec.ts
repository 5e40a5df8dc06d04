import { expect, test } from "./story";

test("the pixel works where WebAssembly is refused", async ({ merchant, newShopper }) => {
  await merchant.install();
  await merchant.installPixel();
  const shopper = await newShopper();
  await shopper.openProduct("?strict-csp");
  await expect.poll(() => shopper.sent.length).toBe(1);
  expect(shopper.sent[0].event_type).toBe("page_view");
  expect(await shopper.pixel("version")).toContain("+js");
});

test("the pixel sends and stores nothing without consent", async ({ merchant, newShopper }) => {
  await merchant.install();
  await merchant.installPixel();
  const shopper = await newShopper();
  await shopper.page.addInitScript(() => Object.defineProperty(navigator, "globalPrivacyControl", { value: true }));
  await shopper.openProduct();
  expect(await shopper.pixel("getPvId")).toMatch(/^[0-9a-f-]{36}$/);
  await shopper.page.waitForTimeout(500);
  expect(shopper.sent).toEqual([]);
  expect(await shopper.page.evaluate(() => document.cookie)).not.toContain("_cs_pv");
});

test("a purchase that is refused tells its page why", async ({ merchant, newShopper }) => {
  await merchant.install();
  await merchant.installPixel();
  const shopper = await newShopper();
  await shopper.openProduct();
  await expect.poll(() => shopper.sent.length).toBe(1);
  const report = (revenue: number) =>
    shopper.page.evaluate(
      (amount) =>
        (window as any).CreatorScore.track("purchase", { order_id: "9001", revenue: amount }).then(
          () => "accepted",
          (error: Error) => error.message,
        ),
      revenue,
    );
  expect(await report(19.9 * 3)).toBe("accepted");
  expect(await report(1.239)).toContain("revenue has more decimal places than its currency");
});

test("the cart is told its visitor once, however many events there are", async ({ merchant, newShopper }) => {
  await merchant.install();
  await merchant.installPixel();
  const shopper = await newShopper();
  const updates = shopper.cartUpdates;
  await shopper.openProduct();
  await shopper.page.getByRole("button", { name: "Add to cart" }).click();
  await expect.poll(() => updates.length).toBe(1);
  for (const product_id of ["1", "2", "3"]) expect(await shopper.track("add_to_cart", { product_id })).toBe("accepted");
  await expect.poll(() => shopper.stored()).toEqual(["_cs_c", "_cs_pv"]);
  await shopper.openProduct();
  expect(await shopper.track("checkout_start")).toBe("accepted");
  expect(updates).toEqual([JSON.stringify({ attributes: { _cs_pv: shopper.sent[0].pv_id } })]);
});
