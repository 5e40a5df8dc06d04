//! Revenue proofs: what they state, who may verify them, and when they no longer hold.

use domain::{
    CreatorId, Money, ProofId,
    proof::{ProofFigures, ProofState, RevokedBy},
    time::{DAY_MS, Day, Period, Zone},
};
use flow::{
    FlowError,
    access::CreatorSession,
    link::NewLink,
    proof::{IssuedProof, Jwks, VerifyError, verify},
};
use serde_json::json;

use crate::{
    actions::{deliver_and_settle, install, percent, promo, rule},
    test_server::{NOW, TestServer, operator, order},
};

/// A creator's session, without a browser.
pub(crate) async fn session_of(server: &TestServer, creator: &CreatorId) -> CreatorSession {
    let access = server.flow().access();
    let link = access.sign_in_link(&server.merchant, Some(creator)).await.unwrap();
    let (session, _) = access.sign_in(link.rsplit('/').next().unwrap()).await.unwrap();
    access.creator_by_session(&session).await.unwrap()
}

/// The day on which the tests' orders are placed, and the next one, both over when the test begins to ask.
pub(crate) fn sold_days() -> Period {
    let day = Zone::UTC.day_of(NOW);
    Period { from: Day(day.0 - 1), to: Day(day.0 + 1) }
}

fn usd(minor: i64) -> Money {
    Money { minor, currency: domain::Currency::USD }
}

/// Ana, with a link that shares its revenue and one that does not.
async fn ana(server: &TestServer) -> CreatorSession {
    install(server).await;
    let ana = server.flow().creators().create(&server.merchant, "Ana Lima", "ana", "").await.unwrap().id;
    for (code, share_revenue) in [("SHARED", true), ("SECRET", false)] {
        let new = NewLink {
            destination: "https://shop.example/p".into(),
            promo_code: code.into(),
            creator: ana.to_string(),
            share_revenue,
            ..NewLink::default()
        };
        server.flow().links().create(&server.merchant, &new).await.unwrap();
    }
    rule(server, percent("10")).await;
    session_of(server, &ana).await
}

async fn sell(server: &TestServer, id: u64, total: &str, code: &str) {
    deliver_and_settle(server, "orders/create", &format!("o{id}"), &order(id, total, &promo(code))).await;
}

async fn refund(server: &TestServer, id: u64, amount: &str) {
    let body = json!({"id": id, "order_id": id, "created_at": "2027-01-15T08:00:20Z", "transactions":
        [{"kind": "refund", "status": "success", "amount": amount, "currency": "USD"}]});
    deliver_and_settle(server, "refunds/create", &format!("r{id}"), &body.to_string()).await;
}

async fn issue(server: &TestServer, session: &CreatorSession) -> Result<IssuedProof, FlowError> {
    server.flow().creator_view(session).issue_proof(sold_days()).await
}

fn fault(outcome: Result<IssuedProof, FlowError>) -> String {
    match outcome {
        Err(FlowError::Invalid(faults)) => faults.to_string(),
        other => panic!("{other:?}"),
    }
}

/// Status and text of a file.
async fn get(server: &TestServer, path: &str) -> (u16, String) {
    let answer = server.http.get(format!("{}{path}", server.url)).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

async fn keys(server: &TestServer) -> (String, Jwks) {
    let (status, text) = get(server, "/.well-known/jwks.json").await;
    assert_eq!(status, 200);
    (text.clone(), Jwks::parse(&text).unwrap())
}

async fn a_proof_states_what_is_shared_and_strangers_verify_it(server: TestServer) {
    let session = ana(&server).await;
    assert_eq!(
        fault(issue(&server, &session).await),
        "a proof is about days that are over: choose a period that ends before today"
    );
    server.clock.advance(3 * DAY_MS);
    assert_eq!(fault(issue(&server, &session).await), "your shared links have no sales in this period");
    sell(&server, 1, "40.00", "SHARED").await;
    sell(&server, 2, "777.00", "SECRET").await;
    let issued = issue(&server, &session).await.unwrap();
    assert_eq!(issued.state, ProofState::Current);
    assert_eq!(issued.statement.figures, ProofFigures::new(0, 1, [usd(4000)]));
    assert_eq!((issued.statement.creator.handle.as_str(), issued.statement.brand.name.as_str()), ("ana", "Vector"));
    assert_eq!(issued.statement.policies.len(), 1);

    let (status, jws) = get(&server, &format!("/proof/{}.jws", issued.id)).await;
    assert_eq!(status, 200);
    let (_, keys) = keys(&server).await;
    let (statement, _) = verify(&jws, &keys).unwrap();
    assert_eq!(statement, issued.statement);
    assert_eq!(statement.url, format!("http://localhost:4000/proof/{}", issued.id));
    assert!(!jws.contains("777"), "{jws}");

    let again = issue(&server, &session).await.unwrap();
    assert_eq!(again.id, issued.id, "the proof of these figures is there already");
    let view = server.flow().creator_view(&session);
    assert_eq!(view.proofs().await.unwrap(), [again]);
    assert_eq!(server.flow().proofs().list(&server.merchant).await.unwrap().len(), 1);
    server.stop().await;
}

async fn refunds_supersede_a_proof_and_a_newer_one_is_named(server: TestServer) {
    let session = ana(&server).await;
    server.clock.advance(3 * DAY_MS);
    sell(&server, 1, "40.00", "SHARED").await;
    sell(&server, 2, "50.00", "SECRET").await;
    let first = issue(&server, &session).await.unwrap();
    refund(&server, 2, "5.00").await;
    let shown = async |id: &ProofId| match server.flow().proofs().find(id.as_str(), "192.0.2.1").await.unwrap() {
        Some(flow::proof::PublicProof::Shown(shown)) => (shown.is_superseded, shown.newer),
        other => panic!("{other:?}"),
    };
    assert_eq!(shown(&first.id).await, (false, None), "what is not shared changes nothing");
    refund(&server, 1, "15.00").await;
    assert_eq!(shown(&first.id).await, (true, None));
    let own = server.flow().creator_view(&session).proofs().await.unwrap().remove(0);
    assert_eq!(own.state, ProofState::Superseded);
    assert_eq!(own.figures_now, Some(ProofFigures::new(0, 1, [usd(2500)])));
    server.clock.advance(1000);
    let second = issue(&server, &session).await.unwrap();
    assert_eq!(second.statement.figures, ProofFigures::new(0, 1, [usd(2500)]));
    assert_eq!(shown(&first.id).await, (true, Some(second.id.clone())));
    assert_eq!(shown(&second.id).await, (false, None));
    server.stop().await;
}

/// The refund is booked on its own day, so that the figures of the closed period stay. The proof is about the orders.
async fn refunds_after_the_period_was_closed_supersede_a_proof(server: TestServer) {
    let session = ana(&server).await;
    server.clock.advance(3 * DAY_MS);
    sell(&server, 1, "40.00", "SHARED").await;
    let first = issue(&server, &session).await.unwrap();
    let brand = &server.merchant.brand().id;
    let merchant = server.flow().access().merchant_by_operator(operator(), brand).await.unwrap();
    server.flow().policies().close_period(&merchant, sold_days().to).await.unwrap();
    server.clock.advance(5 * DAY_MS);
    refund(&server, 1, "15.00").await;
    let own = server.flow().creator_view(&session).proofs().await.unwrap().remove(0);
    assert_eq!((own.id, own.state), (first.id.clone(), ProofState::Superseded));
    assert_eq!(own.figures_now, Some(ProofFigures::new(0, 1, [usd(2500)])));
    match server.flow().proofs().find(first.id.as_str(), "192.0.2.1").await.unwrap() {
        Some(flow::proof::PublicProof::Shown(shown)) => assert!(shown.is_superseded),
        other => panic!("{other:?}"),
    }
    server.stop().await;
}

async fn a_proof_that_is_asked_for_twice_is_issued_once(server: TestServer) {
    let session = ana(&server).await;
    server.clock.advance(3 * DAY_MS);
    sell(&server, 1, "40.00", "SHARED").await;
    let (one, other) = tokio::join!(issue(&server, &session), issue(&server, &session));
    assert_eq!(one.unwrap().id, other.unwrap().id);
    assert_eq!(server.flow().creator_view(&session).proofs().await.unwrap().len(), 1);
    server.stop().await;
}

async fn what_the_brand_has_withdrawn_needs_other_figures(server: TestServer) {
    let session = ana(&server).await;
    server.clock.advance(3 * DAY_MS);
    sell(&server, 1, "40.00", "SHARED").await;
    let first = issue(&server, &session).await.unwrap();
    server.flow().proofs().revoke(&server.merchant, &first.id).await.unwrap();
    let refused = fault(issue(&server, &session).await);
    assert_eq!(refused, "your brand has withdrawn a proof of these days with the same figures: ask your brand why");
    refund(&server, 1, "15.00").await;
    server.clock.advance(1000);
    let second = issue(&server, &session).await.unwrap();
    assert_eq!(second.statement.figures, ProofFigures::new(0, 1, [usd(2500)]));
    server.stop().await;
}

async fn proofs_are_withdrawn_by_the_brand_or_their_creator(server: TestServer) {
    let session = ana(&server).await;
    server.clock.advance(3 * DAY_MS);
    sell(&server, 1, "40.00", "SHARED").await;
    let first = issue(&server, &session).await.unwrap();
    let bo = server.flow().creators().create(&server.merchant, "Bo", "bo", "").await.unwrap().id;
    let other = session_of(&server, &bo).await;
    let withdraw =
        async |session: &CreatorSession, id| server.flow().creator_view(session).withdraw_proof(id).await.is_ok();
    assert!(!withdraw(&other, &first.id).await, "another creator's");
    assert!(withdraw(&session, &first.id).await && !withdraw(&session, &first.id).await);
    assert_eq!(get(&server, &format!("/proof/{}.jws", first.id)).await.0, 410);
    server.clock.advance(1000);
    let second = issue(&server, &session).await.unwrap();
    assert_ne!(first.id, second.id);
    server.flow().proofs().revoke(&server.merchant, &second.id).await.unwrap();
    assert!(server.flow().proofs().revoke(&server.merchant, &second.id).await.is_err());
    let states: Vec<_> =
        server.flow().creator_view(&session).proofs().await.unwrap().iter().map(|proof| proof.state).collect();
    let at = server.clock_now();
    let by_creator = ProofState::Revoked { at: at.plus_ms(-1000), by: RevokedBy::Creator };
    assert_eq!(states, [ProofState::Revoked { at, by: RevokedBy::Brand }, by_creator]);
    assert_eq!(fault(issue(&server, &other).await), "the brand shares the revenue of none of your links");
    assert_eq!(get(&server, "/proof/prf_01hf7yat00fzzvzzzzzzzzzzzz.jws").await.0, 404);
    assert_eq!(get(&server, "/proof/..%2f.jws").await.0, 404);
    server.stop().await;
}

async fn old_keys_verify_what_they_signed(server: TestServer) {
    let session = ana(&server).await;
    server.clock.advance(3 * DAY_MS);
    assert_eq!(keys(&server).await.1, Jwks::default());
    sell(&server, 1, "40.00", "SHARED").await;
    let first = issue(&server, &session).await.unwrap();
    let (_, before) = keys(&server).await;
    let new = server.flow().proofs().replace_key(operator()).await.unwrap();
    refund(&server, 1, "1.00").await;
    server.clock.advance(1000);
    let second = issue(&server, &session).await.unwrap();
    let (_, after) = keys(&server).await;
    assert_eq!((before.keys.len(), after.keys.len()), (1, 2));
    let jws = async |id: &ProofId| get(&server, &format!("/proof/{id}.jws")).await.1;
    assert_eq!(verify(&jws(&first.id).await, &after).unwrap().1, before.keys[0].kid);
    let signed_later = jws(&second.id).await;
    assert_eq!(verify(&signed_later, &after).unwrap().1, new);
    assert_eq!(verify(&signed_later, &before), Err(VerifyError::UnknownKey(new)));
    server.stop().await;
}

async fn an_address_looks_at_so_many_proofs_in_a_minute(server: TestServer) {
    let proofs = server.flow().proofs();
    for _ in 0..120 {
        assert_eq!(proofs.find("prf_x", "192.0.2.7").await.unwrap(), None);
    }
    assert!(matches!(proofs.find("prf_x", "192.0.2.7").await, Err(FlowError::OverBudget { .. })));
    assert!(proofs.find("prf_x", "192.0.2.8").await.is_ok());
    server.stop().await;
}

async fn erased_creators_leave_no_proof_and_no_question(server: TestServer) {
    let session = ana(&server).await;
    server.clock.advance(3 * DAY_MS);
    sell(&server, 1, "40.00", "SHARED").await;
    let proof = issue(&server, &session).await.unwrap();
    let view = server.flow().creator_view(&session);
    let sale = view.sales(None, 10).await.unwrap().remove(0).sale;
    view.ask(&sale.order, "When is it paid?").await.unwrap();
    server.flow().creators().erase(&server.merchant, session.creator()).await.unwrap();
    assert_eq!(get(&server, &format!("/proof/{}.jws", proof.id)).await.0, 404);
    assert_eq!(server.flow().questions().open(&server.merchant).await.unwrap(), []);
    server.stop().await;
}

/// Runs the binary without a database.
async fn verify_by_command(words: &[&str]) -> (i32, String, String) {
    let output = tokio::process::Command::new(env!("CARGO_BIN_EXE_creatorscore"))
        .args(["--log", "error", "proof", "verify"])
        .args(words)
        .output()
        .await
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

async fn a_file_is_verified_offline(server: TestServer) {
    let session = ana(&server).await;
    server.clock.advance(3 * DAY_MS);
    sell(&server, 1, "40.00", "SHARED").await;
    let issued = issue(&server, &session).await.unwrap();
    let (_, jws) = get(&server, &format!("/proof/{}.jws", issued.id)).await;
    let (text, parsed) = keys(&server).await;
    let kid = &parsed.keys[0].kid;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("proof.jws"), &jws).unwrap();
    std::fs::write(path("jwks.json"), &text).unwrap();
    std::fs::write(path("changed.jws"), jws.replacen('.', ".e", 1)).unwrap();
    server.stop().await;

    let (code, out, err) = verify_by_command(&[&path("proof.jws"), "--jwks", &path("jwks.json")]).await;
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    let expected = format!(
        "Valid: claims to come from http://localhost:4000; signature checked with the key {kid} of {}.\n\
         http://localhost:4000 has signed it only if that is a key which http://localhost:4000 publishes.\n\
         Ana Lima (@ana) for Vector, 2027-01-14 to 2027-01-16 (UTC): 0 clicks, 1 order, $40.00 net revenue.\n\
         Counted: {}\n\
         Whether it was withdrawn or superseded since, only its page says: http://localhost:4000/proof/{}\n",
        path("jwks.json"),
        domain::proof::COUNTED,
        issued.id
    );
    assert_eq!(out, expected);
    let (code, out, _) = verify_by_command(&[&path("proof.jws"), "--jwks", &text]).await;
    assert_eq!((code, out), (0, expected.replace(&path("jwks.json"), "the given JSON")), "the keys themselves");
    let (code, out, err) = verify_by_command(&[&path("changed.jws"), "--jwks", &text]).await;
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.contains("not a revenue proof") || err.contains("the signature is wrong"), "{err}");
    let (code, _, err) = verify_by_command(&[&path("proof.jws"), "--jwks", r#"{"keys":[]}"#]).await;
    assert_eq!(code, 1);
    assert!(err.contains(&format!("signed with the key {kid}, which is not among the given keys")), "{err}");
    let (code, _, err) = verify_by_command(&[&path("missing.jws"), "--jwks", &text]).await;
    assert_eq!(code, 1);
    assert!(err.contains("missing.jws"), "{err}");
}

on_both_engines!(
    a_proof_states_what_is_shared_and_strangers_verify_it
    refunds_supersede_a_proof_and_a_newer_one_is_named
    refunds_after_the_period_was_closed_supersede_a_proof
    a_proof_that_is_asked_for_twice_is_issued_once
    what_the_brand_has_withdrawn_needs_other_figures
    proofs_are_withdrawn_by_the_brand_or_their_creator
    old_keys_verify_what_they_signed
    an_address_looks_at_so_many_proofs_in_a_minute
    erased_creators_leave_no_proof_and_no_question
    a_file_is_verified_offline
);
