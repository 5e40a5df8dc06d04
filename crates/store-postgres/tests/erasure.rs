//! Reports that arrive while their person is being erased. On SQLite, with its one writer, they wait anyway.
#![expect(clippy::unwrap_used, reason = "these are tests")]

#[expect(dead_code, reason = "these tests need no empty database")]
mod database;
mod migrated;

use std::sync::Arc;

use migrated::migrated;

use domain::{
    AnswerId, BrandId, CreatorId, Currency, CustomerId, Identity, Money, OrderId, UnixMs,
    brand::{Brand, Settings},
    creator::Creator,
    erasure::ERASED_VISITOR,
    event::Event,
    id::DataExportId,
    order::{Order, OrderSource},
    policy::Policies,
    shop::{SealedTokens, ShopDomain},
    time::Zone,
};
use sqlx::{Connection, Executor, PgConnection};
use store::{
    Store,
    audit::AuditEntry,
    customers::Join,
    data_exports::DataExport,
    ingest::{Batch, NewEvent},
    jobs::{Lane, NewJob},
    outbound::NewEvents,
    profiles::{CustomerEvent, Profile},
    shops::Install,
    surveys::{Answer, AnswerState},
};
use store_postgres::PostgresStore;

const AT: UnixMs = UnixMs(1_800_000_000_000);

struct World {
    store: Arc<PostgresStore>,
    brand: BrandId,
    address: String,
}

async fn world() -> World {
    let database = migrated("erasure").await;
    let store = PostgresStore::open(&database.owner, 8).await.unwrap();
    let store: Arc<PostgresStore> = Arc::new(store);
    let brand = Brand {
        id: BrandId::new(1, [1; 10]),
        name: "Vector".into(),
        zone: Zone::UTC,
        currency: Currency::USD,
        policies: Policies::default(),
        settings: Settings::default(),
        trust_browser_purchases: false,
        destination_hosts: vec![],
        visits_deleted_before: UnixMs(0),
        created_at: AT,
    };
    let ports: &dyn Store = &*store;
    ports.create_brand(&brand).await.unwrap();
    let creator = Creator {
        id: creator(),
        name: "Ana".into(),
        handle: "ana".into(),
        email_hash: None,
        aliases: vec![],
        tier: None,
        earlier_tiers: vec![],
        partner_code: None,
        created_at: AT,
    };
    ports.create_creator(&brand.id, &creator, &audit("creator"), &NewEvents::default()).await.unwrap();
    World { store, brand: brand.id, address: database.superuser }
}

fn creator() -> CreatorId {
    CreatorId::new(1, [1; 10])
}

fn audit(id: &str) -> AuditEntry {
    AuditEntry { id: id.into(), at: AT, actor: "test".into(), action: "test.done", subject: String::new() }
}

fn job(key: &str) -> NewJob {
    let (lane, party) = (Lane::Maintenance, String::new());
    NewJob { kind: "test", key: key.to_owned(), lane, party, payload: "{}".into(), run_at: AT }
}

fn key() -> Identity {
    Identity::CustomerKey("k".into())
}

fn visitor() -> Identity {
    Identity::Visitor("v".into())
}

/// What may arrive. Each names the person in its own way.
#[derive(Clone, Copy, Debug)]
enum Report {
    Event,
    Order,
    Answer,
    Profile,
    CustomerEvent,
    Join,
    Export,
    CreatorsBrowser,
}

/// Stores a page view of the visitor.
async fn append_event(store: &dyn Store, brand: &BrandId, id: &str) {
    let event = Event {
        id: id.into(),
        brand: brand.clone(),
        event_type: "page_view".into(),
        pv_id: "v".into(),
        pv_alias: None,
        occurred_at: AT,
        received_at: AT,
        page_url: None,
        ref_code: None,
        product_id: None,
        order_id: None,
        revenue: None,
        promo_code: None,
        is_new_customer: None,
        event_data: None,
        is_verified: false,
        is_test: false,
    };
    let events = vec![NewEvent { event, secret_hash: None, job: None }];
    store.append(&Batch { clicks: vec![], events }).await.unwrap();
}

impl Report {
    async fn arrive(self, store: &dyn Store, brand: &BrandId) {
        match self {
            Self::Event => append_event(store, brand, "late").await,
            Self::Order => {
                let amount = Money { minor: 100, currency: Currency::USD };
                let id = OrderId::new(1, [2; 10]);
                let order = Order::minimal(id, brand.clone(), OrderSource::Shopify, "2".into(), AT, amount);
                let order = Order { cart_pv: Some("v".into()), ..order };
                store.put_order(&order, Zone::UTC.day_of(AT), &job).await.unwrap();
            }
            Self::Answer => {
                let answer = Answer {
                    id: AnswerId::new(1, [1; 10]),
                    order_external_id: "1".into(),
                    question: String::new(),
                    answer: "my friend Jess".into(),
                    received_at: AT,
                    state: AnswerState::Open,
                    creator: None,
                    confidence_bp: 0,
                    matched_name: None,
                };
                store.put_answer(brand, &answer, &job).await.unwrap();
            }
            Self::Profile => {
                let profile = Profile { identity: key(), sealed: vec![1], created_at: AT, updated_at: AT };
                store.put_profile(brand, &profile, false).await.unwrap();
            }
            Self::CustomerEvent => {
                let event = CustomerEvent { id: "late".into(), identity: key(), sealed: vec![1], at: AT };
                store.put_customer_event(brand, &event, false).await.unwrap();
            }
            Self::Join => {
                let names = [key(), Identity::Visitor("new".into())];
                let id = CustomerId::new(1, [9; 10]);
                store.join_identities(brand, &names, &id, Join::Merge, &job, AT).await.unwrap();
            }
            Self::Export => {
                let about = store::erasure::Person::of(&[key()]);
                let id = DataExportId::new(1, [1; 10]);
                let export = DataExport { id, sealed: vec![1], created_at: AT, expires_at: AT.plus_ms(1) };
                store.put_data_export(brand, &export, &about).await.unwrap();
            }
            Self::CreatorsBrowser => {
                store.put_creator_visitor(brand, &creator(), "v", AT).await.unwrap();
            }
        }
    }

    /// Whether the report brought the person back.
    async fn is_there(self, store: &dyn Store, brand: &BrandId) -> bool {
        match self {
            Self::Event => {
                store.events_after(brand, "", 10).await.unwrap().iter().any(|event| event.pv_id != ERASED_VISITOR)
            }
            Self::Order => store.order_by_external_id(brand, "2").await.unwrap().unwrap().order.cart_pv.is_some(),
            Self::Answer => !store.answers_of(brand, &["1".into()]).await.unwrap()[0].answer.is_empty(),
            Self::Profile => !store.profiles_of(brand, &[key()]).await.unwrap().is_empty(),
            Self::CustomerEvent => !store.customer_events_of(brand, &[key()], 10).await.unwrap().is_empty(),
            Self::Join => store.customer_of(brand, &key()).await.unwrap().is_some(),
            Self::Export => !store.data_exports(brand, AT).await.unwrap().is_empty(),
            Self::CreatorsBrowser => !store.creators_of_visitors(brand, &["v".into()]).await.unwrap().is_empty(),
        }
    }
}

/// The number of the database's sessions that wait for a lock.
async fn waiting(connection: &mut PgConnection) -> i64 {
    let count = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    sqlx::query_scalar(count).fetch_one(connection).await.unwrap()
}

/// Begins an erasure that stops before its end, lets the report arrive, and lets the erasure go on.
async fn arrives_during_an_erasure(report: Report) {
    let World { store, brand, address } = world().await;
    let names = [key(), visitor(), Identity::Order("1".into())];
    let id = CustomerId::new(1, [1; 10]);
    store::customers::CustomerStore::join_identities(&*store, &brand, &names, &id, Join::Merge, &job, AT)
        .await
        .unwrap();
    // The erasure deletes the identities last. One of them is locked.
    let mut other = PgConnection::connect(&address).await.unwrap();
    let mut observer = PgConnection::connect(&address).await.unwrap();
    other.execute("begin").await.unwrap();
    other.execute("select 1 from identities where identity = 'pv:v' for update").await.unwrap();
    let erasing = tokio::spawn({
        let (store, brand) = (store.clone(), brand.clone());
        async move {
            let ports: &dyn Store = &*store;
            ports.erase_person(&brand, &[key()], &[], AT, &audit("erase"), &job("scrub")).await.unwrap();
        }
    });
    while waiting(&mut observer).await < 1 {
        tokio::time::sleep(core::time::Duration::from_millis(5)).await;
    }
    let arriving = tokio::spawn({
        let (store, brand) = (store.clone(), brand.clone());
        async move { report.arrive(&*store, &brand).await }
    });
    // It waits for the erasure, or is done.
    while waiting(&mut observer).await < 2 && !arriving.is_finished() {
        tokio::time::sleep(core::time::Duration::from_millis(5)).await;
    }
    other.execute("rollback").await.unwrap();
    erasing.await.unwrap();
    arriving.await.unwrap();
    let ports: &dyn Store = &*store;
    assert!(!report.is_there(ports, &brand).await, "{report:?}");
    ports.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_that_arrive_during_an_erasure_do_not_bring_the_person_back() {
    for report in [
        Report::Event,
        Report::Order,
        Report::Answer,
        Report::Profile,
        Report::CustomerEvent,
        Report::Join,
        Report::Export,
        Report::CreatorsBrowser,
    ] {
        arrives_during_an_erasure(report).await;
    }
}

/// Clicks and events of all brands are stored in the same commits: they do not wait until all of one brand's data is erased.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_for_the_erasure_of_a_whole_shop() {
    let World { store, brand, address } = world().await;
    let ports: &dyn Store = &*store;
    let domain = ShopDomain::parse("vector-shop.myshopify.com").unwrap();
    let tokens = SealedTokens { access: vec![1], access_expires_at: AT, refresh: None, refresh_expires_at: None };
    let new_brand = Brand { id: BrandId::new(2, [2; 10]), ..ports.brand(&brand).await.unwrap().unwrap() };
    let install = Install { domain, new_brand, at: AT, scopes: String::new(), tokens, delivery_job: "delivery" };
    let shop = ports.install_shop(&install).await.unwrap();
    // The message that it was uninstalled is processed after the erasure was asked for.
    assert!(ports.uninstall_shop(&shop.domain, AT.plus_ms(1)).await.unwrap());
    Report::Event.arrive(ports, &shop.brand).await;
    Report::Profile.arrive(ports, &shop.brand).await;
    // The erasure deletes profiles at its end. One is locked.
    let mut other = PgConnection::connect(&address).await.unwrap();
    let mut observer = PgConnection::connect(&address).await.unwrap();
    other.execute("begin").await.unwrap();
    other.execute("select 1 from profiles for update").await.unwrap();
    let erasing = tokio::spawn({
        let (store, shop) = (store.clone(), shop.clone());
        async move {
            let ports: &dyn Store = &*store;
            ports.erase_shop(&shop, AT.plus_ms(1), &audit("erase"), &job("scrub")).await.unwrap()
        }
    });
    while waiting(&mut observer).await < 1 {
        assert!(!erasing.is_finished(), "the erasure waits for the profile");
        tokio::time::sleep(core::time::Duration::from_millis(5)).await;
    }
    // Of the shop itself, and of another brand: both are stored, and the shop's names nobody.
    for brand in [&shop.brand, &brand] {
        let stored = append_event(ports, brand, "meanwhile");
        tokio::time::timeout(core::time::Duration::from_secs(20), stored).await.expect("stored beside the erasure");
    }
    assert!(!erasing.is_finished());
    other.execute("rollback").await.unwrap();
    assert!(erasing.await.unwrap());
    assert!(!Report::Event.is_there(ports, &shop.brand).await && Report::Event.is_there(ports, &brand).await);
    assert!(!Report::Profile.is_there(ports, &shop.brand).await);
    ports.close().await;
}

/// The server ends the connection in the middle: nothing was erased, and the next call does all of it.
#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_whose_connection_breaks_is_done_by_the_next_one() {
    let World { store, brand, address } = world().await;
    let ports: &dyn Store = &*store;
    let id = CustomerId::new(1, [1; 10]);
    let names = [key(), visitor(), Identity::Order("2".into())];
    ports.join_identities(&brand, &names, &id, Join::Merge, &job, AT).await.unwrap();
    Report::Event.arrive(ports, &brand).await;
    Report::Order.arrive(ports, &brand).await;
    Report::Profile.arrive(ports, &brand).await;
    let mut other = PgConnection::connect(&address).await.unwrap();
    let mut observer = PgConnection::connect(&address).await.unwrap();
    other.execute("begin").await.unwrap();
    other.execute("select 1 from identities where identity = 'pv:v' for update").await.unwrap();
    let erasing = tokio::spawn({
        let (store, brand) = (store.clone(), brand.clone());
        async move {
            let ports: &dyn Store = &*store;
            ports.erase_person(&brand, &[key()], &[], AT, &audit("first"), &job("scrub")).await
        }
    });
    while waiting(&mut observer).await < 1 {
        tokio::time::sleep(core::time::Duration::from_millis(5)).await;
    }
    let end = "select pg_terminate_backend(pid) from pg_stat_activity
               where datname = current_database() and wait_event_type = 'Lock'";
    observer.execute(end).await.unwrap();
    assert!(erasing.await.unwrap().is_err());
    other.execute("rollback").await.unwrap();
    for report in [Report::Event, Report::Order, Report::Profile] {
        assert!(report.is_there(ports, &brand).await, "{report:?} is untouched");
    }
    ports.erase_person(&brand, &[key()], &[], AT, &audit("second"), &job("scrub")).await.unwrap();
    for report in [Report::Event, Report::Order, Report::Profile, Report::Join] {
        assert!(!report.is_there(ports, &brand).await, "{report:?} is erased");
    }
    ports.close().await;
}
