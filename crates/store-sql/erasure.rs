//! Forgetting people and shops. Each erasure is one transaction; what a table holds about a person is erased in
//! [`erase`] and [`erase_everyone`], and nowhere else.
//!
//! A transaction that stores what may name an erased person first takes [`lock_out_erasures`], before any other lock.
//! Otherwise it could miss the tombstones of an erasure that commits while it runs.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    BrandId, CreatorId, Identity, UnixMs,
    attribution::{Attribution, Visitor},
    erasure::{ERASED_VISITOR, TOMBSTONE_LIFE_MS, Tombstone, anonymised, without_names_of},
    id::InboxId,
    order::{Order, OrderDetails, OrderSource, TOKEN_PREFIX, sale_name},
    shop::{Shop, ShopDomain},
};
use sqlx::{query, query_as};
use store::{
    Result, StoreError,
    api_requests::ApiRequestStore,
    audit::AuditEntry,
    erasure::{ErasureStore, Person},
    inbox::{Delivery, InboxRow},
    ingest::Batch,
    jobs::NewJob,
    outbound::NewEvents,
    row::read,
};

use crate::{
    Db, List, Tx, audit, claims, database, erasure_rows as rows, jobs, json, list, lock, lock_shared, outbound_events,
    stored_shop::stored_shop, webhook_testers::erase_received,
};

/// Explanations rewritten per statement.
const PAGE: i64 = 500;
/// Rewritten explanations in one statement.
const EXPLANATIONS_PER_STATEMENT: usize = 500;
/// How event reports may spell an order's id.
const SHOPIFY_ORDER: &str = "gid://shopify/Order/";

/// An order's explanation, under the order's lock.
struct Explained {
    id: String,
    attribution: Option<String>,
}

fn visitors_in(json: Option<&str>) -> Result<Vec<Visitor>> {
    let corrupt = |_| StoreError::Corrupt { table: "orders", column: "visitors" };
    json.map_or(Ok(Vec::new()), |text| serde_json::from_str(text).map_err(corrupt))
}

/// How a brand's erasures are locked.
fn lock_name(brand: &BrandId) -> String {
    format!("erasure {brand}")
}

/// Begins an erasure: waits for transactions that [`lock_out_erasures`], and serialises changes of the brand's
/// identities.
pub(crate) async fn lock_brand(tx: &mut Tx, brand: &BrandId) -> Result<()> {
    lock(tx, &lock_name(brand)).await?;
    lock(tx, &format!("identities {brand}")).await
}

/// Keeps erasures of these brands from committing until the transaction ends: tombstones that are read from now on are
/// all there are.
pub(crate) async fn lock_out_erasures<'a>(tx: &mut Tx, brands: impl IntoIterator<Item = &'a BrandId>) -> Result<()> {
    let names: BTreeSet<String> = brands.into_iter().map(lock_name).collect();
    let names: Vec<String> = names.into_iter().collect();
    if names.is_empty() { Ok(()) } else { lock_shared(tx, &names).await }
}

/// Who reports something that may name an erased person.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reporter {
    /// The shop or a browser.
    ShopOrBrowser,
    /// The brand's own backend, about something that happened at this time. What happened after everyone was erased is
    /// new.
    Backend(UnixMs),
}

impl Reporter {
    fn of(order: &Order) -> Self {
        if order.source == OrderSource::Api { Self::Backend(order.placed_at) } else { Self::ShopOrBrowser }
    }

    /// Whether the erasure of everyone at this time covers the report.
    fn is_covered(self, everyone_at: UnixMs) -> bool {
        match self {
            Self::ShopOrBrowser => true,
            Self::Backend(happened_at) => happened_at <= everyone_at,
        }
    }
}

// Finding a person.

async fn find(tx: &mut Tx, brand: &BrandId, identities: &[Identity]) -> Result<Person> {
    let mut person = Person::of(identities);
    loop {
        let size = person.size();
        add_identities(tx, brand, &mut person).await?;
        add_browsers(tx, brand, &mut person).await?;
        add_orders(tx, brand, &mut person).await?;
        if person.size() == size {
            drop_known_reporters(tx, brand, &mut person).await?;
            add_reported_orders(tx, brand, &mut person).await?;
            return Ok(person);
        }
    }
}

/// Adds the other identities of the customers whom the person's identities belong to.
async fn add_identities(tx: &mut Tx, brand: &BrandId, person: &mut Person) -> Result<()> {
    let known: Vec<&Identity> = person.identities.iter().collect();
    let reporters: Vec<Identity> = person.reporters.iter().cloned().map(Identity::Visitor).collect();
    let (brand, known, reporters) = (brand.as_str(), list(&known)?, list(&reporters)?);
    let joined = statement!(query!(
        r#"select identity as "identity!" from identities
           where brand_id = $1 and customer_id in (
               select customer_id from identities where brand_id = $1 and identity "# IN "$2" ")",
        brand,
        &known
    ))
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    // Anyone can report an order: a customer whom only browsers know is the order's, a known one is not.
    let of_browsers = statement!(query!(
        r#"select identity as "identity!" from identities
           where brand_id = $1 and customer_id in (
               select one.customer_id from identities as one where one.brand_id = $1 and one.identity "# IN "$2" r#"
                 and not exists (
                     select 1 from identities as verified
                     where verified.brand_id = $1 and verified.customer_id = one.customer_id
                       and verified.kind not in ('pv', 'claim', 'claim-mail', 'customer')))"#,
        brand,
        &reporters
    ))
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    let all = joined.into_iter().map(|row| row.identity).chain(of_browsers.into_iter().map(|row| row.identity));
    for identity in all {
        person.identities.insert(read(identity, "identities", "identity")?);
    }
    Ok(())
}

/// Leaves out those who only reported the person's orders, and are somebody else: their customer is known by more than
/// browsers.
async fn drop_known_reporters(tx: &mut Tx, brand: &BrandId, person: &mut Person) -> Result<()> {
    let reporters: Vec<Identity> = person.reporters.iter().cloned().map(Identity::Visitor).collect();
    let (brand, identities) = (brand.as_str(), list(&reporters)?);
    let rows = statement!(query!(
        r#"select one.identity as "identity!" from identities as one
           where one.brand_id = $1 and one.identity "# IN "$2" r#"
             and exists (
                 select 1 from identities as verified
                 where verified.brand_id = $1 and verified.customer_id = one.customer_id
                   and verified.kind not in ('pv', 'claim', 'claim-mail', 'customer'))"#,
        brand,
        &identities
    ))
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    for row in rows {
        let known: Identity = read(row.identity, "identities", "identity")?;
        if let Some(pv_id) = known.visitor() {
            person.reporters.remove(pv_id);
        }
    }
    Ok(())
}

/// Adds the other ids of the person's browsers. One step only: a link that was passed on ties the id it carried to
/// several people's browsers.
async fn add_browsers(tx: &mut Tx, brand: &BrandId, person: &mut Person) -> Result<()> {
    let mut own = person.own_visitors();
    own.retain(|pv_id| !person.browsers.contains(pv_id));
    let owners = rows::owners_of_aliases(tx, brand.as_str(), &json(&own)?).await?;
    let (brand, own) = (brand.as_str(), list(&own)?);
    let aliases = statement!(query!(
        r#"select alias as "pv_id!" from visitor_aliases where brand_id = $1 and pv_id "# IN "$2" r#"
           union
           select pv_alias from landings
           where brand_number = (select number from brands where id = $1) and pv_id "# IN "$2" " and " UNINDEXED "pv_alias is not null",
        brand,
        &own
    ))
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    for pv_id in aliases.into_iter().map(|row| row.pv_id).chain(owners) {
        if person.identities.insert(Identity::Visitor(pv_id.clone())) {
            person.browsers.insert(pv_id);
        }
    }
    Ok(())
}

/// Adds the orders that are the person's by their id, a hash, or the visitor in the cart, and what these show.
async fn add_orders(tx: &mut Tx, brand: &BrandId, person: &mut Person) -> Result<()> {
    let (ids, hashes, visitors) = (list(&person.orders())?, list(&person.hashes())?, list(&person.own_visitors())?);
    let brand = brand.as_str();
    // One select for each index: with `or`, SQLite would read every order.
    let rows = statement!(query!(
        r#"select external_id as "external_id!: String", cart_pv as "cart_pv?: String",
                  email_hash as "email_hash?: String", customer_hash as "customer_hash?: String",
                  visitors as "visitors?: String"
           from orders where brand_id = $1 and external_id "# IN "$2" r#"
           union select external_id, cart_pv, email_hash, customer_hash, visitors
           from orders where brand_id = $1 and customer_hash "# IN "$3" r#"
           union select external_id, cart_pv, email_hash, customer_hash, visitors
           from orders where brand_id = $1 and email_hash "# IN "$3" r#"
           union select external_id, cart_pv, email_hash, customer_hash, visitors
           from orders where brand_id = $1 and cart_pv "# IN "$4",
        brand,
        &ids,
        &hashes,
        &visitors
    ))
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    for row in rows {
        let visitors = visitors_in(row.visitors.as_deref())?;
        person.add_order(row.external_id, row.cart_pv, row.email_hash, row.customer_hash, visitors);
    }
    Ok(())
}

/// Adds the orders that show one of the person's visitors, who only reported the order or claims to be its customer.
async fn add_reported_orders(tx: &mut Tx, brand: &BrandId, person: &mut Person) -> Result<()> {
    let (all, own) = (person.visitors(), person.orders());
    let mut ids = claimed_orders(tx, brand, &all).await?;
    ids.extend(reported_orders(tx, brand, &all).await?);
    let ids: Vec<String> = ids.into_iter().collect();
    let (brand, ids) = (brand.as_str(), list(&ids)?);
    let rows = statement!(query!(
        r#"select external_id as "external_id!", visitors from orders where brand_id = $1 and external_id "# IN "$2",
        brand,
        &ids
    ))
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    for row in rows {
        let is_theirs = visitors_in(row.visitors.as_deref())?.iter().any(|visitor| all.contains(&visitor.pv_id));
        if is_theirs && !own.contains(&row.external_id) {
            person.reported_orders.insert(row.external_id);
        }
    }
    Ok(())
}

/// Orders that these visitors' purchases may be about: by their id, a name or a token.
async fn reported_orders(tx: &mut Tx, brand: &BrandId, visitors: &[String]) -> Result<BTreeSet<String>> {
    let (brand, visitors) = (brand.as_str(), list(visitors)?);
    let reports = statement!(query!(
        r#"select distinct order_id as "order_id!", secret_hash from events
           where brand_number = (select number from brands where id = $1)
             and pv_id "# IN "$2" " and " UNINDEXED "order_id is not null",
        brand,
        &visitors
    ))
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    let (mut ids, mut names) = (BTreeSet::new(), BTreeSet::new());
    for report in reports {
        let id = report.order_id.replacen(SHOPIFY_ORDER, "", 1);
        names.insert(sale_name(&id));
        names.extend(report.secret_hash.map(|hash| format!("{TOKEN_PREFIX}{hash}")));
        ids.insert(id);
    }
    let names: Vec<String> = names.into_iter().collect();
    let names = list(&names)?;
    let named = statement!(query!(
        r#"select distinct order_external_id as "external_id!" from order_names where brand_id = $1 and name "# IN "$2",
        brand,
        &names
    ))
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    ids.extend(named.into_iter().map(|row| row.external_id));
    Ok(ids)
}

/// Orders of the customers who these visitors claim to be.
async fn claimed_orders(tx: &mut Tx, brand: &BrandId, visitors: &[String]) -> Result<BTreeSet<String>> {
    let (brand, visitors) = (brand.as_str(), list(visitors)?);
    let claims = statement!(query!(
        r#"select distinct name as "name!" from claims where brand_id = $1 and pv_id "# IN "$2",
        brand,
        &visitors
    ))
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    let mut names: Vec<Identity> = Vec::new();
    for claim in claims {
        let name: Identity = read(claim.name, "claims", "name")?;
        names.extend(name.claimed());
        names.push(name);
    }
    let names = list(&names)?;
    let rows = statement!(query!(
        r#"select identity as "identity!" from identities
           where brand_id = $1 and kind = 'order' and customer_id in (
               select customer_id from identities where brand_id = $1 and identity "# IN "$2" ")",
        brand,
        &names
    ))
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    let mut ids = BTreeSet::new();
    for row in rows {
        let order: Identity = read(row.identity, "identities", "identity")?;
        ids.extend(order.order().map(str::to_owned));
    }
    Ok(ids)
}

/// How reports may spell these orders: their ids and names. A name that another order has too tells nothing.
async fn spellings_of(tx: &mut Tx, brand: &BrandId, external_ids: &[String]) -> Result<Vec<String>> {
    let (brand, ids) = (brand.as_str(), list(external_ids)?);
    let names = statement!(query!(
        r#"select name as "name!" from order_names
           where brand_id = $1 and order_external_id "# IN "$2" r#" and name not like 'token:%'
             and not exists (
                 select 1 from order_names as other
                 where other.brand_id = $1 and other.name = order_names.name and not (other.order_external_id "# IN "$2" "))",
        brand,
        &ids
    ))
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    let shown = statement!(query!(
        r#"select name as "name!" from orders where brand_id = $1 and external_id "# IN "$2",
        brand,
        &ids
    ))
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    let names: BTreeSet<String> = names.into_iter().map(|row| row.name).collect();
    let mut spellings: BTreeSet<String> = names.iter().flat_map(|name| [name.clone(), format!("#{name}")]).collect();
    for name in shown.into_iter().map(|row| row.name).filter(|name| names.contains(&sale_name(name))) {
        spellings.extend([name.trim_start_matches('#').to_owned(), name]);
    }
    spellings.extend(external_ids.iter().flat_map(|id| [id.clone(), format!("{SHOPIFY_ORDER}{id}")]));
    Ok(spellings.into_iter().collect())
}

// Erasing.

/// Erases a person. Returns the number of orders that were not erased before.
async fn erase(tx: &mut Tx, brand: &BrandId, person: &Person, at: UnixMs) -> Result<u64> {
    let own_orders = person.orders();
    let orders: Vec<String> = own_orders.iter().chain(&person.reported_orders).cloned().collect();
    let visitors = person.visitors();
    let mut identities: BTreeSet<Identity> = person.identities.clone();
    identities.extend(visitors.iter().cloned().map(Identity::Visitor));
    identities.extend(purchases_of(tx, brand, &visitors).await?.into_iter().map(Identity::Order));
    let marks: Vec<(Tombstone, bool)> =
        identities.iter().map(|identity| (Tombstone::of(brand, identity), identity.order().is_some())).collect();
    let count = erase_orders(tx, brand, &orders, at).await?;
    erase_reports(tx, brand, &own_orders).await?;
    let spellings = spellings_of(tx, brand, &own_orders).await?;
    erase_events(tx, brand, &spellings, &visitors).await?;
    erase_visits(tx, brand, &visitors).await?;
    erase_answers(tx, brand.as_str()).await?;
    erase_exports(tx, brand, &marks).await?;
    put_tombstones(tx, brand, &marks, at).await?;
    claims::erase(tx, brand, &identities).await?;
    // Identities last: they are what leads to everything else.
    erase_customers(tx, brand, &identities).await?;
    Ok(count)
}

/// Orders that backends reported as purchases of these visitors, whether they are stored yet or not.
async fn purchases_of(tx: &mut Tx, brand: &BrandId, visitors: &[String]) -> Result<Vec<String>> {
    let (brand, visitors) = (brand.as_str(), list(visitors)?);
    let rows = statement!(query!(
        r#"select distinct order_id as "order_id!" from events
           where brand_number = (select number from brands where id = $1)
             and pv_id "# IN "$2" " and " UNINDEXED "order_id is not null and is_verified = true
             and is_test = false",
        brand,
        &visitors
    ))
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    Ok(rows.into_iter().map(|row| row.order_id.replacen(SHOPIFY_ORDER, "", 1)).collect())
}

/// Ids under which purchases of these visitors were reported by someone whose word makes an order.
async fn countable_purchases_of(tx: &mut Tx, brand: &BrandId, visitors: &[String]) -> Result<Vec<String>> {
    let (brand, visitors) = (brand.as_str(), list(visitors)?);
    let rows = statement!(query!(
        r#"select distinct order_id as "order_id!" from events
           where brand_number = (select number from brands where id = $1)
             and pv_id "# IN "$2" " and " UNINDEXED "order_id is not null and is_test = false
             and (is_verified = true
                  or exists (select 1 from brands where brands.id = $1 and brands.trust_browser_purchases = true))",
        brand,
        &visitors
    ))
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    Ok(rows.into_iter().map(|row| row.order_id).collect())
}

/// Erases what names the person on orders and in their explanations.
async fn erase_orders(tx: &mut Tx, brand: &BrandId, external_ids: &[String], at: UnixMs) -> Result<u64> {
    let (brand_id, external_ids) = (brand.as_str(), list(external_ids)?);
    let explained = statement!(query_as!(
        Explained,
        r#"select id as "id!", attribution from orders where brand_id = $1 and external_id "# IN "$2" " order by " UNINDEXED "id" FOR UPDATE,
        brand_id,
        &external_ids
    ))
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    rewrite(tx, brand_id, &explained, anonymised).await?;
    statement!(query!(
        "update manual_credits set reason = '' where brand_id = $1 and order_id in (
            select id from orders where brand_id = $1 and external_id " IN "$2" ")",
        brand_id,
        &external_ids
    ))
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    // What a person wrote who edited a commission.
    statement!(query!(
        "update ledger set reason = '' where brand_id = $1 and kind = 'adjustment' and order_id in (
            select id from orders where brand_id = $1 and external_id " IN "$2" ")",
        brand_id,
        &external_ids
    ))
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    statement!(query!(
        "delete from questions where brand_id = $1 and order_id in (
            select id from orders where brand_id = $1 and external_id " IN "$2" ")",
        brand_id,
        &external_ids
    ))
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    statement!(query!(
        "delete from object_details where brand_id = $1 and object_id in (
            select id from orders where brand_id = $1 and external_id " IN "$2" ")",
        brand_id,
        &external_ids
    ))
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    statement!(query!(
        "delete from object_details where brand_id = $1 and object_id in (
            select ledger.id from ledger
            join orders on orders.brand_id = ledger.brand_id and orders.id = ledger.order_id
            where ledger.brand_id = $1 and orders.external_id " IN "$2" ")",
        brand_id,
        &external_ids
    ))
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    statement!(query!(
        "delete from object_details where brand_id = $1 and kind = 'conversion' and 'ord' || substr(object_id, 4, 27) in (
            select id from orders where brand_id = $1 and external_id " IN "$2" ")",
        brand_id,
        &external_ids
    ))
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    statement!(query!(
        "update refunds set reason = null where brand_id = $1 and reason is not null and order_external_id " IN "$2",
        brand_id,
        &external_ids
    ))
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    statement!(query!(
        "update orders set email_hash = null, customer_hash = null, cart_pv = null, visitors = null
         where brand_id = $1 and external_id " IN "$2",
        brand_id,
        &external_ids
    ))
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    let done = statement!(query!(
        "update orders set redacted_at = $3 where brand_id = $1 and redacted_at is null and external_id " IN "$2",
        brand_id,
        &external_ids,
        at.0
    ))
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    erase_tokens(tx, brand_id, Some(&external_ids)).await?;
    Ok(done.rows_affected())
}

/// Deletes the answers that show notes about orders, their commissions and conversions, and clicks. Sent again, these writes
/// change nothing.
async fn erase_answers(tx: &mut Tx, brand: &str) -> Result<()> {
    query!(
        "delete from api_answers
         where brand_id = $1 and (path like '/api/v1/orders%' or path like '/api/v1/commissions%'
             or path like '/api/v1/conversions/%' or path like '/api/v1/clicks/%')
           and path not in ('/api/v1/conversions/bulk', '/api/v1/clicks/bulk')",
        brand
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// A stored order's details.
struct Detailed {
    external_id: String,
    details: String,
}

/// Erases the checkout and cart tokens of orders: of these, or of all. Each order is looked at once: what a sender
/// calls an order may look like a token.
async fn erase_tokens(tx: &mut Tx, brand: &str, external_ids: Option<&List>) -> Result<()> {
    let mut after = String::new();
    loop {
        let page = match external_ids {
            Some(ids) => {
                statement!(query_as!(
                    Detailed,
                    r#"select external_id as "external_id!", details as "details!" from orders
                       where brand_id = $1 and "# UNINDEXED r#"external_id > $3
                         and (details like '%"secrets":%' or details like '%"token:%')
                         and external_id "# IN "$2" " order by external_id limit $4",
                    brand,
                    ids,
                    after,
                    PAGE
                ))
                .fetch_all(&mut **tx)
                .await
            }
            None => {
                query_as!(
                    Detailed,
                    r#"select external_id as "external_id!", details as "details!" from orders
                       where brand_id = $1 and external_id > $2
                         and (details like '%"secrets":%' or details like '%"token:%') order by external_id limit $3"#,
                    brand,
                    after,
                    PAGE
                )
                .fetch_all(&mut **tx)
                .await
            }
        };
        let page = page.map_err(database)?;
        let Some(last) = page.last() else { break };
        after.clone_from(&last.external_id);
        for order in page {
            erase_tokens_of(tx, brand, &order).await?;
        }
    }
    match external_ids {
        Some(ids) => {
            statement!(query!(
                "delete from order_names where brand_id = $1 and name like 'token:%' and order_external_id " IN "$2",
                brand,
                ids
            ))
            .execute(&mut **tx)
            .await
        }
        None => {
            query!("delete from order_names where brand_id = $1 and name like 'token:%'", brand)
                .execute(&mut **tx)
                .await
        }
    }
    .map_err(database)?;
    Ok(())
}

async fn erase_tokens_of(tx: &mut Tx, brand: &str, order: &Detailed) -> Result<()> {
    let corrupt = |_| StoreError::Corrupt { table: "orders", column: "details" };
    let before: OrderDetails = serde_json::from_str(&order.details).map_err(corrupt)?;
    let after = before.without_tokens();
    if after == before {
        return Ok(());
    }
    let details = json(&after)?;
    query!(
        "update orders set details = $3 where brand_id = $1 and external_id = $2",
        brand,
        order.external_id,
        details
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// Rewrites explanations, whose amounts stay.
async fn rewrite(
    tx: &mut Tx,
    brand: &str,
    explained: &[Explained],
    change: impl Fn(&Attribution) -> Attribution,
) -> Result<()> {
    let corrupt = |_| StoreError::Corrupt { table: "orders", column: "attribution" };
    let mut changed: Vec<(&str, String)> = Vec::new();
    for order in explained {
        let Some(text) = &order.attribution else { continue };
        let before: Attribution = serde_json::from_str(text).map_err(corrupt)?;
        let after = change(&before);
        if after != before {
            changed.push((&order.id, json(&after)?));
        }
    }
    for page in changed.chunks(EXPLANATIONS_PER_STATEMENT) {
        rows::update_attributions(tx, brand, &json(page)?).await?;
    }
    Ok(())
}

/// Erases what others reported about the person's orders.
async fn erase_reports(tx: &mut Tx, brand: &BrandId, orders: &[String]) -> Result<()> {
    let brand = brand.as_str();
    // Test sales have ids of their own.
    let transactions: Vec<String> =
        orders.iter().map(|id| id.strip_prefix("test:").unwrap_or(id)).map(str::to_owned).collect();
    let (orders, transactions) = (list(orders)?, list(&transactions)?);
    statement!(query!(
        "update survey_answers set answer = '' where brand_id = $1 and order_external_id " IN "$2",
        brand,
        &orders
    ))
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    statement!(query!(
        "update api_sales set meta = '{}' where brand_id = $1 and transaction_id " IN "$2",
        brand,
        &transactions
    ))
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// Erases the visitors' events, and those that name an order by one of these spellings. What a backend reported as a
/// purchase stays without the person: it may still have to become an order.
async fn erase_events(tx: &mut Tx, brand: &BrandId, orders: &[String], visitors: &[String]) -> Result<()> {
    let brand = brand.as_str();
    let (orders, visitors) = (list(orders)?, list(visitors)?);
    statement!(query!(
        "update events set pv_id = $3, pv_alias = null, page_url = null, event_data = null, secret_hash = null
         where brand_number = (select number from brands where id = $1)
           and pv_id " IN "$2" " and " UNINDEXED "order_id is not null and is_verified = true
           and is_test = false",
        brand,
        &visitors,
        ERASED_VISITOR
    ))
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    statement!(query!(
        "update events set pv_id = $3, pv_alias = null, page_url = null, event_data = null, secret_hash = null
         where brand_number = (select number from brands where id = $1)
           and order_id " IN "$2" " and is_verified = true and is_test = false",
        brand,
        &orders,
        ERASED_VISITOR
    ))
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    statement!(query!("delete from events where brand_number = (select number from brands where id = $1)
               and pv_id " IN "$2", brand, &visitors))
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    statement!(query!(
        "delete from events where brand_number = (select number from brands where id = $1)
                   and order_id " IN "$2" " and " UNINDEXED "pv_id <> $3",
        brand,
        &orders,
        ERASED_VISITOR
    ))
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// Erases the visitors' landings and aliases, and their ids on clicks and on events of other visitors.
async fn erase_visits(tx: &mut Tx, brand: &BrandId, visitors: &[String]) -> Result<()> {
    let brand = brand.as_str();
    let owners = rows::owners_of_aliases(tx, brand, &json(visitors)?).await?;
    let (owners, visitors) = (list(&owners)?, list(visitors)?);
    statement!(query!(
        "update events set pv_alias = null where brand_number = (select number from brands where id = $1)
                   and pv_id " IN "$2" " and " UNINDEXED "pv_alias " IN "$3",
        brand,
        &owners,
        &visitors
    ))
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    statement!(query!(
        "update landings set pv_alias = null where brand_number = (select number from brands where id = $1)
                   and pv_id " IN "$2" " and " UNINDEXED "pv_alias " IN "$3",
        brand,
        &owners,
        &visitors
    ))
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    // Test events count nowhere, and have no landing or alias that would lead to them.
    statement!(query!(
        "delete from events where brand_number = (select number from brands where id = $1)
                   and is_test = true and pv_alias " IN "$2",
        brand,
        &visitors
    ))
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    statement!(query!(
        "delete from visitor_aliases where brand_id = $1 and pv_id " IN "$2" " and alias " IN "$3",
        brand,
        &owners,
        &visitors
    ))
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    statement!(query!("delete from visitor_aliases where brand_id = $1 and pv_id " IN "$2", brand, &visitors))
        .execute(&mut **tx)
        .await
        .map_err(database)?;
    statement!(query!("delete from landings where brand_number = (select number from brands where id = $1)
               and pv_id " IN "$2", brand, &visitors))
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    statement!(query!("delete from creator_visitors where brand_id = $1 and pv_id " IN "$2", brand, &visitors))
        .execute(&mut **tx)
        .await
        .map_err(database)?;
    statement!(query!(
        "delete from object_details where brand_id = $1 and object_id in (
             select clicks.id from clicks
             where brand_number = (select number from brands where brands.id = $1) and pv_id " IN "$2" ")",
        brand,
        &visitors
    ))
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    statement!(query!(
        "update clicks set pv_id = '', visitor_hash = '' where brand_number = (select number from brands where id = $1)
                   and pv_id " IN "$2",
        brand,
        &visitors
    ))
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// Deletes the exports about the person.
async fn erase_exports(tx: &mut Tx, brand: &BrandId, marks: &[(Tombstone, bool)]) -> Result<()> {
    let hashes: Vec<&Tombstone> = marks.iter().map(|(mark, _)| mark).collect();
    let (brand, hashes) = (brand.as_str(), list(&hashes)?);
    statement!(query!(
        "delete from data_exports where brand_id = $1 and id in (
            select export_id from data_export_subjects where brand_id = $1 and hash " IN "$2" ")",
        brand,
        &hashes
    ))
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// Keeps who was erased from coming back: people for a time, orders for good.
async fn put_tombstones(tx: &mut Tx, brand: &BrandId, marks: &[(Tombstone, bool)], at: UnixMs) -> Result<()> {
    let expires_at = at.plus_ms(TOMBSTONE_LIFE_MS).0;
    let marks: Vec<(&str, Option<i64>)> =
        marks.iter().map(|(mark, is_order)| (mark.as_str(), (!is_order).then_some(expires_at))).collect();
    rows::insert_tombstones(tx, brand.as_str(), &json(&marks)?, at.0).await
}

/// Deletes profiles, customer events and identities.
async fn erase_customers(tx: &mut Tx, brand: &BrandId, identities: &BTreeSet<Identity>) -> Result<()> {
    let identities: Vec<&Identity> = identities.iter().collect();
    let (brand, identities) = (brand.as_str(), list(&identities)?);
    statement!(query!("delete from profiles where brand_id = $1 and identity " IN "$2", brand, &identities))
        .execute(&mut **tx)
        .await
        .map_err(database)?;
    statement!(query!("delete from customer_events where brand_id = $1 and identity " IN "$2", brand, &identities))
        .execute(&mut **tx)
        .await
        .map_err(database)?;
    statement!(query!("delete from identities where brand_id = $1 and identity " IN "$2", brand, &identities))
        .execute(&mut **tx)
        .await
        .map_err(database)?;
    Ok(())
}

/// Erases every customer of a brand, table by table as [`erase`] does for one.
async fn erase_everyone(tx: &mut Tx, brand: &BrandId, at: UnixMs) -> Result<()> {
    let brand_id = brand.as_str();
    let mut after = String::new();
    loop {
        let page = statement!(query_as!(
            Explained,
            r#"select id as "id!", attribution from orders where brand_id = $1 and id > $2
               order by id limit $3"# FOR UPDATE,
            brand_id,
            after,
            PAGE
        ))
        .fetch_all(&mut **tx)
        .await
        .map_err(database)?;
        let Some(last) = page.last() else { break };
        after.clone_from(&last.id);
        rewrite(tx, brand_id, &page, anonymised).await?;
    }
    query!(
        "update orders set email_hash = null, customer_hash = null, cart_pv = null, visitors = null,
                           redacted_at = coalesce(redacted_at, $2)
         where brand_id = $1",
        brand_id,
        at.0
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    erase_answers(tx, brand_id).await?;
    for statement in [
        query!("update manual_credits set reason = '' where brand_id = $1", brand_id),
        query!(
            "update ledger set reason = '' where brand_id = $1 and kind = 'adjustment' and order_id is not null",
            brand_id
        ),
        query!("delete from questions where brand_id = $1", brand_id),
        query!("delete from proofs where brand_id = $1", brand_id),
        query!("update survey_answers set answer = '' where brand_id = $1", brand_id),
        query!(
            "delete from object_details where brand_id = $1 and kind in ('order', 'commission', 'click', 'conversion')",
            brand_id
        ),
        query!("update refunds set reason = null where brand_id = $1 and reason is not null", brand_id),
        query!("update api_sales set meta = '{}' where brand_id = $1", brand_id),
        query!("delete from test_records where brand_id = $1", brand_id),
        query!("delete from visitor_aliases where brand_id = $1", brand_id),
        query!("delete from landings where brand_number = (select number from brands where id = $1)", brand_id),
        query!("delete from creator_visitors where brand_id = $1", brand_id),
        query!(
            "update clicks set pv_id = '', visitor_hash = '' where brand_number = (select number from brands where id = $1)",
            brand_id
        ),
        query!("delete from data_exports where brand_id = $1", brand_id),
        query!("delete from profiles where brand_id = $1", brand_id),
        query!("delete from customer_events where brand_id = $1", brand_id),
        query!("delete from identities where brand_id = $1", brand_id),
        query!("delete from claims where brand_id = $1", brand_id),
        query!("delete from invitations where brand_id = $1", brand_id),
        // The addresses of accounts that nothing else needs are deleted by the daily round.
        query!("delete from members where brand_id = $1", brand_id),
        query!("delete from sessions where brand_id = $1", brand_id),
        query!("delete from login_links where brand_id = $1", brand_id),
        // The key opens the shop's account elsewhere.
        query!("delete from klaviyo_connections where brand_id = $1", brand_id),
        // Who receives there need not be in the team.
        query!(
            "update webhook_endpoints set disabled_at = $2, disabled_reason = 'manual', next_at = null, updated_at = $2
             where brand_id = $1 and disabled_at is null and archived_at is null",
            brand_id,
            at.0
        ),
        // A backend's purchase may still have to become an order.
        query!(
            "delete from events where brand_number = (select number from brands where id = $1) and not (
                order_id is not null and is_verified = true and is_test = false)",
            brand_id
        ),
    ] {
        statement.execute(&mut **tx).await.map_err(database)?;
    }
    query!(
        "update events set pv_id = $2, pv_alias = null, page_url = null, event_data = null,
                           secret_hash = null where brand_number = (select number from brands where id = $1)",
        brand_id,
        ERASED_VISITOR
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    erase_tokens(tx, brand_id, None).await?;
    erase_received(tx, brand_id).await?;
    let everyone = [(Tombstone::of_everyone(brand), false)];
    put_tombstones(tx, brand, &everyone, at).await
}

/// Deletes the bodies of deliveries, which are then processed.
async fn erase_deliveries(tx: &mut Tx, deliveries: &[InboxId], at: UnixMs) -> Result<()> {
    let ids = list(deliveries)?;
    statement!(query!(
        "update webhook_inbox set body = null, processed_at = $2, outcome = 'erased'
         where processed_at is null and id " IN "$1",
        &ids,
        at.0
    ))
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

// Keeping the erased from coming back.

/// Those of the brands that have erased anybody: most have not, and need no hash of each visitor.
async fn brands_with_tombstones(tx: &mut Tx, brands: &[&BrandId]) -> Result<BTreeSet<String>> {
    let brands = list(brands)?;
    let rows = statement!(query!(
        r#"select id as "id!" from brands
           where id "# IN "$1" " and exists (select 1 from tombstones where tombstones.brand_id = brands.id)",
        &brands
    ))
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Which of these are tombstones of the brands, with the time of the erasure.
async fn marked(tx: &mut Tx, brands: &[&BrandId], marks: &[Tombstone]) -> Result<Vec<(String, UnixMs)>> {
    let (brands, hashes) = (list(brands)?, list(marks)?);
    let rows = statement!(query!(
        r#"select hash as "hash!", at as "at!" from tombstones where brand_id "# IN "$1" r#" and hash "# IN "$2",
        &brands,
        &hashes
    ))
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    Ok(rows.into_iter().map(|row| (row.hash, UnixMs(row.at))).collect())
}

/// When any of the identities, or everyone of the brand, was erased; `None` if a report of them is not late.
pub(crate) async fn erased_at(
    tx: &mut Tx,
    brand: &BrandId,
    identities: &[Identity],
    reporter: Reporter,
) -> Result<Option<UnixMs>> {
    let found = marked(tx, &[brand], &marks_of(brand, identities)).await?;
    Ok(latest_covering(brand, &found, reporter))
}

/// The tombstones of these identities and of everyone.
fn marks_of(brand: &BrandId, identities: &[Identity]) -> Vec<Tombstone> {
    let own = identities.iter().map(|identity| Tombstone::of(brand, identity));
    own.chain([Tombstone::of_everyone(brand)]).collect()
}

/// The time of the last erasure that covers what is reported, of those that were found.
fn latest_covering(brand: &BrandId, found: &[(String, UnixMs)], reporter: Reporter) -> Option<UnixMs> {
    let everyone = Tombstone::of_everyone(brand);
    let covering = found.iter().filter(|(hash, at)| hash != everyone.as_str() || reporter.is_covered(*at));
    covering.map(|(_, at)| *at).max()
}

impl Db {
    /// As [`erased_at`], outside a transaction.
    async fn was_erased(&self, brand: &BrandId, identities: &[Identity], reporter: Reporter) -> Result<bool> {
        let mut connection = self.read(brand).await?;
        let (brand_id, hashes) = (brand.as_str(), list(&marks_of(brand, identities))?);
        let rows = statement!(query!(
            r#"select hash as "hash!", at as "at!" from tombstones where brand_id = $1 and hash "# IN "$2",
            brand_id,
            &hashes
        ))
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?;
        let found: Vec<(String, UnixMs)> = rows.into_iter().map(|row| (row.hash, UnixMs(row.at))).collect();
        Ok(latest_covering(brand, &found, reporter).is_some())
    }
}

/// The order as it may be stored: without what names an erased person, and marked as erased. `reported_as` is the id by
/// which it was reported, if that is another one than the id that it is stored under.
pub(crate) async fn admitted(tx: &mut Tx, order: &Order, reported_as: &str) -> Result<Order> {
    let names = [
        Some(Identity::Order(order.external_id.clone())),
        Some(Identity::Order(reported_as.to_owned())),
        order.cart_pv.clone().map(Identity::Visitor),
        order.email_hash.clone().map(Identity::Email),
        order.customer_hash.clone().map(Identity::ShopifyCustomer),
    ];
    let names: Vec<Identity> = names.into_iter().flatten().collect();
    admitted_as(tx, order, &names).await
}

/// [`admitted`], for an order whose buyer has these names.
pub(crate) async fn admitted_as(tx: &mut Tx, order: &Order, names: &[Identity]) -> Result<Order> {
    let Some(at) = erased_at(tx, &order.brand, names, Reporter::of(order)).await? else { return Ok(order.clone()) };
    // What is told of this order from now on is about the erased person too.
    let mark = Tombstone::of(&order.brand, &Identity::Order(order.external_id.clone()));
    put_tombstones(tx, &order.brand, &[(mark, true)], at).await?;
    let details = order.details.without_tokens();
    Ok(Order { redacted_at: Some(at), cart_pv: None, email_hash: None, customer_hash: None, details, ..order.clone() })
}

/// Erases what is stored of an order if the facts that arrived are an erased person's ([`admitted`]): until now it may
/// have been nobody's.
pub(crate) async fn mark_order(tx: &mut Tx, arrived: &Order) -> Result<()> {
    let Some(at) = arrived.redacted_at else { return Ok(()) };
    let (brand, ids) = (&arrived.brand, [arrived.external_id.clone()]);
    erase_orders(tx, brand, &ids, at).await?;
    erase_answers(tx, brand.as_str()).await?;
    erase_reports(tx, brand, &ids).await?;
    let spellings = spellings_of(tx, brand, &ids).await?;
    erase_events(tx, brand, &spellings, &[]).await?;
    erase_customers(tx, brand, &BTreeSet::from([Identity::Order(arrived.external_id.clone())])).await
}

/// The batch without what names erased visitors; `None` if it names none. Their clicks are counted, and purchases that
/// a backend reports become orders; other events are dropped.
pub(crate) async fn admitted_batch(tx: &mut Tx, batch: &Batch) -> Result<Option<Batch>> {
    let clicks = batch.clicks.iter().map(|new| (&new.click.brand, &new.click.pv_id));
    let events = batch.events.iter().map(|new| (&new.event.brand, &new.event.pv_id));
    let aliases = batch.events.iter().filter_map(|new| Some((&new.event.brand, new.event.pv_alias.as_ref()?)));
    let visitors: BTreeSet<(&BrandId, &String)> = clicks.chain(events).chain(aliases).collect();
    let brands: Vec<&BrandId> = visitors.iter().map(|(brand, _)| *brand).collect::<BTreeSet<_>>().into_iter().collect();
    lock_out_erasures(tx, brands.iter().copied()).await?;
    let erasing = brands_with_tombstones(tx, &brands).await?;
    if erasing.is_empty() {
        return Ok(None);
    }
    let visitors = visitors.into_iter().filter(|(brand, _)| erasing.contains(brand.as_str()));
    let mark = |brand: &BrandId, pv_id: &str| Tombstone::of(brand, &Identity::Visitor(pv_id.to_owned()));
    let mut marks: Vec<Tombstone> = visitors.map(|(brand, pv_id)| mark(brand, pv_id)).collect();
    marks.extend(brands.iter().map(|brand| Tombstone::of_everyone(brand)));
    let erased: BTreeMap<String, UnixMs> = marked(tx, &brands, &marks).await?.into_iter().collect();
    if erased.is_empty() {
        return Ok(None);
    }
    let is_erased = |brand: &BrandId, pv_id: &str, reporter: Reporter| {
        let everyone_at = erased.get(Tombstone::of_everyone(brand).as_str());
        erased.contains_key(mark(brand, pv_id).as_str()) || everyone_at.is_some_and(|at| reporter.is_covered(*at))
    };
    let mut admitted = batch.clone();
    for click in admitted.clicks.iter_mut().map(|new| &mut new.click) {
        if is_erased(&click.brand, &click.pv_id, Reporter::ShopOrBrowser) {
            // Told apart by the hash of the day, like browsers without a cookie.
            (click.pv_id, click.is_returning) = (String::new(), false);
        }
    }
    let mut orders: Vec<(BrandId, Tombstone)> = Vec::new();
    admitted.events.retain_mut(|new| {
        let event = &mut new.event;
        let reporter = if event.is_verified { Reporter::Backend(event.occurred_at) } else { Reporter::ShopOrBrowser };
        let by_alias = event.pv_alias.as_deref().is_some_and(|alias| is_erased(&event.brand, alias, reporter));
        if !by_alias && !is_erased(&event.brand, &event.pv_id, reporter) {
            return true;
        }
        let Some(order) = event.order_id.clone().filter(|_| event.is_verified && !event.is_test) else { return false };
        orders.push((
            event.brand.clone(),
            Tombstone::of(&event.brand, &Identity::Order(order.replacen(SHOPIFY_ORDER, "", 1))),
        ));
        ERASED_VISITOR.clone_into(&mut event.pv_id);
        (event.pv_alias, event.page_url, event.event_data, new.secret_hash) = (None, None, None, None);
        true
    });
    let at = admitted.events.iter().map(|new| new.event.received_at).max().unwrap_or(UnixMs(0));
    for (brand, order) in orders {
        put_tombstones(tx, &brand, &[(order, true)], at).await?;
    }
    Ok(Some(admitted))
}

/// Ends the anonymity of a brand whose shop is installed again.
pub(crate) async fn readmit_everyone(tx: &mut Tx, brand: &BrandId) -> Result<()> {
    let everyone = Tombstone::of_everyone(brand);
    let (brand, hash) = (brand.as_str(), everyone.as_str());
    query!("delete from tombstones where brand_id = $1 and hash = $2", brand, hash)
        .execute(&mut **tx)
        .await
        .map_err(database)?;
    Ok(())
}

/// Erases what imports say about a creator: rows that were about them, and rows with their e-mail address.
async fn erase_import_rows(tx: &mut Tx, brand: &str, creator: &str) -> Result<()> {
    query!(
        "update import_rows set input = null, cells = null, email_hash = null, payout_address = null, faults = null,
                                before_image = null
         where brand_id = $1 and (creator_id = $2 or email_hash = (
             select email_hash from creators where brand_id = $1 and id = $2))",
        brand,
        creator
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// Deletes a creator's collabs, drops and content. Links that came with them stay, as all links do.
async fn erase_items_of(tx: &mut Tx, brand: &str, creator: &str) -> Result<()> {
    for statement in [
        query!(
            "delete from object_details where brand_id = $1 and object_id in (
                 select id from catalogue_items where brand_id = $1 and creator_id = $2)",
            brand,
            creator
        ),
        query!("delete from product_links where brand_id = $1 and creator_id = $2", brand, creator),
        // Drops before the collabs that they name.
        query!(
            "delete from catalogue_items where brand_id = $1 and creator_id = $2 and kind <> 'collab'",
            brand,
            creator
        ),
        query!("delete from catalogue_items where brand_id = $1 and creator_id = $2", brand, creator),
    ] {
        statement.execute(&mut **tx).await.map_err(database)?;
    }
    Ok(())
}

/// The creators who were merged into this one.
async fn merged_into(tx: &mut Tx, brand: &str, creator: &str) -> Result<Vec<CreatorId>> {
    query!(r#"select id as "id!" from creators where brand_id = $1 and merged_into = $2 order by id"#, brand, creator)
        .fetch_all(&mut **tx)
        .await
        .map_err(database)?
        .into_iter()
        .map(|row| read(row.id, "creators", "id"))
        .collect()
}

/// Erases a creator's own row. False if there is none, or it was erased before.
async fn erase_creator_row(tx: &mut Tx, brand: &str, creator: &str, at: UnixMs) -> Result<bool> {
    let done = query!(
        "update creators set name = 'Erased creator', handle = 'erased-' || substr(id, 5), email_hash = null,
                             aliases = '[]', partner_code = null, profile = null, payout_address = null,
                             payout_details = null, payout_contact = null, payout_changed_at = null,
                             updated_at = $3, erased_at = $3
         where brand_id = $1 and id = $2 and erased_at is null",
        brand,
        creator,
        at.0
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    // Those merged into them have nothing left but a code.
    query!("update creators set partner_code = null where brand_id = $1 and merged_into = $2", brand, creator)
        .execute(&mut **tx)
        .await
        .map_err(database)?;
    Ok(done.rows_affected() == 1)
}

#[async_trait::async_trait]
impl ErasureStore for Db {
    async fn person(&self, brand: &BrandId, identities: &[Identity]) -> Result<Person> {
        find(&mut self.snapshot(brand).await?, brand, identities).await
    }

    async fn is_erased(&self, brand: &BrandId, identities: &[Identity]) -> Result<bool> {
        self.was_erased(brand, identities, Reporter::ShopOrBrowser).await
    }

    async fn is_erased_for_backend(
        &self,
        brand: &BrandId,
        identities: &[Identity],
        happened_at: UnixMs,
    ) -> Result<bool> {
        self.was_erased(brand, identities, Reporter::Backend(happened_at)).await
    }

    async fn undecided_orders(&self, brand: &BrandId, person: &Person) -> Result<Vec<String>> {
        let mut tx = self.snapshot(brand).await?;
        let visitors = person.visitors();
        let purchases = countable_purchases_of(&mut tx, brand, &visitors).await?;
        let mut ids: BTreeSet<String> = purchases.iter().map(|id| id.replacen(SHOPIFY_ORDER, "", 1)).collect();
        ids.extend(person.orders());
        ids.extend(reported_orders(&mut tx, brand, &visitors).await?);
        ids.extend(claimed_orders(&mut tx, brand, &visitors).await?);
        let ids: Vec<String> = ids.into_iter().collect();
        let (brand, ids) = (brand.as_str(), list(&ids)?);
        let stored = statement!(query!(
            r#"select external_id as "external_id!", attribution is not null as "is_decided!: bool" from orders
               where brand_id = $1 and external_id "# IN "$2",
            brand,
            &ids
        ))
        .fetch_all(&mut *tx)
        .await
        .map_err(database)?;
        let is_stored = |id: &str| stored.iter().any(|order| order.external_id == id.replacen(SHOPIFY_ORDER, "", 1));
        let mut undecided: BTreeSet<String> = purchases.into_iter().filter(|id| !is_stored(id)).collect();
        undecided.extend(stored.into_iter().filter(|order| !order.is_decided).map(|order| order.external_id));
        Ok(undecided.into_iter().collect())
    }

    async fn erase_person(
        &self,
        brand: &BrandId,
        identities: &[Identity],
        deliveries: &[InboxId],
        at: UnixMs,
        audit: &AuditEntry,
        scrub: &NewJob,
    ) -> Result<u64> {
        let mut tx = self.begin_for(brand).await?;
        lock_brand(&mut tx, brand).await?;
        let person = find(&mut tx, brand, identities).await?;
        erase_deliveries(&mut tx, deliveries, at).await?;
        let count = erase(&mut tx, brand, &person, at).await?;
        audit::write(&mut tx, brand, audit).await?;
        jobs::push(&mut tx, scrub).await?;
        tx.commit().await.map_err(database)?;
        Ok(count)
    }

    async fn erase_shop(&self, seen: &Shop, at: UnixMs, audit: &AuditEntry, scrub: &NewJob) -> Result<bool> {
        // What asks for the erasure is done once the brand is erased, and would not come back for its tests: both at once.
        let test = self.test_brand_of(&seen.brand).await?;
        let domain = seen.domain.as_str();
        let brands = || core::iter::once(&seen.brand).chain(&test);
        // An uninstall since then changes nothing: who asked for the erasure still wants it.
        let is_reinstalled = |shop: &Shop| {
            shop.installed_at != seen.installed_at || (seen.uninstalled_at.is_some() && shop.uninstalled_at.is_none())
        };
        // The tombstones first, for themselves: what arrives from now on names nobody. The rest takes long for a large brand,
        // and clicks and events of all brands are stored together: they must not wait for it.
        let mut tx = self.system_begin().await?;
        for brand in brands() {
            lock_brand(&mut tx, brand).await?;
        }
        if stored_shop(&mut tx, domain).await?.is_none_or(|shop| is_reinstalled(&shop)) {
            return Ok(false);
        }
        for brand in brands() {
            put_tombstones(&mut tx, brand, &[(Tombstone::of_everyone(brand), false)], at).await?;
        }
        tx.commit().await.map_err(database)?;

        let mut tx = self.system_begin().await?;
        for brand in brands() {
            lock(&mut tx, &format!("identities {brand}")).await?;
        }
        let stored = stored_shop(&mut tx, domain).await?;
        // Installed again meanwhile, its customers may be known again.
        let Some(shop) = stored.filter(|shop| !is_reinstalled(shop)) else { return Ok(false) };
        query!(
            "update shops set uninstalled_at = coalesce(uninstalled_at, $2), access_token = null,
                              access_expires_at = null, refresh_token = null, refresh_expires_at = null,
                              needs_reauth = false
             where domain = $1",
            domain,
            at.0
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        query!("delete from shop_subscriptions where shop_domain = $1", domain)
            .execute(&mut *tx)
            .await
            .map_err(database)?;
        query!(
            "update webhook_inbox set body = null, outcome = coalesce(outcome, 'erased'),
                                      processed_at = coalesce(processed_at, $2)
             where shop_domain = $1",
            domain,
            at.0
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        if let Some(test) = &test {
            erase_everyone(&mut tx, test, at).await?;
        }
        erase_everyone(&mut tx, &shop.brand, at).await?;
        audit::write(&mut tx, &shop.brand, audit).await?;
        jobs::push(&mut tx, scrub).await?;
        tx.commit().await.map_err(database)?;
        Ok(true)
    }

    async fn waiting_deliveries(&self, shop: &ShopDomain, after: &str, limit: i64) -> Result<Vec<Delivery>> {
        let shop = shop.as_str();
        query_as!(
            InboxRow,
            r#"select id as "id!", source as "source!", delivery_id as "delivery_id!", topic as "topic!",
                      shop_domain as "shop_domain!", triggered_at, received_at as "received_at!", body,
                      body_sha256 as "body_sha256!"
               from webhook_inbox where shop_domain = $1 and id > $2 and processed_at is null order by id limit $3"#,
            shop,
            after,
            limit
        )
        .fetch_all(&mut *self.unbound_read().await?)
        .await
        .map_err(database)?
        .into_iter()
        .map(InboxRow::read)
        .collect()
    }

    async fn erase_creator(
        &self,
        brand: &BrandId,
        id: &CreatorId,
        at: UnixMs,
        audit: &AuditEntry,
        events: &NewEvents,
        scrub: &NewJob,
    ) -> Result<bool> {
        let mut tx = self.begin_for(brand).await?;
        lock(&mut tx, &lock_name(brand)).await?;
        let (brand_id, creator) = (brand.as_str(), id.as_str());
        erase_import_rows(&mut tx, brand_id, creator).await?;
        query!(
            "delete from account_links
             where email_hash = (select email_hash from creators where brand_id = $1 and id = $2)",
            brand_id,
            creator
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        if !erase_creator_row(&mut tx, brand_id, creator, at).await? {
            return Ok(false);
        }
        let explained = statement!(query_as!(
            Explained,
            r#"select id as "id!", attribution from orders
               where brand_id = $1 and external_id in (
                   select order_external_id from survey_answers where brand_id = $1 and creator_id = $2)
               order by "# UNINDEXED "id" FOR UPDATE,
            brand_id,
            creator
        ))
        .fetch_all(&mut *tx)
        .await
        .map_err(database)?;
        rewrite(&mut tx, brand_id, &explained, |attribution| without_names_of(attribution, id)).await?;
        erase_items_of(&mut tx, brand_id, creator).await?;
        for statement in [
            query!(
                "update survey_answers set answer = '', matched_name = null where brand_id = $1 and creator_id = $2",
                brand_id,
                creator
            ),
            query!("delete from sessions where brand_id = $1 and creator_id = $2", brand_id, creator),
            query!("delete from object_details where brand_id = $1 and object_id = $2", brand_id, creator),
            query!(
                "delete from object_details where brand_id = $1 and object_id in (
                     select id from creators where brand_id = $1 and merged_into = $2)",
                brand_id,
                creator
            ),
            query!(
                "delete from object_details where brand_id = $1 and object_id in (
                     select id from ledger where brand_id = $1 and creator_id = $2)",
                brand_id,
                creator
            ),
            // Of all conversions of the creator's orders: a settlement may have given a conversion's place to another.
            query!(
                "delete from object_details
                 where brand_id = $1 and kind = 'conversion' and 'ord' || substr(object_id, 4, 27) in (
                     select order_id from credits
                     where brand_id = $1 and link_id in (select id from links where brand_id = $1 and creator_id = $2)
                     union
                     select order_id from ledger where brand_id = $1 and creator_id = $2 and order_id is not null)",
                brand_id,
                creator
            ),
            query!(
                "delete from object_details where brand_id = $1 and kind = 'click' and exists (
                     select 1 from clicks join links on links.brand_id = $1 and links.id = clicks.link_id
                     where clicks.brand_number = (select number from brands where brands.id = $1)
                       and clicks.id = object_details.object_id and links.creator_id = $2)",
                brand_id,
                creator
            ),
            query!(
                "delete from object_details where brand_id = $1 and kind = 'milestone'
                   and substr(object_id, 15, 16) = substr(cast($2 as text), 15)",
                brand_id,
                creator
            ),
            // Of payouts, those that paid nobody else: others are not about the creator.
            query!(
                "delete from object_details where brand_id = $1 and kind = 'payout' and object_id in (
                     select payout_id from ledger where brand_id = $1 and creator_id = $2)
                   and object_id not in (
                     select payout_id from ledger
                     where brand_id = $1 and creator_id <> $2 and payout_id is not null)",
                brand_id,
                creator
            ),
            // Any of them may show the creator.
            query!("delete from api_answers where brand_id = $1 and $2 <> ''", brand_id, creator),
            query!("delete from login_links where brand_id = $1 and creator_id = $2", brand_id, creator),
            query!("delete from invitations where brand_id = $1 and creator_id = $2", brand_id, creator),
            query!("delete from creator_visitors where brand_id = $1 and creator_id = $2", brand_id, creator),
            query!("delete from questions where brand_id = $1 and creator_id = $2", brand_id, creator),
            query!("delete from proofs where brand_id = $1 and creator_id = $2", brand_id, creator),
        ] {
            statement.execute(&mut *tx).await.map_err(database)?;
        }
        erase_received(&mut tx, brand_id).await?;
        outbound_events::erase_creator(&mut tx, brand, id).await?;
        // Events from before a merge name the creator who is no more: the same person.
        for merged in merged_into(&mut tx, brand_id, creator).await? {
            outbound_events::erase_creator(&mut tx, brand, &merged).await?;
        }
        audit::write(&mut tx, brand, audit).await?;
        outbound_events::emit(&mut tx, brand, events).await?;
        jobs::push(&mut tx, scrub).await?;
        tx.commit().await.map_err(database)?;
        Ok(true)
    }

    async fn creator_erased_at(&self, brand: &BrandId, id: &CreatorId) -> Result<Option<UnixMs>> {
        let mut connection = self.read(brand).await?;
        let (brand, id) = (brand.as_str(), id.as_str());
        let row = query!("select erased_at from creators where brand_id = $1 and id = $2", brand, id)
            .fetch_optional(&mut *connection)
            .await
            .map_err(database)?;
        Ok(row.and_then(|row| row.erased_at).map(UnixMs))
    }

    async fn scrub(&self) -> Result<bool> {
        rows::scrub(self).await
    }
}
