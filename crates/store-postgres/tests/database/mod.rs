//! A database of its own for each test, and a role that owns it as an installation's role does: no superuser, so that
//! row-level security applies to it.
//!
//! The server's tests and those of the schema compile this file too.
//!
//! `TEST_POSTGRES_URL` is a server on which the tests may create databases and roles; `cargo xtask test` starts one.

use std::{
    cell::RefCell,
    sync::{
        OnceLock,
        mpsc::{Receiver, Sender, channel},
    },
};

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tokio::sync::OnceCell;

/// So many ended tests' databases are dropped at once: the first of them waits for a checkpoint, the others hardly.
const DROPPED_AT_ONCE: usize = 16;

thread_local! {
    /// What this thread's test created. A test has a thread of its own, and its databases go when that ends: the
    /// hundreds of a run would otherwise take gigabytes.
    static CREATED: RefCell<Created> = const { RefCell::new(Created(Vec::new())) };
}

/// The process's database with every migration, and the role that owns it.
static MIGRATED: OnceCell<String> = OnceCell::const_new();

/// Statements that drop databases and roles.
struct Created(Vec<String>);

impl Drop for Created {
    fn drop(&mut self) {
        static ENDED: OnceLock<Sender<String>> = OnceLock::new();
        let ended = ENDED.get_or_init(|| {
            let (sender, receiver) = channel();
            std::thread::spawn(move || drop_databases(&receiver));
            sender
        });
        for statement in self.0.drain(..) {
            let _ = ended.send(statement);
        }
    }
}

/// Drops the databases of ended tests. Those of the process's last tests stay.
fn drop_databases(ended: &Receiver<String>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    loop {
        let statements: Vec<String> = ended.iter().take(DROPPED_AT_ONCE).collect();
        runtime.block_on(async {
            let mut admin = PgConnection::connect(&format!("{}/postgres", server())).await.expect("connect");
            for statement in statements {
                admin.execute(AssertSqlSafe(statement)).await.expect("drop database");
            }
        });
    }
}

/// Address of the server.
#[expect(clippy::disallowed_methods, reason = "the test server is configured through the environment")]
fn server() -> String {
    std::env::var("TEST_POSTGRES_URL").expect("TEST_POSTGRES_URL: run `cargo xtask test`")
}

/// A new database; it is there until the thread that created it ends.
pub(crate) struct Database {
    /// Its address for its owner.
    pub(crate) owner: String,
    /// Its address for a superuser.
    pub(crate) superuser: String,
}

impl Database {
    /// Creates an empty database whose name begins with `prefix`, and a role.
    pub(crate) async fn create(prefix: &str) -> Self {
        let name = random_name(prefix);
        create(&name, &name).await;
        let drop = [format!("drop database {name} with (force)"), format!("drop role {name}")];
        CREATED.with_borrow_mut(|created| created.0.extend(drop));
        Self::addressed(&name, &name)
    }

    /// Creates a database with every migration, whose name begins with `prefix`: a copy of the process's first, which
    /// `migrate` is called for. Copying takes a third of the time. All of them have one owner.
    pub(crate) async fn migrated(prefix: &str, migrate: impl AsyncFnOnce(&str)) -> Self {
        let template = MIGRATED
            .get_or_init(async || {
                let template = random_name("migrated");
                create(&template, &template).await;
                migrate(&Self::addressed(&template, &template).owner).await;
                template
            })
            .await;
        let name = random_name(prefix);
        execute([format!("create database {name} template {template} owner {template}")]).await;
        CREATED.with_borrow_mut(|created| created.0.push(format!("drop database {name} with (force)")));
        Self::addressed(&name, template)
    }

    fn addressed(name: &str, owner: &str) -> Self {
        let server = server();
        let host = server.rsplit_once('@').expect("a user in TEST_POSTGRES_URL").1;
        Self { owner: format!("postgres://{owner}@{host}/{name}"), superuser: format!("{server}/{name}") }
    }
}

/// Random, so that parallel test processes use different databases.
fn random_name(prefix: &str) -> String {
    let mut random = [0; 8];
    getrandom::fill(&mut random).expect("randomness");
    format!("{prefix}_{}", u64::from_le_bytes(random))
}

async fn create(name: &str, owner: &str) {
    execute([format!("create role {owner} login"), format!("create database {name} owner {owner}")]).await;
}

async fn execute(statements: impl IntoIterator<Item = String>) {
    let mut admin = PgConnection::connect(&format!("{}/postgres", server())).await.expect("connect");
    for statement in statements {
        admin.execute(AssertSqlSafe(statement)).await.expect("create database");
    }
}
