// One browser is one visitor, and the pixel's rules are the same compiled and in JavaScript.
import { expect, test } from "./story";
import { APP, SHOP } from "./world";

const OWN = "018bcfe5-6800-7000-8000-000000000001";
const LINK = "550e8400-e29b-41d4-a716-446655440000";

test("a redirect on the storefront's own host leaves one visitor", async ({ merchant, newShopper }) => {
  await merchant.install();
  await merchant.installPixel();
  const link = await merchant.createLink();
  // The tracking host and the storefront are one host here, so the redirect's cookie hides the pixel's.
  const here = link.replace(APP, APP.replace("localhost", "127.0.0.1"));
  const shopper = await newShopper();
  await shopper.page.goto(here);
  await shopper.isAnswered(1);
  const [cookie] = (await shopper.context.cookies(SHOP)).filter(({ name }) => name === "_cs_pv");
  expect(cookie.httpOnly).toBe(true);
  expect(await shopper.page.evaluate(() => document.cookie)).not.toContain("_cs_pv");
  for (const [index, page] of ["wool-socks", "canvas-tote"].entries()) {
    await shopper.page.goto(`${SHOP}/products/${page}`);
    await shopper.isAnswered(index + 2);
  }
  const [{ pv_id: visitor, pv_alias }] = shopper.sent;
  expect(pv_alias).toBe(cookie.value);
  expect(visitor).not.toBe(cookie.value);
  expect(shopper.sent.map(({ pv_id }) => pv_id)).toEqual([visitor, visitor, visitor]);

  // A browser that the redirect knows by another id than the pixel: the click joins by the alias.
  const other = await newShopper();
  await other.context.addCookies([{ name: "_cs_pv", value: LINK, url: SHOP, httpOnly: true, secure: true, sameSite: "Lax" }]);
  await other.openProduct();
  await other.isAnswered(1);
  const own = other.sent[0].pv_id;
  expect(own).not.toBe(LINK);
  await other.page.goto(here);
  await other.isAnswered(2);
  expect(other.sent[1]).toMatchObject({ pv_id: own, pv_alias: LINK });
  await other.consent(false);
  expect(await other.stored()).toEqual(["_cs_no"]);
});

test("the rules are the same with and without WebAssembly", async ({ merchant, newShopper }) => {
  await merchant.install();
  await merchant.installPixel();
  const now = Math.floor(Date.now() / 1000);
  // Query, own visitor id, link cookie; then the id ("new" for one made on the page), alias, link, and cleaned query.
  const cases: [string, string, string, string, string | undefined, string | null, string][] = [
    ["?v=1", "", "", "new", undefined, null, "?v=1"],
    [`?v=1&cs_ref=m7xp3k9a&cs_pv=${LINK}&cs_at=${now}#x`, "", "", "new", LINK, "m7xp3k9a", "?v=1&cs_ref=m7xp3k9a#x"],
    [`?cs_pv=${LINK}&cs_at=${now}&cs_ref=(M7XP3K9A).&v=1`, OWN, "", OWN, LINK, "m7xp3k9a", "?cs_ref=(M7XP3K9A).&v=1"],
    [`?cs_pv=${LINK}&v=1&cs_at=${now - 660}`, "", "m7xp3k9a", "new", undefined, "m7xp3k9a", "?v=1"],
    [`?cs_pv=${LINK}`, OWN, "m7xp3k9", OWN, undefined, null, ""],
    [`?cs_pv=${LINK}x&cs_at=${now}#?cs_ref=m7xp3k9a`, "nonsense", "", "new", undefined, null, "#?cs_ref=m7xp3k9a"],
    [`?cs_pv=${OWN}&cs_at=${now}&a`, OWN, "", OWN, undefined, null, "?a"],
    ["?cs_ref=m7xp3k91", "", "abcdefgh", "new", undefined, "abcdefgh", "?cs_ref=m7xp3k91"],
  ];
  for (const mode of ["wasm", "js"]) {
    for (const [query, own, ref, id, alias, code, cleaned] of cases) {
      await test.step(`${mode} ${query}`, async () => {
        const shopper = await newShopper();
        if (mode === "js") await shopper.page.addInitScript(() => Object.defineProperty(window, "WebAssembly", { value: undefined }));
        const cookie = (name: string, value: string) => ({ name, value, url: SHOP, secure: true });
        if (own) await shopper.context.addCookies([cookie("_cs_pv", own)]);
        if (ref) await shopper.context.addCookies([cookie("_cs_ref", ref)]);
        await shopper.openProduct(query);
        await expect.poll(() => shopper.sent.length).toBe(1);
        expect(await shopper.pixel("version")).toContain(`+${mode}`);
        const [sent] = shopper.sent;
        expect(await shopper.pixel("getPvId")).toBe(sent.pv_id);
        expect(await shopper.pixel("getRef")).toBe(code);
        if (id === "new") expect([OWN, LINK]).not.toContain(sent.pv_id);
        else expect(sent.pv_id).toBe(id);
        expect(sent.pv_alias).toBe(alias);
        expect(shopper.page.url()).toBe(`${SHOP}/products/linen-shirt${cleaned}`);
        expect(Object.keys(sent).filter((name) => name !== "pv_alias")).toEqual(["event_type", "pv_id", "event_id", "page_url"]);
        // Ids begin with the time.
        const made = [sent.event_id, ...(id === "new" ? [sent.pv_id] : [])];
        for (const uuid of made) {
          const at = Number.parseInt(uuid.replace("-", "").slice(0, 12), 16);
          expect(Math.abs(at - Date.now())).toBeLessThan(60_000);
        }
        expect(await shopper.track("checkout_start", { page_url: undefined })).toBe("accepted");
        expect(await shopper.track("login")).toContain("CreatorScore: ");
      });
    }
  }
});
