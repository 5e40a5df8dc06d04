//! Pages of lists.

/// Which part of a list a page is, newest first. Ids of a kind begin with the time of creation, so they order the list, and
/// the place of a deleted object is known too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keyset {
    /// Smallest id, included.
    pub from: String,
    /// Id above the largest one, excluded.
    pub below: String,
    /// Whether the page has the smallest ids of the range, in ascending order, instead of the largest.
    pub is_ascending: bool,
    /// Most objects.
    pub limit: i64,
}

impl Keyset {
    /// The page of the object with this id.
    pub fn only(id: &str) -> Self {
        // The smallest text above an id is the id with a further letter.
        Self { from: id.to_owned(), below: format!("{id}0"), is_ascending: true, limit: 1 }
    }

    /// What of this page is the object with this id: nothing, if there is none.
    #[must_use]
    pub fn and_only(self, id: Option<&str>) -> Self {
        let Some(id) = id else { return Self { from: String::new(), below: String::new(), ..self } };
        let only = Self::only(id);
        Self { from: self.from.max(only.from), below: self.below.min(only.below), ..self }
    }
}
