//! Requirements on every adapter: `store::surveys`.

use domain::{
    AnswerId, OrderId,
    id::{TIME_MAX, earliest},
};

use crate::{
    StoreError,
    conformance::fixtures::{
        AnyStore, NOON, audit, claim_jobs, creator, link, order, settle_job, texts, today, with_links,
    },
    keyset::Keyset,
    surveys::{Answer, AnswerState, ManualCredit},
};

fn newest(limit: i64) -> Keyset {
    let below = earliest(AnswerId::PREFIX, TIME_MAX);
    Keyset { from: String::new(), below, is_ascending: false, limit }
}

fn about(n: u8, state: AnswerState) -> Answer {
    Answer {
        id: AnswerId::new(NOON.0, [n; 10]),
        order_external_id: format!("10{n:02}"),
        question: "Who sent you?".into(),
        answer: format!("answer {n}"),
        received_at: NOON,
        state,
        creator: (state == AnswerState::Matched).then(|| creator(1).id),
        confidence_bp: if state == AnswerState::Matched { 8_000 } else { 0 },
        matched_name: (state == AnswerState::Matched).then(|| "creator1".into()),
    }
}

pub async fn decided_answers_are_paged_and_can_be_opened_again(store: AnyStore) {
    let brand = with_links(&store).await;
    for n in 1..=5 {
        let state = if n == 5 { AnswerState::Matched } else { AnswerState::Open };
        assert!(store.put_answer(&brand, &about(n, state), &settle_job).await.unwrap());
    }
    for n in 1..=4 {
        let named = (n != 2).then(|| creator(1).id);
        let id = about(n, AnswerState::Open).id;
        assert!(store.decide_answer(&brand, &id, named.as_ref(), &settle_job, &audit(n)).await.unwrap());
    }
    let page = async |state, keyset: Keyset| {
        let found = store.answers(&brand, state, &keyset).await.unwrap();
        found.into_iter().map(|answer| answer.order_external_id).collect::<Vec<_>>()
    };
    assert_eq!(page(AnswerState::Assigned, newest(2)).await, ["1004", "1003"]);
    let below = about(3, AnswerState::Open).id.to_string();
    let after = Keyset { below: below.clone(), ..newest(2) };
    assert_eq!(page(AnswerState::Assigned, after).await, ["1001"]);
    let before = Keyset { from: below, is_ascending: true, ..newest(1) };
    assert_eq!(page(AnswerState::Assigned, before).await, ["1003"]);
    assert_eq!(page(AnswerState::Dismissed, newest(9)).await, ["1002"]);

    for job in claim_jobs(&store, NOON, NOON.plus_ms(1)).await {
        store.finish_jobs(&[&job]).await.unwrap();
    }
    for n in [1, 2, 5] {
        let id = about(n, AnswerState::Open).id;
        assert!(store.reopen_answer(&brand, &id, &settle_job, &audit(10 + n)).await.unwrap(), "{n}");
        assert!(!store.reopen_answer(&brand, &id, &settle_job, &audit(20 + n)).await.unwrap(), "{n} is open");
    }
    assert_eq!(claim_jobs(&store, NOON, NOON.plus_ms(1)).await.len(), 3, "the orders are settled again");
    let open = store.answers(&brand, AnswerState::Open, &newest(9)).await.unwrap();
    assert_eq!(open, [5, 2, 1].map(|n| about(n, AnswerState::Open)));
    let unknown = about(9, AnswerState::Open).id;
    assert!(!store.reopen_answer(&brand, &unknown, &settle_job, &audit(30)).await.unwrap());
}

pub async fn answers_and_manual_credits_queue_settlement(store: AnyStore) {
    let brand = with_links(&store).await;
    let answer = |n: u8, text: &str, state| Answer {
        id: AnswerId::new(NOON.0, [n; 10]),
        order_external_id: "1001".into(),
        question: "How did you hear about us?".into(),
        answer: text.into(),
        received_at: NOON,
        state,
        creator: (state == AnswerState::Matched).then(|| creator(1).id),
        confidence_bp: 8000,
        matched_name: None,
    };
    let queued = async || {
        let jobs = claim_jobs(&store, NOON, NOON.plus_ms(1)).await;
        for job in &jobs {
            store.finish_jobs(&[job]).await.unwrap();
        }
        jobs.len()
    };
    assert!(store.put_answer(&brand, &answer(1, "somebody", AnswerState::Open), &settle_job).await.unwrap());
    assert!(
        !store.put_answer(&brand, &answer(2, "somebody", AnswerState::Open), &settle_job).await.unwrap(),
        "a repeat"
    );
    assert_eq!(queued().await, 1);
    assert!(store.put_answer(&brand, &answer(3, "creator1", AnswerState::Matched), &settle_job).await.unwrap());
    assert_eq!(store.answers(&brand, AnswerState::Open, &newest(10)).await.unwrap(), vec![]);
    let kept = store.answers_of(&brand, &texts(&["1001"])).await.unwrap();
    assert_eq!(
        kept,
        [Answer { id: answer(1, "", AnswerState::Open).id, ..answer(3, "creator1", AnswerState::Matched) }]
    );
    assert_eq!(queued().await, 1);
    assert!(store.decide_answer(&brand, &kept[0].id, Some(&creator(2).id), &settle_job, &audit(1)).await.unwrap());
    assert!(
        !store.decide_answer(&brand, &answer(9, "", AnswerState::Open).id, None, &settle_job, &audit(2)).await.unwrap()
    );
    assert!(
        !store.put_answer(&brand, &answer(4, "creator1", AnswerState::Matched), &settle_job).await.unwrap(),
        "decided manually"
    );
    let decided = &store.answers(&brand, AnswerState::Assigned, &newest(10)).await.unwrap()[0];
    assert_eq!(decided.creator, Some(creator(2).id));
    assert_eq!(queued().await, 1);

    store.put_order(&order("1001", 5000), today(), &settle_job).await.unwrap();
    queued().await;
    let id = store.order_by_external_id(&brand, "1001").await.unwrap().unwrap().order.id;
    let credit = ManualCredit {
        order: id.clone(),
        link: link(2, None).id,
        actor: "test".into(),
        reason: "the customer wrote to us".into(),
        at: NOON,
    };
    store.put_manual_credit(&brand, &credit, &settle_job, &audit(3)).await.unwrap();
    assert_eq!(
        (store.manual_credits(&brand, core::slice::from_ref(&id)).await.unwrap().pop(), queued().await),
        (Some(credit.clone()), 1)
    );
    let unknown = ManualCredit { order: OrderId::new(1, [9; 10]), ..credit };
    assert!(matches!(
        store.put_manual_credit(&brand, &unknown, &settle_job, &audit(4)).await,
        Err(StoreError::Missing("order"))
    ));
    assert!(store.end_manual_credit(&brand, &id, &settle_job, &audit(5)).await.unwrap());
    assert!(!store.end_manual_credit(&brand, &id, &settle_job, &audit(6)).await.unwrap());
    assert_eq!(
        (store.manual_credits(&brand, core::slice::from_ref(&id)).await.unwrap().pop(), queued().await),
        (None, 1)
    );
}
