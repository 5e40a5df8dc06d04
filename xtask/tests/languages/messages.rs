//! The messages of a language.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use fluent_syntax::{
    ast::{CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement},
    parser::parse,
};

/// A message of the catalogue.
#[derive(Debug)]
pub(crate) struct Message {
    /// The name of its file, without the ending.
    pub(crate) file: String,
    /// The arguments that it shows or chooses by.
    pub(crate) arguments: BTreeSet<String>,
}

/// The messages of a language's folder, by their ids.
pub(crate) fn catalogue(folder: &Path) -> BTreeMap<String, Message> {
    let mut messages = BTreeMap::new();
    for entry in std::fs::read_dir(folder).expect("the folder of a language") {
        let path = entry.expect("an entry").path();
        let file = path.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned();
        let text = std::fs::read_to_string(&path).expect("a readable file");
        let resource = parse(text.as_str()).unwrap_or_else(|(_, errors)| panic!("{}: {errors:?}", path.display()));
        for entry in resource.body {
            let Entry::Message(message) = entry else { continue };
            let id = message.id.name.to_owned();
            let pattern = message.value.unwrap_or_else(|| panic!("{id} has no text"));
            let mut arguments = BTreeSet::new();
            of_pattern(&pattern, &mut arguments);
            let before = messages.insert(id.clone(), Message { file: file.clone(), arguments });
            assert!(before.is_none(), "{id} stands there twice");
        }
    }
    messages
}

fn of_pattern(pattern: &Pattern<&str>, found: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            of_expression(expression, found);
        }
    }
}

fn of_expression(expression: &Expression<&str>, found: &mut BTreeSet<String>) {
    match expression {
        Expression::Inline(inline) => of_inline(inline, found),
        Expression::Select { selector, variants } => {
            of_inline(selector, found);
            for variant in variants {
                of_pattern(&variant.value, found);
            }
        }
    }
}

fn of_inline(inline: &InlineExpression<&str>, found: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            found.insert(id.name.to_owned());
        }
        InlineExpression::Placeable { expression } => of_expression(expression, found),
        InlineExpression::FunctionReference { arguments, .. }
        | InlineExpression::TermReference { arguments: Some(arguments), .. } => of_arguments(arguments, found),
        _ => {}
    }
}

fn of_arguments(arguments: &CallArguments<&str>, found: &mut BTreeSet<String>) {
    let named = arguments.named.iter().map(|argument| &argument.value);
    for argument in arguments.positional.iter().chain(named) {
        of_inline(argument, found);
    }
}
