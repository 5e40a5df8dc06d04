//! Claims: browsers that say which customer their visitor is. All are kept; too many of them are only counted.

use std::collections::BTreeSet;

use domain::{
    BrandId, CreatorId, Identity, UnixMs,
    identity::{CLAIMS_PER_CREATOR_HOUR_MAX, CLAIMS_PER_VISITOR_MAX, CLAIMS_WITHOUT_CREATOR_HOUR_MAX},
    time::HOUR_MS,
};
use sqlx::query;
use store::{Result, customers::Claim, jobs::SettleJob, row::read};

use crate::{
    Db, Tx, database,
    identities::{identities_of_kinds, known_identities},
    jobs, list,
};

/// Most orders of a customer that one claim of the name settles again: anybody can claim.
const ORDERS_SETTLED_MAX: usize = 500;

/// Most visitors with whom one claim is kept.
const VISITORS_MAX: usize = 50;

/// Keeps the claims among a browser's identities with its visitors and with the others of their customers: what is said
/// of one is said of all. Returns false if any of them has too many, or there is no visitor.
pub(crate) async fn record(
    tx: &mut Tx,
    brand: &BrandId,
    identities: &[Identity],
    settle: SettleJob<'_>,
    at: UnixMs,
) -> Result<bool> {
    let claimed: Vec<&Identity> = identities.iter().filter(|identity| identity.is_claim()).collect();
    if claimed.is_empty() {
        return Ok(true);
    }
    let visitors = visitors(tx, brand, identities).await?;
    let mut is_kept = !visitors.is_empty();
    let mut all_new = BTreeSet::new();
    for pv_id in &visitors {
        let earlier = of_visitor(tx, brand, pv_id).await?;
        let new: Vec<&Identity> = claimed.iter().copied().filter(|name| !earlier.contains(&name.to_string())).collect();
        if new.is_empty() {
            continue;
        }
        // Visitors whom no creator sent are counted under the empty id.
        let creator = creator_of(tx, brand, pv_id).await?.unwrap_or_default();
        let by_visitor = i64::try_from(earlier.len() + new.len()).unwrap_or(i64::MAX);
        let by_creator = of_creator(tx, brand, &creator, at.plus_ms(-HOUR_MS)).await?;
        let by_creator_max =
            if creator.is_empty() { CLAIMS_WITHOUT_CREATOR_HOUR_MAX } else { CLAIMS_PER_CREATOR_HOUR_MAX };
        if by_visitor > CLAIMS_PER_VISITOR_MAX || by_creator >= by_creator_max {
            ignore(tx, brand, &creator, at).await?;
            is_kept = false;
            continue;
        }
        for name in new {
            insert(tx, brand, name, pv_id, &creator, at).await?;
            all_new.insert(name);
        }
    }
    let all_new: Vec<&Identity> = all_new.into_iter().collect();
    if !all_new.is_empty() {
        settle_claimed(tx, brand, &all_new, settle).await?;
    }
    Ok(is_kept)
}

/// The visitors among these identities, in order, then the other visitors of their customers.
async fn visitors(tx: &mut Tx, brand: &BrandId, identities: &[Identity]) -> Result<Vec<String>> {
    let own: Vec<Identity> = identities.iter().filter(|identity| identity.visitor().is_some()).cloned().collect();
    let known = known_identities(tx, brand, &own).await?;
    let customers: BTreeSet<_> = known.into_iter().map(|known| known.customer).collect();
    let mut visitors: Vec<String> = own.iter().filter_map(Identity::visitor).map(str::to_owned).collect();
    for customer in customers {
        let others = identities_of_kinds(tx, brand, &customer, ["pv"; 3]).await?;
        let mut others: Vec<String> = others.iter().filter_map(Identity::visitor).map(str::to_owned).collect();
        others.retain(|pv_id| !visitors.contains(pv_id));
        others.sort();
        visitors.extend(others);
    }
    visitors.truncate(VISITORS_MAX);
    Ok(visitors)
}

/// The names that a visitor has claimed.
async fn of_visitor(tx: &mut Tx, brand: &BrandId, pv_id: &str) -> Result<BTreeSet<String>> {
    let brand = brand.as_str();
    let rows = query!(r#"select name as "name!" from claims where brand_id = $1 and pv_id = $2"#, brand, pv_id)
        .fetch_all(&mut **tx)
        .await
        .map_err(database)?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}

/// The number of claims since a time by visitors of a creator; of none if the id is empty.
async fn of_creator(tx: &mut Tx, brand: &BrandId, creator: &str, since: UnixMs) -> Result<i64> {
    let brand = brand.as_str();
    let row = query!(
        r#"select count(*) as "count!: i64" from claims
           where brand_id = $1 and creator_id is not null and creator_id = $2 and at > $3"#,
        brand,
        creator,
        since.0
    )
    .fetch_one(&mut **tx)
    .await
    .map_err(database)?;
    Ok(row.count)
}

/// The creator whose link a visitor came by last, as a click or as a landing that the pixel reported. A link without a
/// creator hides none: people come by several links.
async fn creator_of(tx: &mut Tx, brand: &BrandId, pv_id: &str) -> Result<Option<String>> {
    let brand = brand.as_str();
    let row = query!(
        r#"select creator_id as "creator_id!" from (
               select creator_id, at from clicks
               where brand_number = (select number from brands where id = $1) and pv_id = $2 and creator_id is not null
               union all
               select links.creator_id, landings.at
               from landings join links on links.brand_id = $1 and links.code = landings.code
               where landings.brand_number = (select number from brands where id = $1)
                 and landings.pv_id = $2 and links.creator_id is not null) as visited
           order by at desc limit 1"#,
        brand,
        pv_id
    )
    .fetch_optional(&mut **tx)
    .await
    .map_err(database)?;
    Ok(row.map(|row| row.creator_id))
}

async fn insert(tx: &mut Tx, brand: &BrandId, name: &Identity, pv_id: &str, creator: &str, at: UnixMs) -> Result<()> {
    let (brand, name) = (brand.as_str(), name.to_string());
    query!(
        "insert into claims (brand_id, name, pv_id, creator_id, at) values ($1, $2, $3, $4, $5)
         on conflict (brand_id, name, pv_id) do nothing",
        brand,
        name,
        pv_id,
        creator,
        at.0
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

async fn ignore(tx: &mut Tx, brand: &BrandId, creator: &str, at: UnixMs) -> Result<()> {
    let (brand, hour) = (brand.as_str(), at.0.div_euclid(HOUR_MS));
    query!(
        "insert into ignored_claims (brand_id, creator_id, hour, count) values ($1, $2, $3, 1)
         on conflict (brand_id, creator_id, hour) do update set count = ignored_claims.count + 1",
        brand,
        creator,
        hour
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// Queues the orders of the claimed customers: a further claim may make an earlier one disputed.
async fn settle_claimed(tx: &mut Tx, brand: &BrandId, names: &[&Identity], settle: SettleJob<'_>) -> Result<()> {
    let mut known: Vec<Identity> = names.iter().map(|name| (*name).clone()).collect();
    known.extend(names.iter().filter_map(|name| match name {
        Identity::ClaimedKey(hash) => Some(Identity::CustomerKey(hash.clone())),
        Identity::ClaimedEmail(hash) => Some(Identity::EmailSha256(hash.clone())),
        _ => None,
    }));
    let customers: BTreeSet<_> =
        known_identities(tx, brand, &known).await?.into_iter().map(|known| known.customer).collect();
    for customer in customers {
        let mut orders = identities_of_kinds(tx, brand, &customer, ["order"; 3]).await?;
        orders.sort();
        orders.truncate(ORDERS_SETTLED_MAX);
        for external_id in orders.iter().filter_map(Identity::order) {
            jobs::push(tx, &settle(external_id)).await?;
        }
    }
    Ok(())
}

/// Deletes the claims of these names, and those of these visitors.
pub(crate) async fn erase(tx: &mut Tx, brand: &BrandId, identities: &BTreeSet<Identity>) -> Result<()> {
    let names: BTreeSet<Identity> = identities.iter().filter_map(claimed_names).collect();
    let names: Vec<Identity> = names.into_iter().collect();
    let visitors: Vec<&str> = identities.iter().filter_map(Identity::visitor).collect();
    let (brand, names, visitors) = (brand.as_str(), list(&names)?, list(&visitors)?);
    statement!(query!(
        "delete from claims where brand_id = $1 and (name " IN "$2" " or pv_id " IN "$3" ")",
        brand,
        &names,
        &visitors
    ))
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// The claims that may be about an identity.
pub(crate) fn claimed_names(identity: &Identity) -> Option<Identity> {
    match identity {
        Identity::EmailSha256(hash) => Some(Identity::ClaimedEmail(hash.clone())),
        other => other.claim(),
    }
}

/// [`store::customers::CustomerStore::claims_of`].
pub(crate) async fn find(db: &Db, brand: &BrandId, names: &[Identity]) -> Result<Vec<Claim>> {
    let mut connection = db.read(brand).await?;
    let (brand, names) = (brand.as_str(), list(names)?);
    let rows = statement!(query!(
        r#"select name as "name!: String", pv_id as "pv_id!: String", at as "at!: i64" from (
               select name, pv_id, at, row_number() over (partition by name order by at, pv_id) as nth
               from claims where brand_id = $1 and name "# IN "$2" ") as found where nth <= 50 order by name, nth",
        brand,
        &names
    ))
    .fetch_all(&mut *connection)
    .await
    .map_err(database)?;
    rows.into_iter()
        .map(|row| Ok(Claim { name: read(row.name, "claims", "name")?, pv_id: row.pv_id, at: UnixMs(row.at) }))
        .collect()
}

/// [`store::customers::CustomerStore::ignored_claims`].
pub(crate) async fn ignored(db: &Db, brand: &BrandId, creator: Option<&CreatorId>, since: UnixMs) -> Result<i64> {
    let mut connection = db.read(brand).await?;
    let creator = creator.map_or("", CreatorId::as_str);
    let (brand, hour) = (brand.as_str(), since.0.div_euclid(HOUR_MS));
    let row = query!(
        r#"select cast(coalesce(sum(count), 0) as bigint) as "count!: i64" from ignored_claims
           where brand_id = $1 and creator_id = $2 and hour >= $3"#,
        brand,
        creator,
        hour
    )
    .fetch_one(&mut *connection)
    .await
    .map_err(database)?;
    Ok(row.count)
}
