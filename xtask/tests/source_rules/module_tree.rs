//! The modules of a crate and who imports whom.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::Visit;

/// A module's path from the crate's root, which is the empty path.
type ModulePath = Vec<String>;

/// A crate's modules without those for tests.
pub(crate) struct Crate {
    /// Its name.
    pub(crate) name: String,
    modules: BTreeMap<ModulePath, Module>,
}

#[derive(Default)]
struct Module {
    file: PathBuf,
    /// Each name that a `use` brings into the module, with its path.
    imports: BTreeMap<String, Vec<String>>,
    /// Every path that the module mentions.
    paths: BTreeSet<Vec<String>>,
    /// The modules that it declares, with the file that an attribute names.
    children: Vec<(String, Option<PathBuf>)>,
}

/// Whether an item is compiled for tests only.
pub(crate) fn is_for_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let is_test = |tokens: TokenStream| tokens.to_string() == "test";
        attribute.path().is_ident("cfg") && attribute.parse_args::<TokenStream>().is_ok_and(is_test)
    })
}

impl Crate {
    /// Reads a crate from the file of its root.
    pub(crate) fn read(name: &str, root: &Path) -> Self {
        let mut this = Self { name: name.to_owned(), modules: BTreeMap::new() };
        let folder = root.parent().expect("a folder").to_owned();
        this.read_module(Vec::new(), root.to_owned(), &folder);
        this
    }

    fn read_module(&mut self, path: ModulePath, file: PathBuf, folder: &Path) {
        let source = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let mut module = Module { file: file.clone(), ..Module::default() };
        module.visit_file(&syn::parse_file(&source).expect("Rust"));
        let children = module.children.clone();
        self.modules.insert(path.clone(), module);
        for (child, named) in children {
            let inner = folder.join(&child);
            let file = match named {
                Some(named) => file.parent().expect("a folder").join(named),
                None if inner.join("mod.rs").exists() => inner.join("mod.rs"),
                None => folder.join(format!("{child}.rs")),
            };
            self.read_module([path.as_slice(), &[child]].concat(), file, &inner);
        }
    }

    /// The source files.
    pub(crate) fn files(&self) -> impl Iterator<Item = &PathBuf> {
        self.modules.values().map(|module| &module.file)
    }

    /// The module that a path, written in module `from`, leads to: imports and re-exports are followed.
    fn resolve(&self, from: &[String], path: &[String], depth: usize) -> Option<ModulePath> {
        let (mut at, mut rest) = match path.split_first()? {
            (first, rest) if first == "crate" => (Vec::new(), rest),
            (first, rest) if first == "self" => (from.to_vec(), rest),
            (first, rest) if first == "super" => (from.split_last()?.1.to_vec(), rest),
            _ => (from.to_vec(), path),
        };
        while let Some((next, after)) = rest.split_first() {
            if next == "super" {
                at.pop();
            } else if self.modules.contains_key(&[at.as_slice(), std::slice::from_ref(next)].concat()) {
                at.push(next.clone());
            } else {
                let import = self.modules.get(&at)?.imports.get(next).filter(|import| *import != path && depth < 16);
                return match import {
                    Some(import) => self.resolve(&at, &[import.as_slice(), after].concat(), depth.saturating_add(1)),
                    // An item of this module, unless the path names another crate.
                    None => (rest.len() < path.len()).then_some(at),
                };
            }
            rest = after;
        }
        Some(at)
    }

    /// The circles among the modules of one parent, each as a line. What a module's own children import counts as the
    /// module's; what passes between a module and its ancestors does not count.
    pub(crate) fn circles(&self) -> Vec<String> {
        let mut edges: BTreeMap<ModulePath, BTreeSet<ModulePath>> = BTreeMap::new();
        for (from, module) in &self.modules {
            for to in module.paths.iter().filter_map(|path| self.resolve(from, path, 0)) {
                let shared = from.iter().zip(&to).take_while(|(left, right)| left == right).count();
                if let (Some(left), Some(right)) = (from.get(..=shared), to.get(..=shared)) {
                    edges.entry(left.to_vec()).or_default().insert(right.to_vec());
                }
            }
        }
        let mut circles = BTreeSet::new();
        for start in edges.keys() {
            let mut walk = vec![vec![start.clone()]];
            let mut seen = BTreeSet::new();
            while let Some(way) = walk.pop() {
                for next in way.last().and_then(|last| edges.get(last)).into_iter().flatten() {
                    if next == start {
                        let names: Vec<String> = way.iter().map(|path| path.join("::")).collect();
                        let first = names.iter().enumerate().min_by_key(|(_, name)| *name).map_or(0, |(at, _)| at);
                        let names: Vec<String> = [&names[first..], &names[..first]].concat();
                        circles.insert(format!("{}: {}", self.name, names.join(" -> ")));
                    } else if seen.insert(next.clone()) {
                        walk.push([way.as_slice(), std::slice::from_ref(next)].concat());
                    }
                }
            }
        }
        circles.into_iter().collect()
    }
}

impl Module {
    fn add_use(&mut self, prefix: &[String], tree: &syn::UseTree) {
        let mut full = prefix.to_vec();
        match tree {
            syn::UseTree::Path(path) => {
                full.push(path.ident.to_string());
                self.add_use(&full, &path.tree);
            }
            syn::UseTree::Name(name) => {
                if name.ident != "self" {
                    full.push(name.ident.to_string());
                }
                if let Some(last) = full.last() {
                    self.imports.insert(last.clone(), full.clone());
                }
                self.paths.insert(full);
            }
            syn::UseTree::Rename(rename) => {
                full.push(rename.ident.to_string());
                self.imports.insert(rename.rename.to_string(), full.clone());
                self.paths.insert(full);
            }
            syn::UseTree::Glob(_) => {
                self.paths.insert(full);
            }
            syn::UseTree::Group(group) => {
                for tree in &group.items {
                    self.add_use(prefix, tree);
                }
            }
        }
    }

    /// Paths in the tokens of a macro call.
    fn add_tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(ident) if path.is_empty() || colons == 2 => {
                    path.push(ident.to_string());
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' && !path.is_empty() && colons < 2 => colons += 1,
                other => {
                    self.add_path(std::mem::take(&mut path));
                    colons = 0;
                    match other {
                        TokenTree::Group(group) => self.add_tokens(group.stream()),
                        TokenTree::Ident(ident) => path.push(ident.to_string()),
                        TokenTree::Punct(_) | TokenTree::Literal(_) => {}
                    }
                }
            }
        }
        self.add_path(path);
    }

    fn add_path(&mut self, path: Vec<String>) {
        if path.len() > 1 {
            self.paths.insert(path);
        }
    }
}

impl<'ast> Visit<'ast> for Module {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        let attributes = match item {
            syn::Item::Mod(item) => &item.attrs,
            syn::Item::Use(item) => &item.attrs,
            syn::Item::Fn(item) => &item.attrs,
            syn::Item::Impl(item) => &item.attrs,
            _ => &Vec::new(),
        };
        if !is_for_tests(attributes) {
            syn::visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if module.content.is_some() {
            return syn::visit::visit_item_mod(self, module);
        }
        let named = module.attrs.iter().find_map(|attribute| match &attribute.meta {
            syn::Meta::NameValue(meta) if meta.path.is_ident("path") => match &meta.value {
                syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(PathBuf::from(text.value())),
                _ => None,
            },
            _ => None,
        });
        self.children.push((module.ident.to_string(), named));
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.add_use(&[], &item.tree);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.add_path(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        syn::visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.add_tokens(call.tokens.clone());
    }
}
