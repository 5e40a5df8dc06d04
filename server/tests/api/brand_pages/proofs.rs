//! The revenue proofs on the page of a creator.

use domain::time::DAY_MS;
use flow::link::NewLink;

use super::Browser;
use crate::{
    actions::{deliver_and_settle, install, promo},
    proofs::{session_of, sold_days},
    test_server::{TestServer, order},
};

async fn the_brand_revokes_a_proof(server: TestServer) {
    install(&server).await;
    let ana = server.flow().creators().create(&server.merchant, "Ana Lima", "ana", "").await.unwrap().id;
    let new = NewLink {
        destination: "https://shop.example/p".into(),
        promo_code: "SHARED".into(),
        creator: ana.to_string(),
        share_revenue: true,
        ..NewLink::default()
    };
    server.flow().links().create(&server.merchant, &new).await.unwrap();
    server.clock.advance(3 * DAY_MS);
    deliver_and_settle(&server, "orders/create", "o1", &order(1, "40.00", &promo("SHARED"))).await;
    let browser = Browser::of(&server).await;
    let path = format!("/creators/{ana}");
    assert!(!browser.get(&path).await.text.contains("Revenue proofs"), "there are none");

    let session = session_of(&server, &ana).await;
    let proof = server.flow().creator_view(&session).issue_proof(sold_days()).await.unwrap();
    let public = format!("/proof/{}", proof.id);
    browser.get(&path).await.shows(&["Revenue proofs", "14 Jan – 16 Jan 2027", "Valid", &public, "Revoke proof"]);
    let chosen = [("proof", proof.id.as_str())];
    let page = browser.done(&path, "revoke-proof", &chosen).await;
    page.shows(&["Revoked. The page of the proof shows no figures any more.", "14 Jan – 16 Jan 2027"]);
    assert!(!page.text.contains(&public) && !page.text.contains("Revoke proof"), "{}", page.text);
    assert_eq!(server.http.get(format!("{}{public}", server.url)).send().await.unwrap().status(), 410);
    assert_eq!(browser.post(&path, "revoke-proof", &chosen).await.status, 404, "it is revoked already");
    let log = server.audit_log().await;
    let revoked: Vec<_> = log.iter().filter(|entry| entry.2 == "proof.revoke").map(|entry| &entry.3).collect();
    assert_eq!(revoked, [proof.id.as_str()]);
    server.stop().await;
}

on_both_engines!(the_brand_revokes_a_proof);
