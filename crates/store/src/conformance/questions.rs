//! Requirements on every adapter: `store::questions`.

use domain::{OrderId, QuestionId, order::Order};

use crate::{
    conformance::fixtures::{AnyStore, NOON, audit, brand, creator, job, order, settle_job, today, with_links},
    jobs::Lane,
    questions::{PutQuestion, Question, QuestionAnswer},
};

fn question(n: u8, order: &Order) -> Question {
    Question {
        id: QuestionId::new(NOON.0 + i64::from(n), [n; 10]),
        creator: creator(1).id,
        order: order.id.clone(),
        text: format!("Why {n}?"),
        asked_at: NOON.plus_ms(i64::from(n)),
        answer: None,
    }
}

pub async fn questions_are_answered_and_bounded(store: AnyStore) {
    let id = with_links(&store).await;
    let other = brand(2);
    store.create_brand(&other).await.unwrap();
    let (first, second) = (order("1001", 5000), order("22", 700));
    for order in [&first, &second] {
        store.put_order(order, today(), &settle_job).await.unwrap();
    }
    let put = async |brand, asked: &Question, most| store.put_question(brand, asked, most, None).await.unwrap();
    assert_eq!(put(&id, &question(1, &first), 2).await, PutQuestion::Stored);
    assert_eq!(put(&id, &question(2, &second), 2).await, PutQuestion::Stored);
    assert_eq!(put(&id, &question(3, &first), 2).await, PutQuestion::TooMany);
    let unknown = Order { id: OrderId::new(1, [7; 10]), ..first.clone() };
    assert_eq!(put(&id, &question(3, &unknown), 9).await, PutQuestion::NoOrder);
    assert_eq!(put(&other.id, &question(3, &first), 9).await, PutQuestion::NoCreator, "another brand's");
    let of_other = Question { creator: creator(2).id, ..question(4, &first) };
    assert_eq!(put(&id, &of_other, 2).await, PutQuestion::Stored);
    let waiting = [question(1, &first), question(2, &second), of_other.clone()];
    assert_eq!(store.open_questions(&id, 10).await.unwrap(), waiting);
    assert_eq!(store.open_questions(&id, 1).await.unwrap(), waiting[..1]);
    assert_eq!(store.open_questions(&other.id, 10).await.unwrap(), []);

    let answer = QuestionAnswer { text: "Because.".into(), at: NOON.plus_ms(9) };
    assert!(!store.answer_question(&other.id, &question(1, &first).id, &answer, &audit(1), None).await.unwrap());
    assert!(store.answer_question(&id, &question(1, &first).id, &answer, &audit(1), None).await.unwrap());
    assert_eq!(store.question(&other.id, &question(1, &first).id).await.unwrap(), None);
    let answered = Question { answer: Some(answer), ..question(1, &first) };
    assert_eq!(store.question(&id, &answered.id).await.unwrap(), Some(answered.clone()));
    assert_eq!(store.questions_about(&id, &first.id).await.unwrap(), [answered.clone(), of_other]);
    assert_eq!(store.questions_of(&id, &creator(1).id, 10).await.unwrap(), [question(2, &second), answered]);
    assert_eq!(store.open_questions(&id, 10).await.unwrap().len(), 2);
    assert_eq!(put(&id, &question(3, &first), 2).await, PutQuestion::Stored, "one waits no longer");
    let again = QuestionAnswer { text: "Truly.".into(), at: NOON.plus_ms(10) };
    assert!(store.answer_question(&id, &question(1, &first).id, &again, &audit(2), None).await.unwrap());
    assert_eq!(store.questions_about(&id, &first.id).await.unwrap()[0].answer, Some(again));
}

pub async fn a_question_that_is_sent_twice_is_asked_once(store: AnyStore) {
    let id = with_links(&store).await;
    let (first, second) = (order("1001", 5000), order("22", 700));
    for order in [&first, &second] {
        store.put_order(order, today(), &settle_job).await.unwrap();
    }
    let put = async |asked: &Question, most| store.put_question(&id, asked, most, None).await.unwrap();
    let again = |n: u8, order: &Order| Question { text: question(1, order).text, ..question(n, order) };
    assert_eq!(put(&question(1, &first), 1).await, PutQuestion::Stored);
    assert_eq!(put(&again(2, &first), 1).await, PutQuestion::Repeated, "however many may wait");
    assert_eq!(store.questions_about(&id, &first.id).await.unwrap(), [question(1, &first)]);
    assert_eq!(put(&again(3, &second), 9).await, PutQuestion::Stored, "about another sale");
    let of_other = Question { creator: creator(2).id, ..again(4, &first) };
    assert_eq!(put(&of_other, 9).await, PutQuestion::Stored, "another creator's");
    let answer = QuestionAnswer { text: "Because.".into(), at: NOON.plus_ms(9) };
    assert!(store.answer_question(&id, &question(1, &first).id, &answer, &audit(1), None).await.unwrap());
    assert_eq!(put(&again(5, &first), 9).await, PutQuestion::Stored, "the answer did not help");
}

pub async fn an_answer_that_is_sent_twice_is_given_once(store: AnyStore) {
    let id = with_links(&store).await;
    let first = order("1001", 5000);
    store.put_order(&first, today(), &settle_job).await.unwrap();
    let waiting = async || store.backlog(NOON).await.unwrap().waiting;
    let before = waiting().await;
    let (asked, mail) = (question(1, &first), |name: &str| job("mail", name.to_owned(), Lane::Mail));
    assert_eq!(store.put_question(&id, &asked, 9, Some(&mail("asked"))).await.unwrap(), PutQuestion::Stored);
    let again = question(1, &first);
    assert_eq!(store.put_question(&id, &again, 9, Some(&mail("again"))).await.unwrap(), PutQuestion::Repeated);
    assert_eq!(waiting().await, before + 1, "one mail");
    let answer = |n: i64, text: &str| QuestionAnswer { text: text.to_owned(), at: NOON.plus_ms(n) };
    let give = async |answer: &QuestionAnswer, entry: u8, name: &str| {
        store.answer_question(&id, &asked.id, answer, &audit(entry), Some(&mail(name))).await.unwrap()
    };
    let (one, other) = (answer(1, "Because."), answer(3, "Truly."));
    assert!(give(&one, 1, "one").await && give(&answer(2, "Because."), 2, "two").await);
    assert_eq!(store.question(&id, &asked.id).await.unwrap().unwrap().answer, Some(one));
    assert_eq!(waiting().await, before + 2);
    assert!(give(&other, 3, "three").await, "another answer");
    assert_eq!(
        (store.question(&id, &asked.id).await.unwrap().unwrap().answer, waiting().await),
        (Some(other), before + 3)
    );
}
