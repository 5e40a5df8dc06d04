//! Requirements on every adapter: `store::tier_rules`.

use domain::{Currency, Money, tier::TierRule};

use crate::{
    conformance::fixtures::{AnyStore, NOON, audit, brand, claim_jobs, dispatch_job, with_brand},
    tier_rules::TierRules,
};

pub async fn rules_are_replaced_whole(store: AnyStore) {
    let id = with_brand(&store).await;
    let other = brand(2);
    store.create_brand(&other).await.unwrap();
    assert_eq!(store.tier_rules(&id).await.unwrap(), None);
    let rule = |tier: &str, min_orders, min_revenue| TierRule {
        tier: tier.into(),
        min_orders,
        min_revenue,
        window_days: 30,
        ..TierRule::default()
    };
    let usd = Currency::parse("USD").unwrap();
    let gold = rule("gold", Some(10), Some(Money { minor: 100_000, currency: usd }));
    let first = TierRules { rules: vec![gold, rule("silver", None, None)], updated_at: NOON };
    store.put_tier_rules(&id, &first, &audit(1), &dispatch_job()).await.unwrap();
    assert_eq!(claim_jobs(&store, NOON, NOON.plus_ms(1)).await.len(), 1, "the job is queued with them");
    assert_eq!(store.tier_rules(&id).await.unwrap(), Some(first));
    let second = TierRules { rules: vec![], updated_at: NOON.plus_ms(5) };
    store.put_tier_rules(&id, &second, &audit(2), &dispatch_job()).await.unwrap();
    assert_eq!(store.tier_rules(&id).await.unwrap(), Some(second));
    assert_eq!(store.tier_rules(&other.id).await.unwrap(), None);
}
