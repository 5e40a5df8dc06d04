//! Where a brand's links may lead, and which destinations are its Shopify storefront.

use flow::link::NewLink;

use crate::{
    actions::install,
    test_server::{SHOP, TestServer, operator},
};

async fn hosts_take_effect_at_once_and_ref_is_for_the_brands_own_shops(mut server: TestServer) {
    install(&server).await;
    let own = format!("https://{SHOP}/p");
    let destinations = [
        (own.as_str(), true),
        ("https://www.shop.example/p", true),
        ("https://another-shop.myshopify.com/p", false),
        ("https://other.example/p", false),
    ];
    let mut links = Vec::new();
    for (destination, _) in destinations {
        let new = NewLink { destination: destination.into(), ..NewLink::default() };
        links.push(server.flow().links().create(&server.merchant, &new).await.unwrap());
    }
    let go = async |server: &TestServer, nth: usize| {
        let link: &domain::link::Link = &links[nth];
        let answer = server.click(link.code.as_str()).await;
        let location = answer.headers().get("location").map(|location| location.to_str().unwrap().to_owned());
        location.map(|location| location.contains(&format!("&ref={}", link.code)) || location.contains("?ref="))
    };
    // Remembered by the redirect before the hosts are named.
    assert_eq!(go(&server, 1).await, Some(false), "not known to be a storefront");
    let save = async |server: &mut TestServer, allowed: &str| {
        server.flow().policies().save_hosts(&server.merchant, allowed, "shop.example").await.unwrap();
        let id = server.merchant.brand().id.clone();
        let merchant = server.flow().access().merchant_by_operator(operator(), &id).await;
        server.merchant = merchant.unwrap();
    };
    save(&mut server, "").await;
    eventually(async || go(&server, 1).await == Some(true)).await;
    for (nth, (destination, has_ref)) in destinations.iter().enumerate() {
        assert_eq!(go(&server, nth).await, Some(*has_ref), "{destination}");
    }
    save(&mut server, "shop.example").await;
    eventually(async || go(&server, 3).await.is_none()).await;
    assert_eq!((go(&server, 0).await, go(&server, 1).await), (None, Some(true)));
    save(&mut server, "shop.example other.example").await;
    eventually(async || go(&server, 3).await.is_some()).await;
    server.stop().await;
}

/// Waits until a change has reached the redirect: far less than the half minute for which it remembers links.
async fn eventually(is_so: impl AsyncFn() -> bool) {
    for _ in 0..100 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(core::time::Duration::from_millis(20)).await;
    }
    panic!("the change has not taken effect");
}

on_both_engines!(hosts_take_effect_at_once_and_ref_is_for_the_brands_own_shops);
