//! What customers are known by, and what a browser may claim.

use domain::{
    CustomerId, Identity,
    identity::{InvalidIdentity, may_claim},
};

fn customer() -> CustomerId {
    CustomerId::new(1, [7; 10])
}

/// One identity of each kind with its stored text and, for all but a merged customer, the kind's name.
fn all() -> Vec<(Identity, String, &'static str)> {
    let value = || "ab:c".to_owned();
    let named = |identity: Identity, kind: &'static str| (identity, format!("{kind}:ab:c"), kind);
    vec![
        named(Identity::Visitor(value()), "pv"),
        named(Identity::Order(value()), "order"),
        named(Identity::CustomerKey(value()), "key"),
        named(Identity::ShopifyCustomer(value()), "shopify"),
        named(Identity::Email(value()), "email"),
        named(Identity::EmailSha256(value()), "mail"),
        named(Identity::ClaimedKey(value()), "claim"),
        named(Identity::ClaimedEmail(value()), "claim-mail"),
        (Identity::MergedCustomer(customer()), customer().to_string(), "customer"),
    ]
}

#[test]
fn the_stored_text_begins_with_the_kind_and_a_merged_customers_is_their_id() {
    for (identity, text, kind) in all() {
        assert_eq!(identity.kind(), kind);
        assert_eq!(identity.to_string(), text);
        assert_eq!(String::from(identity.clone()), text);
        assert_eq!(text.parse(), Ok(identity.clone()));
        assert_eq!(Identity::try_from(text), Ok(identity));
    }
    for text in ["", ":", "PV:1", "customer:1", "claim_mail:1", "cus_1"] {
        assert_eq!(Identity::try_from(text.to_owned()), Err(InvalidIdentity), "{text}");
    }
}

#[test]
fn only_a_visitor_has_a_visitor_id_and_only_an_order_an_order_id() {
    for (identity, _, kind) in all() {
        assert_eq!(identity.visitor(), Some("ab:c").filter(|_| kind == "pv"), "{kind}");
        assert_eq!(identity.order(), Some("ab:c").filter(|_| kind == "order"), "{kind}");
    }
}

#[test]
fn a_claim_stays_a_claim_and_a_backends_name_is_claimed_under_its_hash() {
    for (identity, _, kind) in all() {
        let claim = identity.claim().map(|claim| claim.to_string());
        let expected = match kind {
            "key" | "claim" => Some("claim:ab:c".to_owned()),
            "claim-mail" => Some("claim-mail:ab:c".to_owned()),
            // An address that the shop knows is widely known: a claim of it joins nobody.
            _ => None,
        };
        assert_eq!(claim, expected, "{kind}");
        assert_eq!(identity.is_claim(), matches!(kind, "claim" | "claim-mail"), "{kind}");
        assert_eq!(identity.is_customer_key(), matches!(kind, "key" | "claim"), "{kind}");
    }
}

fn key(name: &str) -> Identity {
    Identity::CustomerKey(name.to_owned())
}

fn claim(name: &str) -> Identity {
    Identity::ClaimedKey(name.to_owned())
}

fn address(name: &str) -> Identity {
    Identity::ClaimedEmail(name.to_owned())
}

fn visitor(name: &str) -> Identity {
    Identity::Visitor(name.to_owned())
}

#[test]
fn only_the_backends_own_naming_ends_a_claim_and_only_of_that_name() {
    assert!(claim("a").is_ended_by(&[visitor("v"), key("a")]));
    assert!(!claim("a").is_ended_by(&[claim("a"), key("b"), visitor("a")]));
    assert!(!address("a").is_ended_by(&[key("a")]), "an address is no name");
    assert!(!key("a").is_ended_by(&[key("a")]), "nor is the naming itself a claim");
}

#[test]
fn a_customer_takes_one_name_from_browsers_whoever_gave_the_first() {
    for first in [key("x"), claim("x")] {
        for second in [key("y"), claim("y")] {
            assert!(!may_claim(&[second], core::slice::from_ref(&first)));
        }
        assert!(may_claim(&[address("m")], core::slice::from_ref(&first)), "a first address beside a name");
    }
    assert!(!may_claim(&[address("n")], &[address("m")]), "a second address");
    assert!(may_claim(&[key("x")], &[address("m")]), "a first name beside an address");
    assert!(may_claim(&[claim("x"), address("m")], &[visitor("a")]), "both at once");
    assert!(!may_claim(&[address("m"), claim("y")], &[claim("x")]), "all must be allowed");
}

#[test]
fn no_further_visitor_joins_a_customer_with_a_name_or_a_claimed_address() {
    for known in [key("x"), claim("x"), address("m")] {
        assert!(!may_claim(&[visitor("b")], core::slice::from_ref(&known)), "{known}");
    }
    let (email, order) = (Identity::Email("e".to_owned()), Identity::Order("1".to_owned()));
    let (shopify, mail) = (Identity::ShopifyCustomer("s".to_owned()), Identity::EmailSha256("m".to_owned()));
    for known in [visitor("a"), email, order, shopify, mail, Identity::MergedCustomer(customer())] {
        assert!(may_claim(&[visitor("b")], core::slice::from_ref(&known)), "{known}");
        assert!(may_claim(&[claim("x")], core::slice::from_ref(&known)), "{known}");
    }
    assert!(!may_claim(&[visitor("b")], &[visitor("a"), claim("x")]), "any of the known ones decides");
    assert!(may_claim(&[], &[claim("x")]), "nothing new is no claim");
}
