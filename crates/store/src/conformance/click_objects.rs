//! Requirements on every adapter: `store::click_objects`.

use domain::time::DAY_MS;

use crate::{
    click_objects::ClickFilter,
    conformance::fixtures::{AnyStore, NOON, click, creator, link, with_links},
    ingest::Batch,
    objects::Keyset,
};

pub async fn clicks_are_paged_and_filtered(store: AnyStore) {
    let brand = with_links(&store).await;
    let mut clicks = Vec::new();
    // Days without a click on the second link lie between those with some.
    for (n, link, day) in [(1, 1, 0), (2, 2, 0), (3, 1, 1), (4, 1, 2), (5, 2, 9), (6, 1, 9)] {
        let mut new = click(n, link, &format!("pv {n}"), NOON.plus_ms(day * DAY_MS + i64::from(n)));
        new.click.creator = Some(creator(1).id);
        new.click.bot = (n == 6).then(|| "crawler".to_owned());
        clicks.push(new);
    }
    store.append(&Batch { clicks: clicks.clone(), events: vec![] }).await.unwrap();
    let all = Keyset { from: "clk_".into(), below: "clk_zz".into(), is_ascending: false, limit: 10 };
    let found = async |keyset: Keyset, filter: ClickFilter| {
        let page = store.clicks_page(&brand, &keyset, &filter).await.unwrap();
        page.into_iter().map(|one| one.record.click.pv_id).collect::<Vec<_>>()
    };
    let second = ClickFilter { link: Some(link(2, None).id), ..ClickFilter::default() };
    let own = ClickFilter { creator: Some(creator(1).id), ..ClickFilter::default() };
    let nobodys = ClickFilter { creator: Some(creator(2).id), ..ClickFilter::default() };
    let bots = ClickFilter { is_human: Some(false), ..ClickFilter::default() };
    assert_eq!(found(all.clone(), ClickFilter::default()).await, ["pv 6", "pv 5", "pv 4", "pv 3", "pv 2", "pv 1"]);
    assert_eq!(found(all.clone(), second.clone()).await, ["pv 5", "pv 2"]);
    assert_eq!(found(Keyset { is_ascending: true, limit: 1, ..all.clone() }, second.clone()).await, ["pv 2"]);
    let below = clicks[4].click.id.to_string();
    assert_eq!(found(Keyset { below, ..all.clone() }, second).await, ["pv 2"]);
    assert_eq!(found(Keyset { limit: 3, ..all.clone() }, own).await, ["pv 6", "pv 5", "pv 4"]);
    assert_eq!(found(all.clone(), nobodys).await, Vec::<String>::new());
    assert_eq!(found(all, bots).await, ["pv 6"]);
}
