//! The creator's pages and the public page of a proof, as browsers get them.

use domain::time::DAY_MS;
use flow::{
    access::CreatorSession,
    link::NewLink,
    order::{OrderListFilter, OrderListOrder, OrderListPage},
};
use serde_json::json;

use crate::{
    actions::{deliver_and_settle, install, percent, promo, rule},
    test_server::{TestServer, order},
};

/// A creator's browser.
pub(crate) struct Browser {
    cookie: String,
    pub(crate) session: CreatorSession,
}

/// A page as it arrived.
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) location: String,
    pub(crate) html: String,
}

impl Browser {
    pub(crate) async fn open(server: &TestServer, creator: &domain::CreatorId) -> Self {
        let access = server.flow().access();
        let link = access.sign_in_link(&server.merchant, Some(creator)).await.unwrap();
        let (token, _) = access.sign_in(link.rsplit('/').next().unwrap()).await.unwrap();
        let session = access.creator_by_session(&token).await.unwrap();
        Self { cookie: format!("__Host-cs_session={token}"), session }
    }

    pub(crate) async fn get(&self, server: &TestServer, path: &str) -> Page {
        get(server, &self.cookie, path).await
    }

    pub(crate) async fn post(&self, server: &TestServer, path: &str, form: &[(&str, &str)]) -> Page {
        post(server, &self.cookie, path, form).await
    }
}

async fn get(server: &TestServer, cookie: &str, path: &str) -> Page {
    let request = server.http.get(format!("{}{path}", server.url)).header("cookie", cookie);
    page(request.header("accept", "text/html").send().await.unwrap()).await
}

async fn post(server: &TestServer, cookie: &str, path: &str, form: &[(&str, &str)]) -> Page {
    let request = server.http.post(format!("{}{path}", server.url)).header("cookie", cookie);
    let request = request.header("origin", "http://localhost:4000").header("accept", "text/html").form(form);
    page(request.send().await.unwrap()).await
}

async fn page(answer: reqwest::Response) -> Page {
    let location = answer.headers().get("location").map(|value| value.to_str().unwrap().to_owned());
    Page {
        status: answer.status().as_u16(),
        location: location.unwrap_or_default(),
        html: answer.text().await.unwrap(),
    }
}

async fn stranger(server: &TestServer, path: &str) -> Page {
    let request = server.http.get(format!("{}{path}", server.url)).header("accept", "text/html");
    page(request.send().await.unwrap()).await
}

/// Ana, with a shared and a private link, and Bo, whose code outranks visits.
async fn world(server: &TestServer) -> Browser {
    install(server).await;
    let ana = server.flow().creators().create(&server.merchant, "Ana Lima", "ana", "").await.unwrap().id;
    let bo = server.flow().creators().create(&server.merchant, "Bo", "bo", "").await.unwrap().id;
    for (creator, code, share_revenue) in [(&ana, "SHARED", true), (&ana, "SECRET", false), (&bo, "BO10", false)] {
        server.clock.advance(1);
        let new = NewLink {
            destination: format!("https://shop.example/products/linen-{}", code.to_lowercase()),
            promo_code: code.into(),
            creator: creator.to_string(),
            share_revenue,
            ..NewLink::default()
        };
        server.flow().links().create(&server.merchant, &new).await.unwrap();
    }
    rule(server, percent("10")).await;
    Browser::open(server, &ana).await
}

async fn sell(server: &TestServer, id: u64, total: &str, code: &str) {
    deliver_and_settle(server, "orders/create", &format!("o{id}"), &order(id, total, &promo(code))).await;
}

async fn every_page_shows_what_is_shared_and_says_what_is_not(server: TestServer) {
    let ana = world(&server).await;
    let empty = ana.get(&server, "/creator").await;
    assert_eq!(empty.status, 200);
    // Not "No earnings yet": there may be some that are not shown.
    let none = "No earnings of links whose revenue is shared with you yet.";
    assert!(empty.html.contains(none) && empty.html.contains("No sales yet"), "{}", empty.html);
    sell(&server, 1, "40.00", "SHARED").await;
    sell(&server, 2, "777.00", "SECRET").await;

    let home = ana.get(&server, "/creator").await.html;
    assert!(
        home.contains("<strong>$4.00</strong>")
            && home.contains("$4.00 on hold; the first part becomes payable on 14 Feb"),
        "{home}"
    );
    assert!(home.contains("Credited to you: your code was used."), "{home}");
    assert!(home.contains("Amount not shared"), "{home}");
    let links = ana.get(&server, "/creator/links").await.html;
    assert!(links.contains("<h2>Linen shared</h2>") && links.contains("Revenue not shared"), "{links}");
    assert_eq!(links.matches("class=\"qr\"").count(), 2, "a QR code for each link");
    let paid = ana.get(&server, "/creator/paid").await.html;
    assert!(paid.contains("No payouts yet"), "{paid}");
    for html in [&home, &links, &paid, &ana.get(&server, "/creator/sales").await.html] {
        assert!(!html.contains("777") && !html.contains("77.7"), "{html}");
    }
    for path in ["/creator", "/creator/links", "/creator/sales", "/creator/paid", "/creator/proofs"] {
        let away = stranger(&server, path).await;
        assert_eq!((away.status, away.location.as_str()), (303, "/sign-in"), "{path}");
    }
    server.stop().await;
}

async fn a_sale_that_others_got_says_why(server: TestServer) {
    let ana = world(&server).await;
    let links = server.flow().links().list(&server.merchant).await.unwrap();
    let shared = links.iter().find(|link| link.promo_code.as_deref() == Some("SHARED")).unwrap();
    let extra = json!({
        "discount_codes": [{ "code": "BO10" }],
        "note_attributes": [{ "name": "_cs_ref", "value": shared.code.to_string() }],
    });
    deliver_and_settle(&server, "orders/create", "o1", &order(1, "55.00", &extra)).await;
    let sales = ana.get(&server, "/creator/sales").await.html;
    let why = "someone else&#39;s discount code was used. This brand ranks a code above a visit through a link.";
    assert!(
        sales.contains("Not credited to you: ") && (sales.contains(why) || sales.contains(&why.replace("&#39;", "'"))),
        "{sales}"
    );
    assert!(!sales.contains("55.00") && !sales.contains("Bo<"), "{sales}");
    server.stop().await;
}

async fn sales_are_chosen_by_state_and_link_and_downloaded(server: TestServer) {
    let ana = world(&server).await;
    let links = server.flow().links().list(&server.merchant).await.unwrap();
    let by_code = |code: &str| links.iter().find(|link| link.promo_code.as_deref() == Some(code)).unwrap();
    sell(&server, 1, "40.00", "SHARED").await;
    sell(&server, 2, "777.00", "SECRET").await;
    let extra = json!({
        "discount_codes": [{ "code": "BO10" }],
        "note_attributes": [{ "name": "_cs_ref", "value": by_code("SHARED").code.to_string() }],
    });
    deliver_and_settle(&server, "orders/create", "o3", &order(3, "55.00", &extra)).await;
    let cancelled = json!({ "discount_codes": [{ "code": "SHARED" }], "cancelled_at": "2027-01-15T08:00:00Z" });
    deliver_and_settle(&server, "orders/create", "o4", &order(4, "66.00", &cancelled)).await;
    // More than a page, of which the filter admits one.
    for id in 10..35 {
        sell(&server, id, "10.00", "SHARED").await;
    }
    let rows = |html: &str| html.matches("class=\"sale\"").count();
    let shared = format!("/creator/sales?link={}", by_code("SECRET").id);
    for (path, count) in [
        ("/creator/sales", 20),
        ("/creator/sales?state=not-credited", 1),
        ("/creator/sales?state=cancelled", 1),
        (shared.as_str(), 1),
        ("/creator/sales?state=nonsense", 20),
    ] {
        let found = ana.get(&server, path).await;
        assert_eq!((found.status, rows(&found.html)), (200, count), "{path}: {}", found.html);
        assert_eq!(found.html.contains("Older sales"), count == 20, "{path}");
    }
    // A filter begins at the latest sales, also on a later page.
    let later = ana.get(&server, "/creator/sales").await.html;
    let (_, rest) = later.split_once("page=").unwrap();
    let later = ana.get(&server, &format!("/creator/sales?page={}", rest.split('"').next().unwrap())).await.html;
    assert_eq!(rows(&later), 9, "{later}");
    assert!(!later.contains("name=\"page\""), "{later}");
    let none = ana.get(&server, &format!("{shared}&state=cancelled")).await.html;
    assert!(none.contains("No sale matches these filters."), "{none}");
    let file = ana.get(&server, "/creator/sales?format=csv").await.html;
    let lines: Vec<&str> = file.lines().collect();
    assert_eq!(lines.len(), 1 + 29, "{file}");
    assert!(lines[0].ends_with("Revenue,\"Revenue, currency\",Earned,\"Earned, currency\""), "{}", lines[0]);
    assert_eq!(file.matches(",40.00,USD,4.00,USD").count(), 1, "{file}");
    assert!(!file.contains("777") && !file.contains("77.7") && !file.contains("55.00"), "{file}");
    let file = ana.get(&server, "/creator/sales?format=csv&state=not-credited").await.html;
    assert_eq!(file.lines().count(), 2, "{file}");
    server.stop().await;
}

async fn a_question_is_asked_and_answered(server: TestServer) {
    let ana = world(&server).await;
    sell(&server, 1, "40.00", "SHARED").await;
    sell(&server, 2, "50.00", "BO10").await;
    let (page, filter) = (OrderListPage::First, OrderListFilter::default());
    let listed =
        server.flow().orders().list(&server.merchant, OrderListOrder::default(), &page, &filter).await.unwrap();
    let of = |id: &str| {
        let found = listed.orders.iter().find(|listed| listed.record.order.external_id == id).unwrap();
        found.record.order.id.to_string()
    };
    let ask = async |order: &str, text: &str| {
        ana.post(&server, "/creator/sales", &[("do", "ask"), ("order", order), ("question", text)]).await
    };
    let refused = ask(&of("1"), "  ").await;
    assert_eq!(refused.status, 422);
    assert!(refused.html.contains("Your question must be 1 to 1000 characters."), "{}", refused.html);
    let foreign = ask(&of("2"), "Whose is it?").await;
    assert_eq!(foreign.status, 404, "no sale of hers");
    let asked = ask(&of("1"), "When is <this> paid?").await;
    assert_eq!((asked.status, asked.location.as_str()), (303, "/creator/sales?done=asked"));
    let page = ana.get(&server, "/creator/sales").await.html;
    assert!(page.contains("When is &lt;this&gt; paid?") && page.contains("Waiting for an answer."), "{page}");

    let again = ask(&of("1"), " When is <this> paid? ").await;
    assert_eq!((again.status, again.location.as_str()), (303, "/creator/sales?done=asked"));
    let questions = server.flow().questions();
    let open = questions.open(&server.merchant).await.unwrap();
    assert_eq!(open.len(), 1, "a form that is sent twice asks once");
    let cookie = server.sign_in().await;
    let home = get(&server, &cookie, "/brand/attribution").await.html;
    assert!(home.contains("1 question from creators"), "{home}");
    let path = format!("/brand/attribution/orders/{}", open[0].order);
    let shown = get(&server, &cookie, &path).await.html;
    assert!(shown.contains("When is &lt;this&gt; paid?") && shown.contains("Send answer"), "{shown}");
    let id = open[0].id.to_string();
    let answer = async |text: &str| {
        let form = [("do", "answer"), ("question", id.as_str()), ("answer", text)];
        post(&server, &cookie, &path, &form).await
    };
    let refused = answer("").await;
    assert!(
        refused.status == 422 && refused.html.contains("The answer must be 1 to 1000 characters."),
        "{}",
        refused.html
    );
    assert_eq!(answer("In February.").await.location, format!("{path}?done=answered"));
    assert_eq!(questions.about(&server.merchant, &open[0].order).await.unwrap().len(), 1);
    assert!(get(&server, &cookie, &path).await.html.contains("Answer again"));
    assert!(!get(&server, &cookie, "/brand/attribution").await.html.contains("question from creators"));
    let page = ana.get(&server, "/creator/sales").await.html;
    assert!(page.contains("In February.") && !page.contains("Waiting for an answer."), "{page}");
    server.stop().await;
}

async fn a_proof_is_shown_to_strangers_until_it_is_withdrawn(server: TestServer) {
    let ana = world(&server).await;
    sell(&server, 1, "40.00", "SHARED").await;
    sell(&server, 2, "777.00", "SECRET").await;
    let form = [("do", "issue"), ("from", "2027-01-14"), ("to", "2027-01-15")];
    let early = ana.post(&server, "/creator/proofs", &form).await;
    assert_eq!(early.status, 422);
    assert!(early.html.contains("choose a period that ends before today") && early.html.contains("2027-01-14"));
    server.clock.advance(DAY_MS);
    let bad = ana.post(&server, "/creator/proofs", &[("do", "issue"), ("from", "soon"), ("to", "")]).await;
    assert!(bad.status == 422 && bad.html.contains("First day must be a day."), "{}", bad.html);
    let issued = ana.post(&server, "/creator/proofs", &form).await;
    assert_eq!((issued.status, issued.location.as_str()), (303, "/creator/proofs?done=issued"));
    let list = ana.get(&server, "/creator/proofs").await.html;
    let path = list.split("href=\"/proof/").nth(1).unwrap().split('"').next().unwrap();
    let path = format!("/proof/{path}");

    let shown = stranger(&server, &path).await;
    assert_eq!(shown.status, 200);
    for text in ["Ana Lima × Vector", "$40.00", "14 Jan – 15 Jan 2027", "These figures still hold.", "<verify-proof"]
    {
        assert!(shown.html.contains(text), "{text}: {}", shown.html);
    }
    assert!(!shown.html.contains("777"), "{}", shown.html);
    // What the browser compares with the signed statement.
    let compared = shown.html.split("data-shown=\"").nth(1).unwrap().split('"').next().unwrap().replace("&quot;", "\"");
    let compared: serde_json::Value = serde_json::from_str(&compared).unwrap();
    assert_eq!(compared["creator"], json!({"name": "Ana Lima", "handle": "ana"}));
    assert_eq!(compared["brand"], json!({"name": "Vector"}));
    assert_eq!(compared["period"], json!({"from": "2027-01-14", "to": "2027-01-15", "time_zone": "UTC"}));
    let refund = json!({"id": 1, "order_id": 1, "created_at": "2027-01-15T08:00:20Z", "transactions":
        [{"kind": "refund", "status": "success", "amount": "10.00", "currency": "USD"}]});
    deliver_and_settle(&server, "refunds/create", "r1", &refund.to_string()).await;
    let superseded = stranger(&server, &path).await;
    assert!(superseded.html.contains("Superseded.") && superseded.html.contains("$40.00"), "{}", superseded.html);
    let list = ana.get(&server, "/creator/proofs").await.html;
    assert!(list.contains("Today: 0 clicks, 1 order, $30.00 net revenue."), "{list}");

    let id = path.rsplit('/').next().unwrap();
    let withdrawn = ana.post(&server, "/creator/proofs", &[("do", "withdraw"), ("proof", id)]).await;
    assert_eq!(withdrawn.status, 303);
    let gone = stranger(&server, &path).await;
    assert!(gone.status == 410 && !gone.html.contains("40.00"), "{}", gone.html);
    assert_eq!(stranger(&server, "/proof/prf_nonsense").await.status, 404);
    assert_eq!(server.flow().creator_view(&ana.session).proofs().await.unwrap().len(), 1);
    server.stop().await;
}

on_both_engines!(
    every_page_shows_what_is_shared_and_says_what_is_not
    a_sale_that_others_got_says_why
    sales_are_chosen_by_state_and_link_and_downloaded
    a_question_is_asked_and_answered
    a_proof_is_shown_to_strangers_until_it_is_withdrawn
);
