//! Requirements on every adapter: `store::catalogue`, and items in `store::objects`.

use std::collections::BTreeMap;

use domain::{
    BrandId, CollabId, Currency, DropId, LinkId, ProductId, UnixMs,
    catalogue::{Collab, CollabStatus, DropProduct, HttpsUrl, Item, ItemKind, Product, ProductDrop, Slug},
    link::{Link, LinkCode},
    metadata::Details,
};

use crate::{
    api_requests::{Answer, RowFault, Written},
    catalogue::ItemFilter,
    catalogue_change::{ItemChange, ItemLink},
    conformance::fixtures::{AnyStore, NOON, audit, brand, creator, link, scrub_job, with_links},
    objects::{Change, Filter, Keyset, Object, Write},
    outbound::NewEvents,
};

fn product(n: u8) -> Product {
    Product {
        id: ProductId::new(1, [n; 10]),
        title: format!("Product {n}"),
        description: None,
        image_url: None,
        product_url: HttpsUrl::parse("https://shop.example/p"),
        price_minor: Some(100),
        currency: Currency::USD,
        inventory: Some(3),
        creator_prices: BTreeMap::from([(creator(1).id, 90)]),
        created_at: NOON,
    }
}

fn collab(n: u8) -> Collab {
    Collab {
        id: CollabId::new(1, [n; 10]),
        creator: creator(1).id,
        tier: None,
        affiliate_code: None,
        discount: None,
        rule: None,
        started_at: None,
        status: CollabStatus::Active,
        slug: Slug::parse("ana"),
        intro: None,
        destination: None,
        link: None,
        created_at: NOON,
    }
}

fn drop(n: u8, products: &[u8]) -> ProductDrop {
    let shown = |n: &u8| DropProduct { product: product(*n).id, note: Some("mine".into()), media_url: None };
    ProductDrop {
        id: DropId::new(1, [n; 10]),
        creator: creator(1).id,
        collab: Some(collab(1).id),
        title: format!("Drop {n}"),
        description: None,
        products: products.iter().map(shown).collect(),
        published_at: None,
        created_at: NOON,
    }
}

fn item(item: Item) -> ItemChange {
    ItemChange { page: item.slug().cloned(), item, links: Vec::new(), has_moved: false }
}

/// Writes one row. `n` numbers its audit entry.
async fn write(store: &AnyStore, brand: &BrandId, change: Change, at: UnixMs, n: u8) -> Option<RowFault> {
    let events = NewEvents::default();
    let row = Write { change, details: Details::default(), archived_at: None, at, audit: audit(n), events };
    let answer = |faults: &[Option<RowFault>]| {
        faults.iter().all(Option::is_none).then(|| Answer { status: 200, body: String::new() })
    };
    match store.write_objects(brand, None, &[row], &answer).await.unwrap() {
        Written::Done(_) => None,
        Written::Refused(fault) => Some(fault),
        other => panic!("{other:?}"),
    }
}

async fn page(store: &AnyStore, brand: &BrandId, kind: ItemKind, collab: Option<CollabId>) -> Vec<Item> {
    let keyset = Keyset { from: String::new(), below: "z".into(), is_ascending: false, limit: 10 };
    let filter = ItemFilter { kind, common: Filter::default(), collab, is_published: None, status: None };
    store.items_page(brand, &keyset, &filter).await.unwrap().into_iter().map(|object| object.value).collect()
}

pub async fn items_are_stored_with_what_they_name(store: AnyStore) {
    let brand = with_links(&store).await;
    let new = |item_of: Item| Change::CreateItem(item(item_of));
    let missing = write(&store, &brand, new(Item::Drop(drop(1, &[1]))), NOON, 10).await;
    assert_eq!(missing, Some(RowFault::Missing("the collab")));
    assert_eq!(write(&store, &brand, new(Item::Collab(collab(1))), NOON, 11).await, None);
    let missing = write(&store, &brand, new(Item::Drop(drop(1, &[1]))), NOON, 12).await;
    assert_eq!(missing, Some(RowFault::Missing("a product")));
    for n in [1, 2] {
        assert_eq!(write(&store, &brand, new(Item::Product(product(n))), NOON, 20 + n).await, None);
    }
    assert_eq!(write(&store, &brand, new(Item::Drop(drop(1, &[2, 1]))), NOON, 13).await, None);
    let taken = write(&store, &brand, new(Item::Collab(collab(2))), NOON, 14).await;
    assert_eq!(taken, Some(RowFault::Taken("a collab with this slug")));
    let products = page(&store, &brand, ItemKind::Product, None).await;
    assert_eq!(products, [2, 1].map(|n| Item::Product(product(n))));
    assert_eq!(page(&store, &brand, ItemKind::Drop, Some(collab(1).id)).await, [Item::Drop(drop(1, &[2, 1]))]);
    assert_eq!(page(&store, &brand, ItemKind::Drop, Some(collab(3).id)).await, []);
    for (status, count) in [(CollabStatus::Active, 1), (CollabStatus::Ended, 0)] {
        let keyset = Keyset { from: String::new(), below: "z".into(), is_ascending: false, limit: 10 };
        let (kind, common) = (ItemKind::Collab, Filter::default());
        let filter = ItemFilter { kind, common, collab: None, is_published: None, status: Some(status) };
        assert_eq!(store.items_page(&brand, &keyset, &filter).await.unwrap().len(), count, "{status:?}");
    }
    for is_published in [true, false] {
        let keyset = Keyset { from: String::new(), below: "z".into(), is_ascending: false, limit: 10 };
        let (kind, common, is_published) = (ItemKind::Drop, Filter::default(), Some(is_published));
        let filter = ItemFilter { kind, common, collab: None, is_published, status: None };
        let found = store.items_page(&brand, &keyset, &filter).await.unwrap();
        let expected = drop(1, &[]).published_at.is_some() == (is_published == Some(true));
        assert_eq!(!found.is_empty(), expected, "{is_published:?}");
    }
    let ids = [product(2).id.to_string(), collab(1).id.to_string(), "nothing".to_owned()];
    let found: Vec<Item> = store.items(&brand, &ids).await.unwrap().into_iter().map(|object| object.value).collect();
    assert_eq!(found, [Item::Collab(collab(1)), Item::Product(product(2))]);
    let slug = Slug::parse("ana").unwrap();
    let (owner, found) = store.collab_by_slug(&slug).await.unwrap().unwrap();
    assert_eq!((owner, found.value), (brand.clone(), collab(1)));
    // Another brand sees and names none of it.
    store.create_brand(&self::brand(2)).await.unwrap();
    let other = self::brand(2).id;
    assert_eq!(page(&store, &other, ItemKind::Product, None).await, []);
    assert_eq!(store.items(&other, &ids).await.unwrap(), []);
    let foreign = Product { id: ProductId::new(1, [9; 10]), ..product(1) };
    let missing = write(&store, &other, new(Item::Product(foreign)), NOON, 15).await;
    assert_eq!(missing, Some(RowFault::Missing("a creator with a price")));
}

pub async fn items_change_only_if_they_are_as_they_were_read(store: AnyStore) {
    let brand = with_links(&store).await;
    write(&store, &brand, Change::CreateItem(item(Item::Product(product(1)))), NOON, 10).await;
    let changed = Item::Product(Product { title: "New".into(), ..product(1) });
    let update = |read_at| Change::UpdateItem(item(changed.clone()), read_at);
    let late = NOON.plus_ms(5);
    assert_eq!(write(&store, &brand, update(NOON.plus_ms(1)), late, 11).await, Some(RowFault::Changed));
    assert_eq!(write(&store, &brand, update(NOON), late, 12).await, None);
    assert_eq!(write(&store, &brand, update(NOON), late, 13).await, Some(RowFault::Changed));
    let found: Vec<Object<Item>> = store.items(&brand, &[product(1).id.to_string()]).await.unwrap();
    assert_eq!((&found[0].value, found[0].updated_at), (&changed, late));
}

/// The creator's link to a product.
fn product_link(n: u8, read_at: UnixMs) -> ItemLink {
    let code = LinkCode::draw(&[n; 8]).unwrap();
    let link = Link { id: LinkId::new(1, [n; 10]), code, promo_code: None, ..link(n, Some(1)) };
    ItemLink { link, product: Some((product(1).id, read_at)), audit: audit(n) }
}

pub async fn a_creator_has_one_link_to_a_product_and_it_follows(store: AnyStore) {
    let brand = with_links(&store).await;
    write(&store, &brand, Change::CreateItem(item(Item::Product(product(1)))), NOON, 10).await;
    write(&store, &brand, Change::CreateItem(item(Item::Collab(collab(1)))), NOON, 11).await;
    let with =
        |n: u8, link: ItemLink| Change::CreateItem(ItemChange { links: vec![link], ..item(Item::Drop(drop(n, &[1]))) });
    let stale = write(&store, &brand, with(1, product_link(41, NOON.plus_ms(1))), NOON, 12).await;
    assert_eq!(stale, Some(RowFault::Changed), "the product has changed since its page was read");
    let links = async || store.product_links(&brand, &creator(1).id).await.unwrap();
    assert_eq!(links().await, []);
    assert_eq!(write(&store, &brand, with(1, product_link(42, NOON)), NOON, 13).await, None);
    assert_eq!(write(&store, &brand, with(2, product_link(43, NOON)), NOON, 14).await, None);
    let first = product_link(42, NOON).link;
    assert_eq!(links().await, [(product(1).id, first.code)]);
    assert_eq!(store.link_by_code(product_link(43, NOON).link.code).await.unwrap(), None, "left out");
    let moved = Product { product_url: HttpsUrl::parse("https://shop.example/new"), ..product(1) };
    let moved = ItemChange { has_moved: true, ..item(Item::Product(moved)) };
    write(&store, &brand, Change::UpdateItem(moved, NOON), NOON.plus_ms(1), 15).await;
    let (_, stored) = store.link_by_code(first.code).await.unwrap().unwrap();
    assert_eq!(stored.destination, "https://shop.example/new");
    // A link that is deleted makes room for another.
    store.delete_link(&brand, &first.id, NOON, &audit(16)).await.unwrap();
    assert_eq!(links().await, []);
    assert_eq!(write(&store, &brand, with(3, product_link(44, NOON.plus_ms(1))), NOON, 17).await, None);
    assert_eq!(links().await, [(product(1).id, product_link(44, NOON).link.code)]);
}

pub async fn items_of_erased_creators_are_deleted(store: AnyStore) {
    let brand = with_links(&store).await;
    write(&store, &brand, Change::CreateItem(item(Item::Product(product(1)))), NOON, 10).await;
    write(&store, &brand, Change::CreateItem(item(Item::Collab(collab(1)))), NOON, 11).await;
    let links = vec![product_link(41, NOON)];
    let with_link = ItemChange { links, ..item(Item::Drop(drop(1, &[1]))) };
    write(&store, &brand, Change::CreateItem(with_link), NOON, 12).await;
    assert!(
        store
            .erase_creator(&brand, &creator(1).id, NOON, &audit(13), &NewEvents::default(), &scrub_job())
            .await
            .unwrap()
    );
    for kind in [ItemKind::Collab, ItemKind::Drop] {
        assert_eq!(page(&store, &brand, kind, None).await, []);
    }
    assert_eq!(store.collab_by_slug(&Slug::parse("ana").unwrap()).await.unwrap(), None);
    assert_eq!(page(&store, &brand, ItemKind::Product, None).await, [Item::Product(product(1))]);
    assert_eq!(store.product_links(&brand, &creator(1).id).await.unwrap(), []);
    let missing = write(&store, &brand, Change::CreateItem(item(Item::Collab(collab(2)))), NOON, 14).await;
    assert_eq!(missing, Some(RowFault::Missing("the creator")));
    // A price of theirs is no reason to refuse other changes.
    let changed = Item::Product(Product { title: "New".into(), ..product(1) });
    assert_eq!(write(&store, &brand, Change::UpdateItem(item(changed), NOON), NOON.plus_ms(1), 15).await, None);
}
