//! `/brand/attribution/creators/imports`: a file is checked, corrected, imported and taken back.

use domain::account::Role;
use serde_json::Value;

use super::{Browser, Page};
use crate::{
    accounts::{join, with_mail},
    test_server::{Engine, TestServer, start},
};

const PATH: &str = "/creators/imports";
/// A file of no tool, with a wrong row.
const OWN: &str = "Artist,E-mail,Voucher,Balance owed,Currency,Password,Level\n\
                   Ana Lima,ana@creators.example,ana10,\"1,234.50\",EUR,hunter2,gold\n\
                   Bo Nilsson,no address,,,,,\n";

/// Sends a form with a file, or with what the page showed of it.
async fn send(browser: &Browser<'_>, action: &str, file: Option<&[u8]>, fields: &[(&str, &str)]) -> Page {
    let mut body = Vec::new();
    let mut part = |head: String, bytes: &[u8]| {
        body.extend_from_slice(format!("--edge\r\nContent-Disposition: form-data; {head}\r\n\r\n").as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    };
    if let Some(bytes) = file {
        part("name=\"file\"; filename=\"mine.csv\"".to_owned(), bytes);
    }
    for (name, text) in fields.iter().copied().chain([("do", action)]) {
        part(format!("name=\"{name}\""), text.as_bytes());
    }
    body.extend_from_slice(b"--edge--\r\n");
    let request = browser
        .server
        .http
        .post(format!("{}/brand/attribution{PATH}", browser.server.url))
        .header("cookie", &browser.cookie)
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "multipart/form-data; boundary=edge")
        .body(body);
    Page::of(request.send().await.unwrap()).await
}

/// The value of a hidden field.
fn hidden(page: &Page, name: &str) -> String {
    let (_, rest) = page.text.split_once(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("no {name}"));
    rest.split_once('"').unwrap().0.to_owned()
}

async fn creators(server: &TestServer) -> Vec<Value> {
    let request = server.http.get(format!("{}/api/v1/creators?limit=100", server.url)).bearer_auth(&server.server_key);
    let body: Value = request.send().await.unwrap().json().await.unwrap();
    body["data"].as_array().unwrap().clone()
}

async fn a_file_is_checked_corrected_imported_and_taken_back(engine: Engine) {
    let server = start(engine).await;
    let browser = Browser::of(&server).await;
    browser.get("/creators").await.shows(&["href=\"/brand/attribution/creators/imports\""]);
    browser.get(PATH).await.shows(&["No imports yet", "Check the file", "Social Snowball"]);
    // Nothing says who "Artist" is.
    let page = send(&browser, "check", Some(OWN.as_bytes()), &[]).await;
    assert_eq!(page.status, 422, "{}", page.text);
    page.shows(&["Check mine.csv", "No column names the creators", "Password, not imported", "Ana Lima"]);
    assert!(!page.text.contains("hunter2"), "a password is no example");
    assert!(!page.text.contains("value=\"import\""), "it cannot be imported yet");
    let (data, name) = (hidden(&page, "data"), hidden(&page, "file_name"));
    let again = [("data", data.as_str()), ("file_name", name.as_str()), ("source", "generic")];
    // Pressing the button of a page that was made up changes nothing.
    assert_eq!(send(&browser, "import", None, &again).await.status, 422);
    let with = |columns: &[(&'static str, &'static str)]| -> Vec<(&str, &str)> { [&again[..], columns].concat() };
    let page = send(&browser, "check", None, &with(&[("column-0", "name"), ("column-1", "name")])).await;
    page.shows(&["Two columns cannot both hold: Name."]);
    let chosen = [
        ("column-0", "name"),
        ("column-1", "email"),
        ("column-2", "code"),
        ("column-3", "balance"),
        ("column-4", "currency"),
        ("column-6", "ignore"),
    ];
    let page = send(&browser, "check", None, &with(&chosen)).await;
    page.shows(&[
        "Import 1 creator",
        "Ana Lima",
        "@ana_lima",
        "E-mail address must be an address such as ana@example.com",
    ]);
    assert!(creators(&server).await.is_empty(), "nothing is stored by a check");
    // What is imported is what was seen: other choices are shown first.
    let unseen = send(&browser, "import", None, &with(&chosen)).await;
    assert_eq!(unseen.status, 200);
    unseen.shows(&["You changed what columns hold.", "Import 1 creator"]);
    assert!(creators(&server).await.is_empty());
    let seen = hidden(&page, "seen");
    let as_seen: Vec<(&str, &str)> = with(&chosen).into_iter().chain([("seen", seen.as_str())]).collect();
    let begun = send(&browser, "import", None, &as_seen).await;
    assert_eq!(begun.status, 303, "{}", begun.text);
    let path = begun.location.strip_prefix("/brand/attribution").unwrap().split('?').next().unwrap().to_owned();
    server.settle().await;
    let page = browser.get(&path).await;
    page.shows(&[
        "Done",
        "Undo the import",
        "Wrong rows",
        "E-mail address must be an address",
        "Download the wrong rows",
    ]);
    assert!(!page.text.contains("no address"), "cells of the e-mail column are not kept");
    let file = browser.get(&format!("{path}?format=csv")).await;
    assert!(file.content_type.starts_with("text/csv") && file.text.starts_with("row,error,"), "{}", file.text);
    assert!(!file.text.contains("hunter2"), "{}", file.text);
    let found = creators(&server).await;
    assert_eq!((found.len(), &found[0]["name"], &found[0]["tier"]), (1, &"Ana Lima".into(), &Value::Null));
    let page = send(&browser, "check", Some(OWN.as_bytes()), &chosen).await;
    page.shows(&["Nothing would change"]);
    browser.get(PATH).await.shows(&[&path, "Another tool or a spreadsheet"]);
    browser.get(&format!("{PATH}?format=csv")).await.shows(&["Another tool or a spreadsheet", "Done"]);
    browser.done(&path, "undo", &[]).await.shows(&["The import is undone."]);
    assert!(creators(&server).await.is_empty());
    server.stop().await;
}

async fn what_cannot_be_read_is_said_beside_the_file(engine: Engine) {
    let server = start(engine).await;
    let browser = Browser::of(&server).await;
    let large = "name\n".to_owned() + &"a".repeat(5 * 1024 * 1024);
    let files: [(Option<&[u8]>, &str); 6] = [
        (None, "File must be chosen."),
        (Some(b""), "The file is empty."),
        (Some(b"name\n"), "The file has no rows besides its columns"),
        (Some(b"PK\x03\x04nonsense"), "The file cannot be read as .xlsx."),
        (Some(b"\xd0\xcf\x11\xe0old"), "The file is of an older kind"),
        (Some(large.as_bytes()), "File is too large; it may have at most 5 MiB."),
    ];
    for (file, fault) in files {
        let page = send(&browser, "check", file, &[]).await;
        assert_eq!(page.status, 422, "{fault}: {:.300}", page.text);
        page.shows(&[fault, "Check the file"]);
    }
    let page = send(&browser, "import", None, &[("data", "no base64!")]).await;
    assert_eq!(page.status, 422);
    page.shows(&["File did not arrive whole; send it again."]);
    // Far above the limit: the answer comes all the same.
    let huge = vec![b'a'; 9 * 1024 * 1024];
    let page = send(&browser, "check", Some(&huge), &[]).await;
    assert_eq!(page.status, 422);
    page.shows(&["File is too large; it may have at most 5 MiB."]);
    // As a plain form, and as a form that breaks off.
    browser.refused(PATH, "check", &[], "File must be chosen.").await;
    let broken = "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nname\nAna";
    let request = server.http.post(format!("{}/brand/attribution{PATH}", server.url)).header("cookie", &browser.cookie);
    let request = request.header("content-type", "multipart/form-data; boundary=edge").body(broken);
    let page = Page::of(request.header("sec-fetch-site", "same-origin").send().await.unwrap()).await;
    assert_eq!(page.status, 422);
    page.shows(&["File did not arrive whole; send it again."]);
    // Another site's form, with the owner's cookie.
    let request = server.http.post(format!("{}/brand/attribution{PATH}", server.url)).header("cookie", &browser.cookie);
    let request = request.header("content-type", "multipart/form-data; boundary=edge").body(broken);
    assert_eq!(request.header("sec-fetch-site", "cross-site").send().await.unwrap().status(), 403);
    assert!(creators(&server).await.is_empty());
    server.stop().await;
}

async fn members_import_nothing(engine: Engine) {
    let (server, mail) = with_mail(engine).await;
    let owner = Browser::of(&server).await;
    let file = b"name,email\nAna,ana@creators.example\nBo,nothing\n";
    let seen = hidden(&send(&owner, "check", Some(file), &[]).await, "seen");
    let choices = [("column-0", "name"), ("column-1", "email"), ("seen", seen.as_str())];
    let begun = send(&owner, "import", Some(file), &choices).await;
    assert_eq!(begun.status, 303, "{}", begun.text);
    server.settle().await;
    let path = begun.location.strip_prefix("/brand/attribution").unwrap().split('?').next().unwrap().to_owned();
    let cookie = join(&server, &mail, "mia@team.example", Role::Member).await;
    let member = Browser { server: &server, cookie };
    let page = member.get(PATH).await;
    page.shows(&["Only owners can import.", &path]);
    assert!(!page.text.contains("type=\"file\""), "{}", page.text);
    assert_eq!(send(&member, "import", Some(b"name\nCarl\n"), &[]).await.status, 403);
    let page = member.get(&path).await;
    assert_eq!(page.status, 200);
    assert!(!page.text.contains("Undo the import") && !page.text.contains("must be an address"), "{}", page.text);
    assert_eq!(member.get(&format!("{path}?format=csv")).await.status, 403);
    assert_eq!(member.post(&path, "undo", &[]).await.status, 403);
    assert_eq!(creators(&server).await.len(), 1);
    server.stop().await;
}

beside_both_engines!(
    a_file_is_checked_corrected_imported_and_taken_back what_cannot_be_read_is_said_beside_the_file members_import_nothing
);
