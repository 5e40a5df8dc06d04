//! Many orders of a brand in one transaction: what does not touch another sale or another customer takes a few
//! statements for all of them, the rest goes the way of single orders.

use std::collections::{BTreeMap, BTreeSet};

use domain::{BrandId, CustomerId, Identity, UnixMs, order::Order};
use serde::Serialize;
use store::{
    Result,
    customers::Join,
    jobs::{NewJob, SettleJob},
    orders::{NewOrder, OrderBatchStore, OrderRow},
};

use crate::{
    Db, Tx, customers, database, dialect,
    erasure::{self, Reporter},
    identities, jobs, json, list, lock,
    order_locks::{NameOwners, lock_orders},
    order_rows as rows,
    orders::{merge_order, refresh_deductions},
};

/// An order's facts as the engines' statements read them from JSON.
#[derive(Serialize)]
struct FactsRow<'a> {
    id: &'a str,
    source: &'a str,
    external_id: &'a str,
    name: &'a str,
    placed_at: i64,
    placed_day: i64,
    facts_version: i64,
    cancelled_at: Option<i64>,
    currency: &'a str,
    total_minor: i64,
    subtotal_minor: i64,
    is_test: bool,
    is_new_customer: Option<bool>,
    cart_pv: Option<&'a str>,
    cart_ref: Option<String>,
    landing_ref: Option<String>,
    promo_codes: String,
    email_hash: Option<&'a str>,
    customer_hash: Option<&'a str>,
    lines: String,
    details: String,
}

impl<'a> FactsRow<'a> {
    fn of(facts: &'a Order, placed_day: i64) -> Result<Self> {
        Ok(Self {
            id: facts.id.as_str(),
            source: facts.source.as_str(),
            external_id: &facts.external_id,
            name: &facts.name,
            placed_at: facts.placed_at.0,
            placed_day,
            facts_version: facts.version.stored(),
            cancelled_at: facts.cancelled_at.map(|at| at.0),
            currency: facts.currency.code(),
            total_minor: facts.total_minor,
            subtotal_minor: facts.subtotal_minor,
            is_test: facts.is_test,
            is_new_customer: facts.is_new_customer,
            cart_pv: facts.cart_pv.as_deref(),
            cart_ref: facts.cart_ref.map(String::from),
            landing_ref: facts.landing_ref.map(String::from),
            promo_codes: json(&facts.promo_codes)?,
            email_hash: facts.email_hash.as_deref(),
            customer_hash: facts.customer_hash.as_deref(),
            lines: json(&facts.lines)?,
            details: json(&facts.details)?,
        })
    }
}

#[async_trait::async_trait]
impl OrderBatchStore for Db {
    fn settled_at_once(&self) -> usize {
        dialect::SETTLED_AT_ONCE
    }

    async fn record_orders(
        &self,
        brand: &BrandId,
        orders: &[NewOrder],
        settle: SettleJob<'_>,
        at: UnixMs,
    ) -> Result<Vec<bool>> {
        let mut tx = self.begin_for(brand).await?;
        erasure::lock_out_erasures(&mut tx, [brand]).await?;
        let owners = lock_orders(&mut tx, brand, orders.iter().map(|new| &new.order)).await?;
        lock(&mut tx, &format!("identities {brand}")).await?;
        let mut batch = Batch { brand, settle, at, settled: BTreeSet::new() };
        let mut stored: Vec<Stored> = batch.put(&mut tx, orders, owners).await?;
        batch.join(&mut tx, orders, &mut stored).await?;
        let settled: Vec<NewJob> = batch.settled.iter().map(|external_id| settle(external_id)).collect();
        jobs::push_all(&mut tx, &settled).await?;
        tx.commit().await.map_err(database)?;
        Ok(stored.into_iter().map(|order| order.is_erased).collect())
    }
}

/// What became of an order.
struct Stored {
    is_erased: bool,
    /// Ids of orders that it absorbed.
    absorbed: Vec<String>,
}

struct Batch<'a> {
    brand: &'a BrandId,
    settle: SettleJob<'a>,
    at: UnixMs,
    /// Orders to settle.
    settled: BTreeSet<String>,
}

impl Batch<'_> {
    /// Stores the facts.
    async fn put(&mut self, tx: &mut Tx, orders: &[NewOrder], owners: NameOwners) -> Result<Vec<Stored>> {
        let is_simple = self.simple_orders(tx, orders, owners).await?;
        let simple = || orders.iter().zip(&is_simple).filter(|(_, is_simple)| **is_simple).map(|(new, _)| new);
        let ids: Vec<&str> = simple().map(|new| new.order.external_id.as_str()).collect();
        let mut before = stored_orders(tx, self.brand, &ids).await?;
        let mut changed: Vec<(Order, i64)> = Vec::new();
        let mut stored: BTreeMap<&str, Stored> = BTreeMap::new();
        for new in simple() {
            let id = new.order.external_id.as_str();
            let earlier = before.remove(id);
            let facts = match &earlier {
                Some(earlier) => Order::merged(earlier.clone(), new.order.clone()),
                None => new.order.clone(),
            };
            stored.insert(id, Stored { is_erased: facts.redacted_at.is_some(), absorbed: Vec::new() });
            if earlier.as_ref() != Some(&facts) {
                self.settled.insert(facts.external_id.clone());
                changed.push((facts, new.placed_day.0));
            }
        }
        self.write(tx, &changed).await?;
        let mut all = Vec::with_capacity(orders.len());
        for new in orders {
            all.push(match stored.remove(new.order.external_id.as_str()) {
                Some(stored) => stored,
                None => self.put_one(tx, new).await?,
            });
        }
        Ok(all)
    }

    /// Which orders concern no other sale and no erased person.
    async fn simple_orders(&self, tx: &mut Tx, orders: &[NewOrder], mut owners: NameOwners) -> Result<Vec<bool>> {
        let names: Vec<Identity> = orders.iter().flat_map(named_in).collect();
        if erasure::erased_at(tx, self.brand, &names, Reporter::ShopOrBrowser).await?.is_some() {
            return Ok(vec![false; orders.len()]);
        }
        for new in orders {
            for name in &new.order.details.names {
                owners.entry(name.clone()).or_default().insert(new.order.external_id.clone());
            }
        }
        let is_alone = |name: &String| owners.get(name).is_none_or(|owners| owners.len() < 2);
        Ok(orders.iter().map(|new| !new.order.is_test && new.order.details.names.iter().all(is_alone)).collect())
    }

    async fn put_one(&self, tx: &mut Tx, new: &NewOrder) -> Result<Stored> {
        let merged = merge_order(tx, &new.order, new.placed_day, self.settle).await?;
        let now = stored_orders(tx, self.brand, &[&merged.external_id]).await?;
        let is_erased = now.into_values().any(|order| order.redacted_at.is_some());
        Ok(Stored { is_erased, absorbed: merged.absorbed })
    }

    /// Writes changed facts with their names, and what the stored refunds of these orders deduct.
    async fn write(&self, tx: &mut Tx, changed: &[(Order, i64)]) -> Result<()> {
        if changed.is_empty() {
            return Ok(());
        }
        let facts: Vec<FactsRow<'_>> =
            changed.iter().map(|(facts, day)| FactsRow::of(facts, *day)).collect::<Result<_>>()?;
        rows::write(tx, self.brand.as_str(), &json(&facts)?).await?;
        let names: BTreeSet<(&str, &str)> = changed
            .iter()
            .flat_map(|(facts, _)| facts.details.names.iter().map(|name| (name.as_str(), facts.external_id.as_str())))
            .collect();
        rows::write_names(tx, self.brand.as_str(), &names.into_iter().collect::<Vec<_>>()).await?;
        let ids: Vec<&str> = changed.iter().map(|(facts, _)| facts.external_id.as_str()).collect();
        let refunded = refunded_orders(tx, self.brand, &ids).await?;
        for (facts, _) in changed.iter().filter(|(facts, _)| refunded.contains(&facts.external_id)) {
            refresh_deductions(tx, facts).await?;
        }
        Ok(())
    }

    /// Joins each order's identities into one customer.
    async fn join(&mut self, tx: &mut Tx, orders: &[NewOrder], stored: &mut [Stored]) -> Result<()> {
        let named = || orders.iter().zip(stored.iter()).filter(|(_, stored)| !stored.is_erased);
        let asked: BTreeSet<&Identity> = named().flat_map(|(new, _)| &new.identities).collect();
        let asked: Vec<Identity> = asked.into_iter().cloned().collect();
        let mut known: BTreeMap<Identity, CustomerId> = BTreeMap::new();
        for row in identities::known_identities(tx, self.brand, &asked).await? {
            known.insert(row.identity, row.customer);
        }
        let mut orders_of: BTreeMap<&Identity, usize> = BTreeMap::new();
        for identity in named().flat_map(|(new, _)| &new.identities) {
            *orders_of.entry(identity).or_default() += 1;
        }
        let mut simple: Vec<(&Identity, CustomerId)> = Vec::new();
        let mut others: Vec<(&NewOrder, &Stored)> = Vec::new();
        for (new, stored) in named() {
            let customers: BTreeSet<&CustomerId> = new.identities.iter().filter_map(|one| known.get(one)).collect();
            let unknown: Vec<&Identity> = new.identities.iter().filter(|one| !known.contains_key(one)).collect();
            // A new visitor or address of a known customer is evidence for the customer's other orders.
            let is_evidence = |identity: &&&Identity| matches!(identity, Identity::Visitor(_) | Identity::Email(_));
            let is_news = !customers.is_empty() && unknown.iter().any(|identity| is_evidence(&identity));
            let is_shared = new.identities.iter().any(|identity| orders_of.get(identity) != Some(&1));
            if customers.len() > 1 || is_news || is_shared || !stored.absorbed.is_empty() {
                others.push((new, stored));
                continue;
            }
            let customer = customers.first().map_or_else(|| new.customer.clone(), |customer| (*customer).clone());
            self.settled.extend(unknown.iter().filter_map(|identity| identity.order()).map(str::to_owned));
            simple.extend(unknown.into_iter().map(|identity| (identity, customer.clone())));
        }
        self.insert_identities(tx, &simple).await?;
        for (new, stored) in others {
            let absorbed = stored.absorbed.iter().cloned().map(Identity::Order);
            let identities: Vec<Identity> = new.identities.iter().cloned().chain(absorbed).collect();
            if !identities.is_empty() {
                let (settle, at) = (self.settle, self.at);
                customers::join(tx, self.brand, &identities, &new.customer, Join::Merge, settle, at).await?;
            }
        }
        Ok(())
    }

    async fn insert_identities(&self, tx: &mut Tx, identities: &[(&Identity, CustomerId)]) -> Result<()> {
        if identities.is_empty() {
            return Ok(());
        }
        let mut new: Vec<(String, &'static str, &str)> = identities
            .iter()
            .map(|(identity, customer)| (identity.to_string(), identity.kind(), customer.as_str()))
            .collect();
        new.sort();
        rows::insert_identities(tx, self.brand.as_str(), &new, self.at.0).await
    }
}

/// Everything that names an order's customer.
fn named_in(new: &NewOrder) -> Vec<Identity> {
    let order = &new.order;
    let names = [
        Some(Identity::Order(order.external_id.clone())),
        order.cart_pv.clone().map(Identity::Visitor),
        order.email_hash.clone().map(Identity::Email),
        order.customer_hash.clone().map(Identity::ShopifyCustomer),
    ];
    names.into_iter().flatten().chain(new.identities.iter().cloned()).collect()
}

/// The stored orders' facts by external id, locked until the transaction ends.
async fn stored_orders(tx: &mut Tx, brand: &BrandId, external_ids: &[&str]) -> Result<BTreeMap<String, Order>> {
    let (brand, ids) = (brand.as_str(), list(external_ids)?);
    let rows = statement!(query_as!(
        OrderRow,
        r#"select brand_id as "brand_id!", id as "id!", source as "source!", external_id as "external_id!",
                  name as "name!", placed_at as "placed_at!", facts_version as "facts_version!", cancelled_at,
                  currency as "currency!", total_minor as "total_minor!", subtotal_minor as "subtotal_minor!",
                  cast(0 as bigint) as "refunded_minor!: i64", is_test as "is_test!: bool",
                  is_new_customer as "is_new_customer: bool", cart_pv, cart_ref, landing_ref,
                  promo_codes as "promo_codes!", lines as "lines!", details as "details!", email_hash, customer_hash,
                  redacted_at, placed_day as "placed_day!", settlements as "settlements!", settled_day,
                  visitors, attribution
           from orders where brand_id = $1 and external_id "# IN "$2" " order by " UNINDEXED "id" FOR UPDATE,
        brand,
        &ids
    ))
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    rows.into_iter().map(|row| row.read().map(|record| (record.order.external_id.clone(), record.order))).collect()
}

/// Which of these orders have stored refunds.
async fn refunded_orders(tx: &mut Tx, brand: &BrandId, external_ids: &[&str]) -> Result<BTreeSet<String>> {
    let (brand, ids) = (brand.as_str(), list(external_ids)?);
    let rows = statement!(query!(
        r#"select distinct order_external_id as "external_id!" from refunds
           where brand_id = $1 and order_external_id "# IN "$2",
        brand,
        &ids
    ))
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    Ok(rows.into_iter().map(|row| row.external_id).collect())
}
