//! Sample data: it holds what it says, follows from its facts, goes only where nothing is mixed with it, and leaves nothing.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use domain::{
    BrandId, Currency, UnixMs,
    api_key::KeyKind,
    evidence::Refusal,
    shop::ShopDomain,
    time::{Day, Period},
};
use flow::{Flow, FlowError, access::Merchant, import::Reading, payout::PayoutState, setup::NewBrand};
use server::sample::{self, Place};
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};
use store::{
    Store,
    commissions::Approval,
    orders::OrderRecord,
    rollups::{PayableTotal, Rollup},
    surveys::AnswerState,
};

use crate::test_server::{
    CountingRandom, Engine, ManualClock, NOW, SHOP, config, connect_to_all_brands, flow_on, newest, operator, start,
};

/// What all orders amount to before refunds, edits and cancellations, in cents. It depends on nothing but the story.
const TOTAL_MINOR: i64 = 2_269_405;

/// A database with a brand, and no server.
struct World {
    database: String,
    flow: Flow,
    store: Arc<dyn Store>,
    brand: BrandId,
    /// Where the next "random" bytes begin.
    seed: AtomicU64,
}

impl World {
    /// Imports creators, as a member of the brand may do beside the sample data.
    async fn import(&self, csv: &str) {
        let (merchant, imports) = (self.merchant().await, self.flow.imports());
        let file = imports.read(&merchant, csv.as_bytes().to_vec(), Reading::default()).await.unwrap();
        imports.start(&merchant, file).await.unwrap();
    }

    async fn new(engine: Engine) -> Self {
        let database = engine.fresh_database().await;
        let (flow, store) = flow_on(&database, &[], 1 << 40).await;
        let new = NewBrand { name: "Vector".into(), zone: "America/New_York".into(), ..NewBrand::default() };
        let brand = flow.setup().create_brand(operator(), &new).await.unwrap().id;
        Self { database, flow, store, brand, seed: AtomicU64::new(1 << 42) }
    }

    async fn fill(&self) -> Result<bool, server::serve::Failure> {
        let place = Place {
            store: self.store.clone(),
            clock: Arc::new(ManualClock::at(NOW)),
            random: Arc::new(CountingRandom::from(self.seed.fetch_add(1 << 32, Ordering::SeqCst))),
            brand: self.brand.clone(),
            storefront: "https://shop.example".into(),
        };
        Ok(sample::fill(&config(&self.database, &[]), operator(), place).await?.is_some())
    }

    async fn merchant(&self) -> Merchant {
        self.flow.access().merchant_by_operator(operator(), &self.brand).await.unwrap()
    }

    async fn orders(&self) -> Vec<OrderRecord> {
        let all = (UnixMs(i64::MAX), "");
        self.store.orders(&self.brand, all, 1_000).await.unwrap()
    }

    /// The tables in which the brand has rows, with their number.
    async fn rows(&self) -> BTreeMap<String, i64> {
        let mut rows = BTreeMap::new();
        for (table, column) in self.tables_of_brands().await {
            let of = if column == "brand_id" {
                format!("'{}'", self.brand)
            } else {
                "(select max(number) from brands)".into()
            };
            let count = self.one(&format!("select count(*) from {table} where {column} = {of}")).await;
            if count > 0 {
                rows.insert(table, count);
            }
        }
        rows
    }

    async fn tables_of_brands(&self) -> Vec<(String, String)> {
        let columns = if self.database.starts_with("sqlite://") {
            "select m.name || '.' || c.name from sqlite_schema m join pragma_table_info(m.name) c
             where m.type = 'table' and c.name in ('brand_id', 'brand_number')"
        } else {
            "select table_name || '.' || column_name from information_schema.columns
             where table_schema = 'public' and column_name in ('brand_id', 'brand_number')"
        };
        let columns: Vec<String> = if self.database.starts_with("sqlite://") {
            let mut connection = SqliteConnection::connect(&self.database).await.unwrap();
            sqlx::query_scalar(columns).fetch_all(&mut connection).await.unwrap()
        } else {
            let mut connection = connect_to_all_brands(&self.database).await;
            sqlx::query_scalar(columns).fetch_all(&mut connection).await.unwrap()
        };
        let pair = |text: &String| text.split_once('.').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        columns.iter().map(pair).collect()
    }

    async fn one(&self, query: &str) -> i64 {
        let query = AssertSqlSafe(query.to_owned());
        if self.database.starts_with("sqlite://") {
            let mut connection = SqliteConnection::connect(&self.database).await.unwrap();
            sqlx::query_scalar(query).fetch_one(&mut connection).await.unwrap()
        } else {
            let mut connection = connect_to_all_brands(&self.database).await;
            sqlx::query_scalar(query).fetch_one(&mut connection).await.unwrap()
        }
    }
}

fn whole_period() -> Period {
    let today = domain::time::Zone::UTC.day_of(NOW);
    Period::between(Day(today.0 - 100), Day(today.0 + 1))
}

/// Why nothing was credited, or `None` if something was.
fn why_uncredited(record: &OrderRecord) -> Option<BTreeSet<String>> {
    let attribution = record.attribution.as_ref().unwrap();
    if !attribution.credits.is_empty() {
        return None;
    }
    if record.order.is_test {
        return Some(["test order".to_owned()].into());
    }
    let reasons: BTreeSet<String> =
        attribution.evidence.iter().filter_map(|piece| piece.refused).map(|refusal| format!("{refusal:?}")).collect();
    Some(match (reasons.is_empty(), record.visitors.is_empty()) {
        (false, _) => reasons,
        (true, true) => ["no visitor".to_owned()].into(),
        (true, false) => ["nothing found".to_owned()].into(),
    })
}

async fn the_sample_holds_what_it_says(engine: Engine) {
    let world = World::new(engine).await;
    let rollup = Rollup {
        rolled_at: NOW,
        from_day: Day(0),
        ledger_id: String::new(),
        payable: PayableTotal::default(),
        next_payable_at: None,
    };
    world.store.put_rollup(&world.brand, &rollup, Day(0), &[], &[]).await.unwrap();
    assert!(world.fill().await.unwrap());
    assert_eq!(world.store.rollup(&world.brand).await.unwrap(), None, "all days are computed, not only the latest");
    let merchant = world.merchant().await;
    assert!(merchant.brand().settings.sample.unwrap().is_complete);
    assert!(!world.fill().await.unwrap(), "a second time finds it there");

    let (flow, brand) = (&world.flow, &world.brand);
    assert_eq!(flow.creators().list(&merchant).await.unwrap().len(), sample::CREATORS);
    assert_eq!(flow.campaigns().list(&merchant).await.unwrap().len(), sample::CAMPAIGNS);
    let links = flow.links().list(&merchant).await.unwrap();
    assert_eq!(links.len(), sample::LINKS);
    assert_eq!(links.iter().filter(|link| link.deleted_at.is_some()).count(), 1);
    let overview = flow.reports().overview(&merchant, whole_period()).await.unwrap();
    assert_eq!(overview.total.clicks.clicks, i64::try_from(sample::CLICKS).unwrap());
    assert!(overview.total.clicks.bot_clicks > 100, "{}", overview.total.clicks.bot_clicks);

    let orders = world.orders().await;
    assert_eq!(orders.len(), sample::ORDERS);
    assert_eq!(sample::ORDERS, 300);
    let customers: BTreeSet<_> = orders.iter().map(|record| record.order.customer_hash.clone().unwrap()).collect();
    assert_eq!(customers.len(), sample::ORDERS - 1, "one creator buys twice");
    let names: BTreeSet<&str> = orders.iter().map(|record| record.order.name.as_str()).collect();
    assert!(names.contains("#1001") && names.contains("#1300"));

    // Payouts, reviews, and what waits for a person.
    let payouts = flow.payouts().list(&merchant).await.unwrap();
    for state in [PayoutState::Open, PayoutState::Paid] {
        let one: Vec<_> = payouts.iter().filter(|payout| payout.state == state).collect();
        assert_eq!(one.len(), 1, "{state:?}");
        assert!(one[0].items.len() > 3 && one[0].items.iter().all(|(_, minor)| *minor > 0), "{:?}", one[0]);
    }
    assert!(!flow.commissions().waiting(&merchant).await.unwrap().is_empty());
    let open = world.store.answers(brand, AnswerState::Open, &newest(domain::AnswerId::PREFIX)).await.unwrap();
    let matched = world.store.answers(brand, AnswerState::Matched, &newest(domain::AnswerId::PREFIX)).await.unwrap();
    assert!(open.len() >= 5 && matched.len() >= 8, "{} open, {} matched", open.len(), matched.len());
    assert!(flow.models().latest_run(&merchant).await.unwrap().is_some());
    let health = flow.setup().health(&merchant).await.unwrap();
    assert_eq!(health.pixel.last_seen.len(), 4, "the pixel is live: {:?}", health.pixel.last_seen);
}

async fn its_sums_are_exact(engine: Engine) {
    let world = World::new(engine).await;
    world.fill().await.unwrap();
    let merchant = world.merchant().await;
    let orders = world.orders().await;
    let total: i64 = orders.iter().filter(|record| !record.order.is_test).map(|record| record.order.total_minor).sum();
    assert_eq!(total, TOTAL_MINOR);
    let (mut net, mut credited) = (0, 0);
    for record in orders.iter().filter(|record| !record.order.is_test) {
        let attribution = record.attribution.as_ref().unwrap();
        let sum: i64 = attribution.credits.iter().map(|credit| credit.amount_minor).sum();
        assert_eq!(attribution.net_minor, record.order.net_minor(), "{}", record.order.name);
        assert!(attribution.credits.is_empty() || sum == attribution.net_minor, "{}", record.order.name);
        net += attribution.net_minor;
        credited += sum;
    }
    assert!(credited > net / 2 && credited < net, "{credited} of {net}");
    let overview = world.flow.reports().overview(&merchant, whole_period()).await.unwrap();
    let usd = |sales: &domain::report::Sales| sales.revenue.get(&Currency::USD).copied().unwrap_or(0);
    assert_eq!(usd(&overview.orders), net);
    assert_eq!(usd(&overview.total.sales), credited);
    let by_creator: i64 = overview.creators.iter().map(|(_, figures)| usd(&figures.sales)).sum();
    assert_eq!(by_creator, credited);
    // There are refunds of a part, refunds of all, edits in both directions, and cancellations.
    let refunded = |is_whole: bool| {
        let is = |record: &&OrderRecord| record.order.refunded_minor > 0 && (record.order.net_minor() == 0) == is_whole;
        orders.iter().filter(is).count()
    };
    assert!(refunded(false) >= 5 && refunded(true) >= 5, "{} and {}", refunded(false), refunded(true));
    assert!(orders.iter().any(|record| record.order.cancelled_at.is_some()));
    let journeys = orders.iter().filter_map(|record| record.attribution.as_ref());
    assert!(journeys.filter(|attribution| attribution.journey.len() > 1).count() > 30, "several touchpoints");
    // The ledger's payouts are those of the batches, open or paid.
    let of_ledger = -world.one("select cast(sum(amount_minor) as bigint) from ledger where kind = 'payout'").await;
    let payouts = world.flow.payouts().list(&merchant).await.unwrap();
    let of_batches: i64 = payouts.iter().flat_map(|payout| &payout.items).map(|(_, minor)| *minor).sum();
    assert_eq!(of_ledger, of_batches);
    assert!(of_batches > 0);
}

async fn it_has_an_uncredited_order_of_each_kind(engine: Engine) {
    /// The reasons why an order can stay unassigned. Add a new reason to the sample.
    fn is_a_kind_of_its_own(refusal: Refusal) -> bool {
        match refusal {
            Refusal::OutsideWindow
            | Refusal::AfterOrder
            | Refusal::Bot
            | Refusal::SelfReferral
            | Refusal::SelfReferralPayout
            | Refusal::SelfReferralCustomer
            | Refusal::SelfReferralVisitor
            | Refusal::UnknownCode
            | Refusal::LinkDeleted
            | Refusal::Disputed => true,
            // Of decisions from before creators had links without an address; and only beside evidence that counts.
            Refusal::NoLink | Refusal::NotProven => false,
        }
    }
    let world = World::new(engine).await;
    world.fill().await.unwrap();
    let orders = world.orders().await;
    let reasons: BTreeSet<String> = orders.iter().filter_map(why_uncredited).flatten().collect();
    let all = [
        Refusal::OutsideWindow,
        Refusal::AfterOrder,
        Refusal::Bot,
        Refusal::SelfReferral,
        Refusal::SelfReferralPayout,
        Refusal::SelfReferralCustomer,
        Refusal::SelfReferralVisitor,
        Refusal::UnknownCode,
        Refusal::NoLink,
        Refusal::LinkDeleted,
        Refusal::Disputed,
        Refusal::NotProven,
    ];
    let kinds = all.into_iter().filter(|refusal| is_a_kind_of_its_own(*refusal)).map(|refusal| format!("{refusal:?}"));
    let expected: BTreeSet<String> =
        kinds.chain(["no visitor", "nothing found", "test order"].map(str::to_owned)).collect();
    assert_eq!(reasons, expected);
    let is_beside = |record: &OrderRecord| {
        let attribution = record.attribution.as_ref().unwrap();
        !attribution.credits.is_empty()
            && attribution.evidence.iter().any(|piece| piece.refused == Some(Refusal::NotProven))
    };
    assert_eq!(orders.iter().filter(|record| is_beside(record)).count(), 1);
    let unproven = orders.iter().filter(|record| record.attribution.as_ref().unwrap().rests_on_unproven());
    assert_eq!(unproven.count(), 1, "what one browser reported waits for a person");
}

async fn clearing_leaves_an_empty_brand(engine: Engine) {
    let world = World::new(engine).await;
    let empty = world.rows().await;
    world.fill().await.unwrap();
    world.import("name,email\nGrace Example,grace@example.com\n").await;
    let rows = world.rows().await;
    assert!(rows.len() > 25 && rows["imports"] == 1 && rows["import_rows"] == 1, "{rows:?}");
    world.flow.samples().clear(&world.merchant().await).await.unwrap();
    let kept = ["api_keys", "audit_log", "numbers", "outbound_sequences"];
    let mut left = world.rows().await;
    left.retain(|table, count| !kept.contains(&table.as_str()) && empty.get(table) != Some(count));
    assert_eq!(left, BTreeMap::new());
    assert_eq!(world.merchant().await.brand().settings.sample, None);
    assert!(matches!(world.flow.samples().clear(&world.merchant().await).await, Err(FlowError::Invalid(_))));
    // Its key is the only source of facts that is left.
    let merchant = world.merchant().await;
    for key in world.flow.setup().keys(&merchant).await.unwrap() {
        world.flow.setup().revoke_key(&merchant, &key.id).await.unwrap();
    }
    assert!(world.fill().await.unwrap(), "it can be filled again");
    let waiting = world.flow.commissions().approve(&world.merchant().await, Approval::Proven).await.unwrap();
    assert_eq!(waiting, 0, "nothing that is proven waits");
}

async fn it_goes_nowhere_beside_real_data(engine: Engine) {
    let world = World::new(engine).await;
    let refused = async |what: &str| {
        let error = world.fill().await.unwrap_err().to_string();
        assert!(error.contains(what), "{error}");
        assert_eq!(world.merchant().await.brand().settings.sample, None);
    };
    let merchant = world.merchant().await;
    let (key, _) = world.flow.setup().create_key(&merchant, KeyKind::Server, false).await.unwrap();
    refused("has an API key").await;
    world.flow.setup().revoke_key(&merchant, &key).await.unwrap();
    world.flow.klaviyo().connect(&merchant, "pk_0123456789abcdef").await.unwrap();
    refused("is connected to Klaviyo").await;
    world.flow.klaviyo().disconnect(&merchant).await.unwrap();
    world.flow.creators().create(&merchant, "Ada", "ada", "").await.unwrap();
    refused("has data of its own").await;

    let shop = ShopDomain::parse(SHOP);
    let new = NewBrand { name: "With a shop".into(), shop, ..NewBrand::default() };
    let brand = world.flow.setup().create_brand(operator(), &new).await.unwrap().id;
    let world = World { brand, ..world };
    let error = world.fill().await.unwrap_err().to_string();
    assert!(error.contains("has a shop"), "{error}");

    let new = NewBrand { name: "For the sample".into(), ..NewBrand::default() };
    let brand = world.flow.setup().create_brand(operator(), &new).await.unwrap().id;
    let world = World { brand, ..world };
    assert!(world.fill().await.unwrap());
    let merchant = world.merchant().await;
    let key = world.flow.setup().create_key(&merchant, KeyKind::Server, false).await;
    assert!(matches!(key, Err(FlowError::Invalid(_))), "no program may write beside it");
}

async fn what_was_interrupted_begins_again(engine: Engine) {
    let world = World::new(engine).await;
    let unmarked = world.merchant().await;
    assert!(world.flow.samples().begin(&unmarked).await.unwrap());
    // The interrupted filling has left the key of its storefront.
    world.flow.setup().create_key(&unmarked, KeyKind::Pixel, false).await.unwrap();
    let merchant = world.merchant().await;
    world.flow.creators().create(&merchant, "Jessica", "jessica_styles", "").await.unwrap();
    assert!(world.fill().await.unwrap());
    assert_eq!(world.flow.creators().list(&merchant).await.unwrap().len(), sample::CREATORS);
}

async fn pages_say_so_and_clear_it(engine: Engine) {
    let mut server = start(engine).await;
    let new = NewBrand { name: "For the sample".into(), ..NewBrand::default() };
    let brand = server.flow().setup().create_brand(operator(), &new).await.unwrap().id;
    let (database, flow, store) = (server.database.clone(), server.flow().clone(), server.store.clone());
    let world = World { database, flow, store, brand, seed: AtomicU64::new(1 << 42) };
    assert!(world.fill().await.unwrap());
    server.merchant = world.merchant().await;
    let cookie = server.sign_in().await;
    let page = async |path: &str| {
        let request = server.http.get(format!("{}{path}", server.url)).header("cookie", &cookie);
        request.send().await.unwrap().text().await.unwrap()
    };
    for path in
        ["", "/links", "/creators", "/orders", "/models", "/commissions", "/payouts", "/survey", "/settings", "/setup"]
    {
        let text = page(&format!("/brand/attribution{path}")).await;
        assert!(text.contains("Sample data") && text.contains("Clear sample data"), "{path}");
    }
    let clear = server
        .http
        .post(format!("{}/brand/attribution/sample-data", server.url))
        .header("cookie", &cookie)
        .header("origin", "http://localhost:4000")
        .header("referer", "http://localhost:4000/brand/attribution")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "text/html")
        .body("from=%2Fbrand%2Fattribution");
    let answer = clear.send().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), answer.headers()["location"].to_str().unwrap()),
        (303, "/brand/attribution/setup")
    );
    let text = page("/brand/attribution/links").await;
    assert!(!text.contains("Clear sample data") && text.contains("No links yet"), "{text}");
    server.stop().await;
}

async fn other_brands_have_no_banner(engine: Engine) {
    let server = start(engine).await;
    let request = server.http.get(format!("{}/brand/attribution/links", server.url));
    let text = request.header("cookie", server.sign_in().await).send().await.unwrap().text().await.unwrap();
    assert!(text.contains("No links yet") && !text.contains("Sample data"));
    let demo = server.http.get(format!("{}/demo/creator", server.url)).send().await.unwrap();
    assert_eq!(demo.status(), 404, "only the demo signs in without a link");
    server.stop().await;
}

beside_both_engines! {
    the_sample_holds_what_it_says
    its_sums_are_exact
    it_has_an_uncredited_order_of_each_kind
    clearing_leaves_an_empty_brand
    it_goes_nowhere_beside_real_data
    what_was_interrupted_begins_again
    pages_say_so_and_clear_it
    other_brands_have_no_banner
}
