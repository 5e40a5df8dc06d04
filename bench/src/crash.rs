//! Kills the server under load, again and again, and counts what it had acknowledged: nothing may be lost, and no order
//! may be credited twice. On SQLite the file is checked too. Webhooks are under way all the time: each stored event must
//! arrive, and if it arrives twice, with the same id and body.
//!
//! A killed process loses nothing that it had written. With [`lazyfs`], the database's disk also forgets what was not
//! synced, as at a power cut. The negative control does the same with a server that commits as with `synchronous=NORMAL`,
//! without a sync: if no loss is seen then, this benchmark would not see any.

mod facts;
mod lazyfs;
mod receiver;
mod senders;

use core::time::Duration;
use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, atomic::AtomicUsize},
};

use tokio::{sync::Mutex, task::JoinSet};

pub(crate) use self::lazyfs::LazyFs;
use self::{
    facts::{Acknowledged, Fact},
    receiver::Receiver,
    senders::Load,
};
use crate::{
    Failure,
    engine::Engine,
    load,
    merchant::Session,
    server::{Brand, Options, SHOP, Server},
};

/// Connections that report while the server is killed.
const CONNECTIONS: usize = 16;

/// How the server is killed.
pub(crate) struct Plan {
    /// How often.
    pub(crate) kills: usize,
    /// The disk under the database, for power cuts.
    pub(crate) disk: Option<LazyFs>,
    /// Whether the server commits without a sync.
    pub(crate) negative_control: bool,
}

/// Kills the server and checks what is stored. `folder` is for files of our own.
pub(crate) async fn run(binary: &Path, engine: Engine, folder: &Path, mut plan: Plan) -> Result<(), Failure> {
    let preload = if plan.negative_control { Some(build_synchronous_normal(folder)?) } else { None };
    let brand = Brand::create(binary, &engine, SHOP, "pixel")?;
    let receiver = Receiver::start(binary, &engine, &brand).await?;
    let options = Options { preload, ..Options::default() };
    let mut server = Server::start_with(binary, engine, brand, options).await?;
    let load = Load {
        address: server.address,
        brand: server.brand.clone(),
        placed_at: load::unix_now().plus_ms(60_000).to_rfc3339(),
        next: Arc::new(AtomicUsize::new(0)),
        acknowledged: Arc::new(Mutex::new(Acknowledged::default())),
    };
    let mut session = Session::start(&server).await?;
    let mut lost_sessions = 0;
    for kill in 0..plan.kills {
        let mut senders = JoinSet::new();
        for _ in 0..CONNECTIONS {
            senders.spawn(load.clone().send_reports());
        }
        senders.spawn(load.clone().pay_out(session.clone()));
        // A different moment of the load each time.
        tokio::time::sleep(Duration::from_millis(60 + 37 * (u64::try_from(kill)? % 11))).await;
        server.kill()?;
        while senders.join_next().await.is_some() {}
        if let Some(disk) = &mut plan.disk {
            disk.forget_unsynced().await?;
        }
        server.restart().await?;
        if session.open(server.address).await?.page("/brand/attribution/payouts").await.is_err() {
            lost_sessions += 1;
            session = Session::start(&server).await?;
        }
    }
    wait_until_processed(&server.engine).await?;

    println!(
        "| {} {}, {}{} | acknowledged | lost |",
        plan.kills,
        if plan.disk.is_some() { "power cuts" } else { "kills" },
        server.engine.name,
        if plan.negative_control { " with synchronous=NORMAL" } else { "" }
    );
    println!("| --- | ---: | ---: |");
    let (mut lost, mut missing) = (lost_sessions, Vec::new());
    let acknowledged = load.acknowledged.lock().await;
    for fact in Fact::ALL {
        let (count, lost_here) = acknowledged.lost(fact, &server.engine).await?;
        println!("| {} | {count} | {lost_here} |", fact.name());
        lost += lost_here;
        if count == 0 {
            missing.push(fact.name());
        }
    }
    println!("| sessions | {} | {lost_sessions} |", plan.kills);
    if plan.negative_control {
        return if lost > 0 { Ok(()) } else { Err("nothing was lost: this benchmark sees no losses".into()) };
    }
    check(&server.engine).await?;
    receiver.check(&server.engine).await?;
    if lost > 0 {
        return Err("acknowledged work was lost".into());
    }
    if missing.is_empty() { Ok(()) } else { Err(format!("nothing was acknowledged of: {}", missing.join(", ")).into()) }
}

/// Waits up to a minute until the last process has done the work that waits.
async fn wait_until_processed(engine: &Engine) -> Result<(), Failure> {
    for _ in 0..600 {
        let jobs = engine.count("jobs where lane < 3 and not is_dead").await?;
        if jobs + engine.count("webhook_inbox where processed_at is null").await? == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

/// Checks that nothing was done twice or given up, and that the file is whole.
async fn check(engine: &Engine) -> Result<(), Failure> {
    let twice = engine.count("(select order_id from credits group by order_id having count(*) > 1) as twice").await?;
    let dead = engine.count("jobs where is_dead").await?;
    println!("\norders credited twice: {twice}; jobs given up: {dead}");
    if !engine.is_postgres() {
        let check = engine.texts("pragma integrity_check").await?;
        println!("integrity_check: {}", check.join(", "));
        if check != ["ok"] {
            return Err("the file is damaged".into());
        }
    }
    if twice + dead > 0 { Err("work was done twice or given up".into()) } else { Ok(()) }
}

/// Builds the library for the negative control with the system's C compiler.
fn build_synchronous_normal(folder: &Path) -> Result<PathBuf, Failure> {
    let (source, library) = (folder.join("synchronous_normal.c"), folder.join("synchronous_normal.so"));
    std::fs::write(&source, include_str!("crash/synchronous_normal.c"))?;
    let built =
        Command::new("cc").args(["-shared", "-fPIC", "-O2", "-o"]).arg(&library).arg(&source).arg("-ldl").output();
    let built = built.map_err(|error| format!("the negative control needs a C compiler, cc: {error}"))?;
    if !built.status.success() {
        return Err(format!("cc: {}", String::from_utf8_lossy(&built.stderr)).into());
    }
    Ok(library)
}
