//! Requirements on every adapter: `store::surveys`.

use domain::{AnswerId, OrderId};

use crate::{
    StoreError,
    conformance::fixtures::{
        AnyStore, NOON, audit, claim_jobs, creator, link, order, settle_job, texts, today, with_links,
    },
    surveys::{Answer, AnswerState, ManualCredit},
};

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
    assert_eq!(store.answers(&brand, AnswerState::Open, 10).await.unwrap(), vec![]);
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
    let decided = &store.answers(&brand, AnswerState::Assigned, 10).await.unwrap()[0];
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
