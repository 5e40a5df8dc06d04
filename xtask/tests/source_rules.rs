//! Checks rules of ARCHITECTURE.md that the compiler does not know: where SQL and job kinds may stand, what `flow` may
//! take and return, and that the modules of a crate do not import each other in circles.

#[path = "source_rules/module_tree.rs"]
mod module_tree;

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use module_tree::Crate;
use proc_macro2::{TokenStream, TokenTree};
use syn::visit::Visit;

/// Every crate with the root of its library or binary.
const CRATE_ROOTS: &[(&str, &str)] = &[
    ("wire", "crates/wire/src/lib.rs"),
    ("domain", "crates/domain/src/lib.rs"),
    ("store", "crates/store/src/lib.rs"),
    ("store-sqlite", "crates/store-sqlite/src/lib.rs"),
    ("store-postgres", "crates/store-postgres/src/lib.rs"),
    ("shopify", "crates/shopify/src/lib.rs"),
    ("outbound-http", "crates/outbound-http/src/lib.rs"),
    ("flow", "crates/flow/src/lib.rs"),
    ("app", "app/src/lib.rs"),
    ("server", "server/src/lib.rs"),
    ("devshop", "devshop/src/main.rs"),
];

/// The crates that may contain SQL, with the folder that they share.
const SQL_CRATES: [&str; 2] = ["store-sqlite", "store-postgres"];

/// How a statement begins. Two words, so that a sentence is not taken for one.
const SQL_STARTS: &[&str] = &[
    "select count",
    "select exists",
    "select 1",
    "insert into",
    "insert or",
    "delete from",
    "create table",
    "create index",
    "create unique",
    "alter table",
    "drop table",
    "pragma ",
    "begin immediate",
    "with recursive",
];

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the repository")
}

fn crates() -> impl Iterator<Item = Crate> {
    CRATE_ROOTS.iter().map(|(name, root)| Crate::read(name, &repository().join(root)))
}

/// The text of every string literal in a token stream, macros included.
fn strings(tokens: TokenStream, found: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => strings(group.stream(), found),
            TokenTree::Literal(literal) => {
                if let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string()) {
                    found.push(text.value());
                }
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
    }
}

fn strings_of(file: &Path) -> Vec<String> {
    let source = std::fs::read_to_string(file).expect("a source file");
    let mut found = Vec::new();
    strings(source.parse().expect("tokens"), &mut found);
    found
}

fn is_sql(text: &str) -> bool {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let reads = text.starts_with("select ") && text.contains(" from ");
    let updates = text.starts_with("update ") && text.contains(" set ");
    let follows = text.starts_with("with ") && text.contains(" as (");
    reads || updates || follows || SQL_STARTS.iter().any(|start| text.starts_with(start))
}

#[test]
fn only_the_adapters_contain_sql() {
    let mut statements = 0;
    for package in crates() {
        for file in package.files() {
            let count = strings_of(file).iter().filter(|text| is_sql(text)).count();
            if SQL_CRATES.contains(&package.name.as_str()) {
                statements += count;
            } else {
                assert_eq!(count, 0, "{} contains SQL", file.display());
            }
        }
    }
    assert!(statements > 200, "the adapters' own statements are recognised: {statements}");
}

#[test]
fn only_flow_job_names_job_kinds() {
    let job = repository().join("crates/flow/src/job.rs");
    let is_kind = |text: &String| {
        text.split_once('.').is_some_and(|(noun, verb)| {
            let is_word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
            is_word(noun) && is_word(verb)
        })
    };
    let kinds: BTreeSet<String> = strings_of(&job).into_iter().filter(is_kind).collect();
    assert!(kinds.contains("order.settle"), "{kinds:?}");
    for package in crates() {
        for file in package.files().filter(|file| **file != job) {
            let named = strings_of(file).into_iter().find(|text| kinds.contains(text));
            assert_eq!(named, None, "{} names a job kind", file.display());
        }
    }
}

/// Public functions and fields whose type is untyped JSON.
struct UntypedJson(Vec<String>);

impl UntypedJson {
    fn check(&mut self, name: &syn::Ident, types: impl quote::ToTokens) {
        let text = types.to_token_stream().to_string();
        let words = text.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        if words.into_iter().any(|word| matches!(word, "Value" | "RawValue" | "serde_json")) {
            self.0.push(name.to_string());
        }
    }
}

impl<'ast> Visit<'ast> for UntypedJson {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if !module_tree::is_for_tests(&module.attrs) {
            syn::visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        if matches!(function.vis, syn::Visibility::Public(_)) {
            self.check(&function.sig.ident, &function.sig);
        }
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        if matches!(function.vis, syn::Visibility::Public(_)) {
            self.check(&function.sig.ident, &function.sig);
        }
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        self.check(&function.sig.ident, &function.sig);
    }

    fn visit_field(&mut self, field: &'ast syn::Field) {
        if let (syn::Visibility::Public(_), Some(name)) = (&field.vis, &field.ident) {
            self.check(name, &field.ty);
        }
    }
}

#[test]
fn flow_takes_and_returns_no_untyped_json() {
    let flow = crates().find(|package| package.name == "flow").expect("flow");
    for file in flow.files() {
        let source = std::fs::read_to_string(file).expect("a source file");
        let mut found = UntypedJson(Vec::new());
        found.visit_file(&syn::parse_file(&source).expect("Rust"));
        assert_eq!(found.0, Vec::<String>::new(), "{}", file.display());
    }
}

fn names(tokens: TokenStream, name: &str) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => names(group.stream(), name),
        TokenTree::Ident(ident) => ident == name,
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

#[test]
fn creator_sessions_open_the_creator_view_only() {
    let flow = crates().find(|package| package.name == "flow").expect("flow");
    let named: Vec<&str> = flow
        .files()
        .filter(|file| names(std::fs::read_to_string(file).expect("a file").parse().expect("tokens"), "CreatorSession"))
        .filter_map(|file| file.file_name()?.to_str())
        .collect();
    let named: BTreeSet<&str> = named.into_iter().collect();
    assert_eq!(named, BTreeSet::from(["access.rs", "creator_view.rs"]));
    // The view takes six ports out of the store, none of which has figures beyond what a creator may see: proofs hold what
    // was shared when they were issued, questions what people wrote, payout details where money goes.
    let is_of_view = |file: &&PathBuf| file.to_string_lossy().contains("flow/src/creator_view");
    let files = flow.files().filter(is_of_view).map(|file| std::fs::read_to_string(file).expect("a file"));
    let view = files.collect::<Vec<_>>().join("\n");
    assert_eq!(view.matches("self.store").count(), 1, "only `Flow::creator_view` reaches the whole store");
    let is_port = |word: &&str| word.ends_with("Store") && *word != "Store";
    let ports: BTreeSet<&str> = view.split(|letter: char| !letter.is_alphanumeric()).filter(is_port).collect();
    let expected =
        ["CreatorStore", "CreatorViewStore", "LinkStore", "PayoutDetailStore", "ProofStore", "QuestionStore"];
    assert_eq!(ports, BTreeSet::from(expected));
}

/// Names of types that have a schema.
struct SchemaTypes(Vec<String>);

impl SchemaTypes {
    fn check(&mut self, name: &syn::Ident, attributes: &[syn::Attribute]) {
        let derives = attributes.iter().filter(|attribute| attribute.path().is_ident("derive"));
        let has_schema = derives.filter_map(|derive| derive.meta.require_list().ok());
        if has_schema.into_iter().any(|derive| names(derive.tokens.clone(), "ToSchema")) {
            self.0.push(name.to_string());
        }
    }
}

impl<'ast> Visit<'ast> for SchemaTypes {
    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.check(&item.ident, &item.attrs);
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.check(&item.ident, &item.attrs);
    }
}

/// The OpenAPI document names a schema by its type alone: of two with one name, it would hold one, for both.
#[test]
fn schemas_have_names_of_their_own() {
    let server = crates().find(|package| package.name == "server").expect("server");
    let mut found = SchemaTypes(Vec::new());
    for file in server.files() {
        let source = std::fs::read_to_string(file).expect("a source file");
        found.visit_file(&syn::parse_file(&source).expect("Rust"));
    }
    assert!(found.0.len() > 100, "the schemas are recognised: {}", found.0.len());
    let mut names = BTreeSet::new();
    let twice: Vec<&String> = found.0.iter().filter(|name| !names.insert(*name)).collect();
    assert_eq!(twice, Vec::<&String>::new());
}

#[test]
fn modules_do_not_import_each_other_in_circles() {
    let circles: Vec<String> = crates().flat_map(|package| package.circles()).collect();
    assert_eq!(circles, Vec::<String>::new(), "a circle of imports");
}

/// The tables that have a column `creator_id`, by their migrations.
fn tables_that_name_creators() -> BTreeSet<String> {
    let folder = repository().join("migrations/sqlite");
    let mut tables = BTreeSet::new();
    for entry in std::fs::read_dir(folder).expect("the folder of migrations") {
        let text = std::fs::read_to_string(entry.expect("a migration").path()).expect("a readable migration");
        for statement in text.split(';') {
            let lines = statement.lines().filter(|line| !line.trim_start().starts_with("--"));
            let code = lines.collect::<Vec<_>>().join(" ");
            let words: Vec<&str> = code.split_whitespace().collect();
            let name = match words[..] {
                ["create", "table", name, ..] if words.contains(&"creator_id") => Some(name),
                ["alter", "table", name, "add", "column", "creator_id", ..] => Some(name),
                ["alter", "table", from, "rename", "to", to] if tables.remove(from) => Some(to),
                _ => None,
            };
            tables.extend(name.map(str::to_owned));
        }
    }
    tables
}

#[test]
fn merging_creators_moves_every_row_that_names_one() {
    // Clicks keep the creator of their time: reports and lists take the link's.
    let mut expected = tables_that_name_creators();
    assert!(expected.remove("clicks") && expected.len() > 10, "{expected:?}");
    let source = repository().join("crates/store-sql/creator_merges.rs");
    let text = std::fs::read_to_string(source).expect("the source");
    let forgotten: Vec<String> = expected
        .into_iter()
        .filter(|table| {
            let names = [format!("\"{table}\""), format!(" {table} "), format!(" {table}\n")];
            !names.iter().any(|name| text.contains(name))
        })
        .collect();
    assert_eq!(forgotten, Vec::<String>::new(), "see crates/store-sql/creator_merges.rs");
}
