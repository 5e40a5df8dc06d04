//! The pages about commissions and payouts, as a browser without script uses them.

use flow::payout::PayoutState;

use crate::test_server::TestServer;

const COMMISSIONS: &str = "/brand/attribution/commissions";
const RULES: &str = "/brand/attribution/commissions/rules";
const PAYOUTS: &str = "/brand/attribution/payouts";

/// A signed-in member with a browser.
struct Browser<'a> {
    server: &'a TestServer,
    cookie: String,
}

impl<'a> Browser<'a> {
    async fn of(server: &'a TestServer) -> Self {
        Self { server, cookie: server.sign_in().await }
    }

    async fn get(&self, path: &str) -> (u16, String) {
        let request = self.server.http.get(format!("{}{path}", self.server.url)).header("cookie", &self.cookie);
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    async fn page(&self, path: &str) -> String {
        let (status, text) = self.get(path).await;
        assert_eq!(status, 200, "{path}: {text}");
        text
    }

    /// The status, where it leads, and the page.
    async fn post(&self, path: &str, form: &[(&str, &str)]) -> (u16, String, String) {
        let request = self.server.http.post(format!("{}{path}", self.server.url)).header("cookie", &self.cookie);
        let answer = request.header("origin", "http://localhost:4000").form(form).send().await.unwrap();
        let location = answer.headers().get("location").map(|value| value.to_str().unwrap().to_owned());
        (answer.status().as_u16(), location.unwrap_or_default(), answer.text().await.unwrap())
    }
}

async fn rules_are_made_by_names_and_said_in_words(server: TestServer) {
    let browser = Browser::of(&server).await;
    let creator = server.flow().creators().create(&server.merchant, "Ana <b>", "ana", "").await.unwrap();
    let page = browser.page(&format!("{RULES}?new=rule")).await;
    assert!(page.contains("nobody earns a commission") && page.contains("Ana &lt;b&gt; (@ana)"), "{page}");
    let (status, _, refused) = browser
        .post(RULES, &[("do", "create"), ("applies_to", "all"), ("percent", "150"), ("cap", "x"), ("to", "2026-01-01")])
        .await;
    assert_eq!(status, 422);
    for part in ["Maximum per order ", "End date must not be before the start date.", "value=\"150\"", "value=\"x\""] {
        assert!(refused.contains(part), "{part}: {refused}");
    }
    let (_, _, refused) = browser.post(RULES, &[("do", "create"), ("applies_to", "all"), ("percent", "150")]).await;
    assert!(refused.contains("Percentage of order: give either a percentage (0.01 to 100) or a fixed amount."));
    assert_eq!(server.flow().commissions().rules(&server.merchant).await.unwrap(), []);

    let of_creator = format!("creator:{}", creator.id);
    let forms: [&[(&str, &str)]; 3] = [
        &[("do", "create"), ("applies_to", "all"), ("percent", "12.5"), ("bonus", "5"), ("cap", "40")],
        &[("do", "create"), ("applies_to", of_creator.as_str()), ("fixed", "7.00")],
        &[("do", "create"), ("applies_to", "all"), ("tier", "gold"), ("percent", "20")],
    ];
    for form in forms {
        let (status, location, text) = browser.post(RULES, form).await;
        assert_eq!((status, location.as_str()), (303, "/brand/attribution/commissions/rules?done=created"), "{text}");
    }
    let page = browser.page(RULES).await;
    for part in [
        "12.5% of each order, plus $5.00 for a new customer, at most $40.00 per order",
        "$7.00 per order",
        "20% of each order",
        "Tier gold",
        "Ana &lt;b&gt;",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains(&format!(">{}<", creator.id)), "no raw ids");
    server.clock.advance(1);
    let rules = server.flow().commissions().rules(&server.merchant).await.unwrap();
    let (status, ..) = browser.post(RULES, &[("do", "end"), ("id", rules[0].id.as_str())]).await;
    assert_eq!(status, 303);
    assert!(server.flow().commissions().rules(&server.merchant).await.unwrap()[0].ends_at.is_some());
    assert_eq!(browser.post(RULES, &[("do", "end"), ("id", "nonsense")]).await.0, 404);
    server.stop().await;
}

async fn tiers_are_edited_one_by_one(server: TestServer) {
    let browser = Browser::of(&server).await;
    let tiers = async || {
        let stored = server.flow().tiers().rules(&server.merchant).await.unwrap();
        let rules = stored.map(|stored| stored.rules).unwrap_or_default();
        rules.into_iter().map(|rule| (rule.tier, rule.min_orders, rule.window_days)).collect::<Vec<_>>()
    };
    let add = |tier: &'static str, orders: &'static str, days: &'static str| {
        vec![
            ("do", "tier-save"),
            ("place", ""),
            ("was", ""),
            ("tier", tier),
            ("orders", orders),
            ("revenue", ""),
            ("days", days),
        ]
    };
    let (status, _, refused) = browser.post(RULES, &add("gold", "ten", "0")).await;
    assert_eq!(status, 422);
    assert!(refused.contains("Orders must be a whole number.") && refused.contains("value=\"ten\""), "{refused}");
    let (status, _, refused) = browser.post(RULES, &add("gold", "10", "0")).await;
    assert!(status == 422 && refused.contains("Days must be 1 to 730."), "{refused}");
    assert_eq!(browser.post(RULES, &add("gold", "10", "30")).await.0, 303);
    assert_eq!(browser.post(RULES, &add("silver", "2", "90")).await.0, 303);
    let page = browser.page(RULES).await;
    assert!(page.contains("for at least 10 orders in the last 30 days"), "{page}");
    assert_eq!(browser.post(RULES, &[("do", "tier-up"), ("place", "1"), ("was", "silver")]).await.0, 303);
    assert_eq!(tiers().await, [("silver".to_owned(), Some(2), 90), ("gold".to_owned(), Some(10), 30)]);
    let edit =
        [("do", "tier-save"), ("place", "1"), ("was", "gold"), ("tier", "gold"), ("orders", "12"), ("days", "30")];
    assert_eq!(browser.post(RULES, &edit).await.0, 303);
    assert_eq!(browser.post(RULES, &[("do", "tier-remove"), ("place", "0"), ("was", "gold")]).await.0, 409, "moved");
    assert_eq!(browser.post(RULES, &[("do", "tier-remove"), ("place", "0"), ("was", "silver")]).await.0, 303);
    assert_eq!(tiers().await, [("gold".to_owned(), Some(12), 30)]);
    server.stop().await;
}

async fn a_payout_is_paid_only_when_marked_so(server: TestServer) {
    let browser = Browser::of(&server).await;
    let create = async |name: &str| server.flow().creators().create(&server.merchant, name, name, "").await.unwrap();
    let (ana, ben) = (create("Ana").await, create("Ben").await);
    let form = browser.page(&format!("{COMMISSIONS}?new=adjustment")).await;
    let key = form.split("name=\"key\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    let adjust = |creator: &str, amount: &str, key: &str| {
        [("do", "adjust"), ("key", key), ("creator", creator), ("amount", amount), ("reason", "A bonus")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    let post = async |form: &[(String, String)]| {
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        browser.post(COMMISSIONS, &form).await
    };
    let (status, _, refused) = post(&adjust("", "ten", &key)).await;
    assert!(
        status == 422 && refused.contains("Creator must be chosen.") && refused.contains("value=\"ten\""),
        "{refused}"
    );
    for _ in 0..2 {
        assert_eq!(post(&adjust(ana.id.as_str(), "25.00", &key)).await.0, 303, "the second time changes nothing");
    }
    assert_eq!(post(&adjust(ben.id.as_str(), "10.00", "another")).await.0, 303);
    server.flow().payouts().set_address(&server.merchant, &ana.id, "ana@example.com").await.unwrap();

    let page = browser.page(PAYOUTS).await;
    assert!(page.contains("$35.00") && page.contains("No payout details for 1 creator: the files"), "{page}");
    let (status, location, _) = browser.post(PAYOUTS, &[("do", "create"), ("currency", "EUR")]).await;
    assert_eq!((status, location.as_str()), (422, ""), "nothing is due in euros");
    let (status, location, _) = browser.post(PAYOUTS, &[("do", "create"), ("currency", "USD")]).await;
    assert_eq!(status, 303);
    let batch = location.split('?').next().unwrap().to_owned();
    let page = browser.page(&batch).await;
    assert!(
        page.contains("Open: not paid yet") && page.contains("No PayPal file: 1 creator without a PayPal address"),
        "{page}"
    );
    // What it is made of, and where the money goes.
    assert!(page.contains("Pay to") && page.contains("ana@example.com") && page.contains("A bonus"), "{page}");
    assert!(page.contains("changed today by your team"), "{page}");
    let file = browser.page(&format!("{batch}?lines-format=csv")).await;
    let is_line = |end: &str| file.lines().skip(1).any(|line| line.ends_with(end));
    assert!(is_line(",25.00,USD,A bonus") && is_line(",10.00,USD,A bonus") && file.lines().count() == 3, "{file}");
    let ledger = browser.page(COMMISSIONS).await;
    assert!(ledger.contains("In payout of 15 Jan") && !ledger.contains(">Paid in payout"), "{ledger}");
    // The files. PayPal's would pay only some.
    let (status, file) = browser.get(&format!("{batch}?file=csv")).await;
    let header = "payout_id,creator_id,name,handle,amount,currency,method,holder,account,routing,email,note";
    assert!(status == 200 && file.starts_with(header), "{file}");
    assert!(file.contains(",25.00,USD,paypal,,,,ana@example.com,") && file.contains(",10.00,USD,,,,,,"), "{file}");
    assert_eq!(browser.get(&format!("{batch}?file=paypal")).await.0, 422);
    server.flow().payouts().set_address(&server.merchant, &ben.id, "ben@example.com").await.unwrap();
    let (status, file) = browser.get(&format!("{batch}?file=paypal")).await;
    assert!(status == 200 && file.contains("ana@example.com,25.00,USD"), "{file}");

    let long = "x".repeat(256);
    let (status, _, refused) = browser.post(&batch, &[("do", "paid"), ("reference", long.as_str())]).await;
    assert!(status == 422 && refused.contains("Reference must be"), "{refused}");
    let (status, location, _) = browser.post(&batch, &[("do", "paid"), ("reference", "Bank 42")]).await;
    assert_eq!((status, location), (303, format!("{batch}?done=paid")));
    assert_eq!(browser.post(&batch, &[("do", "cancel")]).await.0, 422, "already closed");
    let page = browser.page(&batch).await;
    assert!(page.contains("Marked as paid ") && page.contains("by a team member · reference Bank 42"), "{page}");
    assert!(browser.page(COMMISSIONS).await.contains("Paid in payout of 15 Jan"));
    let payout = &server.flow().payouts().list(&server.merchant).await.unwrap()[0];
    assert_eq!((payout.state, payout.closed_by.as_deref()), (PayoutState::Paid, Some("member")));
    // The amounts of a cancelled one are in another by now: its files would pay twice.
    assert_eq!(post(&adjust(ana.id.as_str(), "5.00", "third")).await.0, 303);
    let (_, location, _) = browser.post(PAYOUTS, &[("do", "create"), ("currency", "USD")]).await;
    let cancelled = location.split('?').next().unwrap().to_owned();
    assert!(browser.page(&cancelled).await.contains("file=csv"));
    assert_eq!(browser.post(&cancelled, &[("do", "cancel")]).await.0, 303);
    assert!(!browser.page(&cancelled).await.contains("file="));
    for file in ["csv", "paypal"] {
        assert_eq!(browser.get(&format!("{cancelled}?file={file}")).await.0, 422, "{file}");
    }
    for path in ["/brand/attribution/payouts/nonsense", "/brand/attribution/payouts/pay_00000000000000000000000000"] {
        assert_eq!(browser.get(path).await.0, 404, "{path}");
    }
    server.stop().await;
}

async fn a_long_ledger_is_paged_and_its_file_has_all(server: TestServer) {
    let browser = Browser::of(&server).await;
    let ana = server.flow().creators().create(&server.merchant, "Ana", "ana", "").await.unwrap();
    for nth in 1..=60 {
        server.clock.advance(1);
        let (amount, key) = (format!("{nth}.00"), format!("key {nth}"));
        assert!(
            server.flow().commissions().adjust(&server.merchant, &ana.id, &amount, "", "=1+1", &key).await.unwrap()
        );
    }
    let rows = |page: &str| page.matches("<th scope=\"row\">").count();
    let link = |page: &str, label: &str| {
        let (before, _) = page.split_once(&format!(">{label}<"))?;
        let href = before.rsplit("href=\"").next()?.split('"').next()?;
        Some(href.replace("&amp;", "&"))
    };
    let first = browser.page(COMMISSIONS).await;
    assert!(rows(&first) == 25 && first.contains("$60.00") && link(&first, "← Previous").is_none(), "{first}");
    let second = browser.page(&link(&first, "Next →").unwrap()).await;
    assert!(rows(&second) == 25 && second.contains("$35.00"), "{second}");
    let third = browser.page(&link(&second, "Next →").unwrap()).await;
    assert!(rows(&third) == 10 && third.contains("$1.00") && link(&third, "Next →").is_none(), "{third}");
    let back = browser.page(&link(&third, "← Previous").unwrap()).await;
    assert!(rows(&back) == 25 && back.contains("$35.00"), "{back}");
    let filtered = browser.page(&format!("{COMMISSIONS}?creator={}&state=paid", ana.id)).await;
    assert!(filtered.contains("No line of the ledger matches."), "{filtered}");
    let file = browser.page(&format!("{COMMISSIONS}?format=csv")).await;
    assert_eq!(file.lines().count(), 61, "{file}");
    assert!(file.lines().skip(1).all(|line| !line.contains(",=1+1")), "no cell is a formula: {file}");
    server.stop().await;
}

on_both_engines!(rules_are_made_by_names_and_said_in_words tiers_are_edited_one_by_one a_payout_is_paid_only_when_marked_so a_long_ledger_is_paged_and_its_file_has_all);
