use flow::access::Merchant;

use super::*;
use crate::actions::ledger;

async fn erased_creators_leave_only_their_ledger(server: TestServer) {
    install(&server).await;
    let flow = server.flow();
    let merchant: &Merchant = &server.merchant;
    let jess =
        flow.creators().create(merchant, "Jessica Marlowe", "jess.marlowe", "jess@marlowe.example").await.unwrap();
    flow.creators().update(merchant, &jess.id, "Jessica Marlowe", &["Marlowe Minutes".into()], "gold").await.unwrap();
    flow.payouts().set_address(merchant, &jess.id, "pay@marlowe.example").await.unwrap();
    rule(&server, percent("10")).await;
    let new = flow::link::NewLink {
        destination: "https://shop.example/p".into(),
        creator: jess.id.to_string(),
        ..flow::link::NewLink::default()
    };
    let link = flow.links().create(merchant, &new).await.unwrap();
    let id = jess.id.to_string();
    let collab =
        json!({"creator": id, "slug": "marlowe", "intro": "By Jessica Marlowe", "metadata": {"name": "Marlowe"}});
    let key = Some(server.server_key.as_str());
    assert_eq!(send(&server, "/api/v1/collabs", key, collab).await.0, 201);
    let drop = json!({"creator": id, "title": "Marlowe Minutes", "external_id": "marlowe"});
    assert_eq!(send(&server, "/api/v1/drops", key, drop).await.0, 201);
    let content = json!({"creator": id, "url": "https://tiktok.example/@marlowe"});
    assert_eq!(send(&server, "/api/v1/content", key, content).await.0, 201);
    flow.surveys().set_fairing_key(merchant, FAIRING_KEY).await.unwrap();
    let answer = json!({"order_id": "1", "question": "How?", "answer": "Jessica Marlowe", "shop_domain": SHOP});
    let request = server.http.post(format!("{}/api/webhooks/fairing", server.url)).body(answer.to_string());
    request.header("x-fairing-signature", FAIRING_KEY).send().await.unwrap();
    deliver_and_settle(&server, "orders/create", "o1", &order(1, "100.00", &json!({}))).await;
    let order = server.store.order_by_external_id(&merchant.brand().id, "1").await.unwrap().unwrap().order.id;
    note(&server, &format!("/api/v1/commissions/{}", commission_of(&server, &order).await), "Marlowe").await;
    let before = ledger(&server).await;
    assert_eq!(before.iter().map(|(_, minor)| minor).sum::<i64>(), 1000);
    let url = flow.access().sign_in_link(merchant, Some(&jess.id)).await.unwrap();
    let (session, _) = flow.access().sign_in(url.rsplit_once('/').unwrap().1).await.unwrap();
    let named = crate::actions::events(&server, &[]).await;
    assert!(named.len() > 3 && named.iter().all(|event| event["data"].to_string().contains("Marlowe")), "{named:?}");
    let unused = flow.access().sign_in_link(merchant, Some(&jess.id)).await.unwrap();
    let partner = jess.partner_code.clone().unwrap().to_string();
    let email_hash = jess.email_hash.clone().unwrap();

    flow.creators().erase(merchant, &jess.id).await.unwrap();
    flow.creators().erase(merchant, &jess.id).await.unwrap();
    quiet(&server).await;
    let marks = ["Marlowe".to_owned(), email_hash, partner.clone()];
    assert_eq!(found(&server, &marks).await, Vec::<String>::new());
    assert!(flow.creators().is_erased(merchant, &jess.id).await.unwrap());
    assert!(flow.access().creator_by_session(&session).await.is_err());
    assert!(!flow.access().sign_in_link_works(unused.rsplit_once('/').unwrap().1).await.unwrap());
    assert!(flow.access().sign_in_link(merchant, Some(&jess.id)).await.is_err());
    assert!(flow.creators().update(merchant, &jess.id, "Jessica Marlowe", &[], "").await.is_err());
    let affiliate = json!({"affiliate_url": format!("https://shop.example/?aff={partner}")});
    assert_eq!(send(&server, "/api/v1/track/click", None, affiliate).await.0, 400, "the partner code stops");
    assert_eq!(ledger(&server).await, before);
    deliver_and_settle(&server, "refunds/create", "r1", &refund(1, 1, "10.00")).await;
    assert_eq!(ledger(&server).await.iter().map(|(_, minor)| minor).sum::<i64>(), 900, "money goes on");
    assert!(crate::actions::events(&server, &[]).await.len() > named.len(), "and so do its events, without a name");
    assert_eq!(found(&server, &marks[..1]).await, Vec::<String>::new());
    assert_eq!(server.click(link.code.as_str()).await.status(), 302, "links stay");
    let log = server.audit_log().await;
    assert_eq!(log.iter().filter(|(_, _, action, _)| action == "creator.erase").count(), 1);
    server.stop().await;
}

on_both_engines!(erased_creators_leave_only_their_ledger);
