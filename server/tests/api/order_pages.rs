//! The pages of orders, of an order, of its customer and of the models, as a member's browser without script sees them.

use serde_json::json;

use crate::{
    actions::{creator_with_link, deliver_and_settle, install, percent, promo, rule},
    test_server::{NOW, PV, TestServer, order},
};

const ORIGIN: &str = "http://localhost:4000";
const ORDERS: &str = "/brand/attribution/orders";

/// A signed-in member.
struct Member<'a> {
    server: &'a TestServer,
    cookie: String,
}

impl<'a> Member<'a> {
    async fn of(server: &'a TestServer) -> Self {
        Self { server, cookie: server.sign_in().await }
    }

    async fn get(&self, path: &str) -> String {
        let request = self.server.http.get(format!("{}{path}", self.server.url)).header("cookie", &self.cookie);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.text().await.unwrap()
    }

    /// Posts a form: the status, and the address that it leads to or the page that it shows again.
    async fn post(&self, path: &str, form: &str) -> (u16, String) {
        let request = self.server.http.post(format!("{}{path}", self.server.url)).header("cookie", &self.cookie);
        let request = request.header("origin", ORIGIN).header("content-type", "application/x-www-form-urlencoded");
        let answer = request.body(form.to_owned()).send().await.unwrap();
        let status = answer.status().as_u16();
        match answer.headers().get("location") {
            Some(location) => (status, location.to_str().unwrap().to_owned()),
            None => (status, answer.text().await.unwrap()),
        }
    }

    /// The path of the page of an order.
    async fn order(&self, id: &str) -> String {
        let brand = &self.server.merchant.brand().id;
        let record = self.server.store.order_by_external_id(brand, id).await.unwrap().unwrap();
        format!("{ORDERS}/{}", record.order.id)
    }
}

/// The names of the orders that a list shows, in its order.
fn names(page: &str) -> Vec<&str> {
    let heads = page.split("<th scope=\"row\">").skip(1);
    heads.filter_map(|head| head.split_once("\">")?.1.split_once('<')).map(|(name, _)| name).collect()
}

/// An order of Ana's discount code, one of nobody, and one of a code that no link has.
async fn three_orders(server: &TestServer) -> (domain::CreatorId, domain::link::Link) {
    install(server).await;
    let ana = creator_with_link(server, "Ana Lima", "ANA20").await;
    rule(server, percent("10")).await;
    let unknown = json!({"note_attributes": [{"name": "_cs_ref", "value": "zzzzzzzz"}]});
    for (id, total, extra) in [(501, "100.00", promo("ANA20")), (502, "30.00", json!({})), (503, "20.00", unknown)] {
        deliver_and_settle(server, "orders/create", &format!("o{id}"), &order(id, total, &extra)).await;
    }
    ana
}

async fn the_list_says_who_is_credited_or_why_nobody_is(server: TestServer) {
    let (ana, _) = three_orders(&server).await;
    let member = Member::of(&server).await;
    let all = member.get(ORDERS).await;
    assert_eq!(names(&all).len(), 3, "{all}");
    for text in ["Ana Lima", "$100.00", "Discount code", "No creator involved", "No link has the code"] {
        assert!(all.contains(text), "{text}: {all}");
    }
    let shown = async |query: &str| {
        let page = member.get(&format!("{ORDERS}?{query}")).await;
        let mut names: Vec<String> = names(&page).into_iter().map(str::to_owned).collect();
        names.sort();
        names
    };
    assert_eq!(shown("show=credited").await, ["#501"]);
    assert_eq!(shown("show=unassigned").await, ["#502", "#503"]);
    assert_eq!(shown("show=unknown_code").await, ["#503"]);
    assert_eq!(shown("show=refunded").await, Vec::<String>::new());
    assert_eq!(shown(&format!("creator={ana}")).await, ["#501"]);
    assert_eq!(shown("source=api").await, Vec::<String>::new());
    assert_eq!(shown("q=%23502").await, ["#502"]);
    assert_eq!(shown("q=503&show=credited").await, Vec::<String>::new());
    assert_eq!(shown("period=7d").await.len(), 3);
    let all_links = server.flow().links().list(&server.merchant).await.unwrap();
    assert_eq!(shown(&format!("link={}", all_links[0].id)).await, ["#501"]);
    let spring = server.flow().campaigns().create(&server.merchant, "Spring").await.unwrap();
    assert_eq!(shown(&format!("campaign={}", spring.id)).await, Vec::<String>::new());
    assert_eq!(shown("from=2027-01-15&to=2027-01-15").await.len(), 3);
    for outside in ["from=2027-01-16", "to=2027-01-14", "from=2027-01-16&period=7d"] {
        assert_eq!(shown(outside).await, Vec::<String>::new(), "{outside}");
    }
    assert_eq!(shown("from=nonsense").await.len(), 3);
    let file = member.get(&format!("{ORDERS}?show=unassigned&format=csv")).await;
    assert_eq!(file.lines().count(), 3, "{file}");
    assert!(file.starts_with("Order,When,Net revenue,\"Net revenue, currency\",Credited to,Evidence,Status"), "{file}");
    assert!(file.contains(",30.00,USD,Unassigned"), "plain numbers for spreadsheets: {file}");
    assert!(file.contains("#502") && file.contains("Unassigned: No creator involved"), "{file}");
    let of_spring = flow::link::NewLink {
        destination: "https://shop.example/p".into(),
        promo_code: "SPRING".into(),
        campaign: spring.id.to_string(),
        ..Default::default()
    };
    server.flow().links().create(&server.merchant, &of_spring).await.unwrap();
    deliver_and_settle(&server, "orders/create", "o504", &order(504, "20.00", &promo("SPRING"))).await;
    assert_eq!(shown(&format!("campaign={}", spring.id)).await, ["#504"]);
    server.stop().await;
}

async fn long_lists_are_paged_without_loss(server: TestServer) {
    install(&server).await;
    for id in 600..655 {
        let at = format!("2027-01-15T08:{:02}:00Z", (id - 600) / 2);
        let body = order(id, "10.00", &json!({"created_at": at, "updated_at": at}));
        assert_eq!(server.deliver("orders/create", &format!("o{id}"), &body).await, 200);
    }
    server.settle().await;
    let member = Member::of(&server).await;
    let next = |page: &str, label: &str| {
        let (before, _) = page.split_once(label)?;
        let (_, href) = before.rsplit_once("href=\"")?;
        Some(href.split_once('"')?.0.replace("&amp;", "&"))
    };
    let mut seen = Vec::new();
    let mut pages = vec![member.get(ORDERS).await];
    while let Some(path) = next(pages.last().unwrap(), "Next →") {
        pages.push(member.get(&path).await);
    }
    for page in &pages {
        seen.extend(names(page).into_iter().map(str::to_owned));
    }
    assert_eq!((pages.len(), seen.len()), (3, 55));
    let distinct: std::collections::BTreeSet<&String> = seen.iter().collect();
    assert_eq!(distinct.len(), 55);
    let back = member.get(&next(&pages[2], "← Previous").unwrap()).await;
    assert_eq!(names(&back), names(&pages[1]));
    server.stop().await;
}

async fn an_order_says_because_of_what(server: TestServer) {
    three_orders(&server).await;
    let member = Member::of(&server).await;
    let credited = member.get(&member.order("501").await).await;
    for text in [
        "#501 · 15 Jan, 08:00 · $100.00",
        "<strong>Ana Lima</strong> gets $100.00",
        "Because the shopper used their discount code ANA20",
        "Commission $10.00, payable",
        "one kind of evidence",
        "The shopper used the discount code ANA20",
        "Ana Lima earned",
    ] {
        assert!(credited.contains(text), "{text}: {credited}");
    }
    assert!(!credited.contains("1/1"), "{credited}");
    let nobody = member.get(&member.order("503").await).await;
    for text in [
        "Nobody",
        "gets credit: no link has the code",
        "What was looked for",
        "A link may have been shared with a mistake",
    ] {
        assert!(nobody.contains(text), "{text}: {nobody}");
    }
    server.stop().await;
}

async fn credit_is_given_by_hand_and_taken_back(server: TestServer) {
    let (ana, link) = three_orders(&server).await;
    let member = Member::of(&server).await;
    let path = member.order("502").await;
    // Refused: the page again, with the input and the fault, and nothing is changed.
    let (status, page) = member.post(&path, &format!("do=credit&to={ana}&reason=")).await;
    assert_eq!(status, 422, "{page}");
    assert!(page.contains("Reason must be 1 to 255 characters."), "{page}");
    assert!(page.contains(&format!("<option value=\"{ana}\" selected>")), "{page}");
    let (status, page) = member.post(&path, "do=credit&to=&reason=because").await;
    assert!(
        status == 422 && page.contains("Credit to must be a creator") && page.contains("value=\"because\""),
        "{page}"
    );
    server.settle().await;
    assert_eq!(server.credits().await.len(), 1);

    let (status, to) = member.post(&path, &format!("do=credit&to={ana}&reason=She+told+us:+yes")).await;
    assert_eq!((status, to.as_str()), (303, format!("{path}?done=given").as_str()));
    server.settle().await;
    let page = member.get(&to).await;
    assert!(page.contains("Because the credit was assigned manually: “She told us: yes”"), "{page}");
    assert_eq!(server.credits().await.len(), 2);

    // What was removed by mistake is given again.
    let (status, to) = member.post(&path, "do=remove").await;
    assert_eq!((status, to), (303, format!("{path}?done=removed&to={}&reason=She+told+us%3A+yes", link.id)));
    server.settle().await;
    let page = member.get(&format!("{path}?done=removed&to={}&reason=She+told+us%3A+yes", link.id)).await;
    assert!(page.contains("Undo") && page.contains("value=\"She told us: yes\""), "{page}");
    assert_eq!(server.credits().await.len(), 1);
    assert_eq!(member.post(&path, &format!("do=credit&to={}&reason=again", link.id)).await.0, 303);
    server.settle().await;
    assert_eq!(server.credits().await.len(), 2);
    // Undo after a change restores the previous credit.
    let (_, other) = creator_with_link(&server, "Ben", "BEN20").await;
    let (status, to) = member.post(&path, &format!("do=credit&to={}&reason=mistake", other.id)).await;
    assert_eq!((status, to), (303, format!("{path}?done=given&to={}&reason=again", link.id)));
    let page = member.get(&format!("{path}?done=given&to={}&reason=again", link.id)).await;
    let undo = format!("<input type=\"hidden\" name=\"to\" value=\"{}\"", link.id);
    assert!(page.contains(&undo) && !page.contains("value=\"remove\">Undo"), "{page}");
    server.stop().await;
}

async fn the_list_is_sorted_by_what_the_database_can_sort_by(server: TestServer) {
    install(&server).await;
    for n in 0..30 {
        // Dearer and cheaper ones by turns.
        let total = format!("{}.00", 10 + (n * 7) % 30);
        deliver_and_settle(&server, "orders/create", &format!("o{n}"), &order(500 + n, &total, &json!({}))).await;
    }
    let member = Member::of(&server).await;
    let page = member.get(&format!("{ORDERS}?sort=-revenue")).await;
    assert!(page.contains("aria-sort=\"descending\"") && page.contains("sort=revenue"), "{page}");
    assert!(!page.contains("sort=credited"), "no column that the database does not sort by: {page}");
    let first = names(&page);
    assert_eq!((first.len(), first[0]), (25, "#517"), "$39.00: {first:?}");
    let (_, next) = page.split_once("page=after.").unwrap();
    let next = next.split('"').next().unwrap();
    let second = member.get(&format!("{ORDERS}?sort=-revenue&page=after.{next}")).await;
    assert_eq!((names(&second).len(), names(&second)[4]), (5, "#500"), "$10.00 is the last");
    assert_eq!(names(&member.get(&format!("{ORDERS}?sort=revenue")).await)[0], "#500");
    assert_eq!(names(&member.get(&format!("{ORDERS}?sort=nonsense")).await).len(), 25);
    let file = member.get(&format!("{ORDERS}?sort=revenue&format=csv")).await;
    assert!(file.lines().nth(1).unwrap().starts_with("#500,") && file.lines().count() == 31, "{file}");
    server.stop().await;
}

async fn a_long_activity_is_paged_and_says_so(server: TestServer) {
    install(&server).await;
    let mut body: serde_json::Value = serde_json::from_str(&order(501, "100.00", &json!({}))).unwrap();
    body["customer"] = json!({"id": 77});
    body["note_attributes"] = json!([{"name": wire::COOKIE_PV, "value": PV}]);
    deliver_and_settle(&server, "orders/create", "o501", &body.to_string()).await;
    let views = (0..510).map(|n| {
        let at = NOW.plus_ms(-600_000 + n * 1_000).to_rfc3339();
        let page = format!("https://shop.example/pages/p{n}");
        json!({"event_type": "page_view", "pv_id": PV, "occurred_at": at, "page_url": page})
    });
    for batch in views.collect::<Vec<_>>().chunks(50) {
        let sent = server.track(&server.pixel_key, &json!(batch).to_string()).await;
        assert_eq!(sent.0, 200, "{}", sent.1);
    }
    server.settle().await;
    let member = Member::of(&server).await;
    let page = member.get(&member.order("501").await).await;
    let (_, rest) = page.split_once("href=\"/brand/attribution/customers/").unwrap();
    let customer = format!("/brand/attribution/customers/{}", rest.split_once('"').unwrap().0);
    let page = member.get(&customer).await;
    assert!(page.contains("more than 500 clicks or page views (510 page views in all)"), "{page}");
    let (_, rest) = page.split_once("until=").unwrap();
    let until = rest.split(['"', '&']).next().unwrap();
    let shown = async |query: &str| {
        let file = member.get(&format!("{customer}?{query}activity-format=csv")).await;
        file.lines().filter(|line| line.starts_with("Viewed a page")).count()
    };
    let (latest, earlier) = (shown("").await, shown(&format!("until={until}&")).await);
    assert_eq!((latest, earlier), (499, 11), "each of the 510 once");
    let page = member.get(&format!("{customer}?until={until}")).await;
    assert!(page.contains("Latest activity") && page.contains("Shown is what happened until"), "{page}");
    server.stop().await;
}

async fn a_customer_has_a_name_that_says_something_and_can_be_erased(server: TestServer) {
    install(&server).await;
    creator_with_link(&server, "Ana Lima", "ANA20").await;
    let mut body: serde_json::Value = serde_json::from_str(&order(501, "100.00", &promo("ANA20"))).unwrap();
    body["customer"] = json!({"id": 77});
    deliver_and_settle(&server, "orders/create", "o501", &body.to_string()).await;
    let member = Member::of(&server).await;
    let page = member.get(&member.order("501").await).await;
    let (_, rest) = page.split_once("href=\"/brand/attribution/customers/").unwrap();
    let customer = format!("/brand/attribution/customers/{}", rest.split_once('"').unwrap().0);
    let page = member.get(&customer).await;
    for text in ["Customer of #501", "Ana Lima $100.00", "Bought #501 for $100.00", "Erase this customer"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert_eq!(names(&member.get(&format!("{ORDERS}?q=77")).await), ["#501"], "by Shopify's customer id");
    assert_eq!(member.post(&customer, "do=erase").await, (303, format!("{ORDERS}?done=erased")));
    assert_eq!(names(&member.get(&format!("{ORDERS}?q=77")).await), Vec::<&str>::new());
    assert!(member.get(&member.order("501").await).await.contains("data was erased"));
    server.stop().await;
}

async fn models_stand_beside_the_policy(server: TestServer) {
    three_orders(&server).await;
    let member = Member::of(&server).await;
    let page = member.get("/brand/attribution/models").await;
    for text in ["Your policy", "Last touch", "Time decay", "Ana Lima", "$100.00", "1 touch", "of the last 90 days"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let file = member.get("/brand/attribution/models?format=csv").await;
    assert!(file.contains("Ana Lima,$100.00,$100.00"), "{file}");
    server.stop().await;
}

on_both_engines!(
    the_list_says_who_is_credited_or_why_nobody_is
    long_lists_are_paged_without_loss
    an_order_says_because_of_what
    credit_is_given_by_hand_and_taken_back
    the_list_is_sorted_by_what_the_database_can_sort_by
    a_long_activity_is_paged_and_says_so
    a_customer_has_a_name_that_says_something_and_can_be_erased
    models_stand_beside_the_policy
);
