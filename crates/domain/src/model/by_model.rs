//! One value per heuristic model.

use core::ops::Index;

use serde::{Deserialize, Serialize};

use super::Model;

/// One value for each of [`Model::ALL`]. Serialised as an array in that order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ByModel<T>([T; Model::ALL.len()]);

impl<T> ByModel<T> {
    /// Calculates the value of each model.
    pub fn from_fn(value_of: impl FnMut(Model) -> T) -> Self {
        Self(Model::ALL.map(value_of))
    }

    /// Converts each value.
    pub fn map<U>(self, convert: impl FnMut(T) -> U) -> ByModel<U> {
        ByModel(self.0.map(convert))
    }

    /// Each model with its value, in display order.
    pub fn iter(&self) -> impl Iterator<Item = (Model, &T)> {
        Model::ALL.into_iter().zip(&self.0)
    }
}

impl<T> Index<Model> for ByModel<T> {
    type Output = T;

    fn index(&self, model: Model) -> &T {
        &self.0[model as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_finds_its_own_value() {
        let names = ByModel::from_fn(Model::as_str);
        for (model, name) in names.iter() {
            assert_eq!((names[model], *name), (model.as_str(), model.as_str()));
        }
    }
}
