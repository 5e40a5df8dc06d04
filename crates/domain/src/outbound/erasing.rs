//! Events without the creators who were erased since.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{CreatorId, erasure::ERASED_CREATOR};

/// Fields beside a creator that may name or show them.
const BESIDE_CREATOR: [&str; 2] = ["title", "url"];

/// The creators that an event's data names.
pub fn creators_in(data: &str) -> BTreeSet<CreatorId> {
    let texts = data.split('"').filter(|text| text.starts_with(CreatorId::PREFIX));
    texts.filter_map(|text| text.parse().ok()).collect()
}

/// An event's data without what names an erased creator, as the creator's own row is left; `None` if nothing changes.
pub fn without_creator(data: &str, creator: &CreatorId) -> Option<String> {
    let mut value: Value = serde_json::from_str(data).ok()?;
    erase(&mut value, creator).then(|| value.to_string())
}

/// Whether the value is the creator's own object.
fn is_creator(value: &Value, creator: &CreatorId) -> bool {
    value["id"].as_str() == Some(creator.as_str())
}

/// Erases the creator in a value and everything in it. Returns whether anything changed.
fn erase(value: &mut Value, creator: &CreatorId) -> bool {
    let is_own = is_creator(value, creator);
    let is_beside = is_creator(&value["creator"], creator);
    match value {
        Value::Array(values) => values.iter_mut().fold(false, |is_changed, value| erase(value, creator) | is_changed),
        Value::Object(fields) => {
            let mut is_changed = false;
            for (name, field) in fields {
                let erased = match name.as_str() {
                    "name" if is_own => ERASED_CREATOR.into(),
                    "handle" if is_own => format!("erased-{}", &creator.as_str()[CreatorId::PREFIX.len() + 1..]).into(),
                    "aliases" if is_own => Value::Array(Vec::new()),
                    name if is_beside && BESIDE_CREATOR.contains(&name) => "".into(),
                    _ => {
                        is_changed |= erase(field, creator);
                        continue;
                    }
                };
                is_changed |= *field != erased;
                *field = erased;
            }
            is_changed
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_erased_creator_is_nowhere_in_the_data_and_others_stay() {
        let (ana, zoe) = (CreatorId::new(1, [1; 10]), CreatorId::new(1, [2; 10]));
        let person = |id: &CreatorId, name: &str| json!({"id": id, "name": name, "handle": name, "aliases": [name]});
        let data = json!({
            "name": "#1001", "title": "Summer", "creator": person(&ana, "Ana"),
            "credits": [{"creator": person(&ana, "Ana"), "kind": "click"}, {"creator": person(&zoe, "Zoe")}],
        });
        assert_eq!(creators_in(&data.to_string()), BTreeSet::from([ana.clone(), zoe.clone()]));
        let left = without_creator(&data.to_string(), &ana).expect("it names her");
        assert!(!left.contains("Ana") && left.contains("Zoe") && left.contains("#1001") && !left.contains("Summer"));
        assert!(left.contains(ana.as_str()) && left.contains(ERASED_CREATOR), "{left}");
        assert_eq!(without_creator(&left, &ana), None, "nothing is left to erase");
        assert_eq!(without_creator(&data.to_string(), &CreatorId::new(1, [3; 10])), None);
    }
}
