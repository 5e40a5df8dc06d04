//! The forms of a brand's and a creator's pages, sent by callers without a right to them.

use super::{
    routes::{ROUTES, Reach, Route},
    world::{Caller, World},
};
use crate::test_server::{CHROME, TestServer};

/// A form as a page shows it: where it is sent, and its fields with what they hold.
#[derive(Debug)]
struct Form {
    action: String,
    fields: Vec<(String, String)>,
}

/// The value of an attribute of a tag, with its entities resolved.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    let value = rest.split('"').next()?;
    Some(value.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
}

/// The forms of the page at a path that change something. A field without a value gets one.
fn forms_of(page: &str, path: &str) -> Vec<Form> {
    let mut forms = Vec::new();
    for part in page.split("<form").skip(1) {
        let (tag, rest) = part.split_once('>').unwrap();
        let tag = format!(" {}", tag.trim());
        let inside = rest.split("</form>").next().unwrap();
        if !tag.contains("method=\"post\"") {
            continue;
        }
        let action = attribute(&tag, "action").unwrap_or_else(|| path.to_owned());
        let mut fields: Vec<(String, String)> = Vec::new();
        let mut buttons: Vec<(String, String)> = Vec::new();
        for element in inside.split('<').skip(1) {
            let tag = element.split('>').next().unwrap();
            let Some(name) = attribute(tag, "name") else { continue };
            let value = attribute(tag, "value");
            match tag.split(' ').next().unwrap() {
                "button" => buttons.push((name, value.unwrap_or_default())),
                "select" => {
                    let options =
                        inside.split(&format!("name=\"{name}\"")).nth(1).unwrap().split("</select>").next().unwrap();
                    let values = options
                        .split("<option")
                        .skip(1)
                        .filter_map(|option| attribute(option.split('>').next()?, "value"));
                    fields.push((name, values.last().unwrap_or_default()));
                }
                _ => fields.push((name, value.filter(|value| !value.is_empty()).unwrap_or_else(|| "1".to_owned()))),
            }
        }
        if buttons.is_empty() {
            forms.push(Form { action, fields });
        } else {
            for button in buttons {
                forms.push(Form { action: action.clone(), fields: fields.iter().cloned().chain([button]).collect() });
            }
        }
    }
    forms
}

impl Form {
    fn is_about(&self, world: &World) -> bool {
        let has = |text: &String| world.ids.iter().any(|id| text.contains(id.as_str()));
        has(&self.action) || self.fields.iter().any(|(_, value)| has(value))
    }

    /// Sends it. Returns the status and where the answer leads.
    async fn send(&self, server: &TestServer, caller: &Caller) -> (u16, String, String) {
        let request =
            server.http.post(format!("{}{}", server.url, self.action)).header("sec-fetch-site", "same-origin");
        let answer = caller.sign(request).header("user-agent", CHROME).form(&self.fields).send().await.unwrap();
        let location = answer.headers().get("location").map_or(String::new(), |to| to.to_str().unwrap().to_owned());
        (answer.status().as_u16(), location, answer.text().await.unwrap())
    }
}

/// Sends every form of every page as everybody who has no right to it. Returns what went wrong.
pub(super) async fn press_all(server: &TestServer, world: &World) -> Vec<String> {
    let mut faults = Vec::new();
    let mut count = 0;
    for route in ROUTES.iter().filter(|route| matches!(route.reach, Reach::Team | Reach::Creator)) {
        if route.path.ends_with("/live") || route.path.ends_with("/qr") {
            continue;
        }
        let path = route.with(&world.id_for(route));
        let page = page(server, world, route, &path).await;
        for form in forms_of(&page, &path) {
            if !["/brand", "/creator"].iter().any(|start| form.action.starts_with(start)) {
                continue;
            }
            for caller in world.people(route) {
                if caller.is_let_in(route) && !form.is_about(world) {
                    continue;
                }
                count += 1;
                let (status, location, text) = form.send(server, caller).await;
                let is_refused = [401, 403, 404, 409, 422].contains(&status)
                    || ([302, 303].contains(&status) && location.starts_with("/sign-in"));
                if !is_refused {
                    faults.push(format!(
                        "{form:?} of {} by {}: {status} {location} {text:.200}",
                        route.path, caller.name
                    ));
                }
            }
        }
    }
    assert!(count > 200, "only {count} forms were sent");
    faults
}

/// The page as who may see it sees it, with the forms that its buttons open.
async fn page(server: &TestServer, world: &World, route: &Route, path: &str) -> String {
    let request = server.http.get(format!("{}{path}?new=1&edit=1", server.url));
    world.rightful(route).sign(request).send().await.unwrap().text().await.unwrap()
}
