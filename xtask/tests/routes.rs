//! Checks that every route of the API stands in the OpenAPI document, and that every operation of the document has a route.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use syn::visit::Visit;

/// Routes that are for people or for those who run the server: paths that begin like this are not in the document.
const NOT_API: &[&str] = &[
    // A format with a standard of its own (RFC 7517), for whoever verifies a proof.
    "/.well-known/",
    "/auth",
    "/brand",
    "/creator/",
    "/demo/",
    "/docs",
    "/favicon.ico",
    "/healthz",
    "/metrics",
    "/pkg/",
    "/readyz",
    "/robots.txt",
    "/sign-",
    "/switch",
    "/{code}/",
];
/// What every path answers, or what browsers ask by themselves.
const NOT_METHODS: [&str; 2] = ["head", "options"];
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// The method and path of every `.route(path, get(…).post(…))`.
#[derive(Default)]
struct Routes(BTreeSet<(String, String)>);

impl<'ast> Visit<'ast> for Routes {
    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        syn::visit::visit_expr_method_call(self, call);
        let mut arguments = call.args.iter();
        let (Some(syn::Expr::Lit(path)), Some(handlers)) = (arguments.next(), arguments.next()) else { return };
        let syn::Lit::Str(path) = &path.lit else { return };
        if call.method == "route" {
            let mut methods = Methods::default();
            methods.visit_expr(handlers);
            assert!(!methods.0.is_empty(), "the methods of {} are not recognised", path.value());
            self.0.extend(methods.0.into_iter().map(|method| (method, path.value())));
        }
    }
}

/// The names in a chain such as `get(a).post(b)`. Handlers themselves are not looked into.
#[derive(Default)]
struct Methods(Vec<String>);

impl Methods {
    fn add(&mut self, name: &syn::Ident) {
        let name = name.to_string();
        if METHODS.contains(&name.as_str()) {
            self.0.push(name);
        } else {
            assert!(NOT_METHODS.contains(&name.as_str()), "{name} of a route is not understood");
        }
    }
}

impl<'ast> Visit<'ast> for Methods {
    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        if !["clone", "layer"].iter().any(|name| call.method == name) {
            self.add(&call.method);
        }
        self.visit_expr(&call.receiver);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if let syn::Expr::Path(function) = &*call.func
            && let Some(name) = function.path.segments.last()
        {
            self.add(&name.ident);
        }
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn the_openapi_document_has_every_route_and_no_other() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut sources = Vec::new();
    files(&repository.join("server/src"), &mut sources);
    let mut routes = Routes::default();
    for source in sources {
        let text = std::fs::read_to_string(&source).expect("a source file");
        routes.visit_file(&syn::parse_file(&text).expect("Rust"));
    }
    let document = std::fs::read_to_string(repository.join("docs/api/openapi.json")).expect("the document");
    let document: serde_json::Value = serde_json::from_str(&document).expect("JSON");
    let mut documented = BTreeSet::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        documented.extend(item.as_object().expect("methods").keys().map(|method| (method.clone(), path.clone())));
    }
    let is_api = |path: &str| !NOT_API.iter().any(|start| path.starts_with(start));
    let missing: Vec<_> = routes.0.iter().filter(|route| is_api(&route.1) && !documented.contains(*route)).collect();
    assert!(missing.is_empty(), "not in docs/api/openapi.json: {missing:?}");
    let invented: Vec<_> = documented.iter().filter(|route| !routes.0.contains(*route)).collect();
    assert!(invented.is_empty(), "in docs/api/openapi.json without a route: {invented:?}");
    assert!(routes.0.len() > 50, "{} routes", routes.0.len());
}
