//! `creatorscore doctor` names what is wrong, and changes nothing.

use clap::Parser;
use domain::{UnixMs, api_key::KeyKind};
use flow::{
    doctor::{self, Severity},
    vault::Vault,
};
use serde_json::json;
use server::config::Config;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use store::jobs::Lane;

use crate::{
    actions::{creator_with_link, install},
    database::Database,
    test_server::{ENCRYPTION_KEY, Engine, TestServer},
};

/// What is wrong: check, severity and detail.
async fn wrong(server: &TestServer) -> Vec<(&'static str, Severity, String)> {
    let vault = Vault::parse(ENCRYPTION_KEY).unwrap();
    let findings = doctor::examine(&*server.store, &vault, server.flow().now()).await.unwrap();
    let wrong = findings.into_iter().filter(|finding| finding.severity != Severity::Fine);
    wrong.map(|finding| (finding.check, finding.severity, finding.detail)).collect()
}

/// The one thing that is wrong.
async fn only(server: &TestServer) -> (&'static str, Severity, String) {
    let mut found = wrong(server).await;
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

async fn set_hosts(server: &mut TestServer, hosts: &str) {
    server.flow().policies().save_hosts(&server.merchant, hosts, "").await.unwrap();
    let id = server.merchant.brand().id.clone();
    server.merchant = server.flow().access().merchant_by_operator(crate::test_server::operator(), &id).await.unwrap();
}

async fn doctor_names_what_is_wrong(mut server: TestServer) {
    let (check, severity, detail) = only(&server).await;
    assert_eq!((check, severity), ("link destinations", Severity::Warning));
    assert!(detail.contains("any host") && detail.contains("Vector"), "{detail}");
    set_hosts(&mut server, "shop.example").await;
    assert_eq!(wrong(&server).await, vec![]);
    // The sandbox of the first test key is in order too.
    let (_, test_key) = server.flow().setup().create_key(&server.merchant, KeyKind::Server, true).await.unwrap();
    let request = server.http.get(format!("{}/api/v1/creators", server.url)).bearer_auth(test_key);
    assert_eq!(request.send().await.unwrap().status(), 200);
    assert_eq!(wrong(&server).await, vec![]);

    creator_with_link(&server, "Ana", "SHARED").await;
    set_hosts(&mut server, "other.example").await;
    let (check, severity, detail) = only(&server).await;
    assert_eq!((check, severity), ("link destinations", Severity::Fault));
    assert!(detail.contains("1 links do not work") && detail.contains("shop.example"), "{detail}");
    set_hosts(&mut server, "shop.example").await;

    creator_with_link(&server, "Bea", "SHARED").await;
    let (check, severity, detail) = only(&server).await;
    assert_eq!((check, severity), ("discount codes", Severity::Warning));
    assert!(detail.contains("SHARED belongs to several creators: Ana, Bea"), "{detail}");
    let links = server.flow().links().list(&server.merchant).await.unwrap();
    server.flow().links().delete(&server.merchant, &links[0].id).await.unwrap();
    assert_eq!(wrong(&server).await, vec![]);

    // A shop without webhooks, which then needs its merchant.
    install(&server).await;
    let (check, severity, detail) = only(&server).await;
    assert_eq!((check, severity), ("shops", Severity::Fault));
    assert!(detail.contains("no webhooks for orders/create, orders/updated"), "{detail}");
    let shop = domain::shop::ShopDomain::parse(crate::test_server::SHOP).unwrap();
    let subscription = |topic: &&str| store::shops::Subscription {
        topic: (*topic).to_owned(),
        remote_id: "1".into(),
        uri: "https://app.example/".into(),
        created_at: UnixMs(0),
    };
    let all: Vec<_> = shopify::webhook::TOPICS.iter().map(subscription).collect();
    server.store.put_subscriptions(&shop, &all).await.unwrap();
    assert_eq!(wrong(&server).await, vec![]);
    server.store.require_reauth(&shop).await.unwrap();
    let (check, _, detail) = only(&server).await;
    assert!(check == "shops" && detail.contains("access has expired"), "{detail}");
    install(&server).await;
    server.store.put_subscriptions(&shop, &all).await.unwrap();

    // Answers without the key that lets more in.
    let surveys = server.flow().surveys();
    surveys.set_fairing_key(&server.merchant, "fairing-key-0123456789").await.unwrap();
    let body = json!({"order_id": "1", "question": "Who?", "answer": "Ana", "shop_domain": shop}).to_string();
    let request = server.http.post(format!("{}/api/webhooks/fairing", server.url)).body(body);
    let answer = request.header("x-fairing-signature", "fairing-key-0123456789").send().await.unwrap();
    assert_eq!(answer.status(), 200);
    server.settle().await;
    assert_eq!(wrong(&server).await, vec![]);
    surveys.set_fairing_key(&server.merchant, "").await.unwrap();
    let (check, severity, detail) = only(&server).await;
    assert_eq!((check, severity), ("survey", Severity::Warning));
    assert!(detail.contains("no Fairing key"), "{detail}");
    surveys.set_fairing_key(&server.merchant, "fairing-key-0123456789").await.unwrap();
    assert_eq!(wrong(&server).await, vec![]);
    server.stop().await;
}

async fn doctor_names_creators_tiers_erasures_and_a_missing_daily_run(mut server: TestServer) {
    set_hosts(&mut server, "shop.example").await;
    let (flow, merchant) = (server.flow().clone(), server.merchant.clone());
    let creators = flow.creators();
    let ana = creators.create(&merchant, "Ana", "ana1", "").await.unwrap();
    let bea = creators.create(&merchant, "Bea", "bea1", "").await.unwrap();
    assert_eq!(wrong(&server).await, vec![]);
    creators.update(&merchant, &bea.id, "Bea", &["ana".into()], "").await.unwrap();
    let (check, severity, detail) = only(&server).await;
    assert_eq!((check, severity), ("creators", Severity::Warning));
    assert!(detail.contains("2 creators are called \"ana\""), "{detail}");
    creators.update(&merchant, &bea.id, "Bea", &[], "gold").await.unwrap();

    let gold = flow::commission::NewRule { scope: "tier".into(), of: "gold".into(), ..crate::actions::percent("10") };
    crate::actions::rule(&server, gold).await;
    assert_eq!(wrong(&server).await, vec![]);
    creators.update(&merchant, &bea.id, "Bea", &[], "silver").await.unwrap();
    let (check, severity, detail) = only(&server).await;
    assert_eq!((check, severity), ("tiers", Severity::Warning));
    assert!(detail.contains("no creator is in the tier \"gold\""), "{detail}");
    creators.update(&merchant, &bea.id, "Bea", &[], "gold").await.unwrap();

    let new = flow::link::NewLink {
        destination: "https://shop.example/p".into(),
        creator: ana.id.to_string(),
        ..flow::link::NewLink::default()
    };
    let link = flow.links().create(&merchant, &new).await.unwrap();
    creators.erase(&merchant, &ana.id).await.unwrap();
    server.settle().await;
    let (check, severity, detail) = only(&server).await;
    assert_eq!((check, severity), ("creators", Severity::Warning));
    assert!(detail.contains("1 links of the erased creator"), "{detail}");
    flow.links().delete(&merchant, &link.id).await.unwrap();
    assert_eq!(wrong(&server).await, vec![]);

    // A removal from the files that waits.
    let job = |kind, run_at| {
        let (lane, party) = (Lane::Maintenance, String::new());
        store::jobs::NewJob { kind, key: "all".into(), lane, party, payload: "{}".into(), run_at }
    };
    server.store.enqueue(&job("database.scrub", server.flow().now().plus_ms(60_000))).await.unwrap();
    let (check, severity, detail) = only(&server).await;
    assert_eq!((check, severity), ("erasures", Severity::Warning));
    assert!(detail.contains("still in the database's files"), "{detail}");
    server.clock.advance(60_000);
    server.settle().await;
    assert_eq!(wrong(&server).await, vec![]);

    // A message that names another shop is closed, but nobody was erased.
    install(&server).await;
    let body = json!({"shop_domain": "other.myshopify.com", "customer": {"id": 1}}).to_string();
    crate::actions::deliver_and_settle(&server, "customers/redact", "redact", &body).await;
    let found = wrong(&server).await;
    let refused: Vec<_> = found.iter().filter(|(check, ..)| *check == "erasures").collect();
    assert_eq!(refused.len(), 1, "{found:?}");
    assert_eq!(refused[0].1, Severity::Fault);
    assert!(refused[0].2.contains("customers/redact of") && refused[0].2.contains("another shop"), "{refused:?}");

    let now = server.flow().now();
    let vault = Vault::parse(ENCRYPTION_KEY).unwrap();
    let run = async |now: UnixMs| {
        let findings = doctor::examine(&*server.store, &vault, now).await.unwrap();
        let run = findings.into_iter().find(|finding| finding.check == "retention").unwrap();
        (run.severity, run.detail)
    };
    assert_eq!(run(now).await.0, Severity::Fine);
    let later = now.plus_ms(2 * domain::time::DAY_MS);
    let (severity, detail) = run(later).await;
    assert!(severity == Severity::Fault && detail.contains("no server is running it"), "{detail}");
    let until = later.plus_ms(60_000);
    let claimed = server.store.claim_jobs(Lane::Maintenance, "", later, until, 100).await.unwrap();
    let daily: Vec<_> = claimed.jobs.iter().filter(|job| job.kind == "retention.run").collect();
    server.store.finish_jobs(&daily).await.unwrap();
    let (severity, detail) = run(now).await;
    assert!(severity == Severity::Fault && detail.contains("no daily deletion is scheduled"), "{detail}");
    server.stop().await;
}

async fn doctor_names_failed_jobs_missing_schedules_and_wrong_keys(mut server: TestServer) {
    set_hosts(&mut server, "shop.example").await;
    let unreadable = store::jobs::NewJob {
        kind: "no.such",
        key: "x".into(),
        lane: Lane::Maintenance,
        party: String::new(),
        payload: "{}".into(),
        run_at: server.flow().now(),
    };
    server.store.enqueue(&unreadable).await.unwrap();
    for _ in 0..100 {
        if server.flow().backlog().await.unwrap().dead > 0 {
            break;
        }
        server.clock.advance(3_600_000);
        server.flow().jobs().run_due(Lane::Maintenance, "", 50).await.unwrap();
        tokio::time::sleep(core::time::Duration::from_millis(20)).await;
    }
    let found = wrong(&server).await;
    let jobs: Vec<_> = found.iter().filter(|(check, ..)| *check == "jobs").collect();
    assert_eq!(jobs.len(), 1, "{found:?}");
    assert!(jobs[0].2.contains("no.such x failed for good: unreadable job"), "{found:?}");

    let other = Vault::parse("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").unwrap();
    let findings = doctor::examine(&*server.store, &other, server.flow().now()).await.unwrap();
    assert_eq!((findings[0].check, findings[0].severity), ("encryption key", Severity::Fault));

    // The schedule as it is when no server has run for a day, and when there is none.
    let due = |findings: Vec<(&'static str, Severity, String)>| {
        findings.into_iter().find(|(check, ..)| *check == "models").map(|(_, severity, detail)| (severity, detail))
    };
    let store = server.store.clone();
    let now = server.flow().now();
    let brand = server.merchant.brand().id.clone();
    let later = now.plus_ms(2 * domain::time::DAY_MS);
    let vault = Vault::parse(ENCRYPTION_KEY).unwrap();
    let (severity, detail) = {
        let findings = doctor::examine(&*store, &vault, later).await.unwrap();
        due(findings.into_iter().map(|one| (one.check, one.severity, one.detail)).collect()).unwrap()
    };
    assert!(severity == Severity::Fault && detail.contains("no server is running them"), "{detail}");
    let claimed = store.claim_jobs(Lane::Maintenance, "", later, later.plus_ms(60_000), 100).await.unwrap();
    let models: Vec<_> =
        claimed.jobs.iter().filter(|job| job.kind == "models.run" && job.key == brand.as_str()).collect();
    assert_eq!(models.len(), 1, "the run of the models");
    store.finish_jobs(&models).await.unwrap();
    let (severity, detail) = due(wrong(&server).await).unwrap();
    assert!(severity == Severity::Fault && detail.contains("no run of the models is scheduled"), "{detail}");
    server.stop().await;
}

/// An empty secret would be one with which anybody can sign.
#[test]
fn a_blank_secret_is_refused() {
    let config = |secret: &'static str, previous: &'static str| {
        let shopify = ["--shopify-api-key", "id", "--shopify-api-secret", secret];
        let previous = ["--shopify-api-secret-previous", previous];
        Arguments::try_parse_from(["test"].into_iter().chain(shopify).chain(previous)).map(|found| found.config)
    };
    assert!(config("secret", "before").is_ok());
    for (secret, previous) in [("", "before"), ("secret", ""), ("secret", " ")] {
        let refused = config(secret, previous).unwrap_err().to_string();
        assert!(refused.contains("must not be blank"), "{refused}");
    }
    let alone = Arguments::try_parse_from(["test", "--shopify-api-secret", "secret"]);
    assert!(alone.unwrap_err().to_string().contains("--shopify-api-key"));
}

#[derive(Debug, Parser)]
struct Arguments {
    #[command(flatten)]
    config: Config,
}

fn config(database: &str) -> Config {
    Arguments::parse_from(["test", "--database-url", database, "--app-encryption-key", ENCRYPTION_KEY]).config
}

/// A database that nobody migrated stays as it is.
async fn an_unmigrated_database_is_not_touched(engine: Engine) {
    let config = config(&engine.empty_database().await);
    let database = config.database().unwrap();
    let store = server::database::open(&database, 2).await.unwrap();
    for _ in 0..2 {
        let findings = server::doctor::examine(&config).await;
        let migrations = findings.iter().find(|finding| finding.check == "migrations").unwrap();
        assert_eq!(migrations.severity, Severity::Fault);
        assert!(
            migrations.detail.contains("0001_schema") && migrations.detail.contains("0004_creators"),
            "{migrations:?}"
        );
    }
    assert!(store.pending_migrations().await.unwrap().len() >= 3);
    store.migrate().await.unwrap();
    assert_eq!(store.pending_migrations().await.unwrap(), Vec::<String>::new());
    let findings = server::doctor::examine(&config).await;
    assert!(findings.iter().all(|finding| finding.severity == Severity::Fine), "{findings:?}");
    assert_eq!(store.secret("identity").await.unwrap(), None, "no key was made");
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unmigrated_sqlite_database_is_not_touched() {
    an_unmigrated_database_is_not_touched(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unmigrated_postgres_database_is_not_touched() {
    an_unmigrated_database_is_not_touched(Engine::Postgres).await;
}

/// A PostgreSQL that would lose acknowledged writes is refused at start, and named.
#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_forgets_is_refused() {
    let url = Engine::Postgres.fresh_database().await;
    let name = url.rsplit('/').next().unwrap();
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let off = format!("alter database {name} set synchronous_commit = off");
    connection.execute(AssertSqlSafe(off)).await.unwrap();
    let refused = server::database::open(&config(&url).database().unwrap(), 2).await.err().unwrap().to_string();
    assert!(refused.contains("synchronous_commit is off"), "{refused}");
    let findings = server::doctor::examine(&config(&url)).await;
    let database = findings.iter().find(|finding| finding.check == "database").unwrap();
    assert_eq!(database.severity, Severity::Fault);
    assert!(database.detail.contains("acknowledged writes could be lost"), "{database:?}");
}

/// Row-level security does not apply to superusers.
#[tokio::test(flavor = "multi_thread")]
async fn a_superuser_is_warned_of() {
    let config = config(&Database::create("doctor").await.superuser);
    let store = server::database::open(&config.database().unwrap(), 2).await.unwrap();
    store.migrate().await.unwrap();
    let findings = server::doctor::examine(&config).await;
    let role = findings.iter().find(|finding| finding.check == "database role").unwrap();
    assert_eq!(role.severity, Severity::Warning);
    assert!(role.detail.contains("is a superuser"), "{role:?}");
    store.close().await;
}

#[tokio::test]
async fn a_database_that_is_not_there_is_not_created() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("none.sqlite");
    let arguments = ["test", "--database-url", &format!("sqlite://{}", file.display())];
    let findings = server::doctor::examine(&Arguments::parse_from(arguments).config).await;
    assert!(findings[0].severity == Severity::Fault && findings[0].detail.contains("does not exist"), "{findings:?}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "neither a database nor a key");
}

on_both_engines!(
    doctor_names_what_is_wrong
    doctor_names_creators_tiers_erasures_and_a_missing_daily_run
    doctor_names_failed_jobs_missing_schedules_and_wrong_keys
);
