//! What a server key may do with each resource of the API.

use core::fmt;

use serde::{Deserialize, Serialize};

/// The resources of the API, as scopes name them.
pub const RESOURCES: [&str; 20] = [
    "campaigns",
    "clicks",
    "collabs",
    "commissions",
    "content",
    "conversions",
    "creators",
    "customers",
    "drops",
    "events",
    "imports",
    "integrations",
    "keys",
    "links",
    "metrics",
    "milestones",
    "orders",
    "payouts",
    "products",
    "webhook_endpoints",
];

/// Reads, or reads and writes, of one resource: `links:read`, `links:write`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Scope {
    /// The place in [`RESOURCES`].
    resource: usize,
    can_write: bool,
}

impl Scope {
    /// Reads of a resource; `None` if there is no such resource.
    pub fn read(resource: &str) -> Option<Self> {
        let resource = RESOURCES.iter().position(|known| *known == resource)?;
        Some(Self { resource, can_write: false })
    }

    /// Reads and writes of a resource; `None` if there is no such resource.
    pub fn write(resource: &str) -> Option<Self> {
        Some(Self { can_write: true, ..Self::read(resource)? })
    }

    /// Parses `resource:read` or `resource:write`.
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once(':')? {
            (resource, "read") => Self::read(resource),
            (resource, "write") => Self::write(resource),
            _ => None,
        }
    }

    /// Whether this scope allows what the other one names. Writing a resource includes reading it.
    pub fn allows(self, other: Self) -> bool {
        self.resource == other.resource && (self.can_write || !other.can_write)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let resource = RESOURCES.get(self.resource).copied().unwrap_or_default();
        write!(out, "{resource}:{}", if self.can_write { "write" } else { "read" })
    }
}

/// The text is no scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a scope")]
pub struct InvalidScope;

impl TryFrom<String> for Scope {
    type Error = InvalidScope;

    fn try_from(text: String) -> Result<Self, InvalidScope> {
        Self::parse(&text).ok_or(InvalidScope)
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> Self {
        scope.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writing_includes_reading_of_the_same_resource_only() {
        let (read, write) = (Scope::parse("links:read").expect("scope"), Scope::parse("links:write").expect("scope"));
        let other = Scope::parse("orders:read").expect("scope");
        assert!(read.allows(read) && write.allows(read) && write.allows(write));
        assert!(!read.allows(write) && !write.allows(other));
        assert_eq!(write.to_string(), "links:write");
        for text in ["links", "links:", "links:admin", "everything:read", ":read", ""] {
            assert_eq!(Scope::parse(text), None, "{text}");
        }
    }
}
