//! What is wrong with an installation, for its operator. Changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    AnswerId, CreatorId, UnixMs,
    brand::Brand,
    commission::Scope,
    creator::Creator,
    id::{TIME_MAX, earliest},
    link::{Link, check_destination},
    time::{HOUR_MS, Zone},
};
use shopify::webhook::TOPICS;
use store::{Store, keyset::Keyset, surveys::AnswerState};
use url::Url;

use crate::{FlowError, explain::review_reasons, job::Job, survey::fairing_key_location, vault::Vault};

/// Most failed jobs that are named one by one.
const DEAD_JOBS_MAX: i64 = 20;
/// Most orders of a brand to review that are named one by one.
const FLAGGED_ORDERS_MAX: usize = 20;
/// Most refused messages that are named one by one.
const REFUSED_MAX: i64 = 20;
/// A job that should have started so long ago has no server that runs it, ms.
const OVERDUE_MS: i64 = HOUR_MS;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// All is well.
    Fine,
    /// It works, but somebody should know.
    Warning,
    /// It does not work.
    Fault,
}

/// The outcome of one check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was checked.
    pub check: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong and what to do about it, in words.
    pub detail: String,
}

type Found = Vec<(Severity, String)>;

/// Checks a migrated database: the encryption key, failed jobs, the daily deletion, erasures, and for each brand where
/// links may lead, the models, the shops, the survey, discount codes, orders to review, creators and their tiers.
///
/// # Errors
/// `FlowError::Store` only.
pub async fn examine(store: &dyn Store, vault: &Vault, now: UnixMs) -> Result<Vec<Finding>, FlowError> {
    let mut brands = Vec::new();
    for id in store.brand_ids().await? {
        brands.extend(store.brand(&id).await?);
    }
    let [mut destinations, mut models, mut shops, mut surveys, mut codes, mut orders, mut creators, mut tiers] =
        [const { Found::new() }; 8];
    for brand in &brands {
        let mut links = store.links(&brand.id).await?;
        links.retain(|link| link.deleted_at.is_none());
        let name =
            |(severity, detail): (Severity, String)| (severity, format!("{} ({}): {detail}", brand.name, brand.id));
        destinations.extend(of_destinations(brand, &links, now).into_iter().map(name));
        models.extend(of_models(store, brand, now).await?.into_iter().map(name));
        shops.extend(of_shops(store, brand).await?.into_iter().map(name));
        surveys.extend(of_survey(store, brand).await?.into_iter().map(name));
        let known = store.creators(&brand.id).await?;
        codes.extend(of_promo_codes(&known, &links).into_iter().map(name));
        creators.extend(of_creators(store, brand, &known, &links, now).await?.into_iter().map(name));
        tiers.extend(of_tiers(store, brand, &known, now).await?.into_iter().map(name));
        orders.extend(of_orders(store, brand).await?.into_iter().map(name));
    }
    let all = [
        ("encryption key", of_vault(store, vault).await?),
        ("jobs", of_jobs(store, now).await?),
        ("link destinations", destinations),
        ("models", models),
        ("shops", shops),
        ("survey", surveys),
        ("discount codes", codes),
        ("orders", orders),
        ("creators", creators),
        ("tiers", tiers),
        ("retention", of_retention(store, &brands, now).await?),
        ("erasures", of_erasures(store, now).await?),
    ];
    let fine = |check| (check, vec![(Severity::Fine, format!("{} brands", brands.len()))]);
    let all = all.into_iter().map(|(check, found)| if found.is_empty() { fine(check) } else { (check, found) });
    let finding = |check| move |(severity, detail)| Finding { check, severity, detail };
    Ok(all.flat_map(|(check, found)| found.into_iter().map(finding(check))).collect())
}

async fn of_vault(store: &dyn Store, vault: &Vault) -> Result<Found, FlowError> {
    let found = match store.secret("identity").await? {
        None => (Severity::Fine, "nothing is encrypted yet".to_owned()),
        Some(sealed) => match vault.open("secrets/identity", &sealed) {
            Ok(_) => (Severity::Fine, "decrypts stored secrets".to_owned()),
            Err(error) => (Severity::Fault, error.to_string()),
        },
    };
    Ok(vec![found])
}

async fn of_jobs(store: &dyn Store, now: UnixMs) -> Result<Found, FlowError> {
    let backlog = store.backlog(now).await?;
    let dead = store.dead_jobs(None, DEAD_JOBS_MAX).await?;
    let mut found: Found = dead
        .iter()
        .map(|job| (Severity::Fault, format!("{} {} failed for good: {}", job.kind, job.key, job.error)))
        .collect();
    let more = backlog.dead - i64::try_from(dead.len()).unwrap_or(0);
    if more > 0 {
        found.push((Severity::Fault, format!("{more} more jobs failed for good")));
    }
    if found.is_empty() {
        found.push((Severity::Fine, format!("{} waiting", backlog.waiting)));
    }
    Ok(found)
}

/// Where a brand's links may lead, and links that lead elsewhere.
fn of_destinations(brand: &Brand, links: &[Link], now: UnixMs) -> Found {
    if brand.destination_hosts.is_empty() {
        let hint = "links may lead to any host: name the allowed hosts on the Settings page or with `brand hosts`";
        return vec![(Severity::Warning, hint.to_owned())];
    }
    let live = links.iter().filter(|link| link.is_live(now));
    let blocked = live.filter(|link| check_destination(&link.destination, &brand.destination_hosts).is_err());
    let blocked: Vec<&Link> = blocked.collect();
    if blocked.is_empty() {
        return Found::new();
    }
    let host = |link: &&Link| Url::parse(&link.destination).ok().and_then(|url| url.host_str().map(str::to_owned));
    let hosts: BTreeSet<String> = blocked.iter().filter_map(host).collect();
    let hosts = hosts.into_iter().collect::<Vec<_>>().join(", ");
    let detail = format!("{} links do not work, since they lead to hosts that are not allowed: {hosts}", blocked.len());
    vec![(Severity::Fault, detail)]
}

async fn of_models(store: &dyn Store, brand: &Brand, now: UnixMs) -> Result<Found, FlowError> {
    let job = Job::RunModels(brand.id.clone()).at(now);
    Ok(match store.job_due_at(job.kind, &job.key).await? {
        None => vec![(Severity::Fault, "no run of the models is scheduled: restart the server".to_owned())],
        Some(due) if due.plus_ms(OVERDUE_MS) < now => {
            let due = brand.zone.show(due);
            vec![(Severity::Fault, format!("the models were due on {due}: no server is running them"))]
        }
        Some(_) => Found::new(),
    })
}

async fn of_shops(store: &dyn Store, brand: &Brand) -> Result<Found, FlowError> {
    let mut found = Found::new();
    for shop in store.shops_of(&brand.id).await?.into_iter().filter(|shop| shop.uninstalled_at.is_none()) {
        if shop.needs_reauth || shop.tokens.is_none() {
            let hint = "access has expired: open the app in the Shopify admin to renew it";
            found.push((Severity::Fault, format!("{}: {hint}", shop.domain)));
        }
        let present = store.subscriptions(&shop.domain).await?;
        let is_missing = |topic: &&&str| !present.iter().any(|subscription| subscription.topic == **topic);
        let missing: Vec<&str> = TOPICS.iter().filter(is_missing).copied().collect();
        if !missing.is_empty() {
            found.push((Severity::Fault, format!("{}: no webhooks for {}", shop.domain, missing.join(", "))));
        }
    }
    Ok(found)
}

/// A brand with answers but no key gets no more of them.
async fn of_survey(store: &dyn Store, brand: &Brand) -> Result<Found, FlowError> {
    if store.secret(&fairing_key_location(&brand.id)).await?.is_some() {
        return Ok(Found::new());
    }
    for state in [AnswerState::Matched, AnswerState::Open, AnswerState::Assigned, AnswerState::Dismissed] {
        let any =
            Keyset { from: String::new(), below: earliest(AnswerId::PREFIX, TIME_MAX), is_ascending: false, limit: 1 };
        if !store.answers(&brand.id, state, &any).await?.is_empty() {
            let detail = "has survey answers but no Fairing key: new answers are refused";
            return Ok(vec![(Severity::Warning, detail.to_owned())]);
        }
    }
    Ok(Found::new())
}

/// Discount codes of two creators: only the order's other evidence tells whose sale it was.
fn of_promo_codes(creators: &[Creator], links: &[Link]) -> Found {
    let mut owners: BTreeMap<&str, BTreeSet<&CreatorId>> = BTreeMap::new();
    for link in links {
        if let (Some(code), Some(creator)) = (&link.promo_code, &link.creator) {
            owners.entry(code).or_default().insert(creator);
        }
    }
    owners.retain(|_, creators| creators.len() > 1);
    let name = |id: &&CreatorId| creators.iter().find(|creator| creator.id == **id).map(|creator| creator.name.clone());
    let found = owners.iter().map(|(code, ids)| {
        let mut names: Vec<String> = ids.iter().filter_map(name).collect();
        names.sort_unstable();
        (Severity::Warning, format!("the discount code {code} belongs to several creators: {}", names.join(", ")))
    });
    found.collect()
}

/// Creators who cannot be told apart by name, and erased ones whose links still earn.
async fn of_creators(
    store: &dyn Store,
    brand: &Brand,
    creators: &[Creator],
    links: &[Link],
    now: UnixMs,
) -> Result<Found, FlowError> {
    let mut found = Found::new();
    let mut erased: BTreeSet<&CreatorId> = BTreeSet::new();
    for creator in creators {
        if store.creator_erased_at(&brand.id, &creator.id).await?.is_some() {
            erased.insert(&creator.id);
        }
    }
    let mut owners: BTreeMap<String, BTreeSet<&CreatorId>> = BTreeMap::new();
    for creator in creators.iter().filter(|creator| !erased.contains(&creator.id)) {
        for name in creator.aliases.iter().chain([&creator.name, &creator.handle]) {
            owners.entry(name.trim().to_lowercase()).or_default().insert(&creator.id);
        }
    }
    for (name, owners) in owners.iter().filter(|(_, owners)| owners.len() > 1) {
        let detail = format!("{} creators are called \"{name}\": survey answers cannot tell them apart", owners.len());
        found.push((Severity::Warning, detail));
    }
    for id in erased {
        let live =
            links.iter().filter(|link| link.creator.as_ref() == Some(id) && link.is_live(now) && !link.is_direct);
        let count = live.count();
        if count > 0 {
            let detail = format!("{count} links of the erased creator {id} still work and earn: delete them");
            found.push((Severity::Warning, detail));
        }
    }
    Ok(found)
}

/// Commission rules for tiers that no creator has, as after a change of the tier's name.
async fn of_tiers(store: &dyn Store, brand: &Brand, creators: &[Creator], now: UnixMs) -> Result<Found, FlowError> {
    let mut found = Found::new();
    for rule in store.rules(&brand.id).await?.into_iter().filter(|rule| rule.ends_at.is_none_or(|end| end > now)) {
        if let Scope::Tier(tier) = &rule.scope
            && !creators.iter().any(|creator| creator.tier.as_ref() == Some(tier))
        {
            let detail = format!("no creator is in the tier \"{tier}\", for which there is a commission rule");
            found.push((Severity::Warning, detail));
        }
    }
    Ok(found)
}

/// The daily deletion.
async fn of_retention(store: &dyn Store, brands: &[Brand], now: UnixMs) -> Result<Found, FlowError> {
    if brands.is_empty() {
        return Ok(Found::new());
    }
    let job = Job::Retain.at(now);
    Ok(match store.job_due_at(job.kind, &job.key).await? {
        None => vec![(Severity::Fault, "no daily deletion is scheduled: restart the server".to_owned())],
        Some(due) if due.plus_ms(OVERDUE_MS) < now => {
            let due = Zone::UTC.show(due);
            vec![(Severity::Fault, format!("the daily deletion was due on {due} UTC: no server is running it"))]
        }
        Some(_) => Found::new(),
    })
}

/// Requests that were not obeyed, and erased content that is still in the files.
async fn of_erasures(store: &dyn Store, now: UnixMs) -> Result<Found, FlowError> {
    let mut found = Found::new();
    for message in store.refused_privacy_messages(REFUSED_MAX).await? {
        let at = Zone::UTC.show(message.received_at);
        let detail = format!("{}: {} of {at} UTC was not obeyed ({})", message.shop, message.topic, message.outcome);
        found.push((Severity::Fault, detail));
    }
    let job = Job::Scrub.at(now);
    if store.job_due_at(job.kind, &job.key).await?.is_some() {
        let detail =
            "erased content is still in the database's files: its removal waits for a reader, or for the server";
        found.push((Severity::Warning, detail.to_owned()));
    }
    Ok(found)
}

/// Orders whose figures a person should look at.
async fn of_orders(store: &dyn Store, brand: &Brand) -> Result<Found, FlowError> {
    let limit = i64::try_from(FLAGGED_ORDERS_MAX + 1).unwrap_or(i64::MAX);
    let flagged = store.flagged_orders(&brand.id, limit).await?;
    let named = flagged.iter().take(FLAGGED_ORDERS_MAX);
    let mut found: Found = named
        .flat_map(|order| review_reasons(order).into_iter().map(|reason| format!("order {}: {reason}", order.name)))
        .map(|detail| (Severity::Warning, detail))
        .collect();
    if flagged.len() > FLAGGED_ORDERS_MAX {
        found.push((Severity::Warning, "more orders need review: the Orders page marks them".to_owned()));
    }
    Ok(found)
}
