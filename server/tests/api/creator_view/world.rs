//! Worlds and what happens in them. A world is a brand; both worlds of a pair live on one server and have one clock.

use domain::{
    CreatorId, Currency, Money, UnixMs,
    link::Link,
    shop::ShopDomain,
    time::{DAY_MS, Day, Zone},
};
use flow::{access::Merchant, commission::NewRule, link::NewLink, policy::NewPolicy, setup::NewBrand};
use serde_json::{Value, json};

use crate::test_server::{NOW, SECRET, TestServer, operator, order};

/// The currencies in which orders are placed.
pub(super) const CURRENCIES: [&str; 3] = ["USD", "EUR", "JPY"];
/// The creator's shared links, the creator's other links, and those of someone else, shared and not.
const LINKS: [(&str, bool, bool); 6] = [
    ("S1", true, true),
    ("S2", true, true),
    ("U1", true, false),
    ("U2", true, false),
    ("B1", false, true),
    ("B2", false, false),
];
/// The discount codes of an order, if its credit goes to one of them only.
const SINGLE: [&[&str]; 8] = [&["S1"], &["S2"], &["U1"], &["U2"], &["B1"], &["U1", "U2"], &["S1", "S2"], &["U1", "B2"]];
/// More of them, if all share the credit.
const SPLIT: [&[&str]; 6] =
    [&["S1", "U1"], &["S2", "U2"], &["S1", "B1"], &["U1", "B1"], &["S1", "B2"], &["S1", "S2", "U1"]];

/// A sequence of numbers that depends on its seed only (`SplitMix64`).
#[derive(Clone)]
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: i64) -> i64 {
        i64::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.next()).unwrap_or(usize::MAX) % all.len()]
    }

    fn one_in(&mut self, n: i64) -> bool {
        self.below(n) == 0
    }
}

/// What an order is worth in one world.
#[derive(Clone, Debug)]
struct Worth {
    currency: Currency,
    goods_minor: i64,
    shipping_minor: i64,
    /// Hundredths of the goods that the first of two lines has.
    first_line: i64,
    is_by_line: bool,
    /// Percent refunded.
    refund: Option<i64>,
    /// The goods after an edit.
    edited_minor: Option<i64>,
}

impl Worth {
    fn draw(draw: &mut Draw) -> Self {
        let goods_minor = 200 + draw.below(100_000);
        Self {
            currency: Currency::parse(draw.of(&CURRENCIES)).unwrap(),
            goods_minor,
            shipping_minor: draw.below(900),
            first_line: draw.below(100),
            is_by_line: draw.one_in(2),
            refund: draw.one_in(3).then(|| 1 + draw.below(90)),
            edited_minor: draw.one_in(4).then(|| 200 + draw.below(goods_minor)),
        }
    }

    fn text(&self, minor: i64) -> String {
        Money { minor, currency: self.currency }.to_decimal()
    }
}

/// An order of a plan.
#[derive(Clone, Debug)]
pub(super) struct PlannedOrder {
    id: u64,
    codes: &'static [&'static str],
    /// Whether it credits a link of the creator that does not share revenue.
    pub is_hidden: bool,
    worth: [Worth; 2],
    is_cancelled: bool,
    /// The link that a person at the brand assigns it to.
    assigned: Option<&'static str>,
}

/// What happens in both worlds of a pair.
pub(super) struct Plan {
    pub seed: u64,
    pub orders: Vec<PlannedOrder>,
    pub closes_period: bool,
    model: &'static str,
    hold_days: u32,
    needs_approval: bool,
    revenue_steps_minor: Vec<i64>,
    /// The rate of the unshared links in each world: percent, and a fixed amount instead if the percentage is zero.
    private_rate: [i64; 2],
    clicks: [usize; 6],
}

impl Plan {
    pub(super) fn draw(seed: u64) -> Self {
        let mut draw = Draw(seed.wrapping_mul(0x5851_f42d_4c95_7f2d));
        let is_split = draw.one_in(2);
        let model = if is_split {
            draw.of(&["linear", "position_based", "time_decay"])
        } else {
            draw.of(&["last_touch", "first_touch"])
        };
        let closes_period = draw.one_in(3);
        let orders = (0..4 + draw.next() % 5).map(|n| {
            let codes = if is_split && draw.one_in(2) { draw.of(&SPLIT) } else { draw.of(&SINGLE) };
            let is_hidden = codes.iter().any(|code| code.starts_with('U'));
            let worth = Worth::draw(&mut draw);
            let other = if is_hidden { Worth::draw(&mut draw) } else { worth.clone() };
            // Assigned to a shared link, an order would rightly become visible.
            let assigned = (!closes_period && draw.one_in(6)).then(|| draw.of(&["U2", "B1", "B2"]));
            let is_cancelled = draw.one_in(8);
            PlannedOrder { id: 1001 + n, codes, is_hidden, worth: [worth, other], is_cancelled, assigned }
        });
        let orders = orders.collect();
        Self {
            seed,
            orders,
            closes_period,
            model,
            hold_days: draw.of(&[0, 30]),
            needs_approval: draw.one_in(3),
            revenue_steps_minor: vec![1_000, 20_000, 50_000, 100_000],
            private_rate: [draw.below(40), draw.below(40)],
            clicks: core::array::from_fn(|_| draw.of(&[0, 0, 1, 2])),
        }
    }
}

/// A brand with its creator, links and orders.
pub(super) struct World {
    pub merchant: Merchant,
    pub creator: CreatorId,
    /// The links in the order of [`LINKS`].
    pub links: Vec<Link>,
    shop: String,
    /// When its first order is placed, less a second; the same in both worlds of a pair.
    pub begins_at: UnixMs,
}

impl World {
    /// The two worlds of a plan. They are founded one after the other, and begin at the same time.
    pub(super) async fn pair(server: &TestServer, plan: &Plan) -> [Self; 2] {
        let mut pair = [Self::found(server, plan, 0).await, Self::found(server, plan, 1).await];
        server.clock.advance(1000);
        for world in &mut pair {
            world.begins_at = server.clock_now();
        }
        pair
    }

    async fn found(server: &TestServer, plan: &Plan, side: usize) -> Self {
        let flow = server.flow();
        let shop = format!("world-{}-{side}.myshopify.com", plan.seed);
        let new = NewBrand { name: "Vector".into(), shop: ShopDomain::parse(&shop), ..NewBrand::default() };
        let brand = flow.setup().create_brand(operator(), &new).await.unwrap().id;
        // Settings are changed one after the other, each on the brand as it is then.
        let merchant = async || flow.access().merchant_by_operator(operator(), &brand).await.unwrap();
        let policy = NewPolicy {
            model: plan.model.into(),
            precedence: ["manual", "promo", "visit", "survey"].map(str::to_owned).into(),
            lookback_days: 30,
            from: String::new(),
        };
        flow.policies().save(&merchant().await, &policy).await.unwrap();
        let (hold, approval, steps) = (plan.hold_days, plan.needs_approval, plan.revenue_steps_minor.clone());
        flow.policies().save_settings(&merchant().await, hold, approval, false, steps).await.unwrap();
        let merchant = merchant().await;
        let ana = flow.creators().create(&merchant, "Ana", "ana", "").await.unwrap().id;
        let bo = flow.creators().create(&merchant, "Bo", "bo", "").await.unwrap().id;
        let private = flow.campaigns().create(&merchant, "private").await.unwrap().id;
        let mut links = Vec::new();
        for (code, is_own, share_revenue) in LINKS {
            // The page lists links by time of creation.
            server.clock.advance(1);
            let new = NewLink {
                destination: format!("https://shop.example/{code}"),
                promo_code: code.into(),
                creator: if is_own { &ana } else { &bo }.to_string(),
                campaign: if is_own && !share_revenue { private.to_string() } else { String::new() },
                share_revenue,
                ..NewLink::default()
            };
            links.push(flow.links().create(&merchant, &new).await.unwrap());
        }
        let commissions = flow.commissions();
        commissions.create_rule(&merchant, &NewRule { percent: "10".into(), ..NewRule::default() }).await.unwrap();
        let rate = plan.private_rate[side];
        let rule = NewRule {
            scope: "campaign".into(),
            of: private.to_string(),
            percent: if rate > 0 { rate.to_string() } else { String::new() },
            fixed: if rate > 0 { String::new() } else { "7.77".into() },
            ..NewRule::default()
        };
        commissions.create_rule(&merchant, &rule).await.unwrap();
        let world = Self { merchant, creator: ana, links, shop, begins_at: server.clock_now() };
        world.click(server, plan).await;
        world
    }

    /// Clicks the links, and waits until the clicks are stored.
    async fn click(&self, server: &TestServer, plan: &Plan) {
        for (link, clicks) in self.links.iter().zip(plan.clicks) {
            for _ in 0..clicks {
                server.click(link.code.as_str()).await;
            }
        }
        let expected = i64::try_from(plan.clicks.iter().sum::<usize>()).unwrap();
        let period = domain::time::Period::last(2, Zone::UTC.day_of(server.clock_now()));
        for _ in 0..500 {
            let overview = server.flow().reports().overview(&self.merchant, period).await.unwrap();
            if overview.total.clicks.clicks == expected {
                return;
            }
            tokio::time::sleep(core::time::Duration::from_millis(10)).await;
        }
        panic!("clicks are not stored");
    }

    async fn deliver(&self, server: &TestServer, topic: &str, id: &str, body: &str) {
        let request = server
            .http
            .post(format!("{}/api/webhooks/shopify", server.url))
            .header("x-shopify-topic", topic)
            .header("x-shopify-shop-domain", &self.shop)
            .header("x-shopify-webhook-id", id)
            .header("x-shopify-hmac-sha256", shopify::signature::sign_body(SECRET, body.as_bytes()))
            .body(body.to_owned());
        assert_eq!(request.send().await.unwrap().status(), 200);
    }

    fn body(
        &self,
        server: &TestServer,
        planned: &PlannedOrder,
        side: usize,
        goods_minor: i64,
        extra: &Value,
    ) -> String {
        let worth = &planned.worth[side];
        let first = goods_minor * worth.first_line / 100;
        let line = |id: u64, minor| json!({ "id": id, "product_id": id + 10, "quantity": 1, "price": worth.text(minor), "total_discount": "0" });
        let codes: Vec<Value> = planned.codes.iter().map(|code| json!({ "code": code })).collect();
        // An order keeps the time at which it was placed: some seconds after its world begins.
        let seconds = i64::try_from(planned.id - 1000).unwrap();
        let mut fields = json!({
            "created_at": Zone::UTC.to_rfc3339(self.begins_at.plus_ms(seconds * 1000)),
            "updated_at": Zone::UTC.to_rfc3339(server.clock_now()),
            "currency": worth.currency.code(),
            "subtotal_price": worth.text(goods_minor),
            "discount_codes": codes,
            "line_items": [line(1, first), line(2, goods_minor - first)],
        });
        for (name, value) in extra.as_object().unwrap() {
            fields[name] = value.clone();
        }
        order(planned.id, &worth.text(goods_minor + worth.shipping_minor), &fields)
    }

    pub(super) async fn sell(&self, server: &TestServer, planned: &PlannedOrder, side: usize) {
        let body = self.body(server, planned, side, planned.worth[side].goods_minor, &json!({}));
        self.deliver(server, "orders/create", &format!("sold {}", planned.id), &body).await;
    }

    /// Refunds, edits, cancellations and assignments.
    pub(super) async fn change_orders(&self, server: &TestServer, plan: &Plan, side: usize) {
        for planned in &plan.orders {
            let worth = &planned.worth[side];
            if let Some(minor) = worth.edited_minor {
                let body = self.body(server, planned, side, minor, &json!({}));
                self.deliver(server, "orders/updated", &format!("edited {}", planned.id), &body).await;
            }
            if let Some(percent) = worth.refund {
                self.refund(server, planned, side, 0, percent).await;
            }
            if planned.is_cancelled {
                let at = Zone::UTC.to_rfc3339(server.clock_now());
                let extra = json!({ "cancelled_at": at });
                let body = self.body(server, planned, side, worth.goods_minor, &extra);
                self.deliver(server, "orders/cancelled", &format!("cancelled {}", planned.id), &body).await;
            }
        }
        server.settle().await;
        for planned in &plan.orders {
            if let Some(code) = planned.assigned {
                self.assign(server, planned, code).await;
            }
        }
    }

    /// Refunds a part of an order; `nth` names the refund.
    pub(super) async fn refund(
        &self,
        server: &TestServer,
        planned: &PlannedOrder,
        side: usize,
        nth: u64,
        percent: i64,
    ) {
        let worth = &planned.worth[side];
        let minor = (worth.goods_minor.min(worth.edited_minor.unwrap_or(i64::MAX)) * percent / 100).max(1);
        let id = planned.id * 100 + nth;
        let lines = if worth.is_by_line {
            json!([{ "line_item_id": 2, "quantity": 1, "subtotal": worth.text(minor), "total_tax": "0" }])
        } else {
            json!([])
        };
        let body = json!({
            "id": id, "order_id": planned.id, "created_at": Zone::UTC.to_rfc3339(server.clock_now()),
            "refund_line_items": lines,
            "transactions": [{ "kind": "refund", "status": "success", "amount": worth.text(minor),
                               "currency": worth.currency.code() }],
        });
        self.deliver(server, "refunds/create", &format!("refund {id}"), &body.to_string()).await;
    }

    async fn assign(&self, server: &TestServer, planned: &PlannedOrder, code: &str) {
        let record = server.store.order_by_external_id(&self.merchant.brand().id, &planned.id.to_string()).await;
        let order = record.unwrap().unwrap().order.id;
        let index = LINKS.iter().position(|(name, ..)| *name == code).unwrap();
        let surveys = server.flow().surveys();
        surveys.assign_credit(&self.merchant, &order, &self.links[index].id, "we know").await.unwrap();
    }

    pub(super) async fn close_yesterday(&self, server: &TestServer) {
        let flow = server.flow();
        let merchant = flow.access().merchant_by_operator(operator(), &self.merchant.brand().id).await.unwrap();
        let today = Zone::UTC.day_of(server.clock_now());
        flow.policies().close_period(&merchant, Day(today.0 - 1)).await.unwrap();
    }

    /// The period from the world's beginning to now, as the creator's page takes it.
    pub(super) fn all_days(&self, server: &TestServer) -> (String, String) {
        let day = |at| Zone::UTC.day_of(at).to_string();
        (day(self.begins_at.max(NOW).plus_ms(-DAY_MS)), day(server.clock_now()))
    }
}
