//! A brand that has one of everything, another brand, and everybody who may ask.

use std::collections::{BTreeMap, BTreeSet};

use domain::{CreatorId, account::Role, api_key::KeyKind};
use flow::{access::Merchant, setup::NewBrand};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::{
    MARK,
    routes::{Reach, Route},
};
use crate::{
    accounts::{join, mail_server::MailServer},
    actions::{percent, rule},
    test_server::{PV, TestServer, operator},
};

/// A key that may read the metrics alone, also as a tool.
const FEW: &str = "a key of few scopes";

#[derive(Clone, Debug)]
enum Proof {
    None,
    Key(String),
    Session(String),
}

/// Who asks.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) name: &'static str,
    proof: Proof,
    /// Where they are let in, to what is theirs.
    lets_in: &'static [Reach],
}

impl Caller {
    /// Adds what the caller proves who they are with.
    pub(super) fn sign(&self, request: RequestBuilder) -> RequestBuilder {
        match &self.proof {
            Proof::None => request,
            Proof::Key(key) => request.bearer_auth(key),
            Proof::Session(session) => request.header("cookie", format!("__Host-cs_session={session}")),
        }
    }

    pub(super) fn is_let_in(&self, route: &Route) -> bool {
        self.lets_in.contains(&route.reach) || (self.name == FEW && ["/api/v1/metrics", "/mcp"].contains(&route.path))
    }
}

/// Whether this status refuses who asks, whatever they ask for.
pub(super) fn refuses(route: &Route, status: u16) -> bool {
    match route.reach {
        // Keys are in the body, or a link is named: without either, the request is none.
        Reach::Browser | Reach::Signed => [400, 401, 403, 404].contains(&status),
        _ => [302, 303, 401, 403].contains(&status),
    }
}

pub(super) struct World {
    /// The ids of what the brand has.
    pub(super) ids: Vec<String>,
    by_kind: BTreeMap<&'static str, String>,
    callers: Vec<Caller>,
}

/// The id of something that does not exist, of the same kind.
pub(super) fn missing(id: &str) -> String {
    format!("{}zz", id.get(..id.len().saturating_sub(2)).unwrap_or_default())
}

async fn call(server: &TestServer, key: &str, method: Method, path: &str, body: &Value) -> Value {
    // A key's minute has ten bulk requests.
    server.clock.advance(6_000);
    let request = server.http.request(method, format!("{}{path}", server.url)).bearer_auth(key);
    let answer = request.header("content-type", "application/json").body(body.to_string()).send().await.unwrap();
    let status = answer.status().as_u16();
    let answer: Value = answer.json().await.unwrap();
    assert!(status < 300, "{path}: {status} {answer}");
    answer
}

async fn session(server: &TestServer, merchant: &Merchant, creator: Option<&CreatorId>) -> String {
    let link = server.flow().access().sign_in_link(merchant, creator).await.unwrap();
    server.flow().access().sign_in(link.rsplit('/').next().unwrap()).await.unwrap().0
}

impl World {
    pub(super) async fn make(server: &TestServer, mail: &MailServer) -> Self {
        let flow = server.flow();
        let key = &server.server_key;
        let post =
            async |path: &str, body: Value| call(server, key, Method::POST, &format!("/api/v1/{path}"), &body).await;
        let first = async |path: &str| {
            let list = call(server, key, Method::GET, &format!("/api/v1/{path}"), &Value::Null).await;
            list["data"][0]["id"].as_str().unwrap_or_else(|| panic!("{path}: {list}")).to_owned()
        };
        let text = |value: &Value| value["id"].as_str().unwrap().to_owned();
        flow.policies().save_settings(&server.merchant, 30, false, false, vec![1_000]).await.unwrap();
        rule(server, percent("10")).await;
        let endpoint = post("webhook_endpoints", json!({"url": format!("https://hooks.example/{MARK}")})).await;
        let person = json!({"name": format!("{MARK} Ana"), "handle": MARK, "email": format!("{MARK}@a.example"), "external_id": MARK});
        let creator = post("creators", person).await;
        let campaign = post("campaigns", json!({"name": MARK, "external_id": MARK})).await;
        let link = json!({"destination": format!("https://shop.example/{MARK}"), "creator": creator["id"], "campaign": campaign["id"],
            "promo_code": MARK, "share_revenue": true, "external_id": MARK});
        let link = post("links", link).await;
        let product = post("products", json!({"title": MARK, "external_id": MARK})).await;
        let collab = json!({"creator": creator["id"], "slug": MARK, "destination": format!("https://shop.example/{MARK}"), "external_id": MARK});
        let collab = post("collabs", collab).await;
        let drop = post("drops", json!({"collab": collab["id"], "title": MARK, "external_id": MARK})).await;
        let content = post("content", json!({"creator": creator["id"], "title": MARK, "external_id": MARK})).await;
        let code = link["code"].as_str().unwrap();
        let redirected = server.click(code).await;
        assert_eq!(redirected.status(), 302);
        let aliases =
            json!({"identity": {"public_key": key, "client_id": format!("{MARK}-customer"), "aliases": [PV]}});
        call(server, key, Method::POST, "/identities", &aliases).await;
        let order = json!({"external_id": format!("{MARK}-1"), "currency": "USD", "total_minor": 50_000, "cs_ref": code, "pv_id": PV});
        let order = post("orders", order).await;
        server.settle().await;
        let creator_id: CreatorId = text(&creator).parse().unwrap();
        flow.commissions().adjust(&server.merchant, &creator_id, "5.00", "USD", MARK, "k1").await.unwrap();
        let paid = post("payouts", json!({"currency": "USD"})).await;
        post(&format!("payouts/{}/mark_paid", text(&paid)), json!({})).await;
        flow.commissions().adjust(&server.merchant, &creator_id, "5.00", "USD", MARK, "k2").await.unwrap();
        let payout = post("payouts", json!({"currency": "USD"})).await;
        let import = server.http.post(format!("{}/api/v1/imports", server.url)).bearer_auth(key);
        let import =
            import.header("content-type", "text/csv").body(format!("name,handle\n{MARK} Bo,{MARK}_bo\n,\n")).send();
        let import: Value = import.await.unwrap().json().await.unwrap();
        server.settle().await;
        let test_key = flow.setup().create_key(&server.merchant, KeyKind::Server, true).await.unwrap().1;
        let (revoked_id, revoked) = flow.setup().create_key(&server.merchant, KeyKind::Server, false).await.unwrap();
        let few = post("keys", json!({"scopes": ["metrics:read"]})).await;
        flow.setup().revoke_key(&server.merchant, &revoked_id).await.unwrap();
        let owner = session(server, &server.merchant, None).await;
        let page = server.http.get(format!("{}/brand/attribution/orders/{}", server.url, text(&order)));
        let page =
            page.header("cookie", format!("__Host-cs_session={owner}")).send().await.unwrap().text().await.unwrap();
        let (_, customer) = page.split_once("href=\"/brand/attribution/customers/").unwrap_or_else(|| panic!("{page}"));
        let customer = customer.split_once('"').unwrap().0.to_owned();
        let by_kind = BTreeMap::from([
            ("creator", text(&creator)),
            ("campaign", text(&campaign)),
            ("link", text(&link)),
            ("product", text(&product)),
            ("collab", text(&collab)),
            ("drop", text(&drop)),
            ("content", text(&content)),
            ("order", text(&order)),
            ("seller_order", format!("{MARK}-1")),
            ("conversion", first("conversions").await),
            ("commission", first("commissions").await),
            ("payout", text(&payout)),
            ("paid_payout", text(&paid)),
            ("milestone", first("milestones").await),
            ("click", first("clicks").await),
            ("event", first("events").await),
            ("endpoint", text(&endpoint)),
            ("import", text(&import)),
            ("key", text(&few)),
            ("customer", format!("{MARK}-customer")),
            ("customer_page", customer),
            ("external", MARK.to_owned()),
        ]);
        let ben = flow.creators().create(&server.merchant, "Ben", "ben", "").await.unwrap().id;
        let new = NewBrand { name: "Other".into(), ..NewBrand::default() };
        let other = flow.setup().create_brand(operator(), &new).await.unwrap();
        let other = flow.access().merchant_by_operator(operator(), &other.id).await.unwrap();
        let other_key = flow.setup().create_key(&other, KeyKind::Server, false).await.unwrap().1;
        let cleo = flow.creators().create(&other, "Cleo", "cleo", "").await.unwrap().id;
        let member = join(server, mail, "member@team.example", Role::Member).await;
        let caller = |name, proof, lets_in| Caller { name, proof, lets_in };
        let key_of = |key: &str| Proof::Key(key.to_owned());
        let callers = vec![
            caller("nobody", Proof::None, &[]),
            caller("a key that is none", key_of("cs_live_sk_nonsense"), &[]),
            caller("a revoked key", key_of(&revoked), &[]),
            caller("the pixel key", key_of(&server.pixel_key), &[Reach::Browser]),
            caller("another brand's key", key_of(&other_key), &[Reach::Api, Reach::Listener, Reach::Browser]),
            caller("the test key", key_of(&test_key), &[Reach::Api, Reach::Listener, Reach::Browser]),
            caller(FEW, key_of(few["key"].as_str().unwrap_or_else(|| panic!("{few}"))), &[]),
            caller("the server key", key_of(key), &[Reach::Api, Reach::Browser]),
            caller("the owner", Proof::Session(owner), &[Reach::Team, Reach::Owner]),
            caller("a member", Proof::Session(member.split_once('=').unwrap().1.to_owned()), &[Reach::Team]),
            caller(
                "another brand's owner",
                Proof::Session(session(server, &other, None).await),
                &[Reach::Team, Reach::Owner],
            ),
            caller(
                "the creator",
                Proof::Session(session(server, &server.merchant, Some(&creator_id)).await),
                &[Reach::Creator],
            ),
            caller(
                "another creator",
                Proof::Session(session(server, &server.merchant, Some(&ben)).await),
                &[Reach::Creator],
            ),
            caller(
                "another brand's creator",
                Proof::Session(session(server, &other, Some(&cleo)).await),
                &[Reach::Creator],
            ),
        ];
        // Events are numbered a little later.
        crate::privacy::quiet(server).await;
        let ids = by_kind.values().filter(|id| !id.contains(MARK)).cloned().collect();
        Self { ids, by_kind, callers }
    }

    /// The id that the route's path is about.
    pub(super) fn id_for(&self, route: &Route) -> String {
        if route.of.is_empty() { String::new() } else { self.by_kind[route.of].clone() }
    }

    fn called(&self, name: &str) -> &Caller {
        self.callers.iter().find(|caller| caller.name == name).unwrap()
    }

    /// Who may ask.
    pub(super) fn rightful(&self, route: &Route) -> &Caller {
        self.called(match route.reach {
            Reach::Team | Reach::Owner => "the owner",
            Reach::Creator => "the creator",
            _ => "the server key",
        })
    }

    /// Everybody who has no right to what the brand, or its creator, has behind this route.
    pub(super) fn strangers(&self, route: &Route) -> impl Iterator<Item = &Caller> {
        let rightful: &[&str] = match route.reach {
            Reach::Public => return Vec::new().into_iter(),
            Reach::Browser => {
                &["the pixel key", "the server key", "another brand's key", "the test key", "a key of few scopes"]
            }
            Reach::Api => &["the server key"],
            Reach::Listener => &["the server key", "the owner", "a member", "another brand's owner"],
            Reach::Team => &["the owner", "a member"],
            Reach::Owner => &["the owner"],
            Reach::Creator => &["the creator"],
            Reach::Signed => &[],
        };
        let strangers = self.callers.iter().filter(|caller| !rightful.contains(&caller.name));
        strangers.collect::<Vec<_>>().into_iter()
    }

    /// All that the brand has, as its own key and its audit log tell it.
    pub(super) async fn everything(&self, server: &TestServer) -> BTreeSet<String> {
        let mut all: BTreeSet<String> = server.audit_log().await.iter().map(|entry| format!("{entry:?}")).collect();
        for file in [
            "creators",
            "campaigns",
            "links",
            "products",
            "collabs",
            "drops",
            "content",
            "orders",
            "clicks",
            "conversions",
            "commissions",
            "payouts",
            "milestones",
            "webhook_endpoints",
            "events",
            "tracked_events",
        ] {
            server.clock.advance(60_000);
            let request = server.http.get(format!("{}/api/v1/exports/{file}.jsonl", server.url));
            let answer = request.bearer_auth(&server.server_key).send().await.unwrap();
            assert_eq!(answer.status(), 200, "{file}");
            all.extend(answer.text().await.unwrap().lines().map(|line| format!("{file} {line}")));
        }
        all
    }

    /// Everybody in a browser who has no right to what is behind a page.
    pub(super) fn people(&self, route: &Route) -> impl Iterator<Item = &Caller> {
        self.strangers(route).filter(|caller| !matches!(caller.proof, Proof::Key(_)))
    }
}
