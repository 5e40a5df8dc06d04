//! `expand[]`: objects that are shown whole where another object names them, one level deep.

use std::collections::{BTreeSet, HashMap};

use axum::http::Uri;
use domain::scope::Scope;
use flow::{FlowError, Invalid};
use futures::{StreamExt, TryStreamExt, stream};
use serde::Serialize;
use utoipa::ToSchema;

use super::{call::Call, fault::Fault, list::ListQuery};

/// Objects that are read at the same time for one request. Each of them takes a connection to the database.
const READS_AT_ONCE: usize = 4;
/// Most objects that one answer shows whole.
const OBJECTS_MAX: usize = 1_000;

/// An object that another one names: its id, or with `expand[]` the object.
#[derive(Clone, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Reference<T> {
    /// Its id.
    Id(String),
    /// The object.
    Object(Box<T>),
}

impl<T> Reference<T> {
    /// The object with this id.
    pub(crate) fn id(id: &impl ToString) -> Self {
        Self::Id(id.to_string())
    }
}

/// An object that may be shown whole within others.
pub(crate) trait Expandable: Clone + Send + Sized {
    /// Its name in `expand[]`.
    const NAME: &'static str;
    /// Whoever sees it must be allowed to read this.
    const RESOURCE: &'static str;

    /// The object with this id, with the ids of what it names.
    fn read(call: &Call, id: &str) -> impl Future<Output = Result<Self, FlowError>> + Send;
}

/// The names in a request's `expand[]`.
pub(crate) struct Expand(BTreeSet<String>);

impl Expand {
    /// Reads them; those that are not known are a fault.
    pub(crate) fn of(query: &mut ListQuery, known: &[&str]) -> Self {
        Self(query.choices("expand[]", known))
    }

    /// Reads them from a query that has nothing else.
    pub(crate) fn alone(uri: &Uri, known: &[&str]) -> Result<Self, Fault> {
        let mut query = ListQuery::of(uri);
        let expand = Self::of(&mut query, known);
        query.end()?;
        Ok(expand)
    }

    /// Replaces ids by the objects, if the request asks for this kind of object. What the brand no longer has, such as an
    /// erased creator, stays an id.
    pub(crate) async fn fill<'a, T: Expandable + 'a>(
        &self,
        call: &Call,
        references: impl Iterator<Item = &'a mut Reference<T>> + Send,
    ) -> Result<(), Fault> {
        if !self.0.contains(T::NAME) {
            return Ok(());
        }
        call.require(Scope::read(T::RESOURCE))?;
        let named: Vec<_> = references
            .filter_map(|reference| match reference {
                Reference::Id(id) => Some((id.clone(), reference)),
                Reference::Object(_) => None,
            })
            .collect();
        let ids: BTreeSet<String> = named.iter().map(|(id, _)| id.clone()).collect();
        if ids.len() > OBJECTS_MAX {
            let fault = format!("expand[] would show more than {OBJECTS_MAX} objects whole: ask for a smaller page");
            return Err(Fault::invalid("Invalid request", Invalid::one(fault)));
        }
        let objects: HashMap<String, T> = stream::iter(ids)
            .map(|id| async move {
                match T::read(call, &id).await {
                    Ok(object) => Ok(Some((id, object))),
                    Err(FlowError::NotFound(_)) => Ok(None),
                    Err(error) => Err(Fault::from(error)),
                }
            })
            .buffer_unordered(READS_AT_ONCE)
            .try_filter_map(|found| async { Ok(found) })
            .try_collect()
            .await?;
        for (id, reference) in named {
            if let Some(object) = objects.get(&id) {
                *reference = Reference::Object(Box::new(object.clone()));
            }
        }
        Ok(())
    }
}

/// Declares what `expand[]` takes in the requests for one kind of object: its parameter, the schema of the names, and
/// the names themselves, as `EXPANDABLE`.
macro_rules! expandable {
    ($params:ident, $names:ident: $($variant:ident = $name:literal),+) => {
        /// What is shown whole.
        #[derive(utoipa::IntoParams)]
        #[into_params(parameter_in = Query)]
        #[expect(dead_code, reason = "the parameter is read by `Expand::of`; this is its schema")]
        struct $params {
            /// What is shown whole instead of by its id, wherever the answer names it. The key must be allowed to read it.
            #[param(rename = "expand[]", required = false)]
            expand: Vec<$names>,
        }

        /// What can be shown whole.
        #[derive(utoipa::ToSchema)]
        #[schema(rename_all = "snake_case")]
        #[expect(dead_code, reason = "the names are read by `Expand::of`; this is their schema")]
        pub(crate) enum $names {
            $($variant),+
        }

        const EXPANDABLE: &[&str] = &[$($name),+];
    };
}
pub(crate) use expandable;
