//! `/api/v1/imports`: creators from other tools' files.

use std::io::Write;

use domain::api_key::KeyKind;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use server::export::{Dataset, Format, export};

use crate::{
    actions::ledger,
    test_server::{ENCRYPTION_KEY, TestServer, flow_on},
};

/// Files as the tools write them. The people are made up.
const UPPROMOTE: &str = include_str!("imports/uppromote.csv");
const REFERSION: &str = include_str!("imports/refersion.csv");
const GOAFFPRO: &str = include_str!("imports/goaffpro.csv");
const REWARDFUL: &str = include_str!("imports/rewardful.csv");
const DUB: &str = include_str!("imports/dub.csv");
const SOCIAL_SNOWBALL: &str = include_str!("imports/social_snowball.csv");
const SHOPIFY_COLLABS: &str = include_str!("imports/shopify_collabs.csv");
/// A file of no tool.
const OWN: &str = "Full name,E-mail,Code,Balance owed,Currency,Tags,Level\n\
                   Ana Lima,ana@creators.example,ana10,\"1,234.50\",EUR,\"vip, eu\",gold\n\
                   Bo Nilsson,bo@creators.example,,,,,\n";

async fn post(server: &TestServer, query: &str, file: &[u8]) -> (u16, Value) {
    post_with(server, &server.server_key, query, file).await
}

async fn post_with(server: &TestServer, key: &str, query: &str, file: &[u8]) -> (u16, Value) {
    // Ten are a key's minute.
    server.clock.advance(6_000);
    let request = server.http.post(format!("{}/api/v1/imports{query}", server.url)).bearer_auth(key);
    json_of(request.header("content-type", "text/csv").body(file.to_vec()).send().await.unwrap()).await
}

async fn json_of(response: Response) -> (u16, Value) {
    (response.status().as_u16(), response.json().await.unwrap_or(Value::Null))
}

async fn send(server: &TestServer, method: Method, path: &str, body: Value) -> (u16, Value) {
    let request = server.http.request(method, format!("{}/api/v1{path}", server.url)).bearer_auth(&server.server_key);
    json_of(request.body(if body.is_null() { String::new() } else { body.to_string() }).send().await.unwrap()).await
}

async fn get(server: &TestServer, path: &str) -> Value {
    let (status, body) = send(server, Method::GET, path, Value::Null).await;
    assert_eq!(status, 200, "{body}");
    body
}

async fn send_get(server: &TestServer, path: &str) -> u16 {
    send(server, Method::GET, path, Value::Null).await.0
}

async fn undo(server: &TestServer, id: &str) -> (u16, Value) {
    send(server, Method::POST, &format!("/imports/{id}/undo"), Value::Null).await
}

/// Imports a file and waits for its rows. Returns the import.
async fn import(server: &TestServer, query: &str, file: &str) -> Value {
    let (status, body) = post(server, query, file.as_bytes()).await;
    assert_eq!(status, 201, "{body}");
    server.settle().await;
    let done = get(server, &format!("/imports/{}", id_of(&body))).await;
    assert_eq!(done["status"], "done", "{done}");
    done
}

fn id_of(object: &Value) -> &str {
    object["id"].as_str().unwrap()
}

/// Created, updated, unchanged, failed.
fn counts(import: &Value) -> [i64; 4] {
    ["created", "updated", "unchanged", "failed"].map(|name| import[format!("rows_{name}")].as_i64().unwrap())
}

async fn creators(server: &TestServer) -> Vec<Value> {
    let mut creators = get(server, "/creators?limit=100").await["data"].as_array().unwrap().clone();
    creators.sort_by_key(|creator| creator["handle"].as_str().unwrap().to_owned());
    creators
}

/// `creatorscore export` of creators and links, without the time of the last change: clients that poll for changes by it must
/// see that an import was undone.
async fn exported(server: &TestServer) -> String {
    let mut all = String::new();
    for what in [Dataset::Creators, Dataset::Links] {
        let mut out = Vec::new();
        export(server.flow(), &server.merchant, what, Format::Json, &mut out).await.unwrap();
        let mut rows: Value = serde_json::from_slice(&out).unwrap();
        for row in rows.as_array_mut().unwrap() {
            row.as_object_mut().unwrap().remove("updated").unwrap();
        }
        all.push_str(&rows.to_string());
    }
    all
}

on_both_engines! {
    files_of_every_tool_are_known
    a_file_becomes_creators_with_codes_and_balances
    the_same_file_twice_changes_nothing
    rows_find_the_creators_that_are_there
    changes_by_an_import_are_reported
    undoing_an_import_is_reported
    rows_of_a_merged_creator_are_about_the_kept_one
    a_dry_run_stores_nothing
    columns_that_are_not_known_are_named_and_mapped
    wrong_rows_are_given_back_safely
    workbooks_are_read_too
    forms_carry_the_file_and_repeats_have_one_effect
    an_undone_import_leaves_no_trace
    creators_that_are_referred_to_are_archived
    an_undo_after_a_change_is_refused
    an_undo_takes_nothing_from_others
    what_went_from_one_creator_to_another_goes_back
    a_creator_with_a_price_stays_when_an_import_is_undone
    imports_are_their_brands_own
    an_import_needs_the_scopes_of_what_it_writes
    hostile_files_harm_nobody
    imports_have_the_limits_of_bulk_requests
    the_operator_imports_beside_the_server
}

async fn files_of_every_tool_are_known(server: TestServer) {
    let files = [
        ("uppromote", UPPROMOTE),
        ("refersion", REFERSION),
        ("goaffpro", GOAFFPRO),
        ("rewardful", REWARDFUL),
        ("dub", DUB),
        ("social_snowball", SOCIAL_SNOWBALL),
        ("shopify_collabs", SHOPIFY_COLLABS),
        ("generic", OWN),
    ];
    for (source, file) in files {
        let (status, preview) = post(&server, "?dry_run=true", file.as_bytes()).await;
        assert_eq!((status, preview["source"].as_str()), (200, Some(source)), "{preview}");
        assert_eq!(counts(&preview), [2, 0, 0, 0], "{preview}");
        let name = if source == "shopify_collabs" { "ANA10" } else { "Ana Lima" };
        assert_eq!((&preview["rows"][0]["name"], &preview["rows"][0]["outcome"]), (&json!(name), &json!("created")));
    }
    let (_, preview) = post(&server, "?dry_run=true", DUB.as_bytes()).await;
    let clicks = &preview["columns"][7];
    assert_eq!((&clicks["column"], &clicks["field"]), (&json!("Clicks"), &json!(null)), "nothing is read from it");
    import(&server, "", DUB).await;
    let dub = creators(&server).await;
    assert_eq!((&dub[0]["external_id"], &dub[0]["status"]), (&json!("pn_1"), &json!("active")));
    assert_eq!((&dub[1]["status"], &dub[0]["has_email"]), (&json!("invited"), &json!(true)));
    assert_eq!(dub[0]["socials"][0]["handle"], "ana.lima");
    server.stop().await;
}

async fn a_file_becomes_creators_with_codes_and_balances(server: TestServer) {
    let (status, queued) = post(&server, "", OWN.as_bytes()).await;
    assert_eq!((status, &queued["status"], &queued["object"]), (201, &json!("queued"), &json!("import")));
    assert_eq!((&queued["rows_total"], &queued["rows_done"]), (&json!(2), &json!(0)));
    server.settle().await;
    let done = get(&server, &format!("/imports/{}", id_of(&queued))).await;
    assert_eq!((&done["status"], &done["rows_done"], counts(&done)), (&json!("done"), &json!(2), [2, 0, 0, 0]));
    let stored = creators(&server).await;
    let ana = &stored[0];
    assert_eq!(
        (&ana["handle"], &ana["tier"], &ana["tags"]),
        (&json!("ana_lima"), &json!("gold"), &json!(["vip", "eu"]))
    );
    let id: domain::CreatorId = id_of(ana).parse().unwrap();
    let code = server.flow().links().promo_code_of(&server.merchant, &id).await.unwrap();
    assert_eq!(code.as_deref(), Some("ANA10"));
    let entries = server.flow().commissions().ledger(&server.merchant, Some(&id), "").await.unwrap();
    let [entry] = &entries[..] else { panic!("{entries:?}") };
    assert_eq!(
        (entry.amount_minor, entry.currency.code(), entry.reason.as_str()),
        (123_450, "EUR", "imported balance")
    );
    let list = get(&server, "/imports").await;
    assert_eq!((list["data"].as_array().unwrap().len(), &list["data"][0]["id"]), (1, &queued["id"]));
    let log = server.audit_log().await;
    for action in ["import.create", "import.done", "creator.create", "creator.promo_code", "commission.adjust"] {
        assert!(log.iter().any(|(_, actor, logged, _)| logged == action && actor.starts_with("key ")), "{action}");
    }
    server.stop().await;
}

async fn the_same_file_twice_changes_nothing(server: TestServer) {
    for file in [OWN, REFERSION, DUB, SHOPIFY_COLLABS] {
        import(&server, "", file).await;
        let events = async || get(&server, "/events?limit=100").await["data"].as_array().unwrap().len();
        let (before, money, reported) = (exported(&server).await, ledger(&server).await, events().await);
        server.clock.advance(60_000);
        let again = import(&server, "", file).await;
        assert_eq!(counts(&again), [0, 0, 2, 0], "{again}");
        assert_eq!((exported(&server).await, ledger(&server).await, events().await), (before, money, reported));
    }
    let (_, preview) = post(&server, "?dry_run=true", SHOPIFY_COLLABS.as_bytes()).await;
    assert_eq!(counts(&preview), [0, 0, 2, 0], "{preview}");
    // People without any id: two of one name in a file cannot be told apart.
    let named = "name\nSam Roe\nSam Roe\n";
    let first = import(&server, "", named).await;
    assert_eq!(counts(&first), [1, 0, 0, 1]);
    assert_eq!(counts(&import(&server, "", named).await), [0, 0, 1, 1]);
    server.stop().await;
}

async fn rows_find_the_creators_that_are_there(server: TestServer) {
    let body =
        json!({"name": "Ana", "handle": "ana", "email": "ana@creators.example", "tags": ["old"], "tier": "silver"});
    let (_, ana) = send(&server, Method::POST, "/creators", body).await;
    let (_, taken) = send(&server, Method::POST, "/creators", json!({"name": "Other", "handle": "bo_nilsson"})).await;
    server.clock.advance(1_000);
    let done = import(&server, "", OWN).await;
    assert_eq!(counts(&done), [1, 1, 0, 0]);
    let stored = creators(&server).await;
    assert_eq!(stored.len(), 3);
    assert_eq!(
        (&stored[0]["id"], &stored[0]["name"], &stored[0]["handle"]),
        (&ana["id"], &json!("Ana Lima"), &json!("ana"))
    );
    assert_eq!((&stored[0]["tags"], &stored[0]["tier"]), (&json!(["old", "vip", "eu"]), &json!("gold")));
    assert_eq!(stored[1]["id"], taken["id"], "somebody else: nothing tells that they are Bo");
    assert_eq!(stored[2]["handle"], "bo_nilsson_2");
    // A code that is another creator's stays theirs.
    let (_, preview) = post(&server, "?dry_run=true", b"name,code\nCy,ANA10\n").await;
    assert_eq!(preview["rows"][0]["errors"], json!(["code is another creator's"]));
    server.stop().await;
}

/// Other systems hear of an import's changes as of any other.
async fn changes_by_an_import_are_reported(server: TestServer) {
    let ana = json!({"name": "Ana Lima", "handle": "ana", "external_id": "pn_1", "status": "invited"});
    assert_eq!(send(&server, Method::POST, "/creators", ana).await.0, 201);
    import(&server, "", DUB).await;
    let events = get(&server, "/events?types=creator.updated,creator.activated").await;
    let found: Vec<&Value> = events["data"].as_array().unwrap().iter().map(|event| &event["type"]).collect();
    assert_eq!(found, ["creator.updated", "creator.activated"], "{events}");
    let changed = &events["data"][0]["data"]["changed"];
    assert!(changed.as_array().unwrap().contains(&json!("status")), "{events}");
    server.stop().await;
}

async fn undoing_an_import_is_reported(server: TestServer) {
    let ana = json!({"name": "Ana", "handle": "ana", "email": "ana@creators.example", "tags": ["old"]});
    let (_, ana) = send(&server, Method::POST, "/creators", ana).await;
    server.clock.advance(1_000);
    let done = import(&server, "", OWN).await;
    assert_eq!(counts(&done), [1, 1, 0, 0]);
    let new = creators(&server).await.into_iter().find(|creator| creator["id"] != ana["id"]).unwrap();
    let before = get(&server, "/events?limit=100").await["data"].as_array().unwrap().len();
    server.clock.advance(1_000);
    let path = format!("/imports/{}/undo", done["id"].as_str().unwrap());
    assert_eq!(send(&server, Method::POST, &path, json!({})).await.0, 200);
    server.settle().await;
    let events = get(&server, "/events?limit=100").await;
    let reported: Vec<&Value> = events["data"].as_array().unwrap()[before..].iter().collect();
    let find = |kind: &str| reported.iter().find(|event| event["type"] == kind).unwrap_or_else(|| panic!("{events}"));
    let updated = find("creator.updated");
    assert_eq!(updated["object_id"], ana["id"]);
    let changed = updated["data"]["changed"].as_array().unwrap();
    assert!(["name", "tags", "tier"].iter().all(|field| changed.contains(&json!(field))), "{updated}");
    let removed = json!({"creator_id": new["id"], "reason": "import_undone", "merged_into": null});
    assert_eq!(find("creator.removed")["data"], removed);
    server.stop().await;
}

async fn rows_of_a_merged_creator_are_about_the_kept_one(server: TestServer) {
    let file = "external_id,name,email\ncrm-1,Ana Lima,ana@creators.example\ncrm-2,Anna Lima,anna@creators.example\n";
    let done = import(&server, "", file).await;
    assert_eq!(counts(&done), [2, 0, 0, 0]);
    let made = creators(&server).await;
    let id = |nth: usize| made[nth]["id"].as_str().unwrap().parse().unwrap();
    let (kept, merged) = (id(0), id(1));
    server.clock.advance(1_000);
    server.flow().creators().merge(&server.merchant, &merged, &kept).await.unwrap();
    server.clock.advance(1_000);
    // Another address, so that only the id tells who it is.
    let again = "external_id,name,email\ncrm-2,Ana Lima,anna.lima@creators.example\n";
    let done = import(&server, "", again).await;
    let [created, _, _, failed] = counts(&done);
    assert_eq!((created, failed, creators(&server).await.len()), (0, 0, 1), "{done}");
    server.stop().await;
}

async fn a_dry_run_stores_nothing(server: TestServer) {
    let before = exported(&server).await;
    let (status, preview) = post(&server, "?dry_run=true", OWN.as_bytes()).await;
    assert_eq!((status, &preview["object"], &preview["dry_run"]), (200, &json!("import_preview"), &json!(true)));
    server.settle().await;
    assert_eq!(exported(&server).await, before);
    assert_eq!(get(&server, "/imports").await["data"], json!([]));
    let log = server.audit_log().await;
    assert!(!log.iter().any(|(_, _, action, _)| action.starts_with("import.")), "{log:?}");
    let many = "name\n".to_owned() + &(0..150).map(|n| format!("Person {n}\n")).collect::<String>();
    let (_, preview) = post(&server, "?dry_run=true", many.as_bytes()).await;
    assert_eq!((&preview["rows_total"], preview["rows"].as_array().unwrap().len()), (&json!(150), 100));
    server.stop().await;
}

async fn columns_that_are_not_known_are_named_and_mapped(server: TestServer) {
    let file = b"Wer,Creator e-mail,Shoe size\nAna Lima,ana@creators.example,38\n";
    let (status, refused) = post(&server, "", file).await;
    assert_eq!((status, &refused["code"]), (400, &json!("invalid")));
    let details = refused["details"].as_array().unwrap();
    assert!(details[0].as_str().unwrap().starts_with("no column is known to name creators"), "{details:?}");
    assert!(details.contains(&json!("column \"Creator e-mail\" may be email")), "{details:?}");
    let mapping = |mapping: Value| {
        let query: String = url::form_urlencoded::byte_serialize(mapping.to_string().as_bytes()).collect();
        format!("?dry_run=true&mapping={query}")
    };
    let (_, preview) = post(&server, &mapping(json!({"Wer": "name", "Shoe size": null})), file).await;
    let fields: Vec<&Value> = preview["columns"].as_array().unwrap().iter().map(|column| &column["field"]).collect();
    assert_eq!(fields, [&json!("name"), &json!(null), &json!("ignore")]);
    assert_eq!(preview["columns"][1]["suggestion"], "email", "it is suggested, not guessed");
    let (status, refused) = post(&server, &mapping(json!({"Wer": "nmae", "Wo": "email"})), file).await;
    assert_eq!(status, 400);
    assert!(refused["details"][0].as_str().unwrap().starts_with("mapping of \"Wer\" must be one of name, "));
    for (query, fault) in [
        ("?source=nobody", "source must be one of uppromote, refersion, "),
        ("?kind=orders", "kind must be creators"),
        ("?dry_run=maybe", "dry_run must be true or false"),
        ("?mapping=5", "mapping must be a JSON object"),
        ("?page=2", "page is not a known parameter"),
    ] {
        let (status, refused) = post(&server, query, OWN.as_bytes()).await;
        assert_eq!(status, 400, "{query}");
        assert!(refused["details"][0].as_str().unwrap().starts_with(fault), "{refused}");
    }
    assert_eq!(post(&server, "", b"").await.0, 400);
    let large = vec![b'x'; domain::import::FILE_BYTES_MAX + 1];
    assert_eq!(post(&server, "", &large).await.1["code"], "too_large");
    server.stop().await;
}

async fn wrong_rows_are_given_back_safely(server: TestServer) {
    let file = "name,email,password,code,balance\n\
                =cmd|'/C calc'!A0,calc@creators.example,hunter2,,\n\
                +1 Agency,nobody,hunter3,\"=HYPERLINK(\"\"x\"\")\",ten\n\
                ,,,,5\n\
                @Dee,dee@creators.example,,DEE5,-5.00\n";
    let done = import(&server, "", file).await;
    assert_eq!(counts(&done), [2, 0, 0, 2], "{done}");
    let stored = creators(&server).await;
    assert_eq!((&stored[0]["handle"], &stored[0]["name"]), (&json!("cmdc_calca0"), &json!("=cmd|'/C calc'!A0")));
    assert_eq!(ledger(&server).await.iter().map(|(_, minor)| *minor).collect::<Vec<_>>(), [-500]);
    let url = format!("{}/api/v1/imports/{}/errors.csv", server.url, id_of(&done));
    let answer = server.http.get(url).bearer_auth(&server.server_key).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/csv; charset=utf-8");
    assert_eq!(
        answer.text().await.unwrap(),
        "row,error,name,code,balance\r\n\
         3,email must be an address such as ana@example.com; balance must be an amount such as 1234.50,\
         '+1 Agency,\"'=HYPERLINK(\"\"x\"\")\",ten\r\n\
         4,\"name is required, or first_name and last_name\",,,5\r\n"
    );
    server.stop().await;
}

/// A workbook with one sheet.
fn workbook(rows: &str) -> Vec<u8> {
    workbook_with(rows, &[])
}

/// A workbook with one sheet and other parts.
fn workbook_with(rows: &str, others: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006";
    let files = [
        (
            "[Content_Types].xml",
            format!(
                r#"<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>"#
            ),
        ),
        (
            "_rels/.rels",
            format!(
                r#"<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                r#"<workbook xmlns="{main}" xmlns:r="{relations}"><sheets><sheet name="Affiliates" sheetId="1" r:id="r1"/></sheets></workbook>"#
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                r#"<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{relations}/styles" Target="styles.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/styles.xml",
            format!(
                r#"<styleSheet xmlns="{main}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#
            ),
        ),
        ("xl/worksheets/sheet1.xml", format!(r#"<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>"#)),
    ];
    let files = files.iter().map(|(name, text)| (*name, text.as_str()));
    for (name, text) in files.chain(others.iter().copied()) {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn cell(at: &str, text: &str) -> String {
    format!(r#"<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

async fn workbooks_are_read_too(server: TestServer) {
    let heads = [("A1", "email"), ("B1", "first_name"), ("C1", "last_name"), ("D1", "signup_source"), ("E1", "tags")];
    let heads: String = heads.iter().map(|(at, text)| cell(at, text)).collect();
    // A date, with days counted from 1900, and far away a cell that would make a table of the whole sheet.
    let date = r#"<c r="E2" s="1"><v>46029</v></c>"#;
    let first = [cell("A2", "ana@creators.example"), cell("B2", "Ana"), cell("C2", "Lima"), date.to_owned()].concat();
    let second = [cell("B900000", "Bo"), r#"<c r="E900000"><v>12.5</v></c>"#.to_owned()].concat();
    let rows = format!(r#"<row r="1">{heads}</row><row r="2">{first}</row><row r="900000">{second}</row>"#);
    let file = workbook(&rows);
    let (status, preview) = post(&server, "?dry_run=true", &file).await;
    assert_eq!((status, &preview["source"], counts(&preview)), (200, &json!("uppromote"), [2, 0, 0, 0]), "{preview}");
    assert_eq!(preview["rows"][1]["row"], 900_000);
    let (status, made) = post(&server, "", &file).await;
    assert_eq!(status, 201, "{made}");
    server.settle().await;
    let stored = creators(&server).await;
    assert_eq!((&stored[0]["tags"], &stored[1]["tags"]), (&json!(["2026-01-07"]), &json!(["12.5"])));
    let bomb = workbook(&" ".repeat(70 * 1024 * 1024));
    assert!(bomb.len() < domain::import::FILE_BYTES_MAX);
    let (status, refused) = post(&server, "", &bomb).await;
    assert_eq!(
        (status, &refused["details"]),
        (400, &json!(["the file is too large once it is unpacked; save its first sheet as .csv"]))
    );
    assert_eq!(post(&server, "", &file[..file.len() / 2]).await.0, 400);
    server.stop().await;
}

async fn forms_carry_the_file_and_repeats_have_one_effect(server: TestServer) {
    let form = |boundary: &str, fields: &[(&str, &str)]| -> String {
        let parts = fields.iter().map(|(name, text)| {
            let file = if *name == "file" { "; filename=\"creators.csv\"" } else { "" };
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{text}\r\n")
        });
        parts.collect::<String>() + &format!("--{boundary}--\r\n")
    };
    let send = async |boundary: &str, fields: &[(&str, &str)]| {
        let request = server.http.post(format!("{}/api/v1/imports", server.url)).bearer_auth(&server.server_key);
        let request = request.header("content-type", format!("multipart/form-data; boundary={boundary}"));
        request.header("idempotency-key", "import-1").body(form(boundary, fields)).send().await.unwrap()
    };
    let mapping = r#"{"Level": "ignore"}"#;
    let fields = [("file", OWN), ("kind", "creators"), ("mapping", mapping), ("source", "generic")];
    let first = send("one", &fields).await;
    assert_eq!(first.status(), 201);
    let first: Value = first.json().await.unwrap();
    server.settle().await;
    let again = send("two", &fields).await;
    assert_eq!((again.status().as_u16(), again.headers()["idempotent-replayed"].to_str().unwrap()), (201, "true"));
    assert_eq!(again.json::<Value>().await.unwrap(), first);
    assert_eq!(json_of(send("one", &[("file", DUB)]).await).await.1["code"], "idempotency_key_reused");
    let (status, refused) = json_of(send("one", &[("file", OWN), ("files", "x")]).await).await;
    assert_eq!((status, &refused["details"]), (400, &json!(["files is not a known field"])));
    let listed = async |query: &str| get(&server, &format!("/imports{query}")).await["data"].as_array().unwrap().len();
    assert_eq!((listed("").await, listed("?status=done").await, listed("?status=queued").await), (1, 1, 0));
    let updated = get(&server, "/imports").await["data"][0]["updated"].as_str().unwrap().to_owned();
    let since = format!("?updated[gte]={updated}");
    assert_eq!((listed(&since).await, listed(&since.replace("gte", "gt")).await), (1, 0));
    assert_eq!(send_get(&server, "/imports?status=eaten").await, 400);
    assert_eq!(creators(&server).await[0]["tier"], json!(null), "the column was left out");
    server.stop().await;
}

async fn an_undone_import_leaves_no_trace(server: TestServer) {
    let flow = server.flow();
    let body = json!({"name": "Ana", "handle": "ana", "email": "ana@creators.example", "tier": "silver",
                      "external_id": "crm-1", "metadata": {"note": "x"}});
    let (_, ana) = send(&server, Method::POST, "/creators", body).await;
    let ana: domain::CreatorId = id_of(&ana).parse().unwrap();
    flow.links().set_promo_code(&server.merchant, &ana, "OLD5").await.unwrap();
    flow.payouts().set_address(&server.merchant, &ana, "old@creators.example").await.unwrap();
    let addresses = async || {
        let stored = server.store.payout_details(&server.merchant.brand().id).await.unwrap().into_iter();
        stored.map(|details| (details.creator, details.paypal)).collect::<Vec<_>>()
    };
    let (before, paid_to) = (exported(&server).await, addresses().await);
    for file in [OWN, REFERSION] {
        server.clock.advance(1_000);
        let done = import(&server, "", file).await;
        assert_eq!(counts(&done), [1, 1, 0, 0], "{done}");
        assert_ne!(exported(&server).await, before);
        server.clock.advance(1_000);
        let (status, undone) = undo(&server, id_of(&done)).await;
        assert_eq!((status, &undone["status"]), (200, &json!("undone")), "{undone}");
        assert_eq!(exported(&server).await, before);
        assert_eq!(addresses().await, paid_to);
        let balances = flow.commissions().balances(&server.merchant).await.unwrap();
        assert!(balances.iter().all(|balance| balance.payable_minor == 0), "{balances:?}");
        assert_eq!(undo(&server, id_of(&done)).await, (200, undone), "a repeat changes nothing");
    }
    // An idempotency key answers a repeat as it answered before, whatever has become of the import.
    let done = import(&server, "", OWN).await;
    let once = async || {
        let url = format!("{}/api/v1/imports/{}/undo", server.url, id_of(&done));
        let request = server.http.post(url).bearer_auth(&server.server_key).header("idempotency-key", "undo-1");
        let answer = request.send().await.unwrap();
        (answer.headers().contains_key("idempotent-replayed"), answer.bytes().await.unwrap())
    };
    let (first, again) = (once().await, once().await);
    assert_eq!((first.0, again.0, first.1), (false, true, again.1));
    assert_eq!(exported(&server).await, before);
    // What was taken back can be imported again, balances too.
    import(&server, "", OWN).await;
    let balances = flow.commissions().balances_of(&server.merchant, &ana).await.unwrap();
    assert_eq!(balances.iter().map(|balance| balance.payable_minor).collect::<Vec<_>>(), [123_450]);
    server.stop().await;
}

async fn creators_that_are_referred_to_are_archived(server: TestServer) {
    let done = import(&server, "", OWN).await;
    let stored = creators(&server).await;
    let link = json!({"destination": "https://shop.example/p", "creator": stored[0]["id"]});
    assert_eq!(send(&server, Method::POST, "/links", link).await.0, 201);
    assert_eq!(undo(&server, id_of(&done)).await.0, 200);
    let left = creators(&server).await;
    assert_eq!(left.len(), 1);
    assert_eq!((&left[0]["id"], &left[0]["archived"]), (&stored[0]["id"], &json!(true)));
    let id: domain::CreatorId = id_of(&left[0]).parse().unwrap();
    assert_eq!(server.flow().links().promo_code_of(&server.merchant, &id).await.unwrap(), None);
    let log = server.audit_log().await;
    for action in ["import.undo", "creator.archive", "creator.delete"] {
        assert!(log.iter().any(|(_, _, logged, _)| logged == action), "{action}");
    }
    server.stop().await;
}

/// An undo gives nobody a discount code that is another creator's meanwhile.
async fn an_undo_takes_nothing_from_others(server: TestServer) {
    let flow = server.flow();
    let body = json!({"name": "Ana", "handle": "ana", "email": "ana@creators.example"});
    let (_, ana) = send(&server, Method::POST, "/creators", body).await;
    let ana: domain::CreatorId = id_of(&ana).parse().unwrap();
    let (_, bo) = send(&server, Method::POST, "/creators", json!({"name": "Bo", "handle": "bo"})).await;
    let bo: domain::CreatorId = id_of(&bo).parse().unwrap();
    flow.links().set_promo_code(&server.merchant, &ana, "OLD5").await.unwrap();
    server.clock.advance(1_000);
    let done = import(&server, "", "name,handle,code\nAna,ana,NEW5\n").await;
    assert_eq!(flow.links().promo_code_of(&server.merchant, &ana).await.unwrap().as_deref(), Some("NEW5"));
    flow.links().set_promo_code(&server.merchant, &bo, "OLD5").await.unwrap();
    assert_eq!(undo(&server, id_of(&done)).await.0, 409);
    let code = async |of| flow.links().promo_code_of(&server.merchant, of).await.unwrap();
    assert_eq!((code(&ana).await.as_deref(), code(&bo).await.as_deref()), (Some("NEW5"), Some("OLD5")));
    server.stop().await;
}

async fn an_undo_after_a_change_is_refused(server: TestServer) {
    let refused = async |import: &Value, changed: &[&Value]| {
        let before = exported(&server).await;
        let (status, body) = undo(&server, id_of(import)).await;
        let ids: Vec<&Value> = changed.iter().map(|creator| &creator["id"]).collect();
        assert_eq!((status, &body["code"], &body["details"]), (409, &json!("changed"), &json!(ids)), "{body}");
        assert_eq!(exported(&server).await, before, "nothing is undone");
    };
    let done = import(&server, "", OWN).await;
    let stored = creators(&server).await;
    let (ana, bo) = (&stored[0], &stored[1]);
    server.clock.advance(1_000);
    // The balance is in a payout.
    let payout = server.flow().payouts().create(&server.merchant, "EUR").await.unwrap();
    refused(&done, &[ana]).await;
    server.flow().payouts().close(&server.merchant, &payout.id, flow::payout::PayoutState::Cancelled).await.unwrap();
    let path = format!("/creators/{}", id_of(bo));
    assert_eq!(send(&server, Method::PATCH, &path, json!({"tier": "gold"})).await.0, 200);
    refused(&done, &[bo]).await;
    let id: domain::CreatorId = id_of(ana).parse().unwrap();
    server.flow().links().set_promo_code(&server.merchant, &id, "NEW7").await.unwrap();
    refused(&done, &[ana, bo]).await;
    let other = import(&server, "", REWARDFUL).await;
    server.flow().payouts().set_address(&server.merchant, &id, "new@creators.example").await.unwrap();
    refused(&other, &[ana]).await;
    server.stop().await;
}

async fn imports_are_their_brands_own(server: TestServer) {
    let new = flow::setup::NewBrand { name: "Other".into(), ..flow::setup::NewBrand::default() };
    let operator = crate::test_server::operator();
    let brand = server.flow().setup().create_brand(operator, &new).await.unwrap();
    let other = server.flow().access().merchant_by_operator(operator, &brand.id).await.unwrap();
    let (_, key) = server.flow().setup().create_key(&other, KeyKind::Server, false).await.unwrap();
    let (_, foreign) = post_with(&server, &key, "", OWN.as_bytes()).await;
    server.settle().await;
    assert_eq!(get(&server, "/imports").await["data"], json!([]));
    assert_eq!(creators(&server).await, Vec::<Value>::new());
    let missing = "imp_01hf7yat00fzzvzzzzzzzzzzzz";
    for path in ["", "/errors.csv"] {
        for id in [id_of(&foreign), missing] {
            let (status, body) = send(&server, Method::GET, &format!("/imports/{id}{path}"), Value::Null).await;
            assert_eq!((status, &body["code"]), (404, &json!("not_found")), "{path}");
        }
    }
    assert_eq!(undo(&server, id_of(&foreign)).await.0, 404);
    assert_eq!(undo(&server, missing).await.0, 404);
    // The sandbox is a brand of its own, and a key needs the scope.
    let (_, test) = server.flow().setup().create_key(&server.merchant, KeyKind::Server, true).await.unwrap();
    let (status, made) = post_with(&server, &test, "", OWN.as_bytes()).await;
    assert_eq!((status, &made["livemode"]), (201, &json!(false)));
    server.settle().await;
    assert_eq!(creators(&server).await, Vec::<Value>::new());
    assert_eq!(send(&server, Method::GET, &format!("/imports/{}", id_of(&made)), Value::Null).await.0, 404);
    assert_eq!(get(&server, "/imports").await["data"], json!([]));
    // Ids of other tools are each brand's own.
    for key in [&key, &server.server_key] {
        let (_, preview) = post_with(&server, key, "?dry_run=true", DUB.as_bytes()).await;
        assert_eq!(counts(&preview)[0] + counts(&preview)[1], 2, "{preview}");
        post_with(&server, key, "", DUB.as_bytes()).await;
        server.settle().await;
    }
    assert_eq!(creators(&server).await.len(), 2);
    server.stop().await;
}

async fn an_import_needs_the_scopes_of_what_it_writes(server: TestServer) {
    let scoped = async |scopes: &[&str]| {
        let (status, key) = send(&server, Method::POST, "/keys", json!({"scopes": scopes})).await;
        assert_eq!(status, 201, "{key}");
        key["key"].as_str().unwrap().to_owned()
    };
    let names = "name\nCy\n";
    let paid = "name,paypal_email\nDee,dee@creators.example\n";
    for (scopes, file, missing) in [
        (&["imports:read", "creators:write"][..], names, "imports:write"),
        (&["imports:write"], names, "creators:write"),
        (&["imports:write", "creators:read"], names, "creators:write"),
        (&["imports:write", "creators:write", "payouts:write"], GOAFFPRO, "links:write"),
        (&["imports:write", "creators:write", "links:write", "payouts:write"], OWN, "commissions:write"),
        (&["imports:write", "creators:write"], paid, "payouts:write"),
        (&["imports:write", "creators:write", "links:write", "commissions:write"], OWN, "payouts:write"),
    ] {
        let key = scoped(scopes).await;
        for query in ["?dry_run=true", ""] {
            let (status, refused) = post_with(&server, &key, query, file.as_bytes()).await;
            assert_eq!((status, &refused["code"]), (403, &json!("scope_missing")), "{scopes:?}");
            assert!(refused["error"].as_str().unwrap().contains(missing), "{refused}");
        }
    }
    assert_eq!(creators(&server).await, Vec::<Value>::new());
    let key = scoped(&["imports:write", "creators:write"]).await;
    assert_eq!(post_with(&server, &key, "", names.as_bytes()).await.0, 201);
    let all = scoped(&["imports:write", "creators:write", "links:write", "commissions:write", "payouts:write"]).await;
    let (status, made) = post_with(&server, &all, "", OWN.as_bytes()).await;
    assert_eq!(status, 201, "{made}");
    server.settle().await;
    let undo = async |key: &str| {
        let url = format!("{}/api/v1/imports/{}/undo", server.url, id_of(&made));
        server.http.post(url).bearer_auth(key).send().await.unwrap().status().as_u16()
    };
    assert_eq!((undo(&key).await, undo(&all).await), (403, 200));
    server.stop().await;
}

async fn hostile_files_harm_nobody(server: TestServer) {
    let refused = async |file: &[u8], fault: &str| {
        let (status, body) = post(&server, "", file).await;
        assert_eq!((status, &body["code"], &body["details"]), (400, &json!("invalid"), &json!([fault])));
    };
    // A kilobyte that asks for terabytes.
    let announced = r#"<sst uniqueCount="100000000000"></sst>"#;
    let texts = "the file has too many texts or formats; save its first sheet as .csv";
    refused(&workbook_with(&cell("A1", "name"), &[("xl/sharedStrings.xml", announced)]), texts).await;
    let long = "x".repeat(1_000_000);
    let fonts = format!(r#"<styleSheet><fonts><font><name val="{long}"/></font></fonts></styleSheet>"#);
    let formats = "the file has formats with long names; save its first sheet as .csv";
    refused(&workbook_with(&cell("A1", "name"), &[("xl/theme/theme1.xml", &fonts)]), formats).await;
    refused(&b",".repeat(5_000_000), "the file must have at most 200 columns").await;
    let header = "the first row must name the columns, each with at most 255 bytes";
    refused(&b"\"".repeat(1_000_001), header).await;
    // Its rows are imported as far as they can be.
    let rows = ["Ana,,x\0y", "Bo,AA,", "Cy,aa,", "=HYPERLINK(1),,", &format!("Dee,,{long}")].join("\n");
    let done = import(&server, "", &format!("name,code,tier,name\n{rows}\n")).await;
    assert_eq!((counts(&done), &done["columns"][3]["field"]), ([3, 0, 0, 2], &json!(null)), "{done}");
    let stored = creators(&server).await;
    let names: Vec<&Value> = stored.iter().map(|creator| &creator["name"]).collect();
    assert_eq!(
        (names, &stored[0]["tier"]),
        (vec![&json!("Ana"), &json!("Bo"), &json!("=HYPERLINK(1)")], &json!("x\u{fffd}y"))
    );
    let url = format!("{}/api/v1/imports/{}/errors.csv", server.url, id_of(&done));
    let errors = server.http.get(url).bearer_auth(&server.server_key).send().await.unwrap().text().await.unwrap();
    let expected =
        "row,error,name,code,tier\r\n4,code is another creator's,Cy,aa,\r\n6,tier is longer than 8192 bytes,Dee,,\r\n";
    assert_eq!(errors, expected);
    server.stop().await;
}

async fn imports_have_the_limits_of_bulk_requests(server: TestServer) {
    let mut statuses = Vec::new();
    for _ in 0..11 {
        let request = server.http.post(format!("{}/api/v1/imports?dry_run=true", server.url));
        let request = request.bearer_auth(&server.server_key).header("content-type", "text/csv").body("name\nAna\n");
        statuses.push(request.send().await.unwrap().status().as_u16());
    }
    assert_eq!((&statuses[..10], statuses[10]), (&[200; 10][..], 429));
    server.stop().await;
}

/// `creatorscore import`.
async fn the_operator_imports_beside_the_server(server: TestServer) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("people.csv");
    std::fs::write(&file, "Wer;E-mail;Level\nAna Lima;ana@creators.example;gold\nBo Nilsson;nobody;\n").unwrap();
    let run = async |more: &[&str]| {
        let output = tokio::process::Command::new(env!("CARGO_BIN_EXE_creatorscore"))
            .args(["--database-url", &server.database, "--app-encryption-key", ENCRYPTION_KEY, "--json", "import"])
            .args(["--brand", server.merchant.brand().id.as_str(), "--file", file.to_str().unwrap()])
            .args(more)
            .output()
            .await
            .unwrap();
        let answer = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
        (answer, String::from_utf8(output.stderr).unwrap())
    };
    let (_, refused) = run(&[]).await;
    assert!(refused.contains("no column is known to name creators"), "{refused}");
    let (preview, _) = run(&["--map", "Wer=name", "--map", "Level=ignore", "--dry-run"]).await;
    assert_eq!((counts(&preview), &preview["rows"][1]["row"]), ([1, 0, 0, 1], &json!(3)), "{preview}");
    assert_eq!(creators(&server).await, Vec::<Value>::new());
    let (done, _) = run(&["--map", "Wer=name", "--source", "generic"]).await;
    assert_eq!((counts(&done), &done["status"]), ([1, 0, 0, 1], &json!("done")), "{done}");
    assert_eq!(creators(&server).await[0]["tier"], "gold");
    assert_eq!(get(&server, "/imports").await["data"][0]["id"], done["id"]);
    server.stop().await;
}

async fn an_interrupted_import_goes_on(engine: crate::test_server::Engine) {
    let database = engine.fresh_database().await;
    let (flow, store) = flow_on(&database, &[], 1).await;
    let operator = crate::test_server::operator();
    let new = flow::setup::NewBrand { name: "Vector".into(), ..flow::setup::NewBrand::default() };
    let brand = flow.setup().create_brand(operator, &new).await.unwrap();
    let merchant = flow.access().merchant_by_operator(operator, &brand.id).await.unwrap();
    let rows: String = (0..1_150).map(|n| format!("Person {n},p{n}@creators.example,CODE{n},{n}.50\n")).collect();
    let file = format!("name,email,code,balance\n{rows}");
    let reading = flow::import::Reading::default();
    let file = flow.imports().read(&merchant, file.into_bytes(), reading).await.unwrap();
    let answer = |_: &flow::import::Import| Some(flow::import::Answer { status: 201, body: String::new() });
    let shown = |import: &flow::import::Import, _: &domain::metadata::Details| answer(import);
    let kept = flow::api::write::CommonFields::default();
    let (id, _) = flow.imports().create(&merchant, None, file, &kept, &shown).await.unwrap();
    let state = async |flow: &flow::Flow| flow.imports().get(&merchant, id.as_str()).await.unwrap();
    let done = flow.imports().advance(&merchant, &id).await.unwrap();
    assert_eq!((done.status.as_str(), done.counts.created), ("running", 100));
    let busy = flow.imports().undo(&merchant, None, &done, &answer).await.unwrap();
    assert!(matches!(busy, flow::import::Undone::Running));
    // Its process is gone; another one has the job.
    drop(flow);
    let (flow, _) = flow_on(&database, &[], 1 << 32).await;
    while flow.jobs().run_due(flow::Lane::Maintenance, "", 10).await.unwrap().claimed > 0 {}
    let import = state(&flow).await;
    assert_eq!((import.status.as_str(), import.counts.created, import.counts.failed), ("done", 1_150, 0));
    assert_eq!(store.creators(&brand.id).await.unwrap().len(), 1_150);
    assert_eq!(store.balances(&brand.id, domain::UnixMs(i64::MAX)).await.unwrap().len(), 1_150);
    assert!(matches!(
        flow.imports().undo(&merchant, None, &import, &answer).await.unwrap(),
        flow::import::Undone::Done(_)
    ));
    assert_eq!(store.creators(&brand.id).await.unwrap().len(), 0);
}

mod interrupted {
    use super::an_interrupted_import_goes_on;
    beside_both_engines!(an_interrupted_import_goes_on);
}

async fn what_went_from_one_creator_to_another_goes_back(server: TestServer) {
    let known = "external_id,name,handle,code\np1,Ana,ana,OLD5\np3,Cem,cem,CEM5\n";
    import(&server, "", known).await;
    let before = exported(&server).await;
    // Handles and codes move down the file, to a known creator and to a new one.
    let file = "external_id,name,handle,code\np1,Ana,ana_old,NEW5\np3,Cem,ana,OLD5\np2,Bo,cem,CEM5\n";
    let done = import(&server, "", file).await;
    assert_eq!(counts(&done), [1, 2, 0, 0], "{done}");
    let (status, undone) = undo(&server, id_of(&done)).await;
    assert_eq!((status, &undone["status"]), (200, &json!("undone")), "{undone}");
    assert_eq!(exported(&server).await, before);
    server.stop().await;
}

async fn a_creator_with_a_price_stays_when_an_import_is_undone(server: TestServer) {
    let done = import(&server, "", "name,handle\nAna,ana\nBo,bo\n").await;
    let ana = creators(&server).await[0]["id"].clone();
    let mug = json!({"title": "Mug", "price_minor": 900, "creator_prices": [{"creator": ana, "price_minor": 800}]});
    let (status, mug) = send(&server, Method::POST, "/products", mug).await;
    assert_eq!(status, 201, "{mug}");
    assert_eq!(undo(&server, id_of(&done)).await.0, 200);
    let left = creators(&server).await;
    let left: Vec<_> = left.iter().map(|one| (&one["id"], &one["archived"])).collect();
    assert_eq!(left, [(&ana, &json!(true))], "archived, not deleted");
    let path = format!("/products/{}", id_of(&mug));
    let (status, changed) = send(&server, Method::PATCH, &path, json!({"inventory": 3})).await;
    assert_eq!(status, 200, "the product can change: {changed}");
    server.stop().await;
}
