//! Requirements on every adapter: `store::milestone_objects`.

use domain::UnixMs;

use crate::{
    conformance::fixtures::{AnyStore, NOON, creator, texts, with_links},
    milestone_objects::{Milestone, MilestoneKeyset, MilestonePlace},
    objects::Span,
    outbound::NewEvents,
};

pub async fn milestones_are_paged_both_ways(store: AnyStore) {
    let brand = with_links(&store).await;
    for n in 1..=2 {
        let names = texts(&["orders:10", "orders:100", "revenue:USD:1"]);
        let at = NOON.plus_ms(i64::from(n) / 2);
        store.reach_milestones(&brand, &creator(n).id, &names, at, &|_| NewEvents::default()).await.unwrap();
    }
    let end = MilestonePlace { reached_at: UnixMs(i64::MAX), tail: String::new(), name: String::new() };
    let page = async |after: &MilestonePlace, is_ascending, limit| {
        let keyset = MilestoneKeyset { after: after.clone(), reached: Span::default(), is_ascending, limit };
        store.milestones_page(&brand, &keyset, None).await.unwrap()
    };
    let all = page(&end, false, 10).await;
    assert_eq!(all.len(), 6);
    let mut seen: Vec<Milestone> = Vec::new();
    while seen.len() < 6 {
        let after = seen.last().map_or_else(|| end.clone(), Milestone::place);
        seen.extend(page(&after, false, 2).await);
    }
    assert_eq!(seen, all);
    let mut back = page(&all[4].place(), true, 10).await;
    back.reverse();
    assert_eq!(back, all[..4]);
    let first = Span { until: NOON, ..Span::default() };
    let keyset = MilestoneKeyset { after: end, reached: first, is_ascending: false, limit: 10 };
    assert_eq!(store.milestones_page(&brand, &keyset, None).await.unwrap().len(), 3);
    assert_eq!(store.milestones_page(&brand, &keyset, Some(&creator(2).id)).await.unwrap(), vec![]);
}
