//! From clicks, codes and names to credits: which evidence counts, how touches merge, and how the order is shared.

use domain::{
    CreatorId, LinkId, UnixMs,
    attribution::{
        Attribution, AttributionInput, CLICKS_MAX, NamedCreator, REPORT_CLOCK_SKEW_MS, REPORT_WINDOW_MS, decide,
        decide_from, gather,
    },
    click::{Click, PREFETCH},
    evidence::{BuyerSignal, Evidence, EvidenceClass, EvidenceKind, Refusal, Strength},
    link::Link,
    model::Model,
    order::Order,
    policy::Policy,
    time::DAY_MS,
};

use crate::fixture::{
    PLACED, before, bot_click, buyer, campaign, click, code, creator, credited, days_before, evidence, input, landing,
    link, link_id, named, order, policy, policy_with_first, refusals, visitor,
};

fn default(input: &AttributionInput) -> Attribution {
    decide(input, &Policy::default())
}

/// Each piece found: link, kind, time, refusal.
fn found(input: &AttributionInput) -> Vec<(Option<LinkId>, EvidenceKind, UnixMs, Option<Refusal>)> {
    let evidence = gather(input, &Policy::default());
    evidence.into_iter().map(|piece| (piece.link, piece.kind, piece.at, piece.refused)).collect()
}

fn of_visitor(pv_id: &str, click: Click) -> Click {
    Click { pv_id: pv_id.to_owned(), ..click }
}

#[test]
fn limits_are_as_documented() {
    assert_eq!((REPORT_WINDOW_MS, REPORT_CLOCK_SKEW_MS, CLICKS_MAX), (24 * 3_600_000, 300_000, 200));
}

// What counts.

#[test]
fn an_order_without_evidence_is_credited_to_nobody_and_keeps_its_revenue() {
    let nothing = AttributionInput::without_evidence(order(700));
    assert_eq!((nothing.clicks.len(), nothing.links.len(), nothing.order.total_minor), (0, 0, 700));
    let attribution = default(&nothing);
    assert_eq!((attribution.format, attribution.net_minor, attribution.policy.version), (2, 700, 1));
    assert_eq!((attribution.credits.len(), attribution.evidence.len(), attribution.journey.len()), (0, 0, 0));
    assert!(!attribution.has_conflict);
}

#[test]
fn a_click_credits_its_links_creator_and_campaign() {
    let at = before(60_000);
    let evidence = gather(&input(vec![click(2, at)]), &Policy::default());
    assert_eq!(evidence.len(), 1);
    let piece = &evidence[0];
    assert_eq!((piece.kind, piece.at, piece.is_timed, piece.refused), (EvidenceKind::Click, at, true, None));
    assert_eq!((piece.code, piece.link.clone()), (Some(code(2)), Some(link_id(2))));
    assert_eq!((piece.creator.clone(), piece.campaign.clone()), (Some(creator(2)), Some(campaign(2))));
    assert_eq!((piece.confidence_bp, piece.strength), (10_000, Strength::Proven));
    assert_eq!(piece.source, format!("click {}", click(2, at).id));
    let attribution = default(&input(vec![click(2, at)]));
    let credit = &attribution.credits[0];
    assert_eq!((credit.creator.clone(), credit.campaign.clone()), (Some(creator(2)), Some(campaign(2))));
    assert_eq!((credit.amount_minor, credit.weight.to_string(), credit.at), (10_000, "1/1".to_owned(), at));
}

#[test]
fn a_click_on_a_link_that_the_brand_does_not_have_is_no_evidence() {
    assert_eq!(found(&input(vec![click(9, before(1))])), []);
}

#[test]
fn evidence_counts_from_the_far_end_of_the_window_to_the_end_of_the_orders_moment() {
    let edge = days_before(30);
    let refusal = |at| found(&input(vec![click(1, at)]))[0].3;
    assert_eq!(refusal(edge), None);
    assert_eq!(refusal(edge.plus_ms(1)), None);
    assert_eq!(refusal(edge.plus_ms(-1)), Some(Refusal::OutsideWindow));
    assert_eq!(refusal(PLACED), None);
    assert_eq!(refusal(PLACED.plus_ms(1)), Some(Refusal::AfterOrder));
    // An order of 12:00:00 may have been placed until 12:00:00.999.
    let second = UnixMs(1_800_000_000_000);
    let refusal = |at| {
        let mut input = input(vec![click(1, at)]);
        input.order.placed_at = second;
        found(&input)[0].3
    };
    assert_eq!(refusal(second.plus_ms(999)), None);
    assert_eq!(refusal(second.plus_ms(1_000)), Some(Refusal::AfterOrder));
}

#[test]
fn evidence_is_refused_for_the_first_reason_that_applies() {
    let buyers = || vec![buyer(1, BuyerSignal::Email)];
    let with = |click: Click| AttributionInput { buyers: buyers(), ..input(vec![click]) };
    let disputed = vec![visitor("shopper", Strength::Reported, true)];
    let reason = |input: &AttributionInput| found(input)[0].3;
    assert_eq!(reason(&with(bot_click(1, PLACED.plus_ms(9)))), Some(Refusal::Bot));
    assert_eq!(reason(&with(click(1, PLACED.plus_ms(9)))), Some(Refusal::AfterOrder));
    assert_eq!(reason(&with(click(1, days_before(31)))), Some(Refusal::OutsideWindow));
    let own = AttributionInput { visitors: disputed.clone(), ..with(click(1, before(9))) };
    assert_eq!(reason(&own), Some(Refusal::SelfReferral));
    assert_eq!(reason(&AttributionInput { visitors: disputed, ..with(click(2, before(9))) }), Some(Refusal::Disputed));
    let mut unknown = AttributionInput { links: vec![], ..input(vec![]) };
    unknown.order.cart_ref = Some(code(1));
    assert_eq!(reason(&unknown), Some(Refusal::UnknownCode));
    assert_eq!(gather(&unknown, &Policy::default())[0].code, Some(code(1)), "the code as found");
}

#[test]
fn a_visitors_strength_and_dispute_are_those_of_the_same_visitor() {
    let visitors = vec![visitor("other", Strength::Proven, true), visitor("shopper", Strength::Claimed, false)];
    let clicks =
        vec![click(1, before(3)), of_visitor("other", click(2, before(2))), of_visitor("new", click(3, PLACED))];
    let evidence = gather(&AttributionInput { visitors, ..input(clicks) }, &Policy::default());
    let standing: Vec<_> = evidence.iter().map(|piece| (piece.strength, piece.refused)).collect();
    let expected = [
        (Strength::Claimed, None),
        (Strength::Proven, Some(Refusal::Disputed)),
        (Strength::Proven, None), // not among the order's visitors
    ];
    assert_eq!(standing, expected);
}

#[test]
fn evidence_is_listed_by_time_then_kind_then_source() {
    let mut input = AttributionInput {
        named: vec![named(EvidenceKind::Survey, 3), named(EvidenceKind::Manual, 5), named(EvidenceKind::Manual, 4)],
        ..input(vec![click(2, PLACED), click(1, before(5)), click(6, before(9))])
    };
    input.order.promo_codes = vec!["CODE1".to_owned()];
    let expected = [
        (Some(link_id(6)), EvidenceKind::Click),
        (Some(link_id(1)), EvidenceKind::Click),
        (Some(link_id(4)), EvidenceKind::Manual),
        (Some(link_id(5)), EvidenceKind::Manual),
        (Some(link_id(1)), EvidenceKind::Promo),
        (Some(link_id(2)), EvidenceKind::Click),
        (Some(link_id(3)), EvidenceKind::Survey),
    ];
    let listed: Vec<_> = found(&input).into_iter().map(|(link, kind, ..)| (link, kind)).collect();
    assert_eq!(listed, expected);
}

// Codes in the cart and in landing pages.

fn with_cart(n: u8, clicks: Vec<Click>) -> AttributionInput {
    let mut input = input(clicks);
    input.order.cart_ref = Some(code(n));
    input
}

fn with_landing_site(n: u8, clicks: Vec<Click>) -> AttributionInput {
    let mut input = input(clicks);
    input.order.landing_ref = Some(code(n));
    input
}

/// The cart's or landing site's piece: time, whether timed, refusal.
fn of_code(input: &AttributionInput) -> (UnixMs, bool, Option<Refusal>) {
    let mut evidence = gather(input, &Policy::default()).into_iter();
    let piece = evidence.find(|piece| piece.kind != EvidenceKind::Click).expect("a piece");
    (piece.at, piece.is_timed, piece.refused)
}

#[test]
fn a_code_takes_the_time_of_the_latest_counted_click_on_its_own_link() {
    let (early, late) = (before(9_000), before(5_000));
    let clicks = vec![click(1, early), click(1, late), click(2, before(1)), click(1, PLACED.plus_ms(1))];
    assert_eq!(of_code(&with_cart(1, clicks.clone())), (late, true, None));
    assert_eq!(of_code(&with_landing_site(1, clicks)), (late, true, None));
    assert_eq!(of_code(&with_cart(1, vec![click(1, PLACED)])), (PLACED, true, None));
}

#[test]
fn a_code_without_a_known_click_has_the_orders_time_and_a_landing_site_may_be_much_earlier() {
    for clicks in [vec![], vec![click(2, before(5))], vec![click(1, PLACED.plus_ms(1))]] {
        assert_eq!(of_code(&with_cart(1, clicks.clone())), (PLACED, true, None));
        assert_eq!(of_code(&with_landing_site(1, clicks)), (PLACED, false, None));
    }
}

#[test]
fn a_code_is_refused_like_its_only_click_and_a_click_that_counts_comes_first() {
    let old = days_before(31);
    assert_eq!(of_code(&with_cart(1, vec![bot_click(1, before(5))])), (before(5), true, Some(Refusal::Bot)));
    assert_eq!(of_code(&with_cart(1, vec![click(1, old)])), (old, true, Some(Refusal::OutsideWindow)));
    let person_first = vec![click(1, before(9)), bot_click(1, before(5))];
    assert_eq!(of_code(&with_cart(1, person_first)), (before(9), true, None));
}

#[test]
fn a_page_that_was_prefetched_is_a_visit_once_it_is_seen() {
    let prefetch = |at: UnixMs| Click { bot: Some(PREFETCH.to_owned()), ..bot_click(1, at) };
    assert_eq!(credited(&default(&input(vec![prefetch(before(5))]))), []);
    assert_eq!(of_code(&with_cart(1, vec![prefetch(before(5))])), (before(5), true, None));
    let old = days_before(31);
    assert_eq!(
        of_code(&with_cart(1, vec![prefetch(old)])),
        (old, true, Some(Refusal::OutsideWindow)),
        "as old as it is"
    );
    let landings = || vec![landing("shopper", code(1), before(4))];
    let seen = AttributionInput { landings: landings(), ..input(vec![prefetch(before(5))]) };
    assert_eq!(credited(&default(&seen)), [(link_id(1), 10_000)]);
    let bot = AttributionInput { landings: landings(), ..input(vec![bot_click(1, before(5))]) };
    assert_eq!(credited(&default(&bot)), []);
}

#[test]
fn a_disputed_visitors_click_says_nothing_about_the_carts_code() {
    let visitors = vec![visitor("shopper", Strength::Reported, true)];
    let input = AttributionInput { visitors, ..with_cart(1, vec![click(1, before(5))]) };
    assert_eq!(of_code(&input), (PLACED, true, None));
    assert_eq!(credited(&default(&input)), [(link_id(1), 10_000)]);
}

#[test]
fn a_strangers_bot_or_old_click_takes_nothing_from_a_code_or_a_proven_landing() {
    for refused in [bot_click(1, before(5)), click(1, days_before(31))] {
        for strength in [Strength::Reported, Strength::Claimed] {
            let stranger = || vec![visitor("stranger", strength, false), visitor("shopper", Strength::Proven, false)];
            let clicks = vec![of_visitor("stranger", refused.clone())];
            for input in [with_cart(1, clicks.clone()), with_landing_site(1, clicks.clone())] {
                let input = AttributionInput { visitors: stranger(), ..input };
                assert_eq!(of_code(&input).2, None);
                assert_eq!(credited(&default(&input)), [(link_id(1), 10_000)]);
            }
            let landings = vec![landing("shopper", code(1), before(7))];
            let input = AttributionInput { visitors: stranger(), landings, ..input(clicks) };
            assert_eq!(credited(&default(&input)), [(link_id(1), 10_000)], "the proven visitor's landing");
        }
    }
    // One visitor's click and landing are one visit, however well they are joined.
    let visitors = vec![visitor("shopper", Strength::Reported, false)];
    let landings = vec![landing("shopper", code(1), before(7))];
    let seen = found(&AttributionInput { visitors, landings, ..input(vec![click(1, before(9))]) });
    assert_eq!(seen, [(Some(link_id(1)), EvidenceKind::Click, before(9), None)]);
}

#[test]
fn a_landing_page_counts_if_its_click_is_not_known() {
    let at = before(7_000);
    let seen = |clicks: Vec<Click>, n: u8| {
        let landings = vec![landing("shopper", code(n), at)];
        found(&AttributionInput { landings, ..input(clicks) })
    };
    assert_eq!(seen(vec![], 1), [(Some(link_id(1)), EvidenceKind::Landing, at, None)]);
    assert_eq!(seen(vec![], 8), [(None, EvidenceKind::Landing, at, Some(Refusal::UnknownCode))]);
    let beside = seen(vec![click(2, before(9_000))], 1);
    assert_eq!(beside.last(), Some(&(Some(link_id(1)), EvidenceKind::Landing, at, None)), "another link's click");
    assert_eq!(seen(vec![click(1, before(9))], 1), [(Some(link_id(1)), EvidenceKind::Click, before(9), None)]);
}

#[test]
fn a_landing_page_is_as_proven_as_its_visitor() {
    let landings = vec![landing("other", code(1), before(5)), landing("shopper", code(2), before(4))];
    let visitors = vec![visitor("other", Strength::Reported, true), visitor("shopper", Strength::Claimed, false)];
    let evidence = gather(&AttributionInput { landings, visitors, ..input(vec![]) }, &Policy::default());
    let standing: Vec<_> = evidence.iter().map(|piece| (piece.strength, piece.refused)).collect();
    assert_eq!(standing, [(Strength::Reported, Some(Refusal::Disputed)), (Strength::Claimed, None)]);
}

// Discount codes.

fn shared_code(n: u8) -> Link {
    Link { promo_code: Some("SHARED".to_owned()), ..link(n) }
}

fn with_promo(links: Vec<Link>, clicks: Vec<Click>) -> AttributionInput {
    let mut input = AttributionInput { links, ..input(clicks) };
    input.order.promo_codes = vec!["SHARED".to_owned()];
    input
}

/// The link that the discount code credits.
fn promoted(input: &AttributionInput) -> Option<LinkId> {
    let evidence = gather(input, &Policy::default());
    evidence.into_iter().find(|piece| piece.kind == EvidenceKind::Promo).and_then(|piece| piece.link)
}

#[test]
fn a_discount_code_is_evidence_at_the_orders_time() {
    let mut input = input(vec![]);
    input.order.promo_codes = vec!["CODE3".to_owned(), "NOBODYS".to_owned()];
    let evidence = gather(&input, &Policy::default());
    assert_eq!(refusals(&evidence), [(Some(link_id(3)), None)]);
    assert_eq!((evidence[0].at, evidence[0].source.as_str()), (PLACED, "discount code CODE3"));
    assert_eq!((evidence[0].creator.clone(), evidence[0].confidence_bp), (Some(creator(3)), 9_500));
}

#[test]
fn a_shared_discount_code_belongs_to_the_newest_link_that_existed_and_was_not_deleted() {
    let links = |change: fn(Link) -> Link| vec![shared_code(1), change(shared_code(3)), shared_code(2)];
    assert_eq!(promoted(&with_promo(links(|link| link), vec![])), Some(link_id(3)));
    let created = |at| Link { created_at: at, ..shared_code(3) };
    let with_third = |third| promoted(&with_promo(vec![shared_code(1), third, shared_code(2)], vec![]));
    assert_eq!(with_third(created(PLACED)), Some(link_id(3)));
    assert_eq!(with_third(created(PLACED.plus_ms(1))), Some(link_id(2)), "created after the order");
    let deleted = |at| Link { deleted_at: Some(at), ..shared_code(3) };
    assert_eq!(with_third(deleted(PLACED.plus_ms(1))), Some(link_id(3)), "deleted after the order");
    assert_eq!(with_third(deleted(PLACED)), Some(link_id(2)));
    assert_eq!(with_third(deleted(before(1))), Some(link_id(2)));
    let same_time = |n| Link { created_at: UnixMs(7), ..shared_code(n) };
    assert_eq!(
        promoted(&with_promo(vec![same_time(2), same_time(1)], vec![])),
        Some(link_id(2)),
        "then the greater id"
    );
}

#[test]
fn the_discount_code_of_deleted_links_is_kept_with_the_reason_under_the_link_deleted_last() {
    let deleted = |n, ago_ms| Link { deleted_at: Some(before(ago_ms)), ..shared_code(n) };
    let of = |links| refusals(&gather(&with_promo(links, vec![]), &Policy::default()));
    let refused = |n| [(Some(link_id(n)), Some(Refusal::LinkDeleted))];
    assert_eq!(of(vec![deleted(1, 5), deleted(2, 3), deleted(3, 9)]), refused(2));
    assert_eq!(of(vec![deleted(2, 5), deleted(3, 5), deleted(1, 5)]), refused(3), "of one time the newest");
    assert_eq!(of(vec![deleted(3, 3), shared_code(1)]), [(Some(link_id(1)), None)], "one is left");
    let too_new = Link { created_at: PLACED.plus_ms(1), ..shared_code(3) };
    assert_eq!(of(vec![deleted(1, 5), too_new]), refused(1), "a link that did not exist owns no code");
}

#[test]
fn a_shared_discount_code_belongs_to_the_link_that_the_shopper_touched_last() {
    let links = || vec![shared_code(1), shared_code(2), shared_code(3), link(4)];
    let with = |clicks| promoted(&with_promo(links(), clicks));
    assert_eq!(with(vec![click(1, before(9))]), Some(link_id(1)));
    assert_eq!(with(vec![click(1, before(9)), click(2, before(5))]), Some(link_id(2)));
    assert_eq!(with(vec![click(1, before(9)), click(4, before(5))]), Some(link_id(1)), "link 4 has another code");
    assert_eq!(with(vec![bot_click(1, before(9))]), Some(link_id(3)), "a touch that does not count");
    assert_eq!(with(vec![click(1, before(9)), bot_click(2, before(5))]), Some(link_id(1)));
}

// Creators who are named.

#[test]
fn a_stranger_does_not_choose_whose_discount_code_it_was() {
    let newest = Some(link_id(2));
    for strength in [Strength::Reported, Strength::Claimed] {
        let visitors = vec![visitor("shopper", strength, false)];
        let input = with_promo(vec![shared_code(1), shared_code(2)], vec![click(1, before(5))]);
        assert_eq!(promoted(&AttributionInput { visitors, ..input }), newest);
    }
}

fn with_named(named: Vec<NamedCreator>, clicks: Vec<Click>) -> AttributionInput {
    AttributionInput { named, ..input(clicks) }
}

#[test]
fn a_named_creator_is_credited_through_the_link_named_with_them() {
    let evidence = gather(&with_named(vec![named(EvidenceKind::Survey, 2)], vec![]), &Policy::default());
    let piece = &evidence[0];
    assert_eq!((piece.kind, piece.link.clone(), piece.code), (EvidenceKind::Survey, Some(link_id(2)), Some(code(2))));
    assert_eq!((piece.at, piece.is_timed, piece.refused), (PLACED, true, None));
    assert_eq!((piece.campaign.clone(), piece.confidence_bp), (Some(campaign(2)), 7_000));
    assert_eq!((piece.source.as_str(), piece.strength), ("names 2", Strength::Proven));
}

#[test]
fn a_named_creator_without_a_link_is_kept_with_the_reason() {
    for link in [None, Some(link_id(9))] {
        let named = vec![NamedCreator { link, ..named(EvidenceKind::Survey, 2) }];
        let evidence = gather(&with_named(named, vec![]), &Policy::default());
        assert_eq!(refusals(&evidence), [(None, Some(Refusal::NoLink))]);
        assert_eq!((evidence[0].creator.clone(), evidence[0].code), (Some(creator(2)), None));
    }
}

#[test]
fn a_person_may_credit_the_buyer_and_a_survey_may_not() {
    let refusal = |kind, buyers| {
        let own = AttributionInput { buyers, ..with_named(vec![named(kind, 2)], vec![]) };
        gather(&own, &Policy::default())[0].refused
    };
    for signal in [BuyerSignal::Email, BuyerSignal::PayoutAddress, BuyerSignal::Customer, BuyerSignal::SignedIn] {
        assert_eq!(refusal(EvidenceKind::Manual, vec![buyer(2, signal)]), None);
        assert_eq!(refusal(EvidenceKind::Survey, vec![buyer(2, signal)]), Some(signal.refusal()));
        assert_eq!(refusal(EvidenceKind::Survey, vec![buyer(3, signal)]), None, "another creator is the buyer");
    }
    // A person cannot credit a visit that the window leaves out: only self-referral is theirs to judge.
    let mut unlinked = with_named(vec![NamedCreator { link: None, ..named(EvidenceKind::Manual, 2) }], vec![]);
    unlinked.buyers = vec![buyer(2, BuyerSignal::Email)];
    assert_eq!(gather(&unlinked, &Policy::default())[0].refused, Some(Refusal::NoLink));
}

#[test]
fn of_several_signs_that_a_creator_is_the_buyer_the_surest_is_told() {
    let buyers = vec![
        buyer(1, BuyerSignal::SignedIn),
        buyer(2, BuyerSignal::Email),
        buyer(1, BuyerSignal::PayoutAddress),
        buyer(1, BuyerSignal::Customer),
    ];
    let input = AttributionInput { buyers, ..input(vec![click(1, before(5)), click(3, before(4))]) };
    let expected = [(Some(link_id(1)), Some(Refusal::SelfReferralPayout)), (Some(link_id(3)), None)];
    assert_eq!(refusals(&gather(&input, &Policy::default())), expected);
    assert_eq!(credited(&default(&input)), [(link_id(3), 10_000)]);
}

// Links without an address.

#[test]
fn the_code_of_a_direct_link_is_never_found_or_shown() {
    let mut input = with_named(vec![named(EvidenceKind::Survey, 2)], vec![]);
    input.links[1].is_direct = true;
    input.order.promo_codes = vec!["CODE2".to_owned()];
    let shown: Vec<_> = gather(&input, &Policy::default()).into_iter().map(|piece| (piece.link, piece.code)).collect();
    assert_eq!(shown, [(Some(link_id(2)), None), (Some(link_id(2)), None)], "discount code and survey credit it");
    input.order.promo_codes.clear();
    input.named.clear();
    input.order.cart_ref = Some(code(2));
    input.landings = vec![landing("shopper", code(2), before(5))];
    let guesses = refusals(&gather(&input, &Policy::default()));
    assert_eq!(guesses, [(None, Some(Refusal::UnknownCode)), (None, Some(Refusal::UnknownCode))]);
}

// The decision.

fn decided(evidence: Vec<Evidence>) -> Attribution {
    decide_from(&order(10_000), evidence, &Policy::default())
}

#[test]
fn the_first_class_of_the_precedence_with_evidence_that_counts_gets_all() {
    let one_of_each = || {
        let mut input = with_named(vec![named(EvidenceKind::Manual, 1), named(EvidenceKind::Survey, 4)], vec![]);
        input.order.promo_codes = vec!["CODE2".to_owned()];
        input.clicks = vec![click(3, before(5))];
        input
    };
    for (n, class) in (1..).zip(EvidenceClass::ALL) {
        let attribution = decide(&one_of_each(), &policy_with_first(class));
        assert_eq!(credited(&attribution), [(link_id(n), 10_000)], "{class:?}");
        assert_eq!(attribution.journey.len(), 4, "the journey has every class");
    }
    let mut without_manual = one_of_each();
    without_manual.named.clear();
    assert_eq!(credited(&default(&without_manual)), [(link_id(2), 10_000)]);
}

#[test]
fn the_winning_class_shares_the_order_by_the_policys_model_and_the_rounding_is_told() {
    let mut input = input(vec![click(1, before(3)), click(2, before(2)), click(3, before(1))]);
    input.order.total_minor = 101;
    let rounded = |model| {
        let attribution = decide(&input, &policy(model));
        let credits = attribution.credits.into_iter();
        credits
            .map(|credit| (credit.amount_minor, credit.rounding_minor, credit.weight.to_string()))
            .collect::<Vec<_>>()
    };
    let share = |minor, rounding, weight: &str| (minor, rounding, weight.to_owned());
    // A third of 1.01 is 33.67 cents: the first two are rounded up.
    assert_eq!(rounded(Model::Linear), [share(34, 1, "1/3"), share(34, 1, "1/3"), share(33, 0, "1/3")]);
    // 40 % of 1.01 is 40.4 cents, 20 % is 20.2: the cent left goes to the first of the larger remainders.
    assert_eq!(rounded(Model::PositionBased), [share(41, 1, "2/5"), share(20, 0, "1/5"), share(40, 0, "2/5")]);
    assert_eq!(rounded(Model::FirstTouch), [share(101, 0, "1/1")], "no credit of nothing");
    assert_eq!(rounded(Model::LastTouch), [share(101, 0, "1/1")]);
}

#[test]
fn the_journey_has_every_touch_with_its_amount_under_each_model() {
    let mut input = input(vec![click(1, days_before(14)), click(2, days_before(7)), click(3, PLACED)]);
    input.order.total_minor = 700;
    let attribution = default(&input);
    let amounts = |model| attribution.journey.iter().map(|touch| touch.amounts_minor[model]).collect::<Vec<_>>();
    assert_eq!(amounts(Model::FirstTouch), [700, 0, 0]);
    assert_eq!(amounts(Model::LastTouch), [0, 0, 700]);
    assert_eq!(amounts(Model::Linear), [234, 233, 233]);
    assert_eq!(amounts(Model::PositionBased), [280, 140, 280]);
    assert_eq!(amounts(Model::TimeDecay), [100, 200, 400]);
    let second = &attribution.journey[1];
    assert_eq!((second.link.clone(), second.creator.clone()), (link_id(2), Some(creator(2))));
    assert_eq!((second.campaign.clone(), second.kind), (Some(campaign(2)), EvidenceKind::Click));
    assert_eq!(second.at, days_before(7));
}

#[test]
fn the_net_revenue_is_shared_and_an_order_of_nothing_still_names_its_creators() {
    let with = |change: fn(&mut Order)| {
        let mut input = input(vec![click(1, before(5))]);
        change(&mut input.order);
        default(&input)
    };
    assert_eq!(credited(&with(|order| order.refunded_minor = 2_500)), [(link_id(1), 7_500)]);
    assert_eq!(credited(&with(|order| order.refunded_minor = 10_000)), [(link_id(1), 0)]);
    assert_eq!(credited(&with(|order| order.cancelled_at = Some(PLACED))), [(link_id(1), 0)]);
    let test = with(|order| order.is_test = true);
    assert_eq!((test.credits.len(), test.journey.len(), test.evidence.len()), (0, 0, 1), "a test credits nobody");
    assert_eq!(test.evidence[0].refused, None);
}

#[test]
fn stored_evidence_is_judged_by_the_new_policys_window() {
    let evidence = gather(&input(vec![click(1, days_before(20)), click(2, days_before(40))]), &Policy::default());
    assert_eq!(refusals(&evidence), [(Some(link_id(2)), Some(Refusal::OutsideWindow)), (Some(link_id(1)), None)]);
    let under = |lookback_days| {
        let policy = Policy { lookback_days, ..Policy::default() };
        decide_from(&order(10_000), evidence.clone(), &policy)
    };
    let reasons = |days| under(days).evidence.iter().map(|piece| piece.refused).collect::<Vec<_>>();
    assert_eq!(reasons(40), [None, None], "the far end counts");
    assert_eq!(reasons(39), [Some(Refusal::OutsideWindow), None]);
    assert_eq!(reasons(20), [Some(Refusal::OutsideWindow), None]);
    assert_eq!(reasons(19), [Some(Refusal::OutsideWindow); 2]);
    assert_eq!(under(19).credits, []);
}

#[test]
fn other_refusals_do_not_depend_on_the_policy() {
    for refusal in [Refusal::Bot, Refusal::AfterOrder, Refusal::SelfReferral, Refusal::Disputed] {
        let refused = Evidence { refused: Some(refusal), ..evidence(EvidenceKind::Click, 1, days_before(99)) };
        assert_eq!(decided(vec![refused]).evidence[0].refused, Some(refusal));
    }
}

#[test]
fn what_is_only_reported_counts_until_anything_is_proven() {
    let guess = |n, strength| Evidence { strength, ..evidence(EvidenceKind::Click, n, before(5)) };
    let reported = || vec![guess(1, Strength::Reported), guess(2, Strength::Claimed)];
    assert_eq!(refusals(&decided(reported()).evidence), [(Some(link_id(1)), None), (Some(link_id(2)), None)]);
    assert_eq!(credited(&decided(reported())), [(link_id(2), 10_000)]);

    let old = Evidence { at: days_before(31), ..guess(3, Strength::Reported) };
    let proven = evidence(EvidenceKind::Survey, 4, PLACED);
    let all: Vec<Evidence> = reported().into_iter().chain([old, proven]).collect();
    let attribution = decided(all.clone());
    let expected = [Some(Refusal::NotProven), Some(Refusal::NotProven), Some(Refusal::OutsideWindow), None];
    assert_eq!(attribution.evidence.iter().map(|piece| piece.refused).collect::<Vec<_>>(), expected);
    assert_eq!(credited(&attribution), [(link_id(4), 10_000)], "a proven survey before reported clicks");
    assert!(!attribution.has_conflict, "what does not count contradicts nothing");

    // Proven evidence that does not count proves nothing, and the decision is made anew each time.
    let mut refused = attribution.evidence;
    refused[3].refused = Some(Refusal::SelfReferral);
    assert_eq!(credited(&decided(refused)), [(link_id(2), 10_000)]);
}

#[test]
fn a_conflict_is_evidence_that_counts_for_another_creator() {
    let conflict = |clicks: Vec<Click>| default(&input(clicks)).has_conflict;
    assert!(!conflict(vec![click(1, before(5))]));
    assert!(!conflict(vec![click(1, before(5)), click(1, before(9))]));
    assert!(conflict(vec![click(1, before(5)), click(2, before(9))]));
    assert!(!conflict(vec![click(1, before(5)), bot_click(2, before(9))]), "what does not count");
    assert!(!conflict(vec![bot_click(2, before(9))]), "nobody is credited");
    let linear = decide(&input(vec![click(1, before(5)), click(2, before(9))]), &policy(Model::Linear));
    assert!(!linear.has_conflict, "both are credited");
}

#[test]
fn two_links_of_one_creator_are_no_conflict_and_two_links_of_nobody_are() {
    let conflict = |first: Option<CreatorId>, second: Option<CreatorId>| {
        let mut input = input(vec![click(1, before(9)), click(2, before(5))]);
        input.links[0].creator = first;
        input.links[1].creator = second;
        default(&input).has_conflict
    };
    assert!(!conflict(Some(creator(7)), Some(creator(7))));
    assert!(conflict(Some(creator(7)), Some(creator(8))));
    assert!(conflict(None, None));
    assert!(conflict(Some(creator(7)), None));
    let mut nobodys = input(vec![click(1, before(9)), click(1, before(5))]);
    nobodys.links[0].creator = None;
    assert!(!default(&nobodys).has_conflict, "the same link");
}

// Touches.

fn touches(evidence: Vec<Evidence>) -> Vec<(LinkId, EvidenceKind)> {
    decided(evidence).journey.into_iter().map(|touch| (touch.link, touch.kind)).collect()
}

#[test]
fn click_cart_and_landing_of_one_link_and_moment_are_one_touch_of_the_most_direct_kind() {
    use EvidenceKind::{Cart, Click, Landing, Promo, Survey};
    let at = before(5);
    let one = |kind| evidence(kind, 1, at);
    assert_eq!(touches(vec![one(Landing), one(Click), one(Cart)]), [(link_id(1), Click)]);
    assert_eq!(touches(vec![one(Landing), one(Cart)]), [(link_id(1), Cart)]);
    let later = evidence(Cart, 1, at.plus_ms(1));
    assert_eq!(touches(vec![one(Click), later]), [(link_id(1), Click), (link_id(1), Cart)], "another moment");
    let other = evidence(Cart, 2, at);
    assert_eq!(touches(vec![one(Click), other]), [(link_id(2), Cart), (link_id(1), Click)], "another link");
    let again = Evidence { source: "click 0".to_owned(), ..one(Click) };
    assert_eq!(touches(vec![one(Click), again]).len(), 2, "two clicks are two touches");
    let classes = vec![one(Click), one(Promo), one(Survey)];
    let expected = [(link_id(1), Survey), (link_id(1), Click), (link_id(1), Promo)];
    assert_eq!(touches(classes), expected, "other classes are touches of their own");
}

#[test]
fn at_one_moment_the_more_direct_kind_comes_last_and_equal_kinds_are_sorted_by_source() {
    use EvidenceKind::{Cart, Click, Landing};
    let at = before(5);
    let mixed = vec![evidence(Click, 1, at), evidence(Landing, 2, at), evidence(Cart, 3, at)];
    assert_eq!(touches(mixed), [(link_id(2), Landing), (link_id(3), Cart), (link_id(1), Click)]);
    for order in [[1, 2], [2, 1]] {
        let clicks = order.map(|n| evidence(Click, n, at)).to_vec();
        assert_eq!(touches(clicks), [(link_id(1), Click), (link_id(2), Click)]);
    }
}

#[test]
fn a_touch_without_a_time_comes_first_and_is_as_old_as_the_oldest_with_one() {
    let first = Evidence { is_timed: false, ..evidence(EvidenceKind::Landing, 1, PLACED) };
    let week_old = evidence(EvidenceKind::Click, 2, days_before(7));
    let new = evidence(EvidenceKind::Click, 3, PLACED);
    let mut order = order(400);
    let attribution = decide_from(&order, vec![new, week_old, first.clone()], &policy(Model::TimeDecay));
    let amounts: Vec<i64> = attribution.journey.iter().map(|touch| touch.amounts_minor[Model::TimeDecay]).collect();
    assert_eq!(attribution.journey[0].link, link_id(1));
    assert_eq!(amounts, [100, 100, 200]);
    assert_eq!(credited(&attribution), [(link_id(1), 100), (link_id(2), 100), (link_id(3), 200)]);
    order.total_minor = 7;
    let alone = decide_from(&order, vec![first], &policy(Model::TimeDecay));
    assert_eq!(credited(&alone), [(link_id(1), 7)]);
}

#[test]
fn a_creator_without_a_link_has_no_place_in_the_journey() {
    let nowhere = Evidence { link: None, code: None, ..evidence(EvidenceKind::Survey, 1, PLACED) };
    let attribution = decided(vec![nowhere]);
    assert_eq!((attribution.journey.len(), attribution.credits.len()), (0, 0));
}

// What remains of a decision.

#[test]
fn credits_rest_on_the_strengths_of_the_evidence_that_counts() {
    let with = |strength, refused| {
        let own = Evidence { strength, ..evidence(EvidenceKind::Click, 1, before(5)) };
        let other = Evidence { strength: Strength::Claimed, refused, ..evidence(EvidenceKind::Click, 2, before(9)) };
        decided(vec![own, other])
    };
    let rests = |attribution: &Attribution| {
        [Strength::Proven, Strength::Reported, Strength::Claimed].map(|strength| attribution.rests_on(strength))
    };
    assert_eq!(rests(&with(Strength::Reported, Some(Refusal::Bot))), [false, true, false]);
    assert_eq!(rests(&with(Strength::Reported, None)), [false, true, true]);
    assert_eq!(rests(&with(Strength::Proven, None)), [true, false, false], "the claim does not count beside proof");
    let uncredited = Attribution { credits: vec![], ..with(Strength::Proven, None) };
    assert_eq!(rests(&uncredited), [false; 3]);
    assert_eq!(rests(&decided(vec![])), [false; 3]);
}

#[test]
fn a_later_refund_is_shared_as_the_order_was() {
    let mut input = input(vec![click(1, days_before(14)), click(2, days_before(7)), click(3, PLACED)]);
    let decided = decide(&input, &policy(Model::PositionBased));
    assert_eq!(credited(&decided), [(link_id(1), 4_000), (link_id(2), 2_000), (link_id(3), 4_000)]);
    input.order.refunded_minor = 9_899;
    let rescaled = decided.rescaled(&input.order);
    let amounts: Vec<_> = rescaled.credits.iter().map(|one| (one.amount_minor, one.rounding_minor)).collect();
    assert_eq!((rescaled.net_minor, amounts), (101, vec![(41, 1), (20, 0), (40, 0)]));
    let by = |model| rescaled.journey.iter().map(|touch| touch.amounts_minor[model]).collect::<Vec<_>>();
    assert_eq!(by(Model::LastTouch), [0, 0, 101]);
    // A seventh of 1.01 is 14.43 cents: 14.43, 28.86 and 57.71.
    assert_eq!(by(Model::TimeDecay), [14, 29, 58]);
    assert_eq!((&rescaled.evidence, rescaled.policy.clone()), (&decided.evidence, decided.policy.clone()));
    // As if it had been decided with the refund.
    assert_eq!(rescaled, decide(&input, &policy(Model::PositionBased)));
}

#[test]
fn a_journey_whose_evidence_was_erased_keeps_its_amounts() {
    let mut input = input(vec![click(1, before(9)), click(2, before(5))]);
    let erased = Attribution { evidence: vec![], ..default(&input) };
    input.order.refunded_minor = 5_000;
    let rescaled = erased.rescaled(&input.order);
    assert_eq!(credited(&rescaled), [(link_id(2), 5_000)]);
    assert_eq!(rescaled.journey, erased.journey);
}

#[test]
fn large_orders_by_time_decay_are_split_to_the_cent() {
    let week = 7 * DAY_MS;
    let mut input = input(vec![click(1, before(week)), click(2, PLACED)]);
    input.order.total_minor = 900_000_000_000_001;
    let attribution = decide(&input, &policy(Model::TimeDecay));
    assert_eq!(credited(&attribution), [(link_id(1), 300_000_000_000_000), (link_id(2), 600_000_000_000_001)]);
    // The exact shares are a third and two thirds of a cent above; the cent left goes to the larger.
    assert_eq!(attribution.credits.iter().map(|one| one.rounding_minor).collect::<Vec<_>>(), [0, 1]);
}
